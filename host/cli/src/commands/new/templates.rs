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
    "sdk/macros/Cargo.toml" = "../../guest-sdk/rust/macros/Cargo.toml",
    "sdk/macros/src/lib.rs" = "../../guest-sdk/rust/macros/src/lib.rs",
    "sdk/src/bindings.rs" = "../../guest-sdk/rust/src/bindings.rs",
    "sdk/src/body.rs" = "../../guest-sdk/rust/src/body.rs",
    "sdk/src/bus.rs" = "../../guest-sdk/rust/src/bus.rs",
    "sdk/src/clock.rs" = "../../guest-sdk/rust/src/clock.rs",
    "sdk/src/config.rs" = "../../guest-sdk/rust/src/config.rs",
    "sdk/src/error.rs" = "../../guest-sdk/rust/src/error.rs",
    "sdk/src/event.rs" = "../../guest-sdk/rust/src/event.rs",
    "sdk/src/form.rs" = "../../guest-sdk/rust/src/form.rs",
    "sdk/src/handler.rs" = "../../guest-sdk/rust/src/handler.rs",
    "sdk/src/heap.rs" = "../../guest-sdk/rust/src/heap.rs",
    "sdk/src/host.rs" = "../../guest-sdk/rust/src/host.rs",
    "sdk/src/http.rs" = "../../guest-sdk/rust/src/http.rs",
    "sdk/src/http/request.rs" = "../../guest-sdk/rust/src/http/request.rs",
    "sdk/src/http/response.rs" = "../../guest-sdk/rust/src/http/response.rs",
    "sdk/src/http/sending.rs" = "../../guest-sdk/rust/src/http/sending.rs",
    "sdk/src/kv.rs" = "../../guest-sdk/rust/src/kv.rs",
    "sdk/src/lib.rs" = "../../guest-sdk/rust/src/lib.rs",
    "sdk/src/log.rs" = "../../guest-sdk/rust/src/log.rs",
    "sdk/src/random.rs" = "../../guest-sdk/rust/src/random.rs",
    "sdk/src/request.rs" = "../../guest-sdk/rust/src/request.rs",
    "sdk/src/response.rs" = "../../guest-sdk/rust/src/response.rs",
    "sdk/src/schedule.rs" = "../../guest-sdk/rust/src/schedule.rs",
    "sdk/src/serve.rs" = "../../guest-sdk/rust/src/serve.rs",
    "sdk/src/sql.rs" = "../../guest-sdk/rust/src/sql.rs",
    "sdk/src/sql/row.rs" = "../../guest-sdk/rust/src/sql/row.rs",
    "sdk/src/sql/value.rs" = "../../guest-sdk/rust/src/sql/value.rs",
    "sdk/src/task.rs" = "../../guest-sdk/rust/src/task.rs",
    "sdk/src/task/executor.rs" = "../../guest-sdk/rust/src/task/executor.rs",
    "sdk/src/task/join.rs" = "../../guest-sdk/rust/src/task/join.rs",
    "sdk/src/task/waiting.rs" = "../../guest-sdk/rust/src/task/waiting.rs",
    "sdk/src/testing.rs" = "../../guest-sdk/rust/src/testing.rs",
    "sdk/src/testing/imports.rs" = "../../guest-sdk/rust/src/testing/imports.rs",
    "sdk/src/testing/kv.rs" = "../../guest-sdk/rust/src/testing/kv.rs",
    "sdk/src/testing/network.rs" = "../../guest-sdk/rust/src/testing/network.rs",
    "sdk/src/testing/sql.rs" = "../../guest-sdk/rust/src/testing/sql.rs",
    "sdk/src/testing/state.rs" = "../../guest-sdk/rust/src/testing/state.rs",
    "sdk/src/testing/streams.rs" = "../../guest-sdk/rust/src/testing/streams.rs",
    "sdk/src/writer.rs" = "../../guest-sdk/rust/src/writer.rs",
    "sdk/wit/capabilities.wit" = "../../wit/capabilities.wit",
    "sdk/wit/handlers.wit" = "../../wit/handlers.wit",
    "sdk/wit/types.wit" = "../../wit/types.wit",
    "sdk/wit/worlds.wit" = "../../wit/worlds.wit",
];

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn collect(folder: &Path, prefix: &str, files: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}/{}", path.file_name().unwrap().to_string_lossy());
            if path.is_dir() {
                collect(&path, &name, files);
            } else {
                files.insert(name);
            }
        }
    }

    #[test]
    fn the_whole_sdk_goes_along() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let sdk = root.join("guest-sdk/rust");
        let mut there = BTreeSet::from(["sdk/Cargo.toml".to_owned(), "sdk/macros/Cargo.toml".to_owned()]);
        collect(&sdk.join("src"), "sdk/src", &mut there);
        collect(&sdk.join("macros/src"), "sdk/macros/src", &mut there);
        collect(&root.join("wit"), "sdk/wit", &mut there);
        // WASI's interfaces are none of the SDK's.
        there.retain(|file| !file.starts_with("sdk/wit/deps/"));
        let taken: BTreeSet<String> = RUST_SDK.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(taken, there);
    }
}
