//! The JavaScript engine: builds the guest `guest-sdk/js-engine` and commits the result beside what uses it, with
//! a record of the sources and tools that it was built from. A test of `host/image` reads the same record.

mod quickjs;
mod toolchain;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::shell::{note, root, say};

/// The built engine and its record.
const ENGINE: &str = "host/image/engine/engine.wasm";
const RECORD: &str = "host/image/engine/engine.json";

/// The guest's folder.
const GUEST: &str = "guest-sdk/js-engine";

/// Everything that the engine is built from, besides the tools.
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

/// Rebuilds the engine, or only compares what is committed with its sources.
pub(crate) fn run(check: bool) -> Result<(), String> {
    let sources = hash_of_sources()?;
    if check {
        return compare(&sources);
    }
    let tools = toolchain::find()?;
    note(&format!("building {GUEST} with {}", tools.name()));
    let built = tools.build(&root().join(GUEST))?;
    let bytes = read(&built)?;
    refuse_machine_paths(&bytes)?;
    let record =
        json!({ "sources": sources, "engine": hex(&Sha256::digest(&bytes)), "tools": tools.versions()? });
    let text = serde_json::to_string_pretty(&record).map_err(|e| e.to_string())?;
    write(ENGINE, &bytes)?;
    write(RECORD, format!("{text}\n").as_bytes())?;
    say(&format!("{ENGINE}: {} bytes", bytes.len()));
    Ok(())
}

/// Whether the committed engine is the one that its record speaks of, and was built from these sources.
fn compare(sources: &str) -> Result<(), String> {
    let record: Value = serde_json::from_slice(&read(&root().join(RECORD))?)
        .map_err(|e| format!("{RECORD} is no JSON: {e}"))?;
    let engine = hex(&Sha256::digest(read(&root().join(ENGINE))?));
    for (field, found, what) in [
        ("engine", engine.as_str(), "is not the engine that its record speaks of"),
        ("sources", sources, "is older than its sources"),
    ] {
        if record.get(field).and_then(Value::as_str) != Some(found) {
            return Err(format!("{ENGINE} {what}; run: cargo xtask engine"));
        }
    }
    say(&format!("{ENGINE} belongs to its sources"));
    Ok(())
}

/// SHA-256 over the path and content of every source file, in path order, each with its length before it.
fn hash_of_sources() -> Result<String, String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&root(), source, &mut files)?;
    }
    files.sort();
    let mut hasher = Sha256::new();
    for file in files {
        let content = read(&root().join(&file))?;
        for part in [file.as_bytes(), &content] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// The files at or below a path, as `/`-separated paths from the root.
fn collect(root: &Path, path: &str, files: &mut Vec<String>) -> Result<(), String> {
    let full = root.join(path);
    if !full.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(&full).map_err(|e| format!("cannot read {path}: {e}"))? {
        let name = entry.map_err(|e| format!("cannot read {path}: {e}"))?.file_name();
        let name = name.to_str().ok_or_else(|| format!("{path} holds a file name that is no UTF-8"))?;
        collect(root, &format!("{path}/{name}"), files)?;
    }
    Ok(())
}

/// The committed binary is the same on every machine, and tells nobody where it was built.
fn refuse_machine_paths(wasm: &[u8]) -> Result<(), String> {
    let home = std::env::var("HOME").unwrap_or_default();
    for path in [root().display().to_string(), home] {
        if path.len() > 1 && wasm.windows(path.len()).any(|window| window == path.as_bytes()) {
            return Err(format!("the engine holds the path {path}; the build should have remapped it"));
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &PathBuf) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
}

fn write(path: &str, bytes: &[u8]) -> Result<(), String> {
    fs::write(root().join(path), bytes).map_err(|e| format!("cannot write {path}: {e}"))
}
