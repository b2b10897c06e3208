//! `cargo xtask bench`: builds Atoll, the benchmark program and what the peers run, and keeps what was measured under
//! `target/bench/`.
//!
//! Peers are welcome and not needed: what cannot be installed or built here is said, and the rest is measured.

use crate::{guests, setup, shell};

const WRITE_DOCS: &str = "--write-docs";
const APPS: &str = "--apps";

pub(crate) const USAGE: &str = "bench takes --quick, --write-docs, --apps COUNT, and one name or nothing";

/// Whether the arguments are such as the command takes: said at once, not after everything was built.
pub(crate) fn takes(arguments: &[String]) -> bool {
    let mut names = 0;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            WRITE_DOCS | "--quick" => {}
            APPS if rest.next().is_some_and(|count| count.parse::<usize>().is_ok()) => {}
            flag if flag.starts_with('-') => return false,
            _ => names += 1,
        }
    }
    names <= 1
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    setup::canvas()?;
    let optional = |outcome: Result<(), String>| {
        if let Err(problem) = outcome {
            shell::note(&format!("bench: going on without: {problem}"));
        }
    };
    optional(setup::npm_packages("tests/bench/peers"));
    optional(guests::build_all().map(drop));
    // The whole workspace, so that everything agrees on the features of what it shares, and nothing is built twice.
    shell::cargo(&["build", "--release", "--workspace", "--bins", "--example", "metering"]).run()?;
    let program = shell::target_dir()?.join("release/atoll-bench").display().to_string();
    let out = shell::root().join("target/bench").display().to_string();
    let mut bench = shell::command(&program).args(&["--out", &out]);
    if arguments.iter().any(|argument| argument == WRITE_DOCS) {
        bench = bench.args(&["--docs", &shell::root().join("docs").display().to_string()]);
    }
    let rest: Vec<_> = arguments.iter().filter(|argument| *argument != WRITE_DOCS).collect();
    bench.args(&rest).run()
}
