//! Requests of apps: a client's span for each, and the trace in their headers.

use atoll_model::{AppName, TRACEPARENT};
use atoll_runtime::ClientRequest;
use http::{HeaderMap, StatusCode};
use opentelemetry::{
    KeyValue,
    global::BoxedSpan,
    trace::{Span as _, SpanBuilder, SpanKind, Status},
};

use super::{Spans, call::app_attribute, http_call::method_name};

/// A request on its way. Its span ends with the head of the response; dropped before, with the time that it took.
pub(crate) struct Sending(Option<BoxedSpan>);

impl Sending {
    /// The head of the response is there, or there will be none.
    pub(crate) fn ended(mut self, status: Option<StatusCode>) {
        let Some(mut span) = self.0.take() else { return };
        match status {
            Some(status) => {
                span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
                // For a client, unlike for a server, a 4xx is an error too.
                if status.as_u16() >= 400 {
                    span.set_attribute(KeyValue::new("error.type", status.as_u16().to_string()));
                    span.set_status(Status::error(""));
                }
            }
            None => {
                span.set_attribute(KeyValue::new("error.type", "no_response"));
                span.set_status(Status::error("no response"));
            }
        }
        span.end();
    }
}

impl Spans {
    /// Begins the span of a request, and writes the headers that carry the trace on. A guest that sets a
    /// `traceparent` of its own has its way.
    pub(crate) fn outbound(&self, app: &AppName, request: &ClientRequest) -> (Sending, HeaderMap) {
        let mut headers = HeaderMap::new();
        let parent = request.trace.as_deref();
        let started = self.start(|| client_span(app, request), parent);
        if !request.headers.contains_key(TRACEPARENT)
            && let Some(context) = started.as_ref().map(|(_, context)| context).or(parent)
        {
            context.set_headers(&mut headers);
        }
        (Sending(started.map(|(span, _)| span)), headers)
    }
}

fn client_span(app: &AppName, request: &ClientRequest) -> SpanBuilder {
    let (method, url) = (method_name(&request.method), &request.url);
    // Without the query, which may hold keys.
    let shown = url[..url::Position::AfterPath].to_owned();
    let mut attributes = vec![
        app_attribute(app),
        KeyValue::new("http.request.method", method),
        KeyValue::new("url.full", shown),
    ];
    attributes.extend(url.host_str().map(|host| KeyValue::new("server.address", host.to_owned())));
    attributes.extend(url.port_or_known_default().map(|port| KeyValue::new("server.port", i64::from(port))));
    SpanBuilder::from_name(method).with_kind(SpanKind::Client).with_attributes(attributes)
}
