//! The architecture's invariants, read off `cargo metadata`: who may depend on whom, and on what.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::shell;

/// What each room may depend on, of the rooms. Anything else is an arrow that the architecture does not have.
const ROOMS: &[(&str, &[&str])] = &[
    ("atoll-model", &[]),
    ("atoll-image", &["atoll-model"]),
    ("atoll-build", &["atoll-model", "atoll-image"]),
    ("atoll-runtime", &["atoll-model", "atoll-image"]),
    ("atoll-outbound", &["atoll-model"]),
    ("atoll-sqlite", &[]),
    ("atoll-bus", &["atoll-model", "atoll-sqlite"]),
    ("atoll-store", &["atoll-model", "atoll-sqlite"]),
    ("atoll-generate", &["atoll-model"]),
    (
        "atoll",
        &[
            "atoll-model",
            "atoll-image",
            "atoll-build",
            "atoll-runtime",
            "atoll-outbound",
            "atoll-bus",
            "atoll-store",
            "atoll-generate",
        ],
    ),
    ("atoll-server", &["atoll"]),
    // The exporter is apart from the facade: an embedder brings any tracer, or none.
    ("atoll-otlp", &["atoll"]),
    ("atoll-cli", &["atoll", "atoll-server", "atoll-otlp"]),
    ("embed-example", &["atoll"]),
    ("test-guests", &[]),
    ("hostile-tests", &["test-guests"]),
    ("atoll-bench", &["atoll"]),
    ("xtask", &[]),
];

/// Crates that only some rooms may name.
const RESERVED: &[(&str, &[&str])] = &[
    ("wasmtime", &["atoll-image", "atoll-build", "atoll-runtime"]),
    // The benchmark has a server without a sandbox, for comparison.
    ("axum", &["atoll-server", "atoll-bench"]),
    ("rusqlite", &["atoll-sqlite", "atoll-store", "atoll-bus"]),
    ("oxc", &["atoll-build"]),
    ("clap", &["atoll-cli"]),
    ("opentelemetry-otlp", &["atoll-otlp"]),
];

/// Crates that must be in the tree once: two of them double the build, or do not fit together.
const SINGLE: &[&str] =
    &["wasmtime", "wasmparser", "wasm-encoder", "wit-component", "libsqlite3-sys", "axum", "tokio", "rustls"];

pub(crate) fn check() -> Result<(), String> {
    let text = shell::cargo(&["metadata", "--format-version", "1", "--locked"]).output()?;
    let metadata: Value =
        serde_json::from_str(&text).map_err(|e| format!("cargo metadata wrote no JSON: {e}"))?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata has no packages")?;

    let mut direct: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        *count.entry(name).or_default() += 1;
        if package["source"].is_null() {
            // Test dependencies may cross: a test of one room can stand on another.
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            let normal = dependencies.filter(|d| d["kind"].as_str() != Some("dev"));
            direct.insert(name, normal.filter_map(|d| d["name"].as_str()).collect());
        }
    }

    let mut problems = Vec::new();
    let rooms: BTreeSet<&str> = ROOMS.iter().map(|(name, _)| *name).collect();
    for name in direct.keys().filter(|name| !rooms.contains(*name)) {
        problems
            .push(format!("{name} is in the workspace but not in the architecture: add it to xtask's table"));
    }
    for (room, allowed) in ROOMS {
        let Some(dependencies) = direct.get(room) else {
            problems.push(format!("{room} is in the architecture but not in the workspace"));
            continue;
        };
        for dependency in dependencies.iter().filter(|d| rooms.contains(**d) && !allowed.contains(*d)) {
            problems.push(format!(
                "{room} depends on {dependency}, an arrow that the architecture does not have"
            ));
        }
        for (reserved, users) in RESERVED {
            if dependencies.contains(reserved) && !users.contains(room) {
                problems.push(format!("{room} depends on {reserved}, which belongs to {}", users.join(", ")));
            }
        }
    }
    for name in SINGLE {
        if count.get(name).copied().unwrap_or(0) > 1 {
            problems.push(format!("{name} is in the tree more than once: see `cargo tree --duplicates`"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
