//! Load on one server: so many connections, each with one request under way, on one thread. It shares the cores
//! with the server, for every server alike.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::{Failure, peers::Peer, statistics::Distribution};

/// How long to load a server.
#[derive(Clone, Copy)]
pub(crate) struct Period {
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) latency: Distribution,
    pub(crate) per_second: f64,
    /// User and system time of the server a request.
    pub(crate) cpu_us: f64,
}

/// A connection.
pub(crate) struct Client {
    sender: SendRequest<Empty<Bytes>>,
    authority: String,
}

impl Client {
    pub(crate) async fn connect(authority: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        let (sender, driver) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        Ok(Self { sender, authority: authority.to_owned() })
    }

    /// The body of a GET. Anything but 200 is an error.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Bytes, Failure> {
        let request = http::Request::get(path).header("host", &self.authority).body(Empty::new())?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if status != http::StatusCode::OK || body.is_empty() {
            return Err(format!(
                "{}{path} answered {status}: {}",
                self.authority,
                String::from_utf8_lossy(&body)
            )
            .into());
        }
        Ok(body)
    }
}

/// Runs a future on one thread: the load generator takes as little of the machine as it can.
pub(crate) fn on_one_thread<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
}

/// Loads a server.
pub(crate) fn run(peer: &Peer, connections: usize, period: Period) -> Result<Outcome, Failure> {
    on_one_thread(async {
        let begin = Instant::now() + period.warm_up;
        let end = begin + period.measured;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..connections {
            let mut client = Client::connect(&peer.authority).await?;
            let path = peer.path.clone();
            tasks.spawn(async move {
                let mut took = Vec::new();
                loop {
                    let sent = Instant::now();
                    if sent >= end {
                        return Ok::<_, Failure>(took);
                    }
                    client.get(&path).await?;
                    if sent >= begin {
                        took.push(sent.elapsed());
                    }
                }
            });
        }
        tokio::time::sleep_until(begin.into()).await;
        let (cpu_before, began) = (peer.process.cpu()?, Instant::now());
        tokio::time::sleep_until(end.into()).await;
        let (cpu, seconds) = (peer.process.cpu()?.saturating_sub(cpu_before), began.elapsed().as_secs_f64());
        let mut took = Vec::new();
        while let Some(outcome) = tasks.join_next().await {
            took.extend(outcome??);
        }
        let requests = took.len().max(1) as f64;
        Ok(Outcome {
            latency: Distribution::of(took),
            per_second: requests / seconds,
            cpu_us: cpu.as_secs_f64() * 1e6 / requests,
        })
    })
}
