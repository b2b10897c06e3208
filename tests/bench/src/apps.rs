//! The apps under test. Each is one file, the same for Atoll and for every peer that runs JavaScript.

use std::{fs, path::Path};

use atoll::{AppName, Limits, SourcePath, SourceTree};

use crate::Failure;

/// A JSON router.
pub(crate) const ROUTER: &str = include_str!("../apps/router.js");

/// An app of Hono's.
pub(crate) const HONO: &str = include_str!("../apps/hono.js");

/// What is asked of both.
pub(crate) const PATH: &str = "/todos";

/// The modules that a [`large`] app has besides its entry, and their size: a file may have 128 KiB.
const LARGE_MODULES: usize = 5;
const LARGE_MODULE_BYTES: usize = 100_000;

/// An app's folder. `salt` makes each different, so that nothing is answered from what is there.
pub(crate) fn source(name: &str, entry: &str, salt: usize) -> Result<SourceTree, Failure> {
    let limits = Limits::default();
    let mut tree = SourceTree::new();
    let manifest = format!("name = \"{name}\"\n\n[backend]\nentry = \"backend/index.js\"\n");
    tree.insert(SourcePath::parse("atoll.toml")?, manifest, &limits)?;
    let backend = format!("{entry}\nexport const salt = {salt};\n");
    tree.insert(SourcePath::parse("backend/index.js")?, backend, &limits)?;
    Ok(tree)
}

/// An app of half a megabyte: as code, not as one long string.
pub(crate) fn large(name: &str, salt: usize) -> Result<SourceTree, Failure> {
    let limits = Limits::default();
    let imports: String = (0..LARGE_MODULES)
        .map(|module| format!("import * as m{module} from \"./m{module}.js\";\n"))
        .collect();
    let entry = format!(
        "{imports}\nexport default {{ fetch: (request) => Response.json(m0.f0(request.url.length)) }};\nexport const all = [{}];",
        (0..LARGE_MODULES).map(|module| format!("m{module}")).collect::<Vec<_>>().join(", ")
    );
    let mut tree = source(name, &entry, salt)?;
    for module in 0..LARGE_MODULES {
        let mut text = String::new();
        for number in 0.. {
            if text.len() > LARGE_MODULE_BYTES {
                break;
            }
            text.push_str(&format!(
                "export function f{number}(value) {{\n  const item = {{ id: {number}, name: \"item {number}\", at: value }};\n  \
                 if (value > {number}) return {{ ...item, more: [value, value + 1].map((n) => n * 2) }};\n  return item;\n}}\n"
            ));
        }
        tree.insert(SourcePath::parse(&format!("backend/m{module}.js"))?, text, &limits)?;
    }
    Ok(tree)
}

/// One of the examples of this checkout, under its own name.
pub(crate) fn example(name: &str, limits: &Limits) -> Result<SourceTree, Failure> {
    let folder = checkout().join("examples").join(name);
    Ok(atoll::read_folder(&folder, limits)?)
}

/// A name that can be told from all others.
pub(crate) fn numbered(number: usize) -> Result<AppName, Failure> {
    Ok(AppName::parse(&format!("app-{number:05}"))?)
}

pub(crate) fn checkout() -> &'static Path {
    // tests/bench is two below it.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."))
}

/// An app as files that a peer can run: `app.js`, and Hono's modules beside it. They are the modules that Atoll
/// itself builds with, under names that every module resolver understands.
pub(crate) fn write_for_peers(app: &str, folder: &Path) -> Result<Vec<String>, Failure> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("package.json"), r#"{ "type": "module" }"#)?;
    let mut written = vec!["app.js".to_owned()];
    fs::write(folder.join("app.js"), flat(app))?;
    if app.contains("\"hono\"") {
        let modules = checkout().join("host/build/vendor/modules/hono");
        fs::write(folder.join("hono.js"), flat(&fs::read_to_string(modules.join("index.js"))?))?;
        written.push("hono.js".into());
        for chunk in fs::read_dir(modules.join("_chunk"))? {
            let chunk = chunk?;
            let name = chunk.file_name().to_string_lossy().into_owned();
            fs::write(folder.join(&name), flat(&fs::read_to_string(chunk.path())?))?;
            written.push(name);
        }
    }
    Ok(written)
}

/// `hono/_chunk/NAME` and `hono` as files of the same folder.
fn flat(module: &str) -> String {
    let mut text = String::new();
    for (index, piece) in module.split("\"hono/_chunk/").enumerate() {
        match piece.split_once('"').filter(|_| index > 0) {
            Some((name, rest)) => text.push_str(&format!("\"./{name}.js\"{rest}")),
            None => text.push_str(piece),
        }
    }
    text.replace("from \"hono\"", "from \"./hono.js\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_become_files_of_the_same_folder() {
        let module = "import { Hono } from \"hono\";\nimport \"hono/_chunk/AB\";\nimport { x } from \"hono/_chunk/CD\";\n";
        assert_eq!(
            flat(module),
            "import { Hono } from \"./hono.js\";\nimport \"./AB.js\";\nimport { x } from \"./CD.js\";\n"
        );
        assert_eq!(flat(ROUTER), ROUTER);
    }

    #[test]
    fn a_large_app_is_half_a_megabyte_of_files_that_may_be() {
        let tree = large("large", 0).unwrap();
        let sizes: Vec<usize> = tree.iter().map(|(_, content)| content.len()).collect();
        assert!(sizes.iter().sum::<usize>() > 500_000);
        assert!(sizes.iter().all(|size| *size < Limits::default().script_bytes_max));
    }
}
