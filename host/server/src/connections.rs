//! What all connections of one listener share: the limits, the room for what they hold, and the way they end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use atoll::Limits;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Request bodies are counted in units of this many bytes, so that the count fits a semaphore.
pub(crate) const BODY_UNIT_BYTES: usize = 4 << 10;

/// Shared by all connections; cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Inner>);

struct Inner {
    limits: Limits,
    /// Room for request bodies, in [`BODY_UNIT_BYTES`].
    body_room: Arc<Semaphore>,
    closing: CancellationToken,
    tasks: TaskTracker,
    open: AtomicUsize,
}

/// A connection that is open, for as long as this lives.
pub(crate) struct OpenConnection(Connections);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connections {
    pub(crate) fn new(limits: &Limits) -> Self {
        let body_room = (limits.http_buffered_bytes_max / BODY_UNIT_BYTES).clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner {
            limits: limits.clone(),
            body_room: Arc::new(Semaphore::new(body_room)),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
            open: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn body_room(&self) -> &Arc<Semaphore> {
        &self.0.body_room
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
    pub(crate) fn open(&self) -> OpenConnection {
        self.0.open.fetch_add(1, Ordering::Relaxed);
        OpenConnection(self.clone())
    }

    /// Connections of the server's own listener that are open now.
    pub(crate) fn open_now(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
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
