//! A request to the world, as the host hands it in.

use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::combinators::UnsyncBoxBody;
use url::Url;

/// Why a body that somebody is writing ended early.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A request to the world.
#[derive(Debug)]
pub struct OutboundRequest {
    /// The method; not `CONNECT`, `TRACE` or `TRACK`.
    pub method: Method,
    /// Absolute, `http:` or `https:`. Parsed by the `url` crate, so that every spelling of a host has one form.
    pub url: Url,
    /// The guest's headers. Those that belong to the connection (`host`, `content-length`, `connection`, …) are
    /// dropped: the client writes its own.
    pub headers: HeaderMap,
    /// The host's own headers, e.g. `traceparent`: set on every request of a chain of redirects, in place of the
    /// guest's of the same name.
    pub host_headers: HeaderMap,
    /// The body.
    pub body: RequestBody,
    /// What to do with redirects.
    pub redirect: Redirect,
    /// When the caller's own time ends, if before the limit.
    pub deadline: Option<Instant>,
}

impl OutboundRequest {
    /// A request without headers or a body, which follows redirects.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            host_headers: HeaderMap::new(),
            body: RequestBody::Empty,
            redirect: Redirect::Follow,
            deadline: None,
        }
    }
}

/// A request's body.
#[derive(Debug, Default)]
pub enum RequestBody {
    /// None.
    #[default]
    Empty,
    /// All of it. Can be sent again after a redirect.
    Bytes(Bytes),
    /// Read as the server takes it. Cannot be sent again.
    Stream(UnsyncBoxBody<Bytes, BodyError>),
}

/// What to do with redirects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// Followed inside the grant, at most `outbound_redirects_max` times.
    #[default]
    Follow,
    /// A redirect is a failure.
    Error,
    /// A redirect is the response.
    Manual,
}
