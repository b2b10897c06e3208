//! A request's body on its way out: counted, and watched, so that the wait for the response's headers begins when
//! the body has left and not when it began.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};

use crate::{OutboundError, connection::SendBody, request::BodyError};

/// What is known about a body on its way out.
#[derive(Default)]
pub(crate) struct Progress {
    frames: AtomicU64,
    /// The connection would take more, but whoever writes the body has none yet.
    writer_behind: AtomicBool,
    failure: Mutex<Option<OutboundError>>,
}

impl Progress {
    /// Why the body broke off, if it did.
    pub(crate) fn failure(&self) -> Option<OutboundError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn fail(&self, error: OutboundError) -> BodyError {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        "the request's body broke off".into()
    }

    /// Waits for the head of a response: `limit` without any progress is too long. Time in which the body's
    /// writer is behind does not count; that is the guest's own.
    pub(crate) async fn head_within<F: Future>(&self, limit: Duration, head: F) -> Option<F::Output> {
        let mut head = std::pin::pin!(head);
        loop {
            let frames = self.frames.load(Ordering::Relaxed);
            if let Ok(head) = tokio::time::timeout(limit, &mut head).await {
                return Some(head);
            }
            let moved = self.frames.load(Ordering::Relaxed) != frames;
            if !moved && !self.writer_behind.load(Ordering::Relaxed) {
                return None;
            }
        }
    }
}

/// A body that is counted and watched.
pub(crate) struct Watched {
    pub(crate) inner: SendBody,
    pub(crate) sent: u64,
    pub(crate) max: u64,
    pub(crate) progress: Arc<Progress>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.inner).poll_frame(context);
        this.progress.writer_behind.store(polled.is_pending(), Ordering::Relaxed);
        let Some(frame) = ready!(polled) else { return Poll::Ready(None) };
        this.progress.frames.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(match frame {
            Ok(frame) => {
                this.sent += frame.data_ref().map_or(0, Buf::remaining) as u64;
                if this.sent > this.max { Err(this.progress.fail(too_large(this.max))) } else { Ok(frame) }
            }
            Err(error) => Err(this.progress.fail(OutboundError::RequestBody { reason: error.to_string() })),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

pub(crate) fn too_large(max: u64) -> OutboundError {
    OutboundError::TooLarge { what: "the request's body", limit: "outbound_request_bytes_max", value: max }
}
