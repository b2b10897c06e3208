//! `http-client`: HTTP requests to the origins that the manifest grants.
//!
//! Here are the checks that need no network: the grant, by the app that the store belongs to; the form; how
//! many. Where a name leads, and whether one may go there, is for the [`HttpClient`], as are redirects and
//! secrets. Each request runs in a task of its own, which ends with the call.

use std::{
    future::Future as _,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use async_trait::async_trait;
use atoll_model::{AppName, CapabilityError, Grants, Limits, Origin, TraceContext};
use http::{HeaderMap, Method, StatusCode, header};
use tokio::{sync::Semaphore, time::Instant};
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::{at_most, operations::Operation, operations::foreign_operation};
use crate::{
    Body,
    bindings::atoll::app::{
        http_client::{self, Body as GuestBody, Pending, Redirect as GuestRedirect},
        types,
    },
    http_message,
    state::{CallState, Halt},
    stream::{Incoming, Outgoing, Side, pipe},
};

/// Sends HTTP requests for apps.
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends a request in the name of an app, and answers when the response's head is there. The URL lies in
    /// an origin that `grants` names. Dropping the future, or the response's body, gives the request up.
    ///
    /// The text of [`CapabilityError::Unavailable`] is told to the app.
    async fn send(
        &self,
        app: &AppName,
        grants: &Grants,
        request: ClientRequest,
    ) -> Result<ClientResponse, CapabilityError>;
}

/// A request of an app.
#[derive(Debug)]
pub struct ClientRequest {
    /// The method.
    pub method: Method,
    /// Absolute, `http:` or `https:`, without credentials.
    pub url: Url,
    /// Without those that belong to a connection, and without `host` and `content-length`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// What a redirect is.
    pub redirect: Redirect,
    /// When the call that asks will be stopped.
    pub deadline: Instant,
    /// The trace that the call belongs to.
    pub trace: Option<Arc<TraceContext>>,
}

/// What a redirect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// Followed inside the grants.
    Follow,
    /// A failure.
    Error,
    /// The response.
    Manual,
}

/// The head of a response, and its body as it comes.
#[derive(Debug)]
pub struct ClientResponse {
    /// The status.
    pub status: StatusCode,
    /// Where it came from, after redirects.
    pub url: Url,
    /// Whether there were redirects.
    pub redirected: bool,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decoded. An error in it is told to the app.
    pub body: Body,
}

/// A client that reaches nothing: for an app's own tests, and for a host without a network.
#[derive(Clone, Copy, Debug)]
pub struct NoNetwork(
    /// What an app is told.
    pub &'static str,
);

#[async_trait]
impl HttpClient for NoNetwork {
    async fn send(
        &self,
        _: &AppName,
        _: &Grants,
        _: ClientRequest,
    ) -> Result<ClientResponse, CapabilityError> {
        Err(CapabilityError::Unavailable(self.0.into()))
    }
}

/// The outbound requests of one call.
#[derive(Default)]
pub(crate) struct Requests {
    /// Attempts, refused ones counted.
    pub(crate) count: u32,
    /// Made with the first request.
    turns: Option<Arc<Semaphore>>,
}

type Answer = Result<ClientResponse, CapabilityError>;

/// A request on its way.
pub(crate) struct PendingRequest {
    task: AbortOnDropHandle<Answer>,
    answer: Option<Answer>,
    /// Of a body that was handed over as a whole: it may have to be sent again, so it is held to the answer.
    pub(super) body_bytes: usize,
}

impl PendingRequest {
    pub(crate) fn poll_done(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.answer.is_none() {
            let answer = ready!(Pin::new(&mut self.task).poll(cx));
            self.answer = Some(answer.unwrap_or_else(|error| {
                tracing::error!(%error, "an outbound request panicked");
                Err(CapabilityError::Unavailable("the host failed".into()))
            }));
        }
        Poll::Ready(())
    }
}

