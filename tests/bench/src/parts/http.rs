//! The same handler over HTTP, in Atoll and in the peers.

use std::path::Path;

use crate::{
    Failure, apps,
    contest::{self, CONNECTIONS_OF_BARS, Line},
    options::Options,
    peers::{self, ATOLL, AtollServer, GUESTS, Peer, WASMTIME, WORKERD, floor},
    report::{Bar, Report, Section, Unit},
};

const ABOUT: &str = "Servers take turns, in rounds; the figures are medians over the rounds. CPU/request is the user and \
    system time of the server's process over the requests that it answered, without the load generator's.";

/// The JSON router.
pub(crate) fn router(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let mut peers = javascript(apps::ROUTER, folder.path(), report)?;
    peers.push(floor::start(floor::Kind::Todos)?);
    let lines = contest::run(&peers, &[1, CONNECTIONS_OF_BARS, 64], options)?;
    let bars = against_workerd(&lines);
    push(report, "http", "A JSON router over HTTP", &lines, bars);
    Ok(())
}

/// The Hono app.
pub(crate) fn hono(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let peers = javascript(apps::HONO, folder.path(), report)?;
    let lines = contest::run(&peers, &[CONNECTIONS_OF_BARS], options)?;
    push(report, "hono", "A Hono app over HTTP", &lines, Vec::new());
    Ok(())
}

/// A hello in Rust: a component in Atoll and in `wasmtime serve`.
pub(crate) fn hello(options: &Options, report: &mut Report) -> Result<(), Failure> {
    if peers::component("examples/hello-rust/hello-rust.wasm").is_none() {
        report.absent.insert("the hello in Rust", GUESTS.into());
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let source = apps::example("hello-rust", &atoll::Limits::default())?;
    let mut peers = vec![AtollServer::with_app(&folder.path().join("data"), source, "/", report)?];
    peers.extend(peers::wasi_hello(report)?);
    peers.push(floor::start(floor::Kind::Hello)?);
    let lines = contest::run(&peers, &[CONNECTIONS_OF_BARS], options)?;
    let bars = ratio(&lines, WASMTIME, |atoll, peer| atoll.cpu_us / peer.cpu_us).map(|ratio| {
        Bar::at_most("CPU/request, as a share of wasmtime serve's", Unit::Ratio, ratio, 1.0 / 3.0)
    });
    push(report, "hello", "A hello in Rust over HTTP", &lines, bars.into_iter().collect());
    Ok(())
}

fn javascript(app: &str, folder: &Path, report: &mut Report) -> Result<Vec<Peer>, Failure> {
    let source = apps::source("bench", app, 0)?;
    let mut peers = vec![AtollServer::with_app(&folder.join("data"), source, apps::PATH, report)?];
    peers.extend(peers::javascript(app, folder, report)?);
    Ok(peers)
}

fn against_workerd(lines: &[Line]) -> Vec<Bar> {
    let cpu = ratio(lines, WORKERD, |atoll, peer| atoll.cpu_us / peer.cpu_us)
        .map(|ratio| Bar::at_most("CPU/request, as a share of workerd's", Unit::Ratio, ratio, 1.0));
    let rate = ratio(lines, WORKERD, |atoll, peer| peer.per_second / atoll.per_second)
        .map(|ratio| Bar::at_most("workerd's requests/s, as a share of Atoll's", Unit::Ratio, ratio, 1.0));
    cpu.into_iter().chain(rate).collect()
}

fn ratio(lines: &[Line], peer: &str, of: fn(contest::Figures, contest::Figures) -> f64) -> Option<f64> {
    let atoll = contest::find(lines, ATOLL, CONNECTIONS_OF_BARS)?;
    Some(of(atoll, contest::find(lines, peer, CONNECTIONS_OF_BARS)?))
}

fn push(report: &mut Report, name: &'static str, title: &'static str, lines: &[Line], bars: Vec<Bar>) {
    report.sections.push(Section {
        name,
        title,
        about: ABOUT.into(),
        columns: contest::COLUMNS,
        rows: contest::rows(lines),
        bars,
        notes: Vec::new(),
    });
}
