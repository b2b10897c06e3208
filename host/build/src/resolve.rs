//! What an import means: a file of the app, a vendored module, or a built-in one. For everything else [`explain`] says
//! what to write instead.
//!
//! Pure: a specifier and who imports it in, an answer out. It reads no text and follows no import.

mod advice;
mod explain;

use atoll_model::{SourcePath, SourceTree};

pub(crate) use self::explain::explain;
use crate::{parse, vendor};

/// Where a module runs, which decides what it may import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// In the sandbox.
    Backend,
    /// In the sandbox, only while the app is tested.
    Tests,
    /// In the page.
    Frontend,
}

/// Modules that the page's import map offers.
pub(crate) const FRONTEND_MODULES: [&str; 5] =
    ["react", "react-dom", "react-dom/client", "react/jsx-runtime", "@atoll/sdk"];

/// What the engine has built in.
pub(crate) const SDK: &str = "@atoll/sdk";
/// What the engine has built in for tests.
pub(crate) const SDK_TEST: &str = "@atoll/sdk/test";

/// What a specifier stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// A script of the app.
    Script(SourcePath),
    /// A JSON file of the app.
    Json(SourcePath),
    /// A module that `vendor` has.
    Vendored(String),
    /// A module that the engine or the page's import map has.
    BuiltIn(String),
}

/// Why a specifier stands for nothing. Cheap to make, since a hostile app may have a hundred thousand of them;
/// [`explain`] makes words of those that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// It leads out of the app's folder.
    Outside,
    /// It is a file that is no module.
    NoModule(SourcePath),
    /// There is no file at this path.
    Missing(String),
    /// A bare name that nobody has.
    Unknown,
}

/// In which order an extension is tried for a specifier without one.
const EXTENSIONS: [&str; 5] = ["ts", "tsx", "js", "jsx", "json"];

/// Resolves a specifier.
pub(crate) fn resolve(
    source: &SourceTree,
    side: Side,
    importer: &SourcePath,
    specifier: &str,
) -> Result<Resolved, Unresolved> {
    if specifier.starts_with("./") || specifier.starts_with("../") || matches!(specifier, "." | "..") {
        relative(source, importer, specifier)
    } else {
        bare(side, specifier)
    }
}

fn relative(source: &SourceTree, importer: &SourcePath, specifier: &str) -> Result<Resolved, Unresolved> {
    let path = join(importer.as_str(), specifier).ok_or(Unresolved::Outside)?;
    let files = candidates(&path).into_iter().filter(|candidate| source.get(candidate).is_some());
    match files.filter_map(|candidate| SourcePath::parse(&candidate).ok()).next() {
        Some(file) if parse::source_type(&file).is_some() => Ok(Resolved::Script(file)),
        Some(file) if file.extension() == "json" => Ok(Resolved::Json(file)),
        Some(file) => Err(Unresolved::NoModule(file)),
        None => Err(Unresolved::Missing(path)),
    }
}

/// The files a path may mean, the most literal first.
fn candidates(path: &str) -> Vec<String> {
    let mut all = Vec::new();
    if !path.is_empty() {
        all.push(path.to_owned());
        all.extend(EXTENSIONS.map(|extension| format!("{path}.{extension}")));
        // TypeScript's own habit: `./a.js` is written for what will be made of `a.ts`.
        if let Some(stem) = path.strip_suffix(".js").or_else(|| path.strip_suffix(".jsx")) {
            all.extend(["ts", "tsx"].map(|extension| format!("{stem}.{extension}")));
        }
    }
    let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
    all.extend(EXTENSIONS.map(|extension| format!("{folder}index.{extension}")));
    all
}

fn bare(side: Side, specifier: &str) -> Result<Resolved, Unresolved> {
    let built_in = match side {
        Side::Frontend => FRONTEND_MODULES.contains(&specifier),
        Side::Tests => matches!(specifier, SDK | SDK_TEST),
        Side::Backend => specifier == SDK,
    };
    if built_in {
        return Ok(Resolved::BuiltIn(specifier.to_owned()));
    }
    if side != Side::Frontend && vendor::is_public(specifier) {
        return Ok(Resolved::Vendored(specifier.to_owned()));
    }
    Err(Unresolved::Unknown)
}

