//! `wasmtime serve` with its own settings: the pooling allocator, no fuel, no epochs, and for `wasi:http@0.2` a
//! fresh instance for each request.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::{Peer, WASMTIME, program};
use crate::{Failure, machine, process::Process, report::Report};

const INSTALL: &str = "`cargo install wasmtime-cli --version 48.0.8 --locked` installs it";
const START_MAX: Duration = Duration::from_secs(30);

pub(super) fn start(component: &Path, report: &mut Report) -> Result<Option<Peer>, Failure> {
    let Some(wasmtime) = program("wasmtime") else {
        report.absent.insert("wasmtime serve", INSTALL.into());
        return Ok(None);
    };
    report
        .versions
        .insert("wasmtime serve", machine::first_line(&wasmtime, &["--version"]).unwrap_or_default());
    // It prints the address that it was told, so it cannot be told to choose the port: this asks the kernel for one
    // that is free, and gives it back.
    let authority = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.to_string();
    let (told, line) = (authority.clone(), "ready");
    let mut command = Command::new("sh");
    // The first line on standard output is this shell's, which then becomes wasmtime: its own goes to standard error.
    command.args(["-c", "echo ready; exec \"$0\" serve --addr \"$1\" \"$2\" >/dev/null"]);
    command.arg(wasmtime).arg(&told).arg(component);
    let (process, authority) =
        Process::start(&mut command, move |said| (said == line).then(|| told.clone()))?;
    let start = Instant::now();
    while TcpStream::connect(&authority).is_err() {
        if start.elapsed() > START_MAX {
            return Err("wasmtime serve does not listen".into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(Some(Peer { name: WASMTIME, process, authority, path: "/".into() }))
}
