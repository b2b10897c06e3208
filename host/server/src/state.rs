//! What every handler has at hand.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use atoll::{Host, Limits, MetricFamily};
use http::StatusCode;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ServerConfig,
    connections::Connections,
    problem::Problem,
    security::{FrameTokens, HostRules},
};

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub(crate) struct ServerState(Arc<Inner>);

struct Inner {
    host: Host,
    config: ServerConfig,
    host_rules: HostRules,
    tokens: OnceCell<FrameTokens>,
    /// Room for WebSocket and SSE readers.
    stream_room: Arc<Semaphore>,
    connections: Connections,
    /// Answers by the hundreds of their status.
    answers: [AtomicU64; ANSWER_CLASSES.len()],
}

const ANSWER_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl ServerState {
    pub(crate) fn new(host: Host, config: ServerConfig) -> Self {
        let limits = host.limits();
        let stream_room = limits.http_streams_max.clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner {
            host_rules: HostRules::new(&config),
            stream_room: Arc::new(Semaphore::new(stream_room)),
            tokens: OnceCell::new(),
            connections: Connections::new(limits),
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

    pub(crate) fn connections(&self) -> &Connections {
        &self.0.connections
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
        self.0.connections.closing()
    }

    /// Tasks that a drain waits for: connections, WebSocket sessions, deploys.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        self.0.connections.tasks()
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
                .gauge(&[], inner.connections.open_now() as f64),
            MetricFamily::new("atoll_connections_max", "Connections that may be open", "")
                .gauge(&[], limits.http_connections_max as f64),
            MetricFamily::new("atoll_live_readers", "Open WebSocket and SSE readers", "")
                .gauge(&[], streams as f64),
        ]
    }

    /// How long a client may be silent in the middle of a request or response.
    pub(crate) fn idle(&self) -> Duration {
        self.0.connections.idle()
    }

    /// How long a request may take in all.
    pub(crate) fn total(&self) -> Duration {
        self.0.connections.total()
    }
}
