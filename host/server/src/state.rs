//! What every handler has at hand.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use atoll::{Host, Limits, MetricFamily};
use http::StatusCode;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ServerConfig,
    problem::Problem,
    security::{FrameTokens, HostRules},
};

/// Request bodies are counted in units of this many bytes, so that the count fits a semaphore.
pub(crate) const BODY_UNIT_BYTES: usize = 4 << 10;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub(crate) struct ServerState(Arc<Inner>);

struct Inner {
    host: Host,
    config: ServerConfig,
    host_rules: HostRules,
    tokens: OnceCell<FrameTokens>,
    /// Room for request bodies, in [`BODY_UNIT_BYTES`].
    body_room: Arc<Semaphore>,
    /// Room for WebSocket and SSE readers.
    stream_room: Arc<Semaphore>,
    closing: CancellationToken,
    tasks: TaskTracker,
    connections: AtomicUsize,
    /// Answers by the hundreds of their status.
    answers: [AtomicU64; ANSWER_CLASSES.len()],
}

const ANSWER_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// A connection that is open, for as long as this lives.
pub(crate) struct OpenConnection(ServerState);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ServerState {
    pub(crate) fn new(host: Host, config: ServerConfig) -> Self {
        let limits = host.limits();
        let body_room = (limits.http_buffered_bytes_max / BODY_UNIT_BYTES).clamp(1, Semaphore::MAX_PERMITS);
        let stream_room = limits.http_streams_max.clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner {
            host_rules: HostRules::new(&config),
            body_room: Arc::new(Semaphore::new(body_room)),
            stream_room: Arc::new(Semaphore::new(stream_room)),
            tokens: OnceCell::new(),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
            connections: AtomicUsize::new(0),
            answers: Default::default(),
            host,
            config,
        }))
    }

    pub(crate) fn host(&self) -> &Host {
        &self.0.host
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.0.host.limits()
    }

    pub(crate) fn host_rules(&self) -> &HostRules {
        &self.0.host_rules
    }

    /// The signer of frame tokens. Its key comes from the data directory, so it is fetched on first use.
    pub(crate) async fn tokens(&self) -> Result<&FrameTokens, Problem> {
        let ttl = self.0.config.frame_token_ttl;
        let make = async || Ok::<_, Problem>(FrameTokens::new(self.0.host.signing_key().await?, ttl));
        self.0.tokens.get_or_try_init(make).await
    }

    pub(crate) fn body_room(&self) -> &Arc<Semaphore> {
        &self.0.body_room
    }

    /// A place for one more live reader; it is free again when the permit is dropped.
    pub(crate) fn stream_place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0.stream_room).try_acquire_owned().map_err(|_| {
            let limit = self.limits().http_streams_max;
            Problem::new(503, "too-many-streams", "Too many open streams")
                .detail("as many live readers are connected as the host allows")
                .limit("http_streams_max", limit as u64)
                .retry_after(5)
        })
    }

    /// Cancelled when the server stops: live streams end, so that their connections can drain.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// Tasks that a drain waits for: connections, WebSocket sessions, deploys.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    /// Counts a connection of the server's own listener.
    pub(crate) fn open_connection(&self) -> OpenConnection {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        OpenConnection(self.clone())
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = self.0.answers.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What the server itself has to tell.
    pub(crate) fn metrics(&self) -> Vec<MetricFamily> {
        let (limits, inner) = (self.limits(), &self.0);
        let streams = limits.http_streams_max.saturating_sub(inner.stream_room.available_permits());
        let mut answers = MetricFamily::new(
            "atoll_http_responses",
            "Answers of the server by the class of their status",
            "",
        );
        for (class, count) in ANSWER_CLASSES.into_iter().zip(&inner.answers) {
            answers = answers.counter(&[("class", class)], count.load(Ordering::Relaxed) as f64);
        }
        vec![
            answers,
            MetricFamily::new("atoll_connections_open", "Open connections", "")
                .gauge(&[], inner.connections.load(Ordering::Relaxed) as f64),
            MetricFamily::new("atoll_connections_max", "Connections that may be open", "")
                .gauge(&[], limits.http_connections_max as f64),
            MetricFamily::new("atoll_live_readers", "Open WebSocket and SSE readers", "")
                .gauge(&[], streams as f64),
        ]
    }

    /// How long a client may be silent in the middle of a request or response.
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_millis(self.limits().http_idle_ms)
    }

    /// How long a request may take in all.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_millis(self.limits().http_total_ms)
    }
}
