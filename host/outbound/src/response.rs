//! A response from the world, as the host gets it.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use http::{HeaderMap, StatusCode};
use http_body::{Body, Frame};
use url::Url;

use crate::OutboundError;

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
}

impl ResponseBody {
    pub(crate) fn empty() -> Self {
        Self { stream: None }
    }

    pub(crate) fn new(stream: impl Stream<Item = Result<Bytes, OutboundError>> + Send + 'static) -> Self {
        Self { stream: Some(Box::pin(stream)) }
    }

    /// Whether it is known that there is no more.
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
        self.poll_next(context).map(|next| next.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.is_end()
    }
}
