//! [`Body`]: the body of a request or a response, there as a whole or coming bit by bit.
//!
//! In: bytes, any [`http_body::Body`], any stream of bytes, or the pipe that a guest writes to. Out: an
//! [`http_body::Body`] for a server or a client. An error at its end means that the rest is missing: whoever
//! passes a body on must not end it as if it were complete. Trailers pass
//! through; only guests of WASI see or send any.

use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures::{Stream, TryStreamExt as _};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, StreamBody};

use crate::{CallError, stream::PipeReader};

/// The body of a request or a response.
pub struct Body(Inner);

enum Inner {
    /// All of it; `None` once it was taken.
    Whole(Option<Bytes>),
    /// What a guest writes.
    Guest(PipeReader),
    /// Behind a lock that nobody ever waits for, so that a body can be shared as a reference.
    Other(Mutex<Boxed>),
}

type Boxed = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BodyError> + Send>>;

/// Why a body is not there as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The other side broke off.
    #[error("the body broke off: {0}")]
    BrokeOff(String),
    /// It is larger than it may be.
    #[error("the body is larger than {limit} = {value}")]
    TooLarge {
        /// The limit.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// Nothing of it came, or nothing was taken, for too long.
    #[error("the body stood still for longer than {limit} = {value}")]
    Stalled {
        /// The limit.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// The app that sent it failed or was stopped.
    #[error(transparent)]
    Call(Box<CallError>),
}

impl Body {
    /// No body.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Inner::Whole(None))
    }

    /// A body that comes bit by bit.
    #[must_use]
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self(Inner::Other(Mutex::new(Box::pin(body.map_err(|error| in_our_terms(error.into()))))))
    }

    /// A body from a stream of bytes.
    #[must_use]
    pub fn from_stream<E>(stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        Self::new(StreamBody::new(stream.map_ok(Frame::data)))
    }

    pub(crate) fn guest(reader: PipeReader) -> Self {
        Self(Inner::Guest(reader))
    }

    /// The bytes, when all of them are there already.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Inner::Whole(bytes) => Some(bytes.as_deref().unwrap_or_default()),
            _ => None,
        }
    }

    /// Takes the bytes, when all of them are there already; the body itself otherwise.
    ///
    /// # Errors
    /// The body as it was, when it is still coming.
    pub fn try_into_bytes(self) -> Result<Bytes, Self> {
        match self.0 {
            Inner::Whole(bytes) => Ok(bytes.unwrap_or_default()),
            inner => Err(Self(inner)),
        }
    }

    /// Waits for all of it.
    ///
    /// # Errors
    /// [`BodyError`], also when it has more than `bytes_max` bytes.
    pub async fn collect(mut self, bytes_max: usize) -> Result<Bytes, BodyError> {
        let mut all = Gathered::default();
        while let Some(bytes) = std::future::poll_fn(|cx| self.poll_bytes(cx)).await.transpose()? {
            if all.len().saturating_add(bytes.len()) > bytes_max {
                return Err(BodyError::TooLarge { limit: "bytes_max", value: bytes_max as u64 });
            }
            all.push(bytes);
        }
        Ok(all.into_bytes())
    }

    /// The next bytes, or the trailers; `None` at the end.
    pub(crate) fn poll_any(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.0 {
            Inner::Whole(_) => self.poll_bytes(cx).map_ok(Frame::data),
            Inner::Guest(reader) => match ready!(reader.poll_bytes(cx)) {
                None => Poll::Ready(reader.take_trailers().map(|trailers| Ok(Frame::trailers(trailers)))),
                Some(bytes) => Poll::Ready(Some(bytes.map(Frame::data))),
            },
            Inner::Other(body) => {
                let body = body.get_mut().unwrap_or_else(PoisonError::into_inner);
                body.as_mut().poll_frame(cx)
            }
        }
    }

    /// The next bytes, never none of them; `None` at the end.
    pub(crate) fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            let frame = match &mut self.0 {
                Inner::Whole(bytes) => return Poll::Ready(bytes.take().filter(|b| !b.is_empty()).map(Ok)),
                Inner::Guest(reader) => return reader.poll_bytes(cx),
                Inner::Other(body) => {
                    let body = body.get_mut().unwrap_or_else(PoisonError::into_inner);
                    ready!(body.as_mut().poll_frame(cx))
                }
            };
            match frame {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) if !bytes.is_empty() => return Poll::Ready(Some(Ok(bytes))),
                    _ => {}
                },
            }
        }
    }
}

/// Bytes that come in pieces. Most come in one, which then is not copied.
#[derive(Default)]
pub(crate) struct Gathered {
    first: Bytes,
    rest: BytesMut,
}

impl Gathered {
    pub(crate) fn len(&self) -> usize {
        if self.rest.is_empty() { self.first.len() } else { self.rest.len() }
    }

    pub(crate) fn push(&mut self, bytes: Bytes) {
        if self.len() == 0 {
            self.first = bytes;
            return;
        }
        if self.rest.is_empty() {
            self.rest.extend_from_slice(&self.first);
        }
        self.rest.extend_from_slice(&bytes);
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.get_mut().poll_any(cx)
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Inner::Guest(reader) => reader.is_at_end(),
            Inner::Other(body) => body.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Inner::Guest(reader) => reader.size_hint(),
            Inner::Other(body) => body.lock().unwrap_or_else(PoisonError::into_inner).size_hint(),
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Inner::Whole(bytes) => write!(f, "Body({} bytes)", bytes.as_ref().map_or(0, Bytes::len)),
            _ => f.write_str("Body(a stream)"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Whole(Some(bytes)))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<()> for Body {
    fn from((): ()) -> Self {
        Self::empty()
    }
}

fn in_our_terms(error: Box<dyn std::error::Error + Send + Sync>) -> BodyError {
    match error.downcast::<BodyError>() {
        Ok(error) => *error,
        Err(error) => BodyError::BrokeOff(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;

    use super::*;

    fn pieces(pieces: &[&'static str]) -> Body {
        let pieces: Vec<_> =
            pieces.iter().map(|p| Ok::<_, BodyError>(Bytes::from_static(p.as_bytes()))).collect();
        Body::from_stream(futures::stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_is_collected_up_to_a_limit() {
        assert_eq!(pieces(&["ab", "", "cd"]).collect(4).await.unwrap(), "abcd");
        assert!(matches!(pieces(&["ab", "cd"]).collect(3).await, Err(BodyError::TooLarge { value: 3, .. })));
        assert_eq!(Body::from("whole").collect(5).await.unwrap(), "whole");
        assert!(Body::from("whole").collect(4).await.is_err());
        assert_eq!(Body::empty().collect(0).await.unwrap(), "");
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_not_a_shorter_one() {
        let broken = || Err(BodyError::BrokeOff("the cable was cut".into()));
        let body = Body::from_stream(futures::stream::iter([Ok(Bytes::from_static(b"ab")), broken()]));
        assert_eq!(body.collect(9).await.unwrap_err().to_string(), "the body broke off: the cable was cut");
    }

    #[test]
    fn what_is_whole_says_so_and_how_long_it_is() {
        let body = Body::from("abc");
        assert_eq!((body.as_bytes(), body.size_hint().exact()), (Some(&b"abc"[..]), Some(3)));
        assert!(Body::empty().is_end_stream() && Body::from("").is_end_stream() && !body.is_end_stream());
        assert!(pieces(&["a"]).as_bytes().is_none());
        assert_eq!(body.try_into_bytes().unwrap(), "abc");
    }
}
