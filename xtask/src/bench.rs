//! `cargo xtask bench`: runs the benchmark program in release and keeps what it found under `target/bench/`.

use crate::{setup, shell};

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    setup::canvas()?;
    shell::cargo(&["build", "--release", "--package", "atoll-cli"]).run()?;
    let out = shell::root().join("target/bench");
    shell::cargo(&["run", "--release", "--quiet", "--package", "atoll-bench", "--"])
        .arg(&out.display().to_string())
        .args(arguments)
        .run()
}
