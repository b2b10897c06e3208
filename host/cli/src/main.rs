//! The `atoll` command: parses arguments, then starts the server or calls the control API, and prints.
//!
//! Answers go to standard output, progress and errors to standard error. The exit status is 0 when it is
//! done, 1 when it failed, 2 for wrong usage; a program that it ran has its own. Anything cleverer belongs to the
//! facade or the server.

mod args;
mod client;
mod commands;
mod config;
mod error;
mod local_host;
mod output;
mod pack;
mod sse;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use args::{Args, Command};
use error::CliError;
use output::Output;

fn main() -> ExitCode {
    let args = Args::parse();
    if matches!(args.command, Command::CompileComponent) {
        // Before there is a thread or a log: this process reads what strangers wrote.
        return atoll::run_compiler();
    }
    let output = Output::new(args.json);
    match start_log(&args.command).and_then(|()| run(args, &output)) {
        Ok(()) | Err(CliError::OutputClosed) => ExitCode::SUCCESS,
        Err(CliError::Exited(code)) => ExitCode::from(code),
        Err(error) => {
            output.error(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

fn run(args: Args, output: &Output) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Failed(format!("cannot start: {error}")))?;
    let result = runtime.block_on(commands::run(args, output));
    // A host that was started is shut down by now. What still runs is of no use to anybody: an engine that is
    // being compiled for a server that was told to stop.
    runtime.shutdown_background();
    result
}

/// The host's log: the server's at `info`, and of hosts that a command starts for itself only errors.
fn start_log(command: &Command) -> Result<(), CliError> {
    let default = if matches!(command, Command::Serve(_)) { "info" } else { "error" };
    let filter = match std::env::var("ATOLL_LOG") {
        Ok(text) => EnvFilter::builder().parse(&text).map_err(|error| {
            CliError::Usage(format!(
                "ATOLL_LOG={text:?} is no log filter ({error}); write a level, such as debug"
            ))
        })?,
        Err(_) => EnvFilter::new(default),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // A line that cannot be written (to a file on a full disk) would be told to the same place, and that
        // ends in a panic of whoever wrote it.
        .log_internal_errors(false)
        .init();
    Ok(())
}
