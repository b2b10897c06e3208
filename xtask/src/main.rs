//! The repository's own commands, as `cargo xtask …`. What a person types and what CI runs are the same.

mod bench;
mod engine;
mod guests;
mod invariants;
mod prompts;
mod setup;
mod shell;
mod tests;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  run [ARGS]        set up, then serve the canvas at http://127.0.0.1:8787/ (ARGS go to `atoll serve`; data in
                    .atoll/ of the checkout)
  test [FILTER]     set up, then every check; FILTER runs only the steps whose name holds it
  bench [--quick] [--write-docs] [--apps COUNT] [NAME]
                    the benchmarks, side by side with the peers that are installed; NAME keeps those whose name
                    holds it, --quick only shows that they run, --write-docs writes docs/performance.md
  engine [--check]  rebuild the JavaScript engine; --check only compares
  prompts FILE      generate and deploy every prompt of a JSON Lines file, and print the table
  guests            build the Rust guests";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    if let Err(message) = shell::check_root() {
        shell::note(&format!("xtask: {message}"));
        return ExitCode::FAILURE;
    }
    let outcome = match arguments.first().map(String::as_str) {
        Some("run") => run(rest),
        Some("test") => match rest {
            [] => tests::run(None),
            [filter] => tests::run(Some(filter)),
            _ => return usage("test takes one filter or nothing"),
        },
        Some("bench") if !bench::takes(rest) => return usage(bench::USAGE),
        Some("bench") => bench::run(rest),
        Some("engine") => match rest {
            [] => engine::run(false),
            [flag] if flag == "--check" => engine::run(true),
            _ => return usage("engine takes --check or nothing"),
        },
        Some("prompts") => prompts::run(rest),
        Some("guests") if !rest.is_empty() => return usage("guests takes nothing"),
        Some("guests") => guests::build_all()
            .map(|paths| paths.iter().for_each(|path| shell::say(&path.display().to_string()))),
        Some("help" | "--help" | "-h") => {
            shell::say(USAGE);
            Ok(())
        }
        Some(other) => return usage(&format!("there is no command {other:?}")),
        None => return usage("a command is missing"),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            shell::note(&format!("xtask: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn usage(problem: &str) -> ExitCode {
    shell::note(&format!("xtask: {problem}\n\n{USAGE}"));
    ExitCode::from(2)
}

/// Set-up, then the server in this process's place.
fn run(arguments: &[String]) -> Result<(), String> {
    setup::canvas()?;
    // With the features of the whole workspace, so that the tests after it build nothing twice.
    shell::cargo(&["build", "--workspace", "--bin", "atoll"]).run()?;
    let mut serve = shell::command(&shell::atoll_binary()?).arg("serve").args(arguments);
    // As a variable, so that a `--data` among the arguments wins over it.
    if std::env::var_os("ATOLL_DATA").is_none() {
        serve = serve.env("ATOLL_DATA", &shell::root().join(".atoll").display().to_string());
    }
    serve.become_it()
}
