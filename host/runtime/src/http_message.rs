//! HTTP messages on their way into and out of a guest, and what of them a guest must not decide.
//!
//! A header's bytes cross as the code points of the same numbers (the Fetch standard's "isomorphic
//! decoding"), since a WIT string is Unicode and a header need not be.

use atoll_model::{CapabilityError, ConnectionHeaders, Limits, strip_connection_headers};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_LENGTH, HOST, MaxSizeReached, TRAILER},
    request::Parts,
};

use crate::{
    Body, CallError,
    bindings::exports::atoll::app::http_handler::{Body as GuestBody, Request, Response},
};

/// A request as a guest sees it.
pub(crate) fn request(parts: &Parts, body: GuestBody) -> Request {
    Request {
        method: parts.method.as_str().to_owned(),
        url: url(&parts.uri, &parts.headers),
        headers: headers_for_guest(&parts.headers),
        body,
    }
}

/// Headers as a guest sees them. `content-length` is the server's: it knows the body.
pub(crate) fn headers_for_guest(headers: &HeaderMap) -> Vec<(String, String)> {
    let of_connection = ConnectionHeaders::of(headers);
    headers
        .iter()
        .filter(|(name, _)| **name != CONTENT_LENGTH && !of_connection.contains(name))
        .map(|(name, value)| (name.as_str().to_owned(), decode(value)))
        .collect()
}

fn url(uri: &http::Uri, headers: &HeaderMap) -> String {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = uri.authority().map(|authority| authority.as_str()).or(host).unwrap_or("localhost");
    let scheme = uri.scheme_str().unwrap_or("http");
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{host}{slash}{path}")
}

fn decode(value: &HeaderValue) -> String {
    match value.to_str() {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
    }
}

