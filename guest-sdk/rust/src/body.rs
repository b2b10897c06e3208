//! A body that is read: of a request to the app, or of a response that it fetched.

use std::{
    future::poll_fn,
    mem,
    task::{Context, Poll, ready},
};

use serde::de::DeserializeOwned;

use crate::{CapabilityError, host::streams, task::Operation};

/// The most that one read brings.
const CHUNK_BYTES_MAX: u32 = 64 << 10;

/// A body. A small one is there as a whole; another one comes bit by bit, and need never be in memory as a
/// whole. Dropping it tells the other side that the rest is not wanted.
#[derive(Debug)]
pub struct Body {
    source: Source,
    /// Until when there is nothing to read.
    pending: Option<Operation>,
}

#[derive(Debug)]
enum Source {
    Whole(Vec<u8>),
    Stream(u32),
    Ended,
}

impl Body {
    pub(crate) fn stream(number: u32) -> Self {
        Self { source: Source::Stream(number), pending: None }
    }

    /// No body.
    pub fn empty() -> Self {
        Self { source: Source::Ended, pending: None }
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`CapabilityError::Unavailable`] when the other side broke off, [`CapabilityError::OverLimit`] when it
    /// sent more than it may.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, CapabilityError> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// [`Body::chunk`] for libraries of streams.
    pub fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Vec<u8>>, CapabilityError>> {
        let number = match &mut self.source {
            Source::Ended => return Poll::Ready(Ok(None)),
            Source::Whole(bytes) => {
                let bytes = mem::take(bytes);
                self.source = Source::Ended;
                return Poll::Ready(Ok(Some(bytes).filter(|bytes| !bytes.is_empty())));
            }
            Source::Stream(number) => *number,
        };
        loop {
            if let Some(operation) = &self.pending {
                ready!(operation.poll(cx));
                self.pending = None;
            }
            match streams::read(number, CHUNK_BYTES_MAX) {
                Ok(streams::Chunk::Data(bytes)) => return Poll::Ready(Ok(Some(bytes))),
                Ok(streams::Chunk::Pending(operation)) => self.pending = Some(Operation::new(operation)),
                Ok(streams::Chunk::End) => {
                    self.source = Source::Ended;
                    return Poll::Ready(Ok(None));
                }
                Err(error) => return Poll::Ready(Err(error.into())),
            }
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// As [`Body::chunk`].
    pub async fn bytes(&mut self) -> Result<Vec<u8>, CapabilityError> {
        self.bytes_at_most(usize::MAX).await
    }

    /// All of it, if it is not larger than that.
    ///
    /// # Errors
    /// As [`Body::chunk`]; [`CapabilityError::Data`] when it is larger.
    pub async fn bytes_at_most(&mut self, bytes_max: usize) -> Result<Vec<u8>, CapabilityError> {
        let mut all = Vec::new();
        while let Some(bytes) = self.chunk().await? {
            if bytes.len() > bytes_max - all.len() {
                return Err(CapabilityError::Data(format!("the body is larger than {bytes_max} bytes")));
            }
            if all.is_empty() {
                all = bytes;
            } else {
                all.extend_from_slice(&bytes);
            }
        }
        Ok(all)
    }

    /// All of it as text.
    ///
    /// # Errors
    /// As [`Body::chunk`]; [`CapabilityError::Data`] when it is no UTF-8.
    pub async fn text(&mut self) -> Result<String, CapabilityError> {
        String::from_utf8(self.bytes().await?).map_err(|error| CapabilityError::data("the body", error))
    }

    /// All of it as JSON.
    ///
    /// # Errors
    /// As [`Body::chunk`]; [`CapabilityError::Data`] when it is not of this form.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T, CapabilityError> {
        serde_json::from_slice(&self.bytes().await?).map_err(|error| CapabilityError::data("the body", error))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self { source: Source::Whole(bytes), pending: None }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Source::Stream(number) = self.source {
            streams::abort(number);
        }
    }
}
