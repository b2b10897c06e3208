//! From entry files to all the modules they need, each as JavaScript whose imports are exact.
//!
//! Only what is reachable is built. On the backend a module is named by its source path and vendored modules
//! come along; in the frontend a module is keyed by the path the page loads it from, and bare names are left to
//! the page's import map.

use std::collections::{BTreeMap, BTreeSet};

use atoll_model::{FrontendModule, Limits, SourcePath, SourceTree};

use crate::{
    asset_key::{asset_key, escaped},
    parse,
    report::{Finding, Place, Report},
    resolve::{self, Resolved, Side},
    transform::{self, Positions},
    vendor,
};

/// A backend module, ready for the engine.
#[derive(Debug)]
pub(crate) struct BackendModule {
    /// What imports say.
    pub(crate) name: String,
    /// Its JavaScript.
    pub(crate) source: String,
    /// Where its pieces came from; empty for what was not transformed.
    pub(crate) positions: Positions,
    /// The same as a source map, version 3.
    pub(crate) map: Option<String>,
}

/// The folder whose files run only in tests.
pub(crate) const TESTS: &str = "tests";

/// Which side a backend-side file is on.
pub(crate) fn backend_side(path: &SourcePath) -> Side {
    let is_test = path.as_str().strip_prefix(TESTS).is_some_and(|rest| rest.starts_with('/'));
    if is_test { Side::Tests } else { Side::Backend }
}

/// Links the modules that run in the sandbox, in name order.
pub(crate) fn backend(
    source: &SourceTree,
    entries: &[SourcePath],
    limits: &Limits,
    report: &mut Report,
) -> Vec<BackendModule> {
    let name = |_: &SourcePath, resolved: &Resolved| match resolved {
        Resolved::Script(path) | Resolved::Json(path) => path.to_string(),
        Resolved::Vendored(name) | Resolved::BuiltIn(name) => name.clone(),
    };
    let linked = Linker { source, limits, side: backend_side, name: &name }.run(entries, report);
    let vendored =
        vendor::with_imports(linked.vendored.iter().map(String::as_str)).into_iter().map(|module| {
            BackendModule {
                name: module.name.to_owned(),
                source: module.source.to_owned(),
                positions: Positions::default(),
                map: None,
            }
        });
    let own = linked.files.into_iter().map(|(path, file)| BackendModule {
        name: path.to_string(),
        source: file.code,
        positions: file.positions,
        map: file.map,
    });
    own.chain(vendored).collect()
}

/// Links the modules of the page, keyed by their path below the app's assets.
pub(crate) fn frontend(
    source: &SourceTree,
    entry: &SourcePath,
    limits: &Limits,
    report: &mut Report,
) -> BTreeMap<String, FrontendModule> {
    let name = |importer: &SourcePath, resolved: &Resolved| match resolved {
        Resolved::Script(path) | Resolved::Json(path) => {
            let (from, to) = (asset_key(source, importer), asset_key(source, path));
            escaped(&resolve::relative_specifier(&from, &to))
        }
        Resolved::Vendored(name) | Resolved::BuiltIn(name) => name.clone(),
    };
    let linker = Linker { source, limits, side: |_| Side::Frontend, name: &name };
    let linked = linker.run(std::slice::from_ref(entry), report);
    linked
        .files
        .into_iter()
        .map(|(path, file)| {
            (asset_key(source, &path), FrontendModule { code: file.code, source_map: file.map })
        })
        .collect()
}

struct Linker<'s, 'n> {
    source: &'s SourceTree,
    limits: &'s Limits,
    side: fn(&SourcePath) -> Side,
    name: &'n dyn Fn(&SourcePath, &Resolved) -> String,
}

#[derive(Default)]
struct Linked {
    files: BTreeMap<SourcePath, Built>,
    vendored: BTreeSet<String>,
}

struct Built {
    code: String,
    positions: Positions,
    map: Option<String>,
}

impl Linker<'_, '_> {
    /// Follows imports from the entries. Bounded by the number of files: each is built once.
    fn run(&self, entries: &[SourcePath], report: &mut Report) -> Linked {
        let mut linked = Linked::default();
        let mut todo: Vec<SourcePath> = entries.to_vec();
        let mut seen: BTreeSet<SourcePath> = entries.iter().cloned().collect();
        while let Some(path) = todo.pop() {
            let mut imports = Vec::new();
            let built = if path.extension() == "json" {
                self.json(&path, report)
            } else {
                self.script(&path, &mut imports, report)
            };
            if let Some(built) = built {
                linked.files.insert(path, built);
            }
            for import in imports {
                match import {
                    Resolved::Script(file) | Resolved::Json(file) => {
                        if seen.insert(file.clone()) {
                            todo.push(file);
                        }
                    }
                    Resolved::Vendored(name) => {
                        linked.vendored.insert(name);
                    }
                    Resolved::BuiltIn(_) => {}
                }
            }
        }
        linked
    }

    /// A script; what is wrong with its text itself was reported by the scan, which sees every script.
    fn script(&self, path: &SourcePath, imports: &mut Vec<Resolved>, report: &mut Report) -> Option<Built> {
        parse::source_type(path)?;
        let text =
            self.source.text(path.as_str()).filter(|text| text.len() <= self.limits.script_bytes_max)?;
        let side = (self.side)(path);
        let done =
            transform::transform(path, text, self.limits, &mut |specifier, offset| match resolve::resolve(
                self.source,
                side,
                path,
                specifier,
            ) {
                Ok(resolved) => {
                    let name = (self.name)(path, &resolved);
                    imports.push(resolved);
                    Some(name)
                }
                // What will not be shown is only counted.
                Err(_) if report.is_full() => {
                    report.push(Finding::error("resolve", "", Place::None));
                    None
                }
                Err(why) => {
                    let said = resolve::explain(self.source, side, path, specifier, &why);
                    let place = Place::Offset(path.clone(), offset);
                    report.push(Finding::error("resolve", said.message, place).hint(said.hint));
                    None
                }
            });
        match done {
            Ok(done) => Some(Built { code: done.code, positions: done.positions, map: Some(done.map) }),
            Err(findings) => {
                report.extend(findings);
                None
            }
        }
    }

