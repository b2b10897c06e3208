//! A stream that a guest reads: a body, piece by piece, never waited for inside a read.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    task::{Context, Poll, Waker, ready},
};

use bytes::Bytes;

use crate::{Body, BodyError};

/// The reading side of a body.
pub(crate) struct Incoming {
    body: Body,
    /// What came and was not read yet.
    arrived: Bytes,
    received: u64,
    /// The limit, by its name, if it has one of its own.
    max: Option<(&'static str, u64)>,
    /// Set once: all was read, or why there is no more.
    end: Option<Result<(), BodyError>>,
}

/// What a read brings.
#[derive(Debug, PartialEq)]
pub(crate) enum Read {
    /// At least one byte.
    Data(Bytes),
    End,
    Failed(BodyError),
    /// Nothing yet.
    Nothing,
}

impl Incoming {
    /// A body that may have at most so many bytes.
    pub(crate) fn bounded(body: Body, limit: &'static str, max: u64) -> Self {
        Self { max: Some((limit, max)), ..Self::new(body) }
    }

    /// A body that is bounded by whoever supplies it.
    pub(crate) fn new(body: Body) -> Self {
        Self { body, arrived: Bytes::new(), received: 0, max: None, end: None }
    }

    /// Puts bytes that were read off the body already in front of it.
    pub(crate) fn with_arrived(mut self, arrived: Bytes) -> Self {
        self.received = arrived.len() as u64;
        self.arrived = arrived;
        self
    }

    /// Reads what is there, at most so many bytes.
    pub(crate) fn read(&mut self, bytes_max: usize) -> Read {
        // Nobody is woken by this look: whoever finds nothing waits for it, and looks again then.
        if self.poll_arrived(&mut Context::from_waker(Waker::noop())).is_pending() {
            return Read::Nothing;
        }
        if !self.arrived.is_empty() {
            return Read::Data(self.arrived.split_to(bytes_max.min(self.arrived.len())));
        }
        match &self.end {
            Some(Err(why)) => Read::Failed(why.clone()),
            _ => Read::End,
        }
    }

    /// Whether a read would bring something.
    pub(crate) fn poll_arrived(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.arrived.is_empty() || self.end.is_some() {
            return Poll::Ready(());
        }
        let body = &mut self.body;
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll_bytes(cx))).unwrap_or_else(|_| {
            tracing::error!("a body panicked");
            Poll::Ready(Some(Err(BodyError::BrokeOff("the host failed".into()))))
        });
        match ready!(polled) {
            None => self.end(Ok(())),
            Some(Err(why)) => self.end(Err(why)),
            Some(Ok(bytes)) => {
                self.received = self.received.saturating_add(bytes.len() as u64);
                match self.max {
                    Some((limit, value)) if self.received > value => {
                        self.end(Err(BodyError::TooLarge { limit, value }));
                    }
                    _ => self.arrived = bytes,
                }
            }
        }
        Poll::Ready(())
    }

    /// Ends it, and lets go of the body. The first end stays.
    pub(crate) fn end(&mut self, end: Result<(), BodyError>) {
        self.end.get_or_insert(end);
        self.body = Body::empty();
    }

    /// Gives it up: what is there goes too.
    pub(crate) fn abort(&mut self) {
        self.arrived = Bytes::new();
        self.end(Err(BodyError::BrokeOff("it was given up".into())));
    }

    /// Bytes that came so far.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Why the rest is missing, if it is.
    pub(crate) fn fault(&self) -> Option<&BodyError> {
        self.end.as_ref()?.as_ref().err()
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn body(pieces: &[&'static str]) -> Body {
        let pieces: Vec<_> =
            pieces.iter().map(|piece| Ok::<_, BodyError>(Bytes::from_static(piece.as_bytes()))).collect();
        Body::from_stream(stream::iter(pieces))
    }

    #[test]
    fn a_read_brings_at_most_what_was_asked_for() {
        let mut incoming = Incoming::new(body(&["abc", "d"])).with_arrived("xy".into());
        let read: Vec<Read> = (0..5).map(|_| incoming.read(2)).collect();
        let data = |text: &'static str| Read::Data(text.into());
        assert_eq!(read, [data("xy"), data("ab"), data("c"), data("d"), Read::End]);
        assert_eq!((incoming.received(), incoming.fault()), (6, None));
    }

    #[test]
    fn more_than_it_may_be_is_a_fault_and_the_rest_is_let_go() {
        let mut incoming = Incoming::bounded(body(&["abc", "de", "f"]), "body_mib", 4);
        assert_eq!(incoming.read(9), Read::Data("abc".into()));
        let fault = BodyError::TooLarge { limit: "body_mib", value: 4 };
        assert_eq!((incoming.read(9), incoming.read(9)), (Read::Failed(fault.clone()), Read::Failed(fault)));
    }

    #[test]
    fn nothing_is_not_the_end() {
        let mut incoming = Incoming::new(Body::from_stream(stream::pending::<Result<Bytes, BodyError>>()));
        assert_eq!(incoming.read(9), Read::Nothing);
        incoming.end(Err(BodyError::Stalled { limit: "http_idle_ms", value: 1 }));
        assert!(matches!(incoming.read(9), Read::Failed(BodyError::Stalled { .. })));
    }

    #[test]
    fn a_body_that_panics_is_a_fault() {
        let panics = stream::poll_fn(|_| -> Poll<Option<Result<Bytes, BodyError>>> { panic!("no") });
        assert!(matches!(Incoming::new(Body::from_stream(panics)).read(9), Read::Failed(_)));
    }
}
