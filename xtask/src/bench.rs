//! `cargo xtask bench`: builds Atoll, the benchmark program and what the peers run, and keeps what was measured under
//! `target/bench/`.
//!
//! Peers are welcome and not needed: what cannot be installed or built here is said, and the rest is measured.

use crate::{guests, setup, shell};

/// What `cargo xtask bench` may be told besides a name.
const WRITE_DOCS: &str = "--write-docs";
const QUICK: &str = "--quick";

pub(crate) const USAGE: &str = "bench takes --quick, --write-docs, and one name or nothing";

/// Whether the arguments are such as the command takes.
pub(crate) fn takes(arguments: &[String]) -> bool {
    let names = arguments.iter().filter(|argument| ![WRITE_DOCS, QUICK].contains(&argument.as_str()));
    let names: Vec<_> = names.collect();
    names.len() <= 1 && names.iter().all(|name| !name.starts_with('-'))
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    setup::canvas()?;
    let optional = |outcome: Result<(), String>| {
        if let Err(problem) = outcome {
            shell::note(&format!("bench: going on without: {problem}"));
        }
    };
    optional(setup::npm_packages("tests/bench/peers"));
    optional(guests::build_rust_guests().map(drop));
    optional(guests::build_wasi_hello().map(drop));
    // One invocation, so that everything agrees on the features of what it shares.
    shell::cargo(&["build", "--release", "--package", "atoll-cli", "--package", "atoll-bench"])
        .args(&["--package", "atoll-image", "--bins", "--example", "metering"])
        .run()?;
    let program = shell::target_dir()?.join("release/atoll-bench").display().to_string();
    let out = shell::root().join("target/bench").display().to_string();
    let mut bench = shell::command(&program).args(&["--out", &out]);
    if arguments.iter().any(|argument| argument == WRITE_DOCS) {
        bench = bench.args(&["--docs", &shell::root().join("docs").display().to_string()]);
    }
    let rest: Vec<_> = arguments.iter().filter(|argument| *argument != WRITE_DOCS).collect();
    bench.args(&rest).run()
}