    /// A JSON file as a module. Through `JSON.parse`, since an object literal reads `"__proto__"` differently.
    fn json(&self, path: &SourcePath, report: &mut Report) -> Option<Built> {
        let bytes = self.source.get(path.as_str())?;
        match serde_json::from_slice::<serde_json::Value>(bytes) {
            Ok(_) => {
                let literal = serde_json::Value::String(String::from_utf8_lossy(bytes).into_owned());
                let code = format!("export default JSON.parse({literal});\n");
                Some(Built { code, positions: Positions::default(), map: None })
            }
            Err(error) => {
                let number = |n: usize| u32::try_from(n.max(1)).unwrap_or(u32::MAX);
                let place = Place::LineColumn(path.clone(), number(error.line()), number(error.column()));
                let finding = Finding::error("json", format!("{path} is not JSON: {error}"), place);
                report.push(finding.hint("correct the file; JSON has no comments and no trailing commas"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> SourceTree {
        let mut tree = SourceTree::new();
        for (path, text) in files {
            tree.insert(SourcePath::parse(path).unwrap(), (*text).to_owned(), &Limits::default()).unwrap();
        }
        tree
    }

    #[test]
    fn a_backend_gets_exact_names_and_only_what_it_reaches() {
        let source = tree(&[
            (
                "backend/index.ts",
                "import { Hono } from 'hono'; import { x } from './lib'; export default new Hono(x);",
            ),
            ("backend/lib.ts", "import data from '../data.json'; export const x = data;"),
            ("backend/unused.ts", "export const y = 1;"),
            ("data.json", r#"{"__proto__": {"a": 1}, "b": "</script>"}"#),
        ]);
        let mut report = Report::new(10);
        let entry = SourcePath::parse("backend/index.ts").unwrap();
        let modules = backend(&source, &[entry], &Limits::default(), &mut report);
        assert!(!report.has_errors());
        let find = |name: &str| modules.iter().find(|m| m.name == name).map(|m| m.source.as_str());
        assert!(find("backend/index.ts").unwrap().contains("from \"backend/lib.ts\""));
        assert!(find("backend/lib.ts").unwrap().contains("from \"data.json\""));
        assert!(find("data.json").unwrap().starts_with("export default JSON.parse(\"{"));
        assert!(find("hono").is_some() && find("backend/unused.ts").is_none() && find("zod").is_none());
    }

    #[test]
    fn a_page_gets_relative_paths() {
        let source = tree(&[
            (
                "frontend/App.tsx",
                "import { useState } from 'react'; import B from './a b/B'; import d from '../d.json'; export default () => <B x={useState(d)}/>;",
            ),
            ("frontend/a b/B.tsx", "import { t } from './t'; export default () => t;"),
            ("frontend/a b/t.ts", "export const t = 1;"),
            ("frontend/a b/t.jsx", "export const t = 1;"),
            ("d.json", "1"),
        ]);
        let mut report = Report::new(10);
        let entry = SourcePath::parse("frontend/App.tsx").unwrap();
        let modules = frontend(&source, &entry, &Limits::default(), &mut report);
        assert!(!report.has_errors());
        let keys: Vec<&str> = modules.keys().map(String::as_str).collect();
        assert_eq!(keys, ["d.json.js", "frontend/App.js", "frontend/a b/B.js", "frontend/a b/t.ts.js"]);
        let app = &modules["frontend/App.js"];
        assert!(
            app.code.contains("from \"./a%20b/B.js\"") && app.code.contains("from \"../d.json.js\""),
            "{}",
            app.code
        );
        assert!(
            app.code.contains("from \"react\"")
                && app.source_map.as_ref().unwrap().contains("frontend/App.tsx")
        );
        assert!(modules["frontend/a b/B.js"].code.contains("from \"./t.ts.js\""));
    }

    #[test]
    fn a_circle_of_imports_ends() {
        let source = tree(&[
            ("a.ts", "import './b'; export const a = 1;"),
            ("b.ts", "import './a'; export const b = 1;"),
        ]);
        let mut report = Report::new(10);
        let modules =
            backend(&source, &[SourcePath::parse("a.ts").unwrap()], &Limits::default(), &mut report);
        assert_eq!(modules.len(), 2);
    }

    #[test]
    fn bad_json_and_a_missing_file_have_a_place() {
        let source = tree(&[
            ("a.ts", "import x from './x.json';\nimport './gone';\nexport default x;"),
            ("x.json", "{\n  a: 1 }"),
        ]);
        let mut report = Report::new(10);
        backend(&source, &[SourcePath::parse("a.ts").unwrap()], &Limits::default(), &mut report);
        let found = report.finish(&source);
        let places: Vec<String> = found
            .iter()
            .map(|d| {
                d.location.as_ref().map(|l| format!("{} {}:{}:{}", d.rule, l.file, l.line, l.column)).unwrap()
            })
            .collect();
        assert_eq!(places, ["resolve a.ts:2:8", "json x.json:2:3"]);
    }
}
