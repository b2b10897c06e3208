//! The files that `atoll new` writes.

/// Files by their path; `{{name}}`, `{{crate}}` and `{{title}}` in them are filled in.
pub(super) type Template = &'static [(&'static str, &'static str)];

macro_rules! template {
    ($($path:literal = $file:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../", $file)))),*]
    };
}

pub(super) const TS: Template = template![
    "atoll.toml" = "templates/ts/atoll.toml",
    "backend/index.ts" = "templates/ts/backend/index.ts",
    "frontend/App.tsx" = "templates/ts/frontend/App.tsx",
    "schemas/note-added.json" = "templates/ts/schemas/note-added.json",
    "tests/notes.test.ts" = "templates/ts/tests/notes.test.ts",
];

pub(super) const RUST: Template = template![
    ".gitignore" = "templates/rust/gitignore",
    "Cargo.toml" = "templates/rust/Cargo.toml",
    "README.md" = "templates/rust/README.md",
    "atoll.toml" = "templates/rust/atoll.toml",
    "src/lib.rs" = "templates/rust/src/lib.rs",
];

/// The Rust SDK goes along, since it is not in a registry; it has nothing to fill in.
pub(super) const RUST_SDK: Template = template![
    "sdk/Cargo.toml" = "../../guest-sdk/rust/Cargo.toml",
    "sdk/src/bindings.rs" = "../../guest-sdk/rust/src/bindings.rs",
    "sdk/src/bus.rs" = "../../guest-sdk/rust/src/bus.rs",
    "sdk/src/error.rs" = "../../guest-sdk/rust/src/error.rs",
    "sdk/src/event.rs" = "../../guest-sdk/rust/src/event.rs",
    "sdk/src/kv.rs" = "../../guest-sdk/rust/src/kv.rs",
    "sdk/src/lib.rs" = "../../guest-sdk/rust/src/lib.rs",
    "sdk/src/log.rs" = "../../guest-sdk/rust/src/log.rs",
    "sdk/src/request.rs" = "../../guest-sdk/rust/src/request.rs",
    "sdk/src/response.rs" = "../../guest-sdk/rust/src/response.rs",
    "sdk/src/sql.rs" = "../../guest-sdk/rust/src/sql.rs",
    "sdk/src/system.rs" = "../../guest-sdk/rust/src/system.rs",
    "sdk/wit/capabilities.wit" = "../../wit/capabilities.wit",
    "sdk/wit/handlers.wit" = "../../wit/handlers.wit",
    "sdk/wit/types.wit" = "../../wit/types.wit",
    "sdk/wit/worlds.wit" = "../../wit/worlds.wit",
];

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn the_whole_sdk_goes_along() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let files = |folder: &str, prefix: &str| -> Vec<String> {
            let entries = fs::read_dir(root.join(folder)).unwrap();
            entries.map(|entry| format!("{prefix}{}", entry.unwrap().file_name().to_string_lossy())).collect()
        };
        let mut there: BTreeSet<String> = files("guest-sdk/rust/src", "sdk/src/").into_iter().collect();
        there.extend(files("wit", "sdk/wit/"));
        there.insert("sdk/Cargo.toml".into());
        let taken: BTreeSet<String> = RUST_SDK.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(taken, there);
    }
}
