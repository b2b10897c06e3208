//! Who is measured beside Atoll: how each is found, started and asked.
//!
//! A peer that is not installed is named in the report with the command that installs it. Nothing is downloaded
//! here.

mod atoll_server;
mod deno;
pub(crate) mod floor;
mod node;
mod wasmtime;
mod workerd;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{Failure, apps, process::Process, report::Report};

pub(crate) use atoll_server::AtollServer;
pub(crate) use workerd::Loader;

/// What Atoll is called in the tables.
pub(crate) const ATOLL: &str = "Atoll, a fresh sandbox for each request";
pub(crate) const WORKERD: &str = "workerd, one isolate reused";
pub(crate) const WASMTIME: &str = "wasmtime serve, a fresh instance for each request";

/// How the JavaScript peers of this folder are installed.
const NPM: &str = "`npm ci` in `tests/bench/peers` installs it";

/// A server that is asked.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) process: Process,
    /// `address:port`.
    pub(crate) authority: String,
    pub(crate) path: String,
}

/// An app of the fetch shape in every JavaScript peer that is here.
pub(crate) fn javascript(app: &str, folder: &Path, report: &mut Report) -> Result<Vec<Peer>, Failure> {
    let files = apps::write_for_peers(app, folder)?;
    let mut peers = Vec::new();
    peers.extend(workerd::start(&files, folder, report)?);
    peers.extend(deno::start(folder, report)?);
    peers.extend(node::start(app, folder, report)?);
    Ok(peers)
}

/// The component in `wasmtime serve`, if both are here.
pub(crate) fn wasi_hello(report: &mut Report) -> Result<Option<Peer>, Failure> {
    let Some(component) = component("tests/bench/peers/wasi-hello/wasi-hello.wasm") else {
        report.absent.insert("the hello for wasmtime serve", GUESTS.into());
        return Ok(None);
    };
    wasmtime::start(&component, report)
}

/// How guests in Rust come to be built.
pub(crate) const GUESTS: &str = "`cargo xtask guests` says what building guests in Rust needs here";

/// A component of this checkout, if it was built.
pub(crate) fn component(path: &str) -> Option<PathBuf> {
    Some(apps::checkout().join(path)).filter(|path| path.is_file())
}

/// A program of an npm package in this folder. Run directly: what npm puts into the path starts Node.js first, and
/// the times would be Node's.
fn npm_program(scope: &str, package: &str, program: &str) -> Option<PathBuf> {
    let scope = apps::checkout().join("tests/bench/peers/node_modules").join(scope);
    let packages = fs::read_dir(scope).ok()?.filter_map(Result::ok);
    let of_package = packages.filter(|entry| entry.file_name().to_string_lossy().starts_with(package));
    of_package.map(|entry| entry.path().join(program)).find(|path| path.is_file())
}

/// A program by `PATH`, or among what `cargo install` has installed.
fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    env::split_paths(&path)
        .chain(cargo.map(|cargo| cargo.join("bin")))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The address in `listening on http://ADDRESS`.
fn listening(line: &str) -> Option<String> {
    line.strip_prefix("listening on http://").map(|rest| rest.trim_end_matches('/').to_owned())
}
