//! `wasi:http` requests to the world: the same grants, counts and client as those of `http-client`. There is
//! no other way out.
//!
//! A component of an ordinary toolchain may import this without ever using it, so it is linked for every one;
//! a request to an origin that is not granted is answered `HTTP-request-denied`.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use atoll_model::{CapabilityError, Limits, LogLevel, TraceContext};
use bytes::Bytes;
use http::{HeaderMap, Method, header, request::Parts};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::{sync::Semaphore, time::Instant};
use url::Url;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::stdio::GuestLines;
use crate::{
    Body, BodyError, ClientRequest, ClientResponse, HttpClient, LoadedApp, Redirect,
    capability::{guarded, http_out},
    http_message,
    state::CallState,
};

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(http::Response<WasiBody>, Io), Error>;

/// The outbound requests of one call through WASI.
pub(crate) struct OutboundHooks {
    app: Arc<LoadedApp>,
    client: Arc<dyn HttpClient>,
    limits: Arc<Limits>,
    deadline: Instant,
    turns: Option<Arc<Semaphore>>,
    lines: Arc<GuestLines>,
    trace: Option<Arc<TraceContext>>,
    /// Attempts, refused ones counted.
    pub(crate) count: u32,
    /// Those of the same call through `http-client`.
    pub(crate) started_otherwise: u32,
}

impl OutboundHooks {
    pub(crate) fn new(state: &CallState, lines: Arc<GuestLines>) -> Self {
        Self {
            app: Arc::clone(&state.app),
            client: Arc::clone(&state.capabilities.http),
            limits: Arc::clone(&state.limits),
            deadline: state.deadline(),
            turns: None,
            lines,
            trace: state.trace.clone(),
            count: 0,
            started_otherwise: 0,
        }
    }

    /// The checks that need no network.
    fn check(&self, parts: &Parts) -> Result<(Url, HeaderMap), CapabilityError> {
        let count = (self.count - 1).saturating_add(self.started_otherwise) as usize;
        let max = self.limits.outbound_requests_per_call_max as usize;
        if count >= max {
            let (what, limit) = ("a request more".into(), "outbound_requests_per_call_max");
            return Err(CapabilityError::OverLimit { what, limit, value: max as u64 });
        }
        let url = parts.uri.to_string();
        let url =
            http_out::check_request(&url, parts.method.as_str(), &self.app.manifest.grants, &self.limits)?;
        let mut headers = parts.headers.clone();
        headers.remove(header::HOST);
        http_message::strip(&mut headers, &[header::TRAILER]);
        let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if bytes > self.limits.outbound_header_bytes_max {
            let (what, limit) = ("the request's headers".into(), "outbound_header_bytes_max");
            let value = self.limits.outbound_header_bytes_max as u64;
            return Err(CapabilityError::OverLimit { what, limit, value });
        }
        Ok((url, headers))
    }

    fn turns(&mut self) -> Arc<Semaphore> {
        let max = self.limits.outbound_concurrent_per_call_max.max(1) as usize;
        Arc::clone(self.turns.get_or_insert_with(|| Arc::new(Semaphore::new(max))))
    }
}

impl WasiHttpHooks for OutboundHooks {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        // How the guest fared with the response's body: nobody here wants to know.
        _: Io,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        self.count = self.count.saturating_add(1);
        let (parts, body) = request.into_parts();
        let checked = self.check(&parts);
        let (turns, app, client) = (self.turns(), Arc::clone(&self.app), Arc::clone(&self.client));
        let (deadline, lines, trace) = (self.deadline, Arc::clone(&self.lines), self.trace.clone());
        Box::new(async move {
            let sent = async {
                let (url, headers) = checked?;
                let method = parts.method;
                let body = prepare(body, &method, stated_length(&parts.headers)).await?;
                let redirect = Redirect::Manual;
                let request = ClientRequest { method, url, headers, body, redirect, deadline, trace };
                // Held until the head is there. The semaphore is never closed.
                let _turn = turns.acquire().await;
                let sent = client.send(&app.name, &app.manifest.grants, request);
                guarded(&app.name, "http", sent).await
            };
            let response = match head_within(options, sent).await? {
                Ok(response) => response,
                Err(error) => {
                    // The error's code says little, and what to do about it is for the author.
                    lines.host_line(LogLevel::Warn, &error.to_string());
                    return Err(told(error));
                }
            };
            Ok((received(response), Box::new(async { Ok(()) }) as Io))
        })
    }

    // What a guest writes of a body at once lies in the host's memory until it is passed on.

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        self.limits.stream_buffer_bytes_max.max(1)
    }

    fn p3_outgoing_body_chunk_size(&mut self) -> usize {
        self.limits.stream_buffer_bytes_max.max(1)
    }
}

