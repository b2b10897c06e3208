//! A response's body as it arrives: bounded in bytes and time. At its end the connection goes back to the pool
//! and the request's place to the next one; dropped before its end, the connection is closed.

use std::{
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::Stream;
use http::HeaderMap;
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::{
    OutboundError, Phase,
    connection::Connection,
    exchange::from_hyper,
    headers,
    pool::{Key, Pool},
    slots::Slot,
};

/// What follows a body, once it has come.
pub(crate) type Trailers = Arc<OnceLock<HeaderMap>>;

/// A connection that is in use.
pub(crate) struct Lease {
    pub(crate) connection: Connection,
    pub(crate) pool: Arc<Pool>,
    pub(crate) key: Key,
}

impl Lease {
    fn end(self) {
        self.pool.give_back(self.key, self.connection);
    }
}

/// When everything must be over.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    /// The limit's value; none when the caller's own time ends first.
    pub(crate) limit_ms: Option<u64>,
}

impl Deadline {
    pub(crate) fn error(self) -> OutboundError {
        match self.limit_ms {
            Some(limit_ms) => {
                OutboundError::Timeout { phase: Phase::Total, limit: "outbound_total_ms", limit_ms }
            }
            None => OutboundError::Deadline,
        }
    }
}

/// The bounds of a body.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes_max: u64,
    pub(crate) idle_ms: u64,
    pub(crate) deadline: Deadline,
}

/// A response's body as it arrives.
pub(crate) struct Received {
    incoming: Incoming,
    lease: Option<(Lease, Option<Slot>)>,
    bytes: Arc<AtomicU64>,
    trailers: Trailers,
    bounds: Bounds,
    idle: Pin<Box<Sleep>>,
    /// Whether the idle clock runs: only while somebody wants more and there is none.
    waiting: bool,
    origin: String,
    ended: bool,
}

impl Received {
    pub(crate) fn new(
        incoming: Incoming,
        lease: Lease,
        slot: Option<Slot>,
        bounds: Bounds,
        bytes: Arc<AtomicU64>,
        trailers: Trailers,
    ) -> Self {
        let origin = lease.key.origin.to_string();
        let mut received = Self {
            ended: incoming.is_end_stream(),
            incoming,
            lease: Some((lease, slot)),
            bytes,
            trailers,
            bounds,
            idle: Box::pin(tokio::time::sleep_until(bounds.deadline.at)),
            waiting: false,
            origin,
        };
        if received.ended {
            received.end();
        }
        received
    }

    /// Whether there is no body.
    pub(crate) fn is_empty(&self) -> bool {
        self.ended
    }

    fn end(&mut self) {
        self.ended = true;
        if let Some((lease, _slot)) = self.lease.take() {
            lease.end();
        }
    }

    fn fail(&mut self, error: OutboundError) -> Poll<Option<Result<Bytes, OutboundError>>> {
        self.ended = true;
        self.lease = None;
        Poll::Ready(Some(Err(error)))
    }

    fn take(&mut self, data: Bytes) -> Poll<Option<Result<Bytes, OutboundError>>> {
        let before = self.bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
        if before + data.len() as u64 > self.bounds.bytes_max {
            return self.fail(too_large(self.bounds.bytes_max));
        }
        Poll::Ready(Some(Ok(data)))
    }

    /// Nothing is there now: is it time to give up?
    fn poll_clocks(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, OutboundError>>> {
        let deadline = self.bounds.deadline;
        let idle_ms = self.bounds.idle_ms;
        if !self.waiting {
            self.waiting = true;
            let until = Instant::now() + Duration::from_millis(idle_ms);
            self.idle.as_mut().reset(until.min(deadline.at));
        }
        match self.idle.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) if Instant::now() >= deadline.at => self.fail(deadline.error()),
            Poll::Ready(()) => self.fail(OutboundError::Timeout {
                phase: Phase::Idle,
                limit: "outbound_idle_ms",
                limit_ms: idle_ms,
            }),
        }
    }
}

impl Stream for Received {
    type Item = Result<Bytes, OutboundError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        if Instant::now() >= this.bounds.deadline.at {
            return this.fail(this.bounds.deadline.error());
        }
        loop {
            let frame = match Pin::new(&mut this.incoming).poll_frame(context) {
                Poll::Pending => return this.poll_clocks(context),
                Poll::Ready(frame) => frame,
            };
            this.waiting = false;
            match frame {
                None => {
                    this.end();
                    return Poll::Ready(None);
                }
                Some(Err(error)) => {
                    let error = from_hyper(&error, &this.origin);
                    return this.fail(error);
                }
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return this.take(data),
                    Ok(_) => {}
                    // They come once, at the end.
                    Err(frame) => {
                        if let Ok(mut trailers) = frame.into_trailers() {
                            headers::strip_framing(&mut trailers);
                            let _ = this.trailers.set(trailers);
                        }
                    }
                },
            }
        }
    }
}

pub(crate) fn too_large(max: u64) -> OutboundError {
    OutboundError::TooLarge { what: "the response's body", limit: "outbound_response_bytes_max", value: max }
}
