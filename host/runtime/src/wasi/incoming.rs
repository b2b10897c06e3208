//! A request's body on its way into a guest through WASI: bounded in size, and in how long its client may be
//! silent. What came, and why the rest did not, is seen from outside too.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::Error;

use crate::{Body, BodyError};

/// What came of a body, and why the rest did not.
#[derive(Default)]
pub(crate) struct Received {
    bytes: AtomicU64,
    fault: OnceLock<BodyError>,
}

impl Received {
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn fault(&self) -> Option<&BodyError> {
        self.fault.get()
    }
}

/// A request's body.
pub(crate) struct IncomingBody {
    body: Body,
    bytes_max: u64,
    idle_ms: u64,
    /// Runs while something is waited for.
    silence: Option<Pin<Box<Sleep>>>,
    received: Arc<Received>,
}

impl IncomingBody {
    pub(crate) fn new(body: Body, bytes_max: u64, idle_ms: u64, received: Arc<Received>) -> Self {
        Self { body, bytes_max, idle_ms, silence: None, received }
    }

    fn fail(&mut self, why: BodyError) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.body = Body::empty();
        let told = match &why {
            BodyError::TooLarge { value, .. } => Error::HttpRequestBodySize(Some(*value)),
            BodyError::Stalled { .. } => Error::ConnectionReadTimeout,
            _ => Error::ConnectionTerminated,
        };
        // The first fault stays.
        let _ = self.received.fault.set(why);
        Poll::Ready(Some(Err(told)))
    }

    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let idle = Duration::from_millis(self.idle_ms);
        let silence =
            self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + idle)));
        silence.as_mut().poll(cx)
    }
}

impl http_body::Body for IncomingBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let body = &mut self.body;
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll_any(cx))).unwrap_or_else(|_| {
            tracing::error!("a body panicked");
            Poll::Ready(Some(Err(BodyError::BrokeOff("the host failed".into()))))
        });
        let Poll::Ready(frame) = polled else {
            if self.poll_silence(cx).is_pending() {
                return Poll::Pending;
            }
            let stalled = BodyError::Stalled { limit: "http_idle_ms", value: self.idle_ms };
            return self.fail(stalled);
        };
        self.silence = None;
        match frame {
            None => Poll::Ready(None),
            Some(Err(why)) => self.fail(why),
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len) as u64;
                let before = self.received.bytes.fetch_add(bytes, Ordering::Relaxed);
                let value = self.bytes_max;
                if before.saturating_add(bytes) > value {
                    return self.fail(BodyError::TooLarge { limit: "body_mib", value });
                }
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
