//! The npm modules that backends may import: hono with its submodules, and zod, made into readable ES modules by
//! `vendor/vendor.mjs`. Its `VERSION` says what they are; their licences lie beside them.
//!
//! A module is added to an app only when it is imported. Shared chunks (`hono/_chunk/…`) come along and cannot
//! be imported by an app.

use std::collections::BTreeSet;

/// One vendored module.
#[derive(Debug)]
pub(crate) struct VendoredModule {
    /// What an import says, exactly.
    pub(crate) name: &'static str,
    /// Its JavaScript.
    pub(crate) source: &'static str,
    /// The modules it imports, by name.
    imports: &'static [&'static str],
}

/// All of them, sorted by name.
const MODULES: &[VendoredModule] = include!("../vendor/table.rs");

/// A module by its exact name.
fn find(name: &str) -> Option<&'static VendoredModule> {
    MODULES.binary_search_by(|module| module.name.cmp(name)).ok().and_then(|at| MODULES.get(at))
}

/// Whether an app may import this name.
pub(crate) fn is_public(name: &str) -> bool {
    !name.contains("/_chunk/") && find(name).is_some()
}

/// Every name, shared chunks included.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|module| module.name)
}

/// The names that an app may import.
pub(crate) fn public_names() -> impl Iterator<Item = &'static str> {
    names().filter(|name| !name.contains("/_chunk/"))
}

/// These modules and all that they import, each once, in name order.
pub(crate) fn with_imports<'n>(wanted: impl IntoIterator<Item = &'n str>) -> Vec<&'static VendoredModule> {
    let mut todo: Vec<&'static VendoredModule> = wanted.into_iter().filter_map(find).collect();
    let mut taken = BTreeSet::new();
    while let Some(module) = todo.pop() {
        if taken.insert(module.name) {
            todo.extend(module.imports.iter().copied().filter_map(find));
        }
    }
    taken.into_iter().filter_map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_closed() {
        assert!(MODULES.is_sorted_by_key(|module| module.name));
        for module in MODULES {
            for import in module.imports {
                assert!(find(import).is_some(), "{} imports {import}", module.name);
                assert!(
                    module.source.contains(&format!("{import:?}")),
                    "{} does not import {import}",
                    module.name
                );
            }
        }
    }

    #[test]
    fn hono_and_its_middleware_share_code() {
        let both = with_imports(["hono", "hono/cors", "hono/logger"]);
        let one = with_imports(["hono"]);
        assert!(both.len() < one.len() + 5, "{} against {}", both.len(), one.len());
        assert!(both.iter().map(|m| m.name).collect::<BTreeSet<_>>().len() == both.len());
    }

    #[test]
    fn every_module_has_its_licence_beside_it() {
        for name in ["hono", "zod"] {
            let path = format!("{}/vendor/modules/{name}/LICENSE", env!("CARGO_MANIFEST_DIR"));
            assert!(std::fs::read_to_string(path).unwrap().contains("MIT"), "{name}");
        }
    }
}
