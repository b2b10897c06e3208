//! `cargo xtask test`: every check there is, in one order, with a summary at the end. A step that fails does
//! not hide the ones after it.

use std::time::Instant;

use crate::{engine, guests, invariants, setup, shell};

type Step = (&'static str, fn() -> Result<(), String>);

/// Cheap ones first; the browser last.
const STEPS: &[Step] = &[
    ("format", || shell::cargo(&["fmt", "--all", "--check"]).run()),
    ("invariants", invariants::check),
    ("engine", || engine::run(true)),
    ("canvas", || {
        setup::canvas()?;
        shell::command("npm").args(&["run", "--silent", "check"]).within("canvas").run()
    }),
    ("vendored modules", || {
        setup::npm_packages("host/build/vendor")?;
        shell::command("node").args(&["vendor.mjs", "--check"]).within("host/build/vendor").run()
    }),
    ("lints", || {
        shell::cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]).run()
    }),
    ("docs", || {
        shell::cargo(&["doc", "--workspace", "--lib", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "--deny warnings")
            .run()
    }),
    ("build", || shell::cargo(&["build", "--workspace", "--quiet"]).run()),
    ("rust", rust),
    ("rust guests", || {
        guests::build_rust_guests()?;
        guests::test_rust_guests()
    }),
    ("doc examples", || shell::cargo(&["test", "--workspace", "--doc", "--quiet"]).run()),
    ("browser", || {
        setup::browser()?;
        setup::npm_packages("tests/browser")?;
        shell::command("npm")
            .args(&["test", "--silent"])
            .within("tests/browser")
            .env("ATOLL_BIN", &shell::atoll_binary()?)
            .run()
    }),
];

fn rust() -> Result<(), String> {
    if shell::cargo(&["nextest", "--version"]).output().is_ok() {
        return with_type_checker(shell::cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])).run();
    }
    shell::note(
        "cargo-nextest is not here (cargo install --locked cargo-nextest); `cargo test` does the same, slower",
    );
    let tests = ["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
    with_type_checker(shell::cargo(&tests)).run()
}

/// The canvas' own TypeScript compiler, so that tests about types are not skipped.
fn with_type_checker(cargo: shell::Shell) -> shell::Shell {
    let compiler = shell::root().join("canvas/node_modules/.bin/tsc");
    if compiler.is_file() { cargo.env("ATOLL_TSC", &compiler.display().to_string()) } else { cargo }
}

/// Runs the steps, or those whose name holds `filter`.
pub(crate) fn run(filter: Option<&str>) -> Result<(), String> {
    let steps: Vec<&Step> =
        STEPS.iter().filter(|(name, _)| filter.is_none_or(|f| name.contains(f))).collect();
    if steps.is_empty() {
        let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("no step is called {:?}; there are {}", filter.unwrap_or(""), names.join(", ")));
    }
    let mut failures = Vec::new();
    let mut lines = Vec::new();
    for (name, step) in &steps {
        shell::say(&format!("── {name}"));
        let start = Instant::now();
        let outcome = step();
        let seconds = start.elapsed().as_secs_f64();
        let verdict = if outcome.is_ok() { "passed" } else { "FAILED" };
        lines.push(format!("  {verdict}  {seconds:>7.1} s  {name}"));
        if let Err(message) = outcome {
            shell::say(&format!("{name}: {message}"));
            failures.push(*name);
        }
    }
    shell::say("── summary");
    for line in lines {
        shell::say(&line);
    }
    shell::say(&format!("checks: {} passed, {} failed", steps.len() - failures.len(), failures.len()));
    if failures.is_empty() { Ok(()) } else { Err(format!("failed: {}", failures.join(", "))) }
}
