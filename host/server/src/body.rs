//! Reads a request body into memory: bounded in size, in time, and in the sum over all requests.

use std::time::Duration;

use atoll::{Bytes, Limits};
use axum::body::Body;
use bytes::BytesMut;
use http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout_at},
};

use crate::{
    connections::{BODY_UNIT_BYTES, Connections},
    problem::Problem,
};

/// How long the rest of an oversized body is read and thrown away, so that the client gets to see the answer
/// instead of a reset connection.
const DISCARD: Duration = Duration::from_secs(2);
const DISCARD_BYTES_MAX: usize = 64 << 20;

/// A whole body. Its room is given back when this is dropped.
pub(crate) struct BufferedBody {
    pub(crate) bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// How big a body may be, and by which limit.
#[derive(Clone, Copy)]
pub(crate) struct BodyLimit {
    pub(crate) what: &'static str,
    pub(crate) name: &'static str,
    pub(crate) bytes: usize,
}

impl BodyLimit {
    /// The limit of a request to the control API that is no source.
    pub(crate) fn control(limits: &Limits) -> Self {
        let bytes = limits.control_body_bytes_max;
        Self { what: "a request body", name: "control_body_bytes_max", bytes }
    }
}

/// Reads a body to its end.
///
/// 413 when it is over the limit, whether it says so in `Content-Length` or only while it comes; 408 when the
/// client stalls; 503 when the host holds too many bodies already.
pub(crate) async fn read(
    connections: &Connections,
    headers: &HeaderMap,
    mut body: Body,
    limit: BodyLimit,
) -> Result<BufferedBody, Problem> {
    let deadline = Instant::now() + connections.total();
    let too_large = || Problem::too_large(limit.what, limit.name, limit.bytes).closing();
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|bytes| bytes > limit.bytes as u64) {
        // A client that waits for "100 Continue" has sent nothing yet, and need not.
        if !headers.contains_key(header::EXPECT) {
            discard(&mut body).await;
        }
        return Err(too_large());
    }

    let mut chunks = Chunks::default();
    let mut room = Room { connections, permit: None };
    loop {
        let next = timeout_at(deadline.min(Instant::now() + connections.idle()), body.frame()).await;
        let frame = match next {
            Err(_) => return Err(timed_out(connections)),
            Ok(None) => break,
            Ok(Some(Err(_))) => {
                return Err(Problem::bad_request(
                    "broken-body",
                    "the request body broke off or is malformed",
                )
                .closing());
            }
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers are none of an app's business.
        let Ok(data) = frame.into_data() else { continue };
        if chunks.len() + data.len() > limit.bytes {
            discard(&mut body).await;
            return Err(too_large());
        }
        room.grow_to(chunks.len() + data.len())?;
        chunks.push(data);
    }
    Ok(BufferedBody { bytes: chunks.into_bytes(), _room: room.permit })
}

/// Most bodies come in one piece, which then is not copied.
#[derive(Default)]
struct Chunks {
    first: Bytes,
    rest: BytesMut,
}

impl Chunks {
    fn len(&self) -> usize {
        if self.rest.is_empty() { self.first.len() } else { self.rest.len() }
    }

    fn push(&mut self, data: Bytes) {
        if self.len() == 0 {
            self.first = data;
            return;
        }
        if self.rest.is_empty() {
            self.rest.extend_from_slice(&self.first);
        }
        self.rest.extend_from_slice(&data);
    }

    fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}

/// The share of this request in the room for all bodies.
struct Room<'a> {
    connections: &'a Connections,
    permit: Option<OwnedSemaphorePermit>,
}

impl Room<'_> {
    fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        let held = self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = bytes.div_ceil(BODY_UNIT_BYTES).saturating_sub(held);
        if missing == 0 {
            return Ok(());
        }
        let busy = || {
            let limit = self.connections.limits().http_buffered_bytes_max;
            Problem::new(503, "busy", "Busy")
                .detail("the host holds as many request bodies as it may")
                .limit("http_buffered_bytes_max", limit as u64)
                .retry_after(1)
                .closing()
        };
        let missing = u32::try_from(missing).map_err(|_| busy())?;
        let more =
            self.connections.body_room().clone().try_acquire_many_owned(missing).map_err(|_| busy())?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

fn timed_out(connections: &Connections) -> Problem {
    let limits = connections.limits();
    Problem::new(408, "slow-request", "Request too slow")
        .detail("the request body did not come in time")
        .limit("http_idle_ms", limits.http_idle_ms)
        .closing()
}

/// Reads on for a short while, and throws away what comes.
pub(crate) async fn discard(body: &mut Body) {
    let mut left = DISCARD_BYTES_MAX;
    let drain = async {
        while let Some(Ok(frame)) = body.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(bytes) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    // Whether it came to an end does not matter: the connection is closed after the answer.
    let _ = tokio::time::timeout(DISCARD, drain).await;
}
