//! A response from the world, as the host gets it.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use http::{HeaderMap, StatusCode};
use http_body::{Body, Frame};
use url::Url;

use crate::{OutboundError, received::Trailers, substitute::Redaction};

/// A response from the world.
#[derive(Debug)]
pub struct OutboundResponse {
    /// The status.
    pub status: StatusCode,
    /// Where it came from, after redirects, without a fragment. Where a secret stood in the query, its placeholder stands.
    pub url: Url,
    /// Whether a redirect was followed.
    pub redirected: bool,
    /// The headers, without the connection's own. A body that was decoded has no `content-encoding` and no
    /// `content-length` any more.
    pub headers: HeaderMap,
    /// The body, decoded.
    pub body: ResponseBody,
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, OutboundError>> + Send>>;

/// A body that is read as it arrives. It is not read ahead: whoever does not poll holds the server back. Dropped
/// before its end, its connection is closed.
pub struct ResponseBody {
    stream: Option<Chunks>,
    /// Given out as the last frame.
    trailers: Option<Trailers>,
    redaction: Option<Redaction>,
}

impl ResponseBody {
    pub(crate) fn empty() -> Self {
        Self { stream: None, trailers: None, redaction: None }
    }

    pub(crate) fn new(
        stream: impl Stream<Item = Result<Bytes, OutboundError>> + Send + 'static,
        trailers: Trailers,
    ) -> Self {
        Self { stream: Some(Box::pin(stream)), trailers: Some(trailers), redaction: None }
    }

    /// The same, with secrets taken out of its trailers.
    pub(crate) fn redacted(self, redaction: Redaction) -> Self {
        Self { redaction: Some(redaction), ..self }
    }

    fn take_trailers(&mut self) -> Option<HeaderMap> {
        let mut trailers = self.trailers.take()?.get()?.clone();
        if let Some(redaction) = &self.redaction {
            redaction.apply(&mut trailers);
        }
        Some(trailers)
    }

    /// Whether it is known that there are no more bytes.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.stream.is_none()
    }

    /// The next piece; never an empty one.
    pub async fn chunk(&mut self) -> Option<Result<Bytes, OutboundError>> {
        self.next().await
    }

    /// All of it.
    ///
    /// # Errors
    /// Whatever ended the body early, or [`OutboundError::TooLarge`] over `bytes_max`.
    pub async fn collect(mut self, bytes_max: usize) -> Result<Bytes, OutboundError> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await {
            let chunk = chunk?;
            if chunk.len() > bytes_max - all.len() {
                let what = "the response's body";
                return Err(OutboundError::TooLarge { what, limit: "bytes_max", value: bytes_max as u64 });
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

impl std::fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseBody").field("is_end", &self.is_end()).finish()
    }
}

impl Stream for ResponseBody {
    type Item = Result<Bytes, OutboundError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.stream else { return Poll::Ready(None) };
        let next = stream.as_mut().poll_next(context);
        // After an error there is nothing; what is held is let go at once.
        if matches!(next, Poll::Ready(None | Some(Err(_)))) {
            self.stream = None;
        }
        next
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = OutboundError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, OutboundError>>> {
        let this = self.get_mut();
        let next = ready!(Pin::new(&mut *this).poll_next(context));
        let trailers = || this.take_trailers().map(|trailers| Ok(Frame::trailers(trailers)));
        Poll::Ready(next.map(|chunk| chunk.map(Frame::data)).or_else(trailers))
    }

    fn is_end_stream(&self) -> bool {
        self.is_end() && self.trailers.as_ref().is_none_or(|trailers| trailers.get().is_none())
    }
}
