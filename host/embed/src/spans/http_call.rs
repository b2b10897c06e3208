//! Requests to apps: a server's span for each.

use std::sync::Arc;

use atoll_model::{AppName, TraceContext};
use atoll_runtime::CallTrace;
use http::{HeaderMap, Method, Request};
use opentelemetry::{
    KeyValue,
    trace::{SpanBuilder, SpanKind},
};

use super::{
    Spans,
    call::{CallSpan, app_attribute, traced},
};

/// The route that led a request to an app, as an HTTP server in front of the host writes it (`/apps/{app}/api/{*path}`).
/// Among the extensions of a request for [`Host::handle`](crate::Host::handle) it names the request's span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpRoute(
    /// The route.
    pub &'static str,
);

/// The span of a request, until the runtime has it.
pub(crate) struct HttpCall(Option<Arc<CallSpan>>);

impl HttpCall {
    /// There was no call, and this is what the client is told.
    pub(crate) fn end_unserved(&self, status: u16) {
        if let Some(span) = &self.0 {
            span.end_unserved(status);
        }
    }
}

impl Spans {
    /// Begins the span of a request, where there is a tracer, and hands the trace over with the request. What the
    /// guest sees of the trace is the span that it runs in.
    pub(crate) fn http<B>(&self, app: &AppName, request: &mut Request<B>) -> HttpCall {
        let incoming = TraceContext::from_headers(request.headers());
        let builder = || server_span(app, request);
        let Some((span, context)) = self.start(builder, incoming.as_ref()) else {
            if incoming.is_some() {
                request.extensions_mut().insert(CallTrace::from(incoming));
            }
            return HttpCall(None);
        };
        context.set_headers(request.headers_mut());
        let (trace, span) = traced(span, context);
        request.extensions_mut().insert(trace);
        HttpCall(Some(span))
    }
}

fn server_span<B>(app: &AppName, request: &Request<B>) -> SpanBuilder {
    let (method, uri) = (method_name(request.method()), request.uri());
    let route = request.extensions().get::<HttpRoute>().map(|route| route.0);
    let name = match route {
        Some(route) => format!("{method} {route}"),
        None => method.to_owned(),
    };
    let mut attributes = vec![
        app_attribute(app),
        KeyValue::new("http.request.method", method),
        // Without the query, which may hold what is nobody's business.
        KeyValue::new("url.path", uri.path().to_owned()),
        KeyValue::new("url.scheme", if uri.scheme_str() == Some("https") { "https" } else { "http" }),
    ];
    attributes.extend(route.map(|route| KeyValue::new("http.route", route)));
    attributes.extend(uri.host().map(|host| KeyValue::new("server.address", host.to_owned())));
    attributes.extend(uri.port_u16().map(|port| KeyValue::new("server.port", i64::from(port))));
    if let Some(agent) = user_agent(request.headers()) {
        attributes.push(KeyValue::new("user_agent.original", agent));
    }
    SpanBuilder::from_name(name).with_kind(SpanKind::Server).with_attributes(attributes)
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    /// Enough for what browsers send.
    const SHOWN_CHARS: usize = 256;
    let agent = headers.get(http::header::USER_AGENT)?.to_str().ok()?;
    Some(agent.chars().take(SHOWN_CHARS).collect())
}

/// The methods of the conventions; anything else is one word, since anybody can invent methods.
pub(super) fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        "QUERY" => "QUERY",
        _ => "_OTHER",
    }
}
