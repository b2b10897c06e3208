//! Fingerprints what makes the code-only engine, the shell and the base image, so that compiled files in a cache
//! are found again without making them first.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
};

/// The passes, and what holds the versions of the libraries that they use.
const MADE_BY: [&str; 7] = [
    "src/audit.rs",
    "src/image.rs",
    "src/js_engine.rs",
    "src/shell.rs",
    "src/snapshot",
    "src/split.rs",
    "../../Cargo.lock",
];

fn main() {
    let mut hasher = DefaultHasher::new();
    for path in MADE_BY {
        println!("cargo::rerun-if-changed={path}");
        hash(Path::new(path), &mut hasher);
    }
    println!("cargo::rustc-env=ATOLL_IMAGE_PASSES={:016x}", hasher.finish());
}

fn hash(path: &Path, hasher: &mut DefaultHasher) {
    let Ok(entries) = fs::read_dir(path) else {
        // What is not there, such as a lock file outside of the workspace, counts as empty.
        return fs::read(path).unwrap_or_default().hash(hasher);
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().for_each(|path| hash(path, hasher));
}