/// `specifier` seen from the folder of `importer`; `None` when it leaves the app's folder.
fn join(importer: &str, specifier: &str) -> Option<String> {
    let mut segments: Vec<&str> = importer.split('/').collect();
    segments.pop();
    for segment in specifier.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

/// How `importer` writes an import of `target`; both are paths from the app's folder.
pub(crate) fn relative_specifier(importer: &str, target: &str) -> String {
    let from: Vec<&str> = importer.split('/').collect();
    let to: Vec<&str> = target.split('/').collect();
    let folders = from.len() - 1;
    let shared =
        from.iter().take(folders).zip(to.iter().take(to.len() - 1)).take_while(|(a, b)| a == b).count();
    let up = folders - shared;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    start + &to.get(shared..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use atoll_model::Limits;

    use super::{explain::Explanation, *};

    fn tree(paths: &[&str]) -> SourceTree {
        let mut tree = SourceTree::new();
        for path in paths {
            tree.insert(SourcePath::parse(path).unwrap(), "", &Limits::default()).unwrap();
        }
        tree
    }

    fn app() -> SourceTree {
        tree(&[
            "backend/index.ts",
            "backend/routes/todos.ts",
            "backend/routes/index.ts",
            "backend/data.json",
            "shared/types.ts",
            "shared/both.js",
            "shared/both.ts",
            "frontend/App.tsx",
            "frontend/style.css",
        ])
    }

    fn ask(side: Side, specifier: &str) -> Result<Resolved, Explanation> {
        let (source, importer) = (app(), SourcePath::parse("backend/index.ts").unwrap());
        resolve(&source, side, &importer, specifier)
            .map_err(|why| explain(&source, side, &importer, specifier, &why))
    }

    fn file(side: Side, specifier: &str) -> String {
        match ask(side, specifier) {
            Ok(Resolved::Script(path) | Resolved::Json(path)) => path.to_string(),
            other => panic!("{specifier}: {other:?}"),
        }
    }

    #[test]
    fn extensions_and_index_files_are_inferred() {
        for (specifier, path) in [
            ("./routes/todos", "backend/routes/todos.ts"),
            ("./routes/todos.ts", "backend/routes/todos.ts"),
            ("./routes/todos.js", "backend/routes/todos.ts"),
            ("./routes", "backend/routes/index.ts"),
            ("./routes/", "backend/routes/index.ts"),
            ("./data", "backend/data.json"),
            ("../shared/types", "shared/types.ts"),
            ("../shared/both.js", "shared/both.js"),
            ("../shared/both", "shared/both.ts"),
            (".", "backend/index.ts"),
        ] {
            assert_eq!(file(Side::Backend, specifier), path, "{specifier}");
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_reached() {
        for specifier in ["../../etc/passwd", "../..", "./../../x"] {
            assert!(ask(Side::Backend, specifier).unwrap_err().message.contains("out of the app's folder"));
        }
    }

    #[test]
    fn a_misspelt_file_gets_a_suggestion() {
        let error = ask(Side::Backend, "./routes/todo").unwrap_err();
        assert_eq!(error.hint, "did you mean \"./routes/todos.ts\"?");
        assert_eq!(ask(Side::Backend, "./types").unwrap_err().hint, "did you mean \"../shared/types.ts\"?");
    }

    #[test]
    fn each_side_has_its_own_modules() {
        assert!(matches!(ask(Side::Backend, "hono/cors"), Ok(Resolved::Vendored(_))));
        assert!(matches!(ask(Side::Backend, "zod"), Ok(Resolved::Vendored(_))));
        assert!(matches!(ask(Side::Tests, SDK_TEST), Ok(Resolved::BuiltIn(_))));
        assert!(matches!(ask(Side::Frontend, "react/jsx-runtime"), Ok(Resolved::BuiltIn(_))));
        for (side, specifier) in [
            (Side::Backend, SDK_TEST),
            (Side::Backend, "react"),
            (Side::Frontend, "hono"),
            (Side::Frontend, SDK_TEST),
        ] {
            assert!(ask(side, specifier).is_err(), "{specifier}");
        }
    }

    #[test]
    fn a_stylesheet_and_a_shared_chunk_cannot_be_imported() {
        assert!(ask(Side::Frontend, "../frontend/style.css").unwrap_err().hint.contains("Tailwind"));
        let chunk = vendor::names().find(|name| name.contains("_chunk")).unwrap();
        assert!(ask(Side::Backend, chunk).is_err());
    }

    #[test]
    fn relative_specifiers_lead_back() {
        for (from, to, specifier) in [
            ("frontend/App.js", "frontend/a/B.js", "./a/B.js"),
            ("frontend/a/B.js", "frontend/App.js", "../App.js"),
            ("frontend/App.js", "shared/x.js", "../shared/x.js"),
            ("App.js", "b.js", "./b.js"),
        ] {
            assert_eq!(relative_specifier(from, to), specifier);
            assert_eq!(join(from, specifier).as_deref(), Some(to));
        }
    }
}
