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

/// The custom section with the engine's own modules.
const BUILTIN_SECTION: &str = "atoll:modules";

/// Name and source of each of the engine's own modules.
///
/// # Errors
/// A sentence that says what is wrong with the section.
pub(crate) fn builtin_modules(engine: &[u8]) -> Result<Vec<(&str, &str)>, String> {
    let mut modules = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(engine) {
        let payload = payload.map_err(|error| error.to_string())?;
        if let wasmparser::Payload::CustomSection(section) = payload
            && section.name() == BUILTIN_SECTION
        {
            let text = std::str::from_utf8(section.data()).map_err(|error| error.to_string())?;
            let mut texts = text.split_terminator('\0');
            while let Some(name) = texts.next() {
                let source = texts.next().ok_or_else(|| format!("its module {name:?} has no source"))?;
                modules.push((name, source));
            }
        }
    }
    if modules.is_empty() {
        return Err(format!("it has no modules of its own (custom section {BUILTIN_SECTION})"));
    }
    Ok(modules)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// What the engine is built from; `cargo xtask engine` hashes the same.
    const SOURCES: [&str; 10] = [
        "guest-sdk/js-engine/Cargo.lock",
        "guest-sdk/js-engine/Cargo.toml",
        "guest-sdk/js-engine/build.rs",
        "guest-sdk/js-engine/js",
        "guest-sdk/js-engine/quickjs.patch",
        "guest-sdk/js-engine/src",
        "wit/capabilities.wit",
        "wit/handlers.wit",
        "wit/types.wit",
        "wit/worlds.wit",
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
