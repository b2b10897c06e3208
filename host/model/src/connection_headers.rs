//! Headers that speak of one connection and not of the message that it carries (RFC 9110, 7.6.1). Whoever passes a
//! message on drops them: they mean nothing further on, and one that says where a message ends could smuggle another in.

use http::{HeaderMap, HeaderName, header};

/// Names that no constant stands for.
const OTHERS: [&str; 3] = ["http2-settings", "keep-alive", "proxy-connection"];

/// Those that have one, the credentials for a proxy included.
const KNOWN: [HeaderName; 7] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Which headers of one message are its connection's own: the fixed names, and those that its `connection` lists.
#[derive(Debug)]
pub struct ConnectionHeaders {
    listed: Vec<HeaderName>,
}

impl ConnectionHeaders {
    /// Reads what `connection` lists. What is no header name is passed over.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
        let names = values.flat_map(|value| value.split(','));
        Self { listed: names.filter_map(|name| name.trim().parse().ok()).collect() }
    }

    /// Whether a header is the connection's own.
    #[must_use]
    pub fn contains(&self, name: &HeaderName) -> bool {
        KNOWN.contains(name) || OTHERS.contains(&name.as_str()) || self.listed.contains(name)
    }
}

/// Takes the headers of a connection out, but for some of the fixed names.
pub fn strip_connection_headers(headers: &mut HeaderMap, keep: &[HeaderName]) {
    for name in ConnectionHeaders::of(headers).listed {
        headers.remove(name);
    }
    for name in KNOWN.iter().filter(|name| !keep.contains(name)) {
        headers.remove(name);
    }
    for name in OTHERS {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let header = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        pairs.iter().copied().map(header).collect()
    }

    #[test]
    fn fixed_names_and_listed_ones_belong_to_the_connection() {
        let headers = map(&[
            ("connection", "close, X-Hop,"),
            ("connection", "not a name"),
            ("x-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("content-length", "5"),
            ("host", "a.example"),
        ]);
        let own = ConnectionHeaders::of(&headers);
        let kept: Vec<&str> =
            headers.keys().filter(|name| !own.contains(name)).map(HeaderName::as_str).collect();
        assert_eq!(kept, ["content-length", "host"]);
    }

    #[test]
    fn stripping_keeps_what_is_asked_for_unless_the_connection_lists_it() {
        let of = |connection| {
            map(&[("connection", connection), ("trailer", "x-sum"), ("upgrade", "h2c"), ("x-a", "1")])
        };
        for (connection, left) in
            [("x-b", map(&[("trailer", "x-sum"), ("x-a", "1")])), ("trailer", map(&[("x-a", "1")]))]
        {
            let mut headers = of(connection);
            strip_connection_headers(&mut headers, &[header::TRAILER]);
            assert_eq!(headers, left);
        }
    }
}
