//! A quiet app beside a loud one: how long its requests take, alone and beside an app that computes to its limit of
//! CPU time on many connections, or sends a flood of short requests.
//!
//! Over HTTP the load is made by this process, with few and cheap means, on the same cores as the server: its own
//! cost is in the figures. The same is measured in one process without HTTP.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use atoll::{AppName, Bytes, DeployOptions, Host, Limits, SourcePath, SourceTree};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

use crate::{
    Failure, app,
    http_load::{Peer, announced},
    report::Report,
    statistics::Distribution,
};

const LOUD_CONNECTIONS: usize = 32;
/// One request at a time, with pauses: about 200 a second.
const QUIET_PAUSE: Duration = Duration::from_millis(5);
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);

const LOOP: &str = "export default { fetch() { for (;;) {} } };\n";

/// The apps: what they are for, and what their loud use is called.
const LOUD: &[(&str, &str)] = &[
    ("loop", "32 calls at a time that loop until their CPU limit (50 ms)"),
    ("flood", "a flood of short requests, 32 at a time"),
];

pub(crate) async fn run(report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let host = Arc::new(deployed(folder.path()).await?);
    in_process(report, &host).await?;
    host.shutdown().await;
    drop(host);
    over_http(report, folder.path()).await
}

async fn deployed(data: &Path) -> Result<Host, Failure> {
    let host = Host::builder().data_dir(data).build().await?;
    let (router, limits) = (app::source(0)?, Limits::default());
    let router = router.text("backend/index.js").unwrap_or_default().to_owned();
    for (name, backend) in [("quiet", router.as_str()), ("flood", &router), ("loop", LOOP)] {
        let mut tree = SourceTree::new();
        let manifest = format!("name = \"{name}\"\n\n[backend]\nentry = \"backend/index.js\"\n");
        tree.insert(SourcePath::parse("atoll.toml")?, manifest, &limits)?;
        tree.insert(SourcePath::parse("backend/index.js")?, backend.to_owned(), &limits)?;
        host.deploy(tree, DeployOptions::default()).await?;
    }
    Ok(host)
}

/// Runs the quiet app's requests, one after another, and keeps those after the warm-up.
async fn paced<F>(mut request: impl FnMut() -> F) -> Result<Vec<Duration>, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let (start, mut took) = (Instant::now(), Vec::new());
    while start.elapsed() < WARM_UP + MEASURED {
        let sent = Instant::now();
        request().await?;
        if start.elapsed() >= WARM_UP {
            took.push(sent.elapsed());
        }
        tokio::time::sleep(QUIET_PAUSE).await;
    }
    Ok(took)
}

/// Adds a line, with its tail against that of the app alone.
fn add(report: &mut Report, part: &'static str, what: &str, took: Vec<Duration>, alone: Option<f64>) -> f64 {
    let distribution = Distribution::of(took);
    let p99_us = distribution.p99_us;
    let ratio = alone.map(|alone| format!(" (p99 × {:.2})", p99_us / alone)).unwrap_or_default();
    report.add(part, format!("a quiet app {what}{ratio}"), distribution);
    p99_us
}

async fn in_process(report: &mut Report, host: &Arc<Host>) -> Result<(), Failure> {
    const PART: &str = "fairness, in process";
    let quiet = AppName::parse("quiet")?;
    let ask = || async {
        let request = http::Request::get("http://quiet.localhost/todos").body(Bytes::new())?;
        let status = host.handle(&quiet, request).await?.response.status();
        if status == http::StatusCode::OK { Ok(()) } else { Err(format!("answered {status}").into()) }
    };
    let alone = add(report, PART, "alone", paced(ask).await?, None);
    for (name, what) in LOUD {
        let mut loud = JoinSet::new();
        for _ in 0..LOUD_CONNECTIONS {
            let (host, name) = (Arc::clone(host), AppName::parse(name)?);
            loud.spawn(async move {
                loop {
                    let request = http::Request::get("http://loud.localhost/todos").body(Bytes::new());
                    let Ok(request) = request else { return };
                    // One that loops is stopped, which is what it is for.
                    let _ = host.handle(&name, request).await;
                }
            });
        }
        add(report, PART, &format!("beside {what}"), paced(ask).await?, Some(alone));
        loud.shutdown().await;
    }
    Ok(())
}

type Sender = SendRequest<Empty<Bytes>>;

async fn connect(authority: &str) -> Result<Sender, Failure> {
    let stream = TcpStream::connect(authority).await?;
    stream.set_nodelay(true)?;
    let (sender, driver) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    Ok(sender)
}

async fn get(sender: &mut Sender, authority: &str, app: &str) -> Result<http::StatusCode, Failure> {
    let request = http::Request::get(format!("/apps/{app}/api/todos"))
        .header("host", authority)
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    response.into_body().collect().await?;
    Ok(status)
}

async fn over_http(report: &mut Report, data: &Path) -> Result<(), Failure> {
    const PART: &str = "fairness, over HTTP";
    let peer = server(data)?;
    let authority = peer.authority.as_str();
    let alone = add(report, PART, "alone", quiet_over_http(authority).await?, None);
    for (name, what) in LOUD {
        let mut loud = JoinSet::new();
        for _ in 0..LOUD_CONNECTIONS {
            let (authority, mut sender) = (authority.to_owned(), connect(authority).await?);
            loud.spawn(async move {
                let mut answers = 0_usize;
                while get(&mut sender, &authority, name).await.is_ok() {
                    answers += 1;
                }
                answers
            });
        }
        let took = quiet_over_http(authority).await?;
        if loud.try_join_next().is_some() {
            return Err(format!("the server hung up on {name}").into());
        }
        loud.shutdown().await;
        add(report, PART, &format!("beside {what}"), took, Some(alone));
    }
    Ok(())
}

async fn quiet_over_http(authority: &str) -> Result<Vec<Duration>, Failure> {
    let mut sender = connect(authority).await?;
    let (start, mut took) = (Instant::now(), Vec::new());
    while start.elapsed() < WARM_UP + MEASURED {
        let sent = Instant::now();
        let status = get(&mut sender, authority, "quiet").await?;
        if status != http::StatusCode::OK {
            return Err(format!("the quiet app answered {status}").into());
        }
        if start.elapsed() >= WARM_UP {
            took.push(sent.elapsed());
        }
        tokio::time::sleep(QUIET_PAUSE).await;
    }
    Ok(took)
}

fn server(data: &Path) -> Result<Peer, Failure> {
    let binary = std::env::current_exe()?.with_file_name("atoll");
    if !binary.is_file() {
        return Err(format!("{} is not there: `cargo xtask bench` builds it", binary.display()).into());
    }
    let mut command = Command::new(binary);
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let authority = announced(&mut child, "listening on http://")?;
    Ok(Peer { child, authority, path: String::new() })
}
