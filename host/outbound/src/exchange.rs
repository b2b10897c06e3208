//! One request and the head of its response, over a kept connection or a new one.

use std::{sync::Arc, time::Duration};

use atoll_model::Limits;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use url::Url;

use crate::{
    OutboundError, Phase,
    connect::Connector,
    connection::{Connection, SendBody},
    pool::{Key, Pool},
    progress::{Progress, Watched, too_large},
    received::Lease,
    redirect::HopBody,
};

/// A request as it goes over the wire.
pub(crate) struct Wire {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: HopBody,
}

impl Wire {
    /// Whether the request can be sent again without meaning something else (RFC 9110, 9.2.2).
    fn is_repeatable(&self) -> bool {
        self.method.is_idempotent() && matches!(self.body, HopBody::None | HopBody::Bytes(_))
    }

    fn request(&mut self, max: u64, progress: &Arc<Progress>) -> Result<Request<SendBody>, OutboundError> {
        let target = &self.url[url::Position::BeforePath..url::Position::AfterQuery];
        let uri: Uri = target
            .parse()
            .map_err(|error: http::uri::InvalidUri| OutboundError::Invalid { what: error.to_string() })?;
        let mut request = Request::new(SendBody::default());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        let (inner, length) = match self.body.take() {
            HopBody::None | HopBody::Spent => {
                let says_so = matches!(self.method, Method::POST | Method::PUT | Method::PATCH);
                (boxed(Empty::new()), says_so.then_some(0))
            }
            HopBody::Bytes(bytes) => {
                let length = bytes.len() as u64;
                (boxed(Full::new(bytes)), Some(length))
            }
            HopBody::Stream(stream) => {
                let length = http_body::Body::size_hint(&stream).exact();
                (stream, length)
            }
        };
        if let Some(length) = length {
            if length > max {
                return Err(too_large(max));
            }
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        let watched = Watched { inner, sent: 0, max, progress: Arc::clone(progress) };
        *request.body_mut() = SendBody::new(watched);
        Ok(request)
    }
}

fn boxed<B>(body: B) -> SendBody
where
    B: http_body::Body<Data = Bytes, Error = std::convert::Infallible> + Send + 'static,
{
    SendBody::new(body.map_err(|never| match never {}))
}

/// Sends requests, one at a time on each connection.
pub(crate) struct Exchange<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) pool: &'a Arc<Pool>,
    pub(crate) limits: &'a Limits,
}

impl Exchange<'_> {
    /// Sends a request and waits for the head of its response.
    ///
    /// A kept connection may have been closed by the other side the moment before. Then the request goes out again
    /// over a new one, if none of it was sent, or if sending it twice means the same.
    pub(crate) async fn send(
        &self,
        key: Key,
        mut wire: Wire,
    ) -> Result<(Response<Incoming>, Lease), OutboundError> {
        let progress = Arc::new(Progress::default());
        let bytes_max = self.limits.outbound_request_bytes_max;
        let mut request = wire.request(bytes_max, &progress)?;
        if let Some(connection) = self.pool.take(&key) {
            let failure = match self.attempt(connection, &key, request, &progress).await {
                Ok(sent) => return Ok(sent),
                Err(failure) => *failure,
            };
            request = match failure.unsent {
                Some(unsent) => unsent,
                None if failure.was_closed && wire.is_repeatable() => wire.request(bytes_max, &progress)?,
                None => return Err(failure.error),
            };
        }
        let connection = self.connector.connect(&wire.url, &key).await?;
        self.attempt(connection, &key, request, &progress).await.map_err(|failure| failure.error)
    }

    async fn attempt(
        &self,
        mut connection: Connection,
        key: &Key,
        request: Request<SendBody>,
        progress: &Progress,
    ) -> Result<(Response<Incoming>, Lease), Box<Failure>> {
        let limit_ms = self.limits.outbound_head_ms;
        let head = connection.sender.try_send_request(request);
        let head = progress.head_within(Duration::from_millis(limit_ms), head).await;
        let response = match head {
            None => {
                let limit = "outbound_head_ms";
                return Err(
                    Failure::from(OutboundError::Timeout { phase: Phase::Head, limit, limit_ms }).into()
                );
            }
            Some(Err(mut failure)) => {
                let unsent = failure.take_message();
                let cause = failure.error();
                let error = progress.failure().unwrap_or_else(|| self.bad_head(cause, key));
                let was_closed = cause.is_incomplete_message() || cause.is_closed() || cause.is_canceled();
                return Err(Failure { error, unsent, was_closed }.into());
            }
            Some(Ok(response)) => response,
        };
        if response.status().is_informational() {
            let reason = format!("it answered {} though nothing asked for it", response.status());
            return Err(
                Failure::from(OutboundError::Protocol { origin: key.origin.to_string(), reason }).into()
            );
        }
        Ok((response, Lease { connection, pool: Arc::clone(self.pool), key: key.clone() }))
    }

    fn bad_head(&self, error: &hyper::Error, key: &Key) -> OutboundError {
        if !error.is_parse_too_large() {
            return from_hyper(error, key.origin.as_str());
        }
        let value = self.limits.outbound_header_bytes_max as u64;
        OutboundError::TooLarge { what: "the response's headers", limit: "outbound_header_bytes_max", value }
    }
}

/// Why an attempt failed, and what can be done about it.
struct Failure {
    error: OutboundError,
    /// The request, if none of it was sent.
    unsent: Option<Request<SendBody>>,
    /// The connection had ended.
    was_closed: bool,
}

impl From<OutboundError> for Failure {
    fn from(error: OutboundError) -> Self {
        Self { error, unsent: None, was_closed: false }
    }
}

/// hyper's errors in our words.
pub(crate) fn from_hyper(error: &hyper::Error, origin: &str) -> OutboundError {
    let origin = origin.to_owned();
    let reason = match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    if error.is_parse() {
        OutboundError::Protocol { origin, reason }
    } else {
        OutboundError::Broken { origin, reason }
    }
}
