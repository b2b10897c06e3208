//! `cargo xtask bench`: what a request, a deploy, a wake and an app in memory cost, side by side in one run with the
//! peers that are installed.
//!
//! `atoll-bench --out FOLDER [--docs FOLDER] [--quick] [--apps COUNT] [NAME]`. `--out` gets `bench.md` and `bench.json`;
//! `NAME` keeps the parts whose name holds it; `--docs` writes what was measured into the pages there. Everything runs
//! on one machine, the load generator included, and absolute figures say more about that machine than about Atoll: read
//! the ratios.

mod apps;
mod contest;
mod docs;
mod load;
mod machine;
mod markdown;
mod options;
mod parts;
mod peers;
mod plot;
mod process;
mod report;
mod statistics;

use std::process::ExitCode;

use options::{Invocation, Options};
use report::Report;

/// What stops a benchmark.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match options::parse(&arguments) {
        Ok(Invocation::Measure(options)) => measure(&options),
        Ok(Invocation::Floor(kind)) => peers::floor::serve(kind),
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&format!("atoll-bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the report is the answer")]
fn measure(options: &Options) -> Result<(), Failure> {
    let mut report = Report::new(options);
    for part in parts::ALL.iter().filter(|part| options.wants(part.name)) {
        progress(&format!("measuring {}", part.name));
        (part.run)(options, &mut report)?;
    }
    if report.sections.is_empty() {
        let names: Vec<_> = parts::ALL.iter().map(|part| part.name).collect();
        return Err(format!(
            "no part has a name with {:?} in it; there are {}",
            options.name,
            names.join(", ")
        )
        .into());
    }
    println!("{}", markdown::whole(&report));
    report.save(&options.out)?;
    if let Some(folder) = &options.docs {
        docs::write(folder, &report)?;
    }
    Ok(())
}

/// A line about what goes on, on standard error.
#[expect(clippy::print_stderr, reason = "progress of a command that takes minutes")]
fn progress(line: &str) {
    eprintln!("{line}");
}
