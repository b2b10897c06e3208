//! A command: a component that exports `wasi:cli/run`, a program that runs once and ends with an exit code. It runs
//! like any other call, in a fresh instance under the limits of its app; only what it writes goes to whoever runs
//! it, and not to a log.
//!
//! There is no request and no event in it, so nothing but [`Runtime::load_command`] accepts one.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::future::{Either, join, select};
use tokio::io::AsyncWrite;
use wasmparser::{Parser, Payload};
use wasmtime::{Store, component::Instance};
use wasmtime_wasi::{
    I32Exit, p2::bindings::exports::wasi::cli::run as run_p2, p3::bindings::exports::wasi::cli::run as run_p3,
};

use super::output::{Output, output, pass_on};
use crate::{
    CallError, CallKind, CallTrace, Handled, LoadedApp, Runtime, call_log::CallName, invocation::About,
    state::CallState, stop::Stop, task::Task,
};

/// What a command is run with, besides the variables and grants of its app.
pub struct CommandLine {
    /// Its arguments. The first is its own name.
    pub args: Vec<String>,
    /// Takes its standard output.
    pub stdout: Box<dyn AsyncWrite + Send + Unpin>,
    /// Takes its standard error.
    pub stderr: Box<dyn AsyncWrite + Send + Unpin>,
}

/// The export that runs.
#[derive(Clone)]
pub(crate) enum Program {
    /// `wasi:cli/run@0.2`.
    P2(run_p2::GuestIndices),
    /// `wasi:cli/run@0.3`.
    P3(run_p3::GuestIndices),
}

/// Whether a component is a command, by the names of its exports: it exports `wasi:cli/run` and no handler of
/// requests. Bytes that are no component are not one.
#[must_use]
pub fn is_command(component: &[u8]) -> bool {
    const HANDLERS: [&str; 3] =
        ["wasi:http/handler@", "wasi:http/incoming-handler@", "atoll:app/http-handler@"];
    let (mut depth, mut runs, mut handles) = (0_usize, false, false);
    for payload in Parser::new(0).parse_all(component).map_while(Result::ok) {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentExportSection(exports) if depth == 0 => {
                for export in exports.into_iter().map_while(Result::ok) {
                    runs |= export.name.name.starts_with("wasi:cli/run@");
                    handles |= HANDLERS.iter().any(|handler| export.name.name.starts_with(handler));
                }
            }
            _ => {}
        }
    }
    runs && !handles
}

impl Runtime {
    /// Runs a command, in a fresh instance, to its end. Answers its exit code: 0 when `run` answered ok, 1 when it
    /// answered an error, or the one of `wasi:cli/exit`. What it wrote has been taken by then, or is not wanted.
    ///
    /// # Errors
    /// [`CallError`], when it trapped or was stopped at a limit; what it wrote before is waited for, but no longer
    /// than `drain_ms`. [`CallError::NoHandler`] when the app is no command.
    pub async fn run_command(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        line: CommandLine,
    ) -> Result<Handled<u8>, CallError> {
        let program = app.command()?.clone();
        let about = About {
            kind: CallKind::Command,
            name: CallName::Other("command".into()),
            hops_of_published: 0,
            capabilities: Arc::clone(&self.capabilities),
            trace: CallTrace::default(),
        };
        let bytes_max = self.limits.stream_buffer_bytes_max;
        let (stdout, to_stdout) = output(bytes_max);
        let (stderr, to_stderr) = output(bytes_max);
        let task = RunCommand { program, args: line.args, stdout, stderr };
        let call = pin!(self.call(app, about, task));
        let printing = pin!(join(pass_on(to_stdout, line.stdout), pass_on(to_stderr, line.stderr)));
        match select(call, printing).await {
            Either::Left((Ok(ended), printing)) => {
                printing.await;
                Ok(ended)
            }
            Either::Left((Err(error), printing)) => {
                // It may have been stopped because nobody takes what it wrote.
                let patience = Duration::from_millis(self.limits.drain_ms);
                let _ = tokio::time::timeout(patience, printing).await;
                Err(error)
            }
            Either::Right((_, call)) => call.await,
        }
    }
}

struct RunCommand {
    program: Program,
    args: Vec<String>,
    stdout: Output,
    stderr: Output,
}

impl Task for RunCommand {
    type Answer = u8;

    async fn run(self, store: &mut Store<CallState>, instance: &Instance) -> Result<u8, Stop> {
        let Self { program, args, stdout, stderr } = self;
        store.data_mut().connect_command(&args, stdout, stderr);
        let ended = match program {
            Program::P2(run) => run.load(&mut *store, instance)?.call_run(&mut *store).await,
            Program::P3(run) => {
                let run = run.load(&mut *store, instance)?;
                store.run_concurrent(async |guest| run.call_run(guest).await).await.flatten()
            }
        };
        match ended {
            Ok(Ok(())) => Ok(0),
            Ok(Err(())) => Ok(1),
            Err(error) => match error.downcast_ref::<I32Exit>() {
                // WASI's codes are bytes.
                Some(I32Exit(code)) => Ok(u8::try_from(*code).unwrap_or(1)),
                None => Err(error.into()),
            },
        }
    }

    fn failed(code: &u8) -> bool {
        *code != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(component: &str) -> bool {
        is_command(&wat::parse_str(component).unwrap())
    }

    #[test]
    fn a_command_is_what_runs_and_takes_no_requests() {
        let run = "(instance $i) (export \"wasi:cli/run@0.2.3\" (instance $i))";
        assert!(command(&format!("(component {run})")));
        assert!(command(
            "(component (core module) (instance $i) (export \"wasi:cli/run@0.3.0\" (instance $i)))"
        ));
        for handler in
            ["wasi:http/handler@0.3.0", "wasi:http/incoming-handler@0.2.0", "atoll:app/http-handler@0.1.0"]
        {
            assert!(!command(&format!("(component {run} (export \"{handler}\" (instance $i)))")));
        }
        assert!(!command("(component)") && !is_command(b"#!/bin/sh"));
        // What is inside is not what it exports.
        assert!(!command(&format!("(component (component {run}))")));
    }
}
