//! The temporary folder that `tsc` works in: the app's files, the declarations of what it may import, and a
//! project file for each side.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use atoll_model::{Capability, Manifest, SourcePath, SourceTree};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{compiler, output::APP};
use crate::{link, parse};

/// The vendored modules' declarations.
struct Declarations {
    /// From module name to file.
    entries: &'static [(&'static str, &'static str)],
    files: &'static [(&'static str, &'static str)],
}

const VENDORED: Declarations = include!("../../vendor/types.rs");

const GLOBALS: &str = include_str!("../../../../guest-sdk/js/backend/globals.d.ts");
const SDK: &str = include_str!("../../../../guest-sdk/js/backend/sdk.d.ts");
const SDK_TEST: &str = include_str!("../../../../guest-sdk/js/backend/sdk-test.d.ts");
const SDK_FRONTEND: &str = include_str!("../../../../guest-sdk/js/frontend/atoll-sdk.d.ts");
const REACT: &str = include_str!("react.d.ts");

/// A folder that is ready for the compiler.
pub(super) struct Workspace {
    pub(super) folder: TempDir,
    /// Project files in it.
    pub(super) projects: Vec<&'static str>,
}

/// Writes the folder. It is removed when the workspace is dropped.
pub(super) fn write(source: &SourceTree, manifest: &Manifest, compiler: &Path) -> io::Result<Workspace> {
    let folder = tempfile::Builder::new().prefix("atoll-types-").tempdir()?;
    let root = folder.path();
    for (path, bytes) in source.iter().filter(|(path, _)| is_read(path)) {
        put(root, &format!("{APP}/{path}"), bytes)?;
    }
    let mut projects = Vec::new();
    if let Some(entry) = manifest.backend.as_ref().and_then(|b| b.entry.as_ref()) {
        backend(root, source, manifest, entry)?;
        projects.push("backend.json");
    }
    if let Some(frontend) = &manifest.frontend {
        page(root, &frontend.entry, compiler)?;
        projects.push("frontend.json");
    }
    Ok(Workspace { folder, projects })
}

fn is_read(path: &SourcePath) -> bool {
    parse::source_type(path).is_some() || path.extension() == "json"
}

fn put(root: &Path, path: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
    let file = root.join(path);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(file, content)
}

fn backend(root: &Path, source: &SourceTree, manifest: &Manifest, entry: &SourcePath) -> io::Result<()> {
    for (path, text) in VENDORED.files {
        put(root, &format!("vendored/{path}"), text)?;
    }
    put(root, "backend/globals.d.ts", GLOBALS)?;
    put(root, "backend/sdk.d.ts", SDK)?;
    put(root, "backend/sdk-test.d.ts", SDK_TEST)?;
    put(root, "backend/env.d.ts", env(manifest))?;
    let tests =
        source.under(link::TESTS).map(|(path, _)| path).filter(|path| parse::source_type(path).is_some());
    let files: Vec<String> =
        std::iter::once(entry).chain(tests).map(|path| format!("{APP}/{path}")).collect();
    let own = ["globals", "sdk", "sdk-test", "env"].map(|name| format!("backend/{name}.d.ts"));
    let paths: serde_json::Map<String, Value> = VENDORED
        .entries
        .iter()
        .map(|(name, file)| ((*name).to_owned(), json!([format!("./vendored/{file}")])))
        .collect();
    project(
        root,
        "backend.json",
        files.into_iter().chain(own).collect(),
        json!(["ES2024", "WebWorker"]),
        &paths,
    )
}

/// The bindings that the manifest gives.
fn env(manifest: &Manifest) -> String {
    let mut text = String::from("interface Env {\n");
    for (capability, name, interface) in [
        (Capability::Kv, "KV", "KVNamespace"),
        (Capability::Sql, "DB", "D1Database"),
        (Capability::Bus, "BUS", "EventBus"),
    ] {
        if manifest.grants_capability(capability) {
            let _ = writeln!(text, "  {name}: {interface};");
        }
    }
    let variables = manifest.backend.iter().flat_map(|backend| backend.vars.keys());
    for name in manifest.grants.secrets.iter().map(|secret| &secret.name).chain(variables) {
        let _ = writeln!(text, "  {name}: string;");
    }
    text.push_str("}\n");
    text
}

fn page(root: &Path, entry: &SourcePath, compiler: &Path) -> io::Result<()> {
    put(root, "frontend/atoll-sdk.d.ts", SDK_FRONTEND)?;
    let mut files = vec![format!("{APP}/{entry}")];
    let mut paths = serde_json::Map::new();
    paths.insert("@atoll/sdk".into(), json!(["./frontend/atoll-sdk.d.ts"]));
    match react_types(compiler) {
        Some(types) => {
            for (name, file) in [
                ("react", "react/index.d.ts"),
                ("react/jsx-runtime", "react/jsx-runtime.d.ts"),
                ("react-dom", "react-dom/index.d.ts"),
                ("react-dom/client", "react-dom/client.d.ts"),
            ] {
                let file = types.join(file);
                if file.is_file() {
                    paths.insert(name.into(), json!([file]));
                }
            }
        }
        None => {
            put(root, "frontend/react.d.ts", REACT)?;
            files.push("frontend/react.d.ts".into());
        }
    }
    project(root, "frontend.json", files, json!(["ES2024", "DOM", "DOM.Iterable"]), &paths)
}

/// `@types` with React's declarations: beside the compiler, or where a compiler is looked for.
fn react_types(compiler: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(compiler).unwrap_or_else(|_| compiler.to_owned());
    let beside = real
        .ancestors()
        .filter(|folder| folder.ends_with("node_modules"))
        .map(Path::to_owned)
        .collect::<Vec<_>>();
    beside
        .into_iter()
        .chain(compiler::node_modules())
        .map(|modules| modules.join("@types"))
        .find(|types| types.join("react/jsx-runtime.d.ts").is_file())
}

fn project(
    root: &Path,
    name: &str,
    files: Vec<String>,
    lib: Value,
    paths: &serde_json::Map<String, Value>,
) -> io::Result<()> {
    let settings = json!({
        "compilerOptions": {
            "target": "ES2023", "module": "ESNext", "moduleResolution": "bundler", "lib": lib, "types": [],
            "jsx": "react-jsx", "strict": true, "noImplicitAny": false, "noEmit": true, "skipLibCheck": true,
            "allowJs": true, "resolveJsonModule": true, "allowImportingTsExtensions": true,
            "isolatedModules": true, "noErrorTruncation": false, "paths": paths,
        },
        "files": files,
    });
    put(root, name, settings.to_string())
}
