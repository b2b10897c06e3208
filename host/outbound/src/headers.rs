//! Which headers a request takes along, and which of a response reach the guest.
//!
//! Whatever says where a message begins, ends, or goes belongs to the client: a guest that could write it could
//! smuggle a second request into the connection.

use atoll_model::{Limits, strip_connection_headers};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use crate::{OutboundError, RequestBody};

/// How the host presents itself where the guest does not say.
const USER_AGENT: &str = concat!("atoll/", env!("CARGO_PKG_VERSION"));

/// The codings that are undone.
const ACCEPT_ENCODING: &str = "gzip, deflate, br, zstd";

/// What the client itself says of a message, besides the headers of its connection: how long it is, and where it goes.
const CLIENTS_OWN: [HeaderName; 3] = [header::CONTENT_LENGTH, header::EXPECT, header::HOST];

/// Refuses methods that mean something else to a server or to what stands before it (Fetch, "forbidden method").
pub(crate) fn check_method(method: &Method, body: &RequestBody) -> Result<(), OutboundError> {
    let invalid = |what: String| Err(OutboundError::Invalid { what });
    if ["CONNECT", "TRACE", "TRACK"].iter().any(|name| method.as_str().eq_ignore_ascii_case(name)) {
        return invalid(format!("the method {method} is not allowed"));
    }
    if matches!(*method, Method::GET | Method::HEAD) && !matches!(body, RequestBody::Empty) {
        return invalid(format!("a {method} request has no body"));
    }
    Ok(())
}

/// Takes out what is the connection's or the client's own, in either direction.
pub(crate) fn strip_framing(headers: &mut HeaderMap) {
    strip_connection_headers(headers, &[]);
    for name in CLIENTS_OWN {
        headers.remove(name);
    }
}

/// The `trailer` header of a request whose body has no stated length, and so may have trailers: it only names
/// them, and what is no trailer is not sent as one.
pub(crate) fn announced_trailers(headers: &HeaderMap, body: &RequestBody) -> Vec<HeaderValue> {
    let RequestBody::Stream(body) = body else { return Vec::new() };
    if http_body::Body::size_hint(body).exact().is_some() {
        return Vec::new();
    }
    headers.get_all(header::TRAILER).iter().cloned().collect()
}

/// What a request says when its guest does not.
pub(crate) fn add_defaults(headers: &mut HeaderMap) {
    let coding = if headers.contains_key(header::RANGE) { "identity" } else { ACCEPT_ENCODING };
    for (name, value) in
        [(header::ACCEPT, "*/*"), (header::ACCEPT_ENCODING, coding), (header::USER_AGENT, USER_AGENT)]
    {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The headers on the wire, the host first.
pub(crate) fn on_the_wire(
    url: &Url,
    guests: HeaderMap,
    hosts: &HeaderMap,
    limits: &Limits,
) -> Result<HeaderMap, OutboundError> {
    let mut headers = HeaderMap::with_capacity(guests.len() + hosts.len() + 2);
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = format!("{}{port}", url.host_str().unwrap_or_default());
    let host = HeaderValue::try_from(host)
        .map_err(|_| OutboundError::Invalid { what: "its host cannot stand in a header".into() })?;
    headers.insert(header::HOST, host);
    headers.extend(guests);
    for (name, value) in hosts {
        headers.insert(name, value.clone());
    }
    // As they are written: name, colon, space, value, line end.
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let max = limits.outbound_header_bytes_max;
    if bytes > max {
        return Err(OutboundError::TooLarge {
            what: "the request's headers",
            limit: "outbound_header_bytes_max",
            value: max as u64,
        });
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_guest_writes_no_header_that_frames_a_message() {
        let mut headers = map(&[
            ("host", "evil.example"),
            ("content-length", "5"),
            ("transfer-encoding", "chunked"),
            ("connection", "close, X-Secret"),
            ("x-secret", "1"),
            ("upgrade", "websocket"),
            ("te", "trailers"),
            ("expect", "100-continue"),
            ("x-kept", "1"),
        ]);
        strip_framing(&mut headers);
        assert_eq!(headers, map(&[("x-kept", "1")]));
    }

    #[test]
    fn the_hosts_own_headers_win() {
        let url = Url::parse("http://a.example:81/x").unwrap();
        let headers = on_the_wire(
            &url,
            map(&[("traceparent", "guest"), ("x-a", "1")]),
            &map(&[("traceparent", "host")]),
            &Limits::default(),
        );
        let headers = headers.unwrap();
        assert_eq!(headers, map(&[("host", "a.example:81"), ("x-a", "1"), ("traceparent", "host")]));
        assert_eq!(headers.iter().next().unwrap().0, "host");
    }

    #[test]
    fn methods_that_reach_past_a_server_are_refused() {
        for name in ["CONNECT", "TRACE", "trace", "TRACK"] {
            let method = Method::from_bytes(name.as_bytes()).unwrap();
            assert!(check_method(&method, &RequestBody::Empty).is_err(), "{name}");
        }
        assert!(check_method(&Method::GET, &RequestBody::Bytes("x".into())).is_err());
        assert!(check_method(&Method::DELETE, &RequestBody::Bytes("x".into())).is_ok());
    }
}