fn encode(text: &str) -> Option<HeaderValue> {
    if text.is_ascii() {
        return HeaderValue::from_str(text).ok();
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// Statuses whose responses have no body.
pub(crate) fn is_bodiless(status: StatusCode) -> bool {
    matches!(status.as_u16(), 204 | 205 | 304)
}

/// A guest's response, checked.
pub(crate) fn response(response: Response, limits: &Limits) -> Result<http::Response<Bytes>, CallError> {
    if response.body.len() > limits.http_response_bytes_max {
        return Err(CallError::ResponseTooLarge {
            limit: "http_response_bytes_max",
            value: limits.http_response_bytes_max as u64,
        });
    }
    let head = head(response.status, &response.headers, limits)?;
    let body = if is_bodiless(head.status()) { Bytes::new() } else { Bytes::from(response.body) };
    Ok(head.map(|_| body))
}

/// The head of a guest's response, checked.
pub(crate) fn head(
    status: u16,
    from: &[(String, String)],
    limits: &Limits,
) -> Result<http::Response<Body>, CallError> {
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| (200..=599).contains(&status.as_u16()))
        .ok_or_else(|| CallError::InvalidResponse(format!("status {status} is not in 200 to 599")))?;
    let mut answer = http::Response::new(Body::empty());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers(from, "http_header_bytes_max", limits.http_header_bytes_max)?;
    Ok(answer)
}

/// The head of a response that came as HTTP already, checked as [`head`] does.
pub(crate) fn checked_head(
    status: StatusCode,
    mut headers: HeaderMap,
    limits: &Limits,
) -> Result<http::Response<Body>, CallError> {
    if !(200..=599).contains(&status.as_u16()) {
        return Err(CallError::InvalidResponse(format!("status {status} is not in 200 to 599")));
    }
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let (limit, max) = ("http_header_bytes_max", limits.http_header_bytes_max);
    if size > max {
        return Err(HeaderProblem::TooLarge { limit, value: max as u64 }.into());
    }
    strip(&mut headers, &[TRAILER]);
    let mut answer = http::Response::new(Body::empty());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// Takes the headers of a connection and `content-length` out, but for some.
pub(crate) fn strip(headers: &mut HeaderMap, keep: &[HeaderName]) {
    strip_connection_headers(headers, keep);
    if !keep.contains(&CONTENT_LENGTH) {
        headers.remove(CONTENT_LENGTH);
    }
}

/// Why headers of a guest cannot be sent.
#[derive(Debug)]
pub(crate) enum HeaderProblem {
    TooLarge { limit: &'static str, value: u64 },
    Wrong(String),
}

impl From<HeaderProblem> for CallError {
    fn from(problem: HeaderProblem) -> Self {
        match problem {
            HeaderProblem::TooLarge { limit, value } => Self::ResponseTooLarge { limit, value },
            HeaderProblem::Wrong(what) => Self::InvalidResponse(what),
        }
    }
}

impl HeaderProblem {
    pub(crate) fn into_capability_error(self, what: &str) -> CapabilityError {
        match self {
            Self::TooLarge { limit, value } => CapabilityError::OverLimit { what: what.into(), limit, value },
            Self::Wrong(problem) => CapabilityError::Invalid(format!("{what} cannot be sent: {problem}")),
        }
    }
}

/// Headers of a guest, without those of a connection.
pub(crate) fn headers(
    from: &[(String, String)],
    limit: &'static str,
    max: usize,
) -> Result<HeaderMap, HeaderProblem> {
    let size: usize = from.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    if size > max {
        return Err(HeaderProblem::TooLarge { limit, value: max as u64 });
    }
    // A map holds some twenty thousand, whatever the limit in bytes is, and panics beyond.
    let too_many = |_: MaxSizeReached| HeaderProblem::TooLarge { limit, value: max as u64 };
    let mut headers = HeaderMap::try_with_capacity(from.len()).map_err(too_many)?;
    for (name, value) in from {
        let wrong = |what| {
            let name: String = name.chars().take(80).collect();
            HeaderProblem::Wrong(format!("{what} of header {name:?}"))
        };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("the name"))?;
        headers.try_append(name, encode(value).ok_or_else(|| wrong("the value"))?).map_err(too_many)?;
    }
    strip(&mut headers, &[]);
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn respond(
        status: u16,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<http::Response<Bytes>, CallError> {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let limits = Limits { http_response_bytes_max: 10, ..Limits::default() };
        response(Response { status, headers, body: body.to_vec() }, &limits)
    }

    #[test]
    fn a_request_keeps_its_bytes_and_loses_its_connection() {
        let from = http::Request::put("/a%20b?x=1")
            .header("host", "todo.example")
            .header("x-name", HeaderValue::from_bytes(b"caf\xe9").unwrap())
            .header("connection", "keep-alive, X-Hop")
            .header("x-hop", "1")
            .header("content-length", "2")
            .body(())
            .unwrap();
        let to = request(&from.into_parts().0, GuestBody::Bytes(b"hi".to_vec()));
        assert_eq!((to.method.as_str(), to.url.as_str()), ("PUT", "http://todo.example/a%20b?x=1"));
        assert_eq!(to.headers, [("host".into(), "todo.example".into()), ("x-name".into(), "café".into())]);
        assert!(matches!(to.body, GuestBody::Bytes(bytes) if bytes == b"hi"));
    }

    #[test]
    fn what_an_app_may_not_decide_is_dropped() {
        let headers = [
            ("Content-Type", "text/plain"),
            ("content-length", "99"),
            ("transfer-encoding", "chunked"),
            ("connection", "x-mine"),
            ("x-mine", "1"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
        ];
        let to = respond(200, &headers, b"ok").unwrap();
        let names: Vec<&str> = to.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["content-type", "set-cookie"]);
        assert_eq!(to.headers().get_all("set-cookie").iter().count(), 2);
    }

    #[test]
    fn header_bytes_come_back_as_they_were() {
        let to = respond(200, &[("x-name", "café")], b"").unwrap();
        assert_eq!(to.headers()["x-name"].as_bytes(), b"caf\xe9");
        assert!(respond(200, &[("x-name", "日")], b"").is_err());
    }

    #[test]
    fn what_is_no_response_is_refused() {
        for status in [0, 100, 101, 199, 600, 1000] {
            assert!(matches!(respond(status, &[], b""), Err(CallError::InvalidResponse(_))), "{status}");
        }
        for (name, value) in [("", "x"), ("a b", "x"), ("x", "a\r\nb: c"), ("x", "\0")] {
            assert!(respond(200, &[(name, value)], b"").is_err(), "{name:?}: {value:?}");
        }
        assert!(matches!(respond(200, &[], b"0123456789x"), Err(CallError::ResponseTooLarge { .. })));
        assert!(respond(200, &[("x", &"v".repeat(40_000))], b"").is_err());
    }

    #[test]
    fn more_headers_than_a_map_holds_are_refused_even_when_their_bytes_are_allowed() {
        let many: Vec<_> = (0..40_000).map(|number| (format!("x-{number}"), String::new())).collect();
        let refused = headers(&many, "http_header_bytes_max", usize::MAX);
        assert!(matches!(refused, Err(HeaderProblem::TooLarge { limit: "http_header_bytes_max", .. })));
    }

    #[test]
    fn a_status_without_a_body_has_none() {
        assert!(respond(204, &[], b"x").unwrap().body().is_empty());
    }
}
