//! The engine as it was built and committed: `engine/engine.wasm`, from `guest-sdk/js-engine` by
//! `cargo xtask engine`. That it belongs to its source is checked by a test.

use std::sync::LazyLock;

use atoll_model::ContentHash;

/// The core module, as the linker wrote it.
pub(crate) const ENGINE_WASM: &[u8] = include_bytes!("../engine/engine.wasm");

static HASH: LazyLock<ContentHash> = LazyLock::new(|| ContentHash::of(ENGINE_WASM));

/// Identifies the engine that this host carries. A heap image runs with exactly one.
#[must_use]
pub fn engine_hash() -> ContentHash {
    *HASH
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// What the engine is built from; `cargo xtask engine` hashes the same.
    const SOURCES: [&str; 6] = [
        "guest-sdk/js-engine/Cargo.lock",
        "guest-sdk/js-engine/Cargo.toml",
        "guest-sdk/js-engine/build.rs",
        "guest-sdk/js-engine/js",
        "guest-sdk/js-engine/src",
        "wit",
    ];

    fn collect(root: &Path, path: &str, files: &mut Vec<String>) {
        let full = root.join(path);
        if !full.is_dir() {
            return files.push(path.to_owned());
        }
        for entry in fs::read_dir(full).unwrap() {
            collect(root, &format!("{path}/{}", entry.unwrap().file_name().to_str().unwrap()), files);
        }
    }

    #[test]
    fn the_committed_engine_belongs_to_its_sources() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        SOURCES.iter().for_each(|source| collect(&root, source, &mut files));
        files.sort();
        let parts: Vec<Vec<u8>> = files
            .iter()
            .flat_map(|file| [file.clone().into_bytes(), fs::read(root.join(file)).unwrap()])
            .collect();
        let sources = ContentHash::of_parts(parts.iter().map(Vec::as_slice));
        let record: serde_json::Value =
            serde_json::from_str(include_str!("../engine/engine.json")).expect("engine.json is JSON");
        let hint = "run: cargo xtask engine";
        assert_eq!(record["sources"], sources.to_string(), "the engine is older than its sources; {hint}");
        assert_eq!(
            record["engine"],
            engine_hash().to_string(),
            "the record speaks of another engine; {hint}"
        );
    }
}