fn not_granted(url: &Url) -> CapabilityError {
    let origin = Origin::of(url).map_or_else(|| url.scheme().to_owned(), |origin| origin.to_string());
    let hint = format!("add `http = [\"{origin}\"]` below [grants] in atoll.toml");
    CapabilityError::NotGranted { what: format!("a request to {origin}"), hint }
}

fn check_url(text: &str, grants: &Grants) -> Result<Url, CapabilityError> {
    let invalid = |what: &str| CapabilityError::Invalid(format!("{what}: write it as https://host/path"));
    let url = Url::parse(text).map_err(|_| invalid("the URL is none"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("the URL's scheme is not http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("the URL holds credentials"));
    }
    if !grants.http.iter().any(|origin| origin.covers(&url)) {
        return Err(not_granted(&url));
    }
    Ok(url)
}

/// Checks that a request may be sent at all, as far as that is known without the network.
pub(crate) fn check_request(
    url: &str,
    method: &str,
    grants: &Grants,
    limits: &Limits,
) -> Result<Url, CapabilityError> {
    at_most("a URL", url.len(), "outbound_url_bytes_max", limits.outbound_url_bytes_max)?;
    let url = check_url(url, grants)?;
    check_method(method)?;
    Ok(url)
}

/// Methods that mean something to a connection or a proxy, not to an origin (the Fetch standard's forbidden
/// methods).
fn check_method(text: &str) -> Result<Method, CapabilityError> {
    let method = Method::from_bytes(text.as_bytes()).ok();
    method
        .filter(|method| !matches!(*method, Method::CONNECT | Method::TRACE) && method != "TRACK")
        .ok_or_else(|| CapabilityError::Invalid("the method cannot be sent".into()))
}

impl CallState {
    fn start_request(&mut self, request: http_client::Request) -> Result<Pending, CapabilityError> {
        let limits = Arc::clone(&self.limits);
        let max = limits.outbound_requests_per_call_max as usize;
        let count = self.outbound_requests() as usize;
        at_most("a number of requests", count, "outbound_requests_per_call_max", max)?;
        self.operations.check_room(limits.operations_per_call_max)?;
        at_most("a URL", request.url.len(), "outbound_url_bytes_max", limits.outbound_url_bytes_max)?;
        let url = check_url(&request.url, &self.app.manifest.grants)?;
        let method = check_method(&request.method)?;
        let max = limits.outbound_header_bytes_max;
        let mut headers = http_message::headers(&request.headers, "outbound_header_bytes_max", max)
            .map_err(|problem| problem.into_capability_error("the request's headers"))?;
        headers.remove(header::HOST);
        let body_bytes = match &request.body {
            GuestBody::Bytes(bytes) => bytes.len(),
            GuestBody::None | GuestBody::Stream => 0,
        };
        let held = self.operations.body_bytes_held().saturating_add(body_bytes);
        let max = limits.outbound_held_body_bytes_max;
        at_most("a sum of request bodies", held, "outbound_held_body_bytes_max", max)?;

        let (body, stream) = match request.body {
            GuestBody::None => (Body::empty(), None),
            GuestBody::Bytes(bytes) => (Body::from(bytes), None),
            GuestBody::Stream => {
                let (writer, reader) = pipe(limits.stream_buffer_bytes_max);
                let stream = self.streams.add_outbound(Side::Out(Outgoing::new(writer)));
                (Body::guest(reader), Some(stream))
            }
        };
        let redirect = match request.redirect {
            GuestRedirect::Follow => Redirect::Follow,
            GuestRedirect::Error => Redirect::Error,
            GuestRedirect::Manual => Redirect::Manual,
        };
        let deadline = self.deadline();
        let trace = self.trace.clone();
        let request = ClientRequest { method, url, headers, body, redirect, deadline, trace };
        let request = self.spawn(request, body_bytes);
        let operation = self.operations.add(Operation::Request(Box::new(request)));
        Ok(Pending { operation, body: stream })
    }

    fn spawn(&mut self, request: ClientRequest, body_bytes: usize) -> PendingRequest {
        let max = self.limits.outbound_concurrent_per_call_max.max(1) as usize;
        let turns = self.requests.turns.get_or_insert_with(|| Arc::new(Semaphore::new(max)));
        let (turns, app) = (Arc::clone(turns), Arc::clone(&self.app));
        let client = Arc::clone(&self.capabilities.http);
        let task = tokio::spawn(async move {
            // Held until the head is there. The semaphore is never closed.
            let _turn = turns.acquire().await;
            client.send(&app.name, &app.manifest.grants, request).await
        });
        PendingRequest { task: AbortOnDropHandle::new(task), answer: None, body_bytes }
    }

    /// When the wall-clock limit ends this call.
    pub(crate) fn deadline(&self) -> Instant {
        self.started + Duration::from_millis(self.app.limits.wall_ms.into())
    }

    fn request_error(&self, error: CapabilityError) -> types::Error {
        match error {
            // What it says is about the other side, and written for the app.
            CapabilityError::Unavailable(text) => types::Error::Unavailable(text),
            other => self.told_to_guest("http", other),
        }
    }

    fn take_answer(&mut self, number: u32) -> Result<Answer, Halt> {
        match self.operations.get(number) {
            Some(Operation::Request(request)) => {
                if request.poll_done(&mut Context::from_waker(Waker::noop())).is_pending() {
                    let early = "the request is not done: wait for its operation first";
                    return Ok(Err(CapabilityError::Invalid(early.into())));
                }
            }
            _ => return Err(foreign_operation(number)),
        }
        match self.operations.take(number) {
            Some(Operation::Request(request)) => request.answer.ok_or_else(|| foreign_operation(number)),
            _ => Err(foreign_operation(number)),
        }
    }
}

impl http_client::Host for CallState {
    fn send(&mut self, request: http_client::Request) -> wasmtime::Result<Result<Pending, types::Error>> {
        self.count_host_call()?;
        self.requests.count = self.requests.count.saturating_add(1);
        let started = self.start_request(request);
        Ok(started.map_err(|error| self.request_error(error)))
    }

    fn receive(&mut self, number: u32) -> wasmtime::Result<Result<http_client::Response, types::Error>> {
        self.count_host_call()?;
        let answer = self.take_answer(number)?;
        Ok(match answer {
            Ok(response) => Ok(http_client::Response {
                status: response.status.as_u16(),
                url: response.url.into(),
                redirected: response.redirected,
                headers: http_message::headers_for_guest(&response.headers),
                body: self.streams.add_outbound(Side::In(Incoming::new(response.body))),
            }),
            Err(error) => Err(self.request_error(error)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(origins: &[&str]) -> Grants {
        let http = origins.iter().map(|origin| Origin::parse(origin).unwrap()).collect();
        Grants { http, ..Grants::default() }
    }

    #[test]
    fn an_origin_that_is_not_granted_is_named_with_the_line_to_add() {
        let grants = grants(&["https://api.example.com"]);
        assert!(check_url("https://api.example.com/v1?x=1", &grants).is_ok());
        let error = check_url("https://other.example.com:8443/v1", &grants).unwrap_err().to_string();
        assert_eq!(
            error,
            "a request to https://other.example.com:8443 is not granted to this app; \
             add `http = [\"https://other.example.com:8443\"]` below [grants] in atoll.toml"
        );
    }

    #[test]
    fn what_is_no_url_for_a_request_is_refused_before_the_grant() {
        let grants = grants(&["https://api.example.com"]);
        for bad in ["", "/path", "ftp://api.example.com/", "https://u:p@api.example.com/", "https://"] {
            assert!(matches!(check_url(bad, &grants), Err(CapabilityError::Invalid(_))), "{bad:?}");
        }
    }

    #[test]
    fn methods_of_a_connection_are_refused() {
        assert!(check_method("PATCH").is_ok() && check_method("PURGE").is_ok());
        for bad in ["CONNECT", "TRACE", "TRACK", "", "A B"] {
            assert!(check_method(bad).is_err(), "{bad:?}");
        }
    }
}