/// Applies the times that a guest sets itself; the client's own limits hold besides.
async fn head_within<T>(options: Option<RequestOptions>, sent: impl Future<Output = T>) -> Result<T, Error> {
    let times = options.map(|options| (options.connect_timeout, options.first_byte_timeout));
    let Some((Some(connect), first_byte)) = times else {
        let Some((None, Some(first_byte))) = times else { return Ok(sent.await) };
        return tokio::time::timeout(first_byte, sent).await.map_err(|_| Error::ConnectionReadTimeout);
    };
    let both = connect.saturating_add(first_byte.unwrap_or(Duration::MAX));
    tokio::time::timeout(both, sent).await.map_err(|_| Error::ConnectionTimeout)
}

fn stated_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A body as the client takes it. A GET or HEAD request has none; whether it does, a guest may not have said.
async fn prepare(mut body: WasiBody, method: &Method, length: Option<u64>) -> Result<Body, CapabilityError> {
    if body.is_end_stream() {
        return Ok(Body::empty());
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Ok(Body::new(Stated { inner: body.map_err(broke_off).boxed_unsync(), length }));
    }
    let invalid = |what: String| Err(CapabilityError::Invalid(what));
    loop {
        match body.frame().await {
            None => return Ok(Body::empty()),
            Some(Err(error)) => return invalid(format!("the request's body broke off: {error}")),
            Some(Ok(frame)) if frame.data_ref().is_none_or(Bytes::is_empty) => {}
            Some(Ok(_)) => return invalid(format!("a {method} request has no body")),
        }
    }
}

fn broke_off(error: Error) -> BodyError {
    BodyError::BrokeOff(error.to_string())
}

/// A body of a length that its guest states; `wasmtime-wasi-http` sees to it that the guest keeps to it.
struct Stated<B> {
    inner: B,
    length: Option<u64>,
}

impl<B: http_body::Body + Unpin> http_body::Body for Stated<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(|| self.inner.size_hint(), SizeHint::with_exact)
    }
}

fn received(response: ClientResponse) -> http::Response<WasiBody> {
    let ClientResponse { status, mut headers, body, .. } = response;
    http_message::strip(&mut headers, &[header::CONTENT_LENGTH]);
    let body = body.map_err(|error| match error {
        BodyError::TooLarge { value, .. } => Error::HttpResponseBodySize(Some(value)),
        BodyError::Stalled { .. } => Error::ConnectionReadTimeout,
        BodyError::BrokeOff(_) => Error::HttpResponseIncomplete,
        other => Error::InternalError(Some(other.to_string())),
    });
    let mut answer = http::Response::new(body.boxed_unsync());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

/// The error in the guest's terms.
fn told(error: CapabilityError) -> Error {
    match error {
        CapabilityError::NotGranted { .. } => Error::HttpRequestDenied,
        CapabilityError::OverLimit { limit, value, .. } => match limit {
            "outbound_request_bytes_max" => Error::HttpRequestBodySize(Some(value)),
            "outbound_response_bytes_max" => Error::HttpResponseBodySize(Some(value)),
            "outbound_url_bytes_max" => Error::HttpRequestUriTooLong,
            "outbound_header_bytes_max" => Error::HttpRequestHeaderSectionSize(u32::try_from(value).ok()),
            "outbound_connect_ms" => Error::ConnectionTimeout,
            "outbound_head_ms" | "outbound_total_ms" => Error::HttpResponseTimeout,
            _ => Error::ConnectionLimitReached,
        },
        CapabilityError::Invalid(what) | CapabilityError::Unavailable(what) => {
            Error::InternalError(Some(what))
        }
        other => Error::InternalError(Some(other.to_string())),
    }
}
