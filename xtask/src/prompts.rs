//! `cargo xtask prompts`: every prompt of a JSON Lines file through analysis, composition, build, the app's own
//! tests in the sandbox and deploy, as a table. The work is done by the example `prompts` of the crate `atoll`,
//! so that this crate stays small.

use std::path::Path;

use crate::shell;

/// The prompts that the repository keeps.
const OWN: &str = "host/generate/tests/data/prompts.jsonl";

/// Runs the prompts of a file, or the repository's own when the first argument is no file name.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (file, rest) = match arguments.split_first() {
        Some((file, rest)) if !file.starts_with("--") => (absolute(file)?, rest),
        _ => (shell::root().join(OWN).display().to_string(), arguments),
    };
    // With the features of the whole workspace, so that what the tests built is taken as it is.
    shell::cargo(&["build", "--workspace", "--example", "prompts"]).run()?;
    let program = shell::target_dir()?.join("debug/examples/prompts").display().to_string();
    shell::command(&program).arg(&file).args(rest).run()
}

/// The commands run from the root, a person types paths from where they are.
fn absolute(file: &str) -> Result<String, String> {
    let path = Path::new(file).canonicalize().map_err(|error| format!("{file}: {error}"))?;
    Ok(path.display().to_string())
}
