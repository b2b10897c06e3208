//! A quiet app beside a loud one: how long its requests take, alone and beside an app that computes to its limit of
//! CPU time on many connections, or sends a flood of short requests.
//!
//! Over HTTP the load is made by this process, with few and cheap means, on the same cores as the server: its own
//! cost is in the figures. The same is measured in one process without HTTP.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use atoll::{AppName, Bytes, DeployOptions, Host, Limits, SourcePath, SourceTree};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

use super::block_on;
use crate::{
    Failure, apps,
    options::Options,
    peers::AtollServer,
    report::{Bar, DISTRIBUTION, Report, Row, Section, Unit, distribution},
    statistics::Distribution,
};

const LOUD_CONNECTIONS: usize = 32;
/// One request at a time, with pauses: about 200 a second.
const QUIET_PAUSE: Duration = Duration::from_millis(5);
const LOOP: &str = "export default { fetch() { for (;;) {} } };\n";

/// The apps: what they are for, and what their loud use is called.
const LOUD: &[(&str, &str)] = &[
    ("loop", "32 calls at a time that loop until their CPU limit (50 ms)"),
    ("flood", "a flood of short requests, 32 at a time"),
];

/// A quiet app's tail beside a loud one, over its tail alone.
const P99_RATIO_MAX: f64 = 2.0;

/// How long the quiet app is asked before and while it is measured.
#[derive(Clone, Copy)]
struct Pace {
    warm_up: Duration,
    measured: Duration,
}

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let pace = Pace {
        warm_up: Duration::from_secs(options.choose(2, 1)),
        measured: Duration::from_secs(options.choose(10, 1)),
    };
    let folder = tempfile::tempdir()?;
    let inside = block_on(async {
        let host = Arc::new(deployed(folder.path()).await?);
        let inside = in_process(&host, pace).await?;
        host.shutdown().await;
        Ok(inside)
    })?;
    report.sections.push(section("fairness", "A quiet app beside a loud one, in process", inside));
    let server = AtollServer::start(folder.path(), "", report)?;
    let outside = block_on(over_http(&server.authority, pace))?;
    report.sections.push(section("fairness-http", "A quiet app beside a loud one, over HTTP", outside));
    Ok(())
}

/// What the quiet app's requests took: alone, and beside each of [`LOUD`].
struct Taken {
    alone: Distribution,
    beside: Vec<Distribution>,
}

fn section(name: &'static str, title: &'static str, taken: Taken) -> Section {
    let mut rows: Vec<Row> = vec![distribution("alone", taken.alone)];
    let mut bars = Vec::new();
    for ((_, what), beside) in LOUD.iter().zip(taken.beside) {
        rows.push(distribution(format!("beside {what}"), beside));
        bars.push(Bar::at_most(what, Unit::Ratio, beside.p99_us / taken.alone.p99_us, P99_RATIO_MAX));
    }
    let about = "One request of the quiet app at a time, with pauses of 5 ms. The bars are its p99 beside the loud app over \
                 its p99 alone. The load generator shares the cores."
        .to_owned();
    Section { name, title, about, columns: DISTRIBUTION, rows, bars, notes: Vec::new() }
}

async fn deployed(data: &Path) -> Result<Host, Failure> {
    let host = Host::builder().data_dir(data).build().await?;
    let limits = Limits::default();
    for (name, backend) in [("quiet", apps::ROUTER), ("flood", apps::ROUTER), ("loop", LOOP)] {
        let mut tree = SourceTree::new();
        let manifest = format!("name = \"{name}\"\n\n[backend]\nentry = \"backend/index.js\"\n");
        tree.insert(SourcePath::parse("atoll.toml")?, manifest, &limits)?;
        tree.insert(SourcePath::parse("backend/index.js")?, backend.to_owned(), &limits)?;
        host.deploy(tree, DeployOptions::default()).await?;
    }
    Ok(host)
}

/// Runs the quiet app's requests, one after another, and keeps those after the warm-up.
async fn paced<F>(pace: Pace, mut request: impl FnMut() -> F) -> Result<Distribution, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let (start, mut took) = (Instant::now(), Vec::new());
    while start.elapsed() < pace.warm_up + pace.measured {
        let sent = Instant::now();
        request().await?;
        if start.elapsed() >= pace.warm_up {
            took.push(sent.elapsed());
        }
        tokio::time::sleep(QUIET_PAUSE).await;
    }
    Ok(Distribution::of(took))
}

async fn in_process(host: &Arc<Host>, pace: Pace) -> Result<Taken, Failure> {
    let quiet = AppName::parse("quiet")?;
    let ask = || async {
        let request = http::Request::get("http://quiet.localhost/todos").body(Bytes::new())?;
        let status = host.handle(&quiet, request).await?.response.status();
        if status == http::StatusCode::OK { Ok(()) } else { Err(format!("answered {status}").into()) }
    };
    let (alone, mut beside) = (paced(pace, ask).await?, Vec::new());
    for (name, _) in LOUD {
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
        beside.push(paced(pace, ask).await?);
        loud.shutdown().await;
    }
    Ok(Taken { alone, beside })
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

async fn over_http(authority: &str, pace: Pace) -> Result<Taken, Failure> {
    let (alone, mut beside) = (quiet_over_http(authority, pace).await?, Vec::new());
    for (name, _) in LOUD {
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
        let took = quiet_over_http(authority, pace).await?;
        if loud.try_join_next().is_some() {
            return Err(format!("the server hung up on {name}").into());
        }
        loud.shutdown().await;
        beside.push(took);
    }
    Ok(Taken { alone, beside })
}

async fn quiet_over_http(authority: &str, pace: Pace) -> Result<Distribution, Failure> {
    let mut sender = connect(authority).await?;
    let (start, mut took) = (Instant::now(), Vec::new());
    while start.elapsed() < pace.warm_up + pace.measured {
        let sent = Instant::now();
        let status = get(&mut sender, authority, "quiet").await?;
        if status != http::StatusCode::OK {
            return Err(format!("the quiet app answered {status}").into());
        }
        if start.elapsed() >= pace.warm_up {
            took.push(sent.elapsed());
        }
        tokio::time::sleep(QUIET_PAUSE).await;
    }
    Ok(Distribution::of(took))
}
