//! Runs `cases/*.toml`, one line each.

use std::{path::Path, process::ExitCode};

use hostile_tests::{Case, Failure, run_case};
use libtest_mimic::{Arguments, Failed, Trial};

fn trial(path: &Path) -> Result<Trial, Failure> {
    let text = std::fs::read_to_string(path)?;
    let case: Case = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Trial::test(name, move || {
        let about = case.about.clone();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| Failed::from(error.to_string()))?;
        runtime.block_on(run_case(case)).map_err(|error| Failed::from(format!("{about}: {error}")))
    }))
}

fn main() -> Result<ExitCode, Failure> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut trials = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            trials.push(trial(&path)?);
        }
    }
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}
