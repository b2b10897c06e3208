//! Requests over HTTP against server processes, a few connections side by side on the same machine. The load
//! generator shares the cores with the server, for every server alike.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::{Failure, app, node, report::Report, statistics::Distribution};

const CONNECTIONS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(5);

/// A server process; killed when dropped.
pub(crate) struct Peer {
    pub(crate) child: Child,
    pub(crate) authority: String,
    pub(crate) path: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) async fn run(report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let peer = atoll(folder.path()).await?;
    load(report, "atoll, a fresh sandbox for each request", &peer).await?;
    drop(peer);
    if let Some(peer) = node::start(folder.path())? {
        load(report, "Node.js, no sandbox, one process for all", &peer).await?;
    }
    Ok(())
}

async fn atoll(folder: &std::path::Path) -> Result<Peer, Failure> {
    let binary = std::env::current_exe()?.with_file_name("atoll");
    if !binary.is_file() {
        return Err(format!("{} is not there: `cargo xtask bench` builds it", binary.display()).into());
    }
    // The app is deployed by the library, so that the server finds it: the same data directory, one after the
    // other.
    let data = folder.join("data");
    let host = atoll::Host::builder().data_dir(&data).build().await?;
    host.deploy(app::source(0)?, atoll::DeployOptions::default()).await?;
    host.shutdown().await;
    drop(host);

    let mut command = Command::new(PathBuf::from(&binary));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let authority = announced(&mut child, "listening on http://")?;
    Ok(Peer { child, authority, path: "/apps/bench/api/todos".into() })
}

/// The address that a server announces as the first line on its standard output.
pub(crate) fn announced(child: &mut Child, prefix: &str) -> Result<String, Failure> {
    let stdout = child.stdout.take().ok_or("the server has no standard output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let address = line.trim().strip_prefix(prefix).map(|rest| rest.trim_end_matches('/').to_owned());
    address.ok_or_else(|| format!("the server did not say where it listens, but {line:?}").into())
}

async fn load(report: &mut Report, what: &str, peer: &Peer) -> Result<(), Failure> {
    let start = Instant::now();
    let mut connections = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        connections.spawn(connection(peer.authority.clone(), peer.path.clone(), start));
    }
    let mut took = Vec::new();
    while let Some(outcome) = connections.join_next().await {
        took.extend(outcome??);
    }
    let per_second = took.len() as f64 / MEASURED.as_secs_f64();
    report.add_load("http", format!("{what}, {CONNECTIONS} connections"), Distribution::of(took), per_second);
    Ok(())
}

async fn connection(authority: String, path: String, start: Instant) -> Result<Vec<Duration>, Failure> {
    let stream = TcpStream::connect(&authority).await?;
    stream.set_nodelay(true)?;
    let (mut sender, driver) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    let mut took = Vec::new();
    loop {
        let request = http::Request::get(&path).header("host", &authority).body(Empty::<Bytes>::new())?;
        let sent = Instant::now();
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if status != http::StatusCode::OK || body.is_empty() {
            return Err(format!("{authority}{path} answered {status}").into());
        }
        let elapsed = start.elapsed();
        if elapsed >= WARM_UP + MEASURED {
            return Ok(took);
        }
        if elapsed >= WARM_UP {
            took.push(sent.elapsed());
        }
    }
}
