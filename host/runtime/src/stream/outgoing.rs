//! A stream that a guest writes: the writing end of a pipe, or of nothing where nobody wants a body.

use std::task::{Context, Poll, Waker};

use atoll_model::CapabilityError;
use bytes::Bytes;
use http::HeaderMap;
use tokio::time::Instant;

use super::pipe::{Gone, PipeWriter};
use crate::{BodyError, capability::at_most};

/// What one write may hand over, as `wit/capabilities.wit` says.
const WRITE_BYTES_MAX: usize = 1 << 20;

/// The writing side of a body.
pub(crate) struct Outgoing {
    pipe: Option<PipeWriter>,
    written: u64,
    end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    BrokenOff,
}

/// What became of a write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// Go on.
    Taken,
    /// Taken, but wait before the next one.
    Behind,
}

impl Outgoing {
    pub(crate) fn new(pipe: PipeWriter) -> Self {
        Self { pipe: Some(pipe), written: 0, end: None }
    }

    /// The body of a response that has none: to a HEAD request, or 204 and 304. Finishing it is fine, writing
    /// to it finds nobody.
    pub(crate) fn unwanted() -> Self {
        Self { pipe: None, written: 0, end: None }
    }

    /// Hands bytes over.
    pub(crate) fn write(&mut self, bytes: Vec<u8>) -> Result<Write, CapabilityError> {
        self.write_bytes(Bytes::from(bytes))
    }

    /// Hands bytes over.
    pub(crate) fn write_bytes(&mut self, bytes: Bytes) -> Result<Write, CapabilityError> {
        match self.end {
            Some(End::Finished) => return Err(CapabilityError::Invalid("the stream is finished".into())),
            Some(End::BrokenOff) => return Err(nobody("the stream broke off")),
            None => {}
        }
        let Some(pipe) = &self.pipe else { return Err(nobody("a response to this request has no body")) };
        at_most("a write", bytes.len(), "bytes_per_write_max", WRITE_BYTES_MAX)?;
        let length = bytes.len() as u64;
        let behind = pipe.write(bytes).map_err(|Gone| nobody("the other side has gone"))?;
        self.written = self.written.saturating_add(length);
        Ok(if behind { Write::Behind } else { Write::Taken })
    }

    /// Whether there is room for the next write, or an error to be had by it.
    pub(crate) fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        match &self.pipe {
            Some(pipe) if self.end.is_none() => pipe.poll_ready(cx),
            _ => Poll::Ready(()),
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.poll_ready(&Context::from_waker(Waker::noop())).is_ready()
    }

    /// All is there.
    pub(crate) fn finish(&mut self) -> Result<(), CapabilityError> {
        self.finish_with(None)
    }

    /// All is there, and trailers follow.
    pub(crate) fn finish_with(&mut self, trailers: Option<HeaderMap>) -> Result<(), CapabilityError> {
        if self.end == Some(End::BrokenOff) {
            return Err(nobody("the stream broke off"));
        }
        self.end = Some(End::Finished);
        match &self.pipe {
            Some(pipe) => pipe.finish(trailers).map_err(|Gone| nobody("the other side has gone")),
            None => Ok(()),
        }
    }

    /// Breaks it off, unless all is there.
    pub(crate) fn break_off(&mut self, why: BodyError) {
        self.end.get_or_insert(End::BrokenOff);
        if let Some(pipe) = &self.pipe {
            pipe.break_off(why);
        }
    }

    /// Whether all is there.
    pub(crate) fn is_finished(&self) -> bool {
        self.pipe.as_ref().is_none_or(PipeWriter::is_finished)
    }

    /// Since when the reader stands still, for a writer that waits since a moment.
    pub(crate) fn still_since(&self, waiting_since: Instant) -> Instant {
        let taken = self.pipe.as_ref().and_then(PipeWriter::last_taken);
        taken.map_or(waiting_since, |taken| taken.max(waiting_since))
    }

    /// Bytes that were handed over.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }
}

fn nobody(why: &str) -> CapabilityError {
    CapabilityError::Unavailable(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::pipe;

    #[test]
    fn a_write_is_bounded_and_none_follows_the_end() {
        let (writer, _reader) = pipe(4);
        let mut outgoing = Outgoing::new(writer);
        assert_eq!(outgoing.write(vec![0; 4]), Ok(Write::Taken));
        assert_eq!(outgoing.write(vec![0; 1]), Ok(Write::Behind));
        assert!(!outgoing.is_ready());
        let over = outgoing.write(vec![0; (1 << 20) + 1]).unwrap_err().to_string();
        assert_eq!(over, "a write of 1048577 is over the limit bytes_per_write_max = 1048576");
        outgoing.finish().unwrap();
        assert!(outgoing.is_ready());
        assert!(outgoing.write(vec![0]).is_err() && outgoing.is_finished());
        assert_eq!(outgoing.written(), 5);
    }

    #[test]
    fn a_body_that_nobody_wants_can_only_be_finished() {
        let mut outgoing = Outgoing::unwanted();
        assert!(matches!(outgoing.write(vec![0]), Err(CapabilityError::Unavailable(_))));
        assert!(outgoing.finish().is_ok() && outgoing.is_finished());
    }
}
