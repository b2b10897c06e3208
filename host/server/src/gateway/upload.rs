//! A request's body on its way to an app.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::body::{Body, Bytes};
use http::{header, request::Parts};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::{
    body::{self, BodyLimit, BufferedBody},
    conn::ConnectionFlags,
    connections::Connections,
    problem::Problem,
};

/// Reads a small body of a stated length, and hands a larger one over as a stream. How large it may be is for
/// the app's limits to say.
pub(super) async fn receive(
    connections: &Connections,
    parts: &Parts,
    body: Body,
) -> Result<(atoll::Body, Option<BufferedBody>), Problem> {
    let headers = &parts.headers;
    if body.is_end_stream() {
        return Ok((atoll::Body::empty(), None));
    }
    let limit = BodyLimit {
        what: "a request body of a stated length",
        name: "http_inline_body_bytes_max",
        bytes: connections.limits().http_inline_body_bytes_max,
    };
    if body.size_hint().exact().is_some_and(|bytes| bytes <= limit.bytes as u64) {
        let whole = body::read(connections, headers, body, limit).await?;
        return Ok((whole.bytes.clone().into(), Some(whole)));
    }
    Ok((stream(connections, parts, body), None))
}

/// Hands a body over as a stream.
pub(crate) fn stream(connections: &Connections, parts: &Parts, body: Body) -> atoll::Body {
    if body.is_end_stream() {
        return atoll::Body::empty();
    }
    let waits_for_continue = parts.headers.contains_key(header::EXPECT);
    // Absent where the server's own listener is not in use.
    let watched = parts.extensions.get::<Arc<ConnectionFlags>>().cloned();
    if let Some(flags) = &watched {
        flags.begin_upload();
    }
    let connections = connections.clone();
    atoll::Body::new(Upload { body: Some(body), connections, waits_for_continue, begun: false, watched })
}

/// A body that is read while the app runs. An app need not read it to its end: what is left then is read on for
/// a short while and thrown away, since a client that is still writing would not see the answer.
struct Upload {
    /// `None` at its end.
    body: Option<Body>,
    connections: Connections,
    /// Whether the client sends nothing before it is asked to.
    waits_for_continue: bool,
    begun: bool,
    /// The connection, which looks whether the client is still there.
    watched: Option<Arc<ConnectionFlags>>,
}

impl Upload {
    fn end(&mut self) -> Option<Body> {
        if let Some(flags) = self.watched.take() {
            flags.end_upload();
        }
        self.body.take()
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.begun = true;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            self.end();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(mut rest) = self.end().filter(|body| !body.is_end_stream()) else { return };
        let is_coming = self.begun || !self.waits_for_continue;
        // Outside of the server's runtime there is no connection to be kept.
        if is_coming && let Ok(runtime) = tokio::runtime::Handle::try_current() {
            self.connections.tasks().spawn_on(async move { body::discard(&mut rest).await }, &runtime);
        }
    }
}
