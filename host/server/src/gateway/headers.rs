//! Which headers pass between a client and a guest.

use atoll::model::strip_connection_headers;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::Ground;
use crate::security::FRAME_HEADER;

/// Answers by which a guest would steer a browser's view of a whole origin, or speak as the host.
const HOSTS_OWN: &[&str] = &[
    "alt-svc",
    "clear-site-data",
    "content-length",
    "expect-ct",
    "nel",
    "origin-agent-cluster",
    "public-key-pins",
    "report-to",
    "reporting-endpoints",
    "server-timing",
    "service-worker-allowed",
    "strict-transport-security",
];

/// What of a request's headers a guest sees.
pub(super) fn to_guest(mut headers: HeaderMap, ground: Ground) -> HeaderMap {
    strip_connection_headers(&mut headers, &[]);
    // The server answers it.
    headers.remove(header::EXPECT);
    headers.remove(FRAME_HEADER);
    if ground == Ground::Shared {
        // They belong to the origin, which is the host's.
        headers.remove(header::COOKIE);
    }
    headers
}

/// What of a guest's headers a client sees.
pub(super) fn from_guest(mut headers: HeaderMap, ground: Ground) -> HeaderMap {
    strip_connection_headers(&mut headers, &[]);
    for name in HOSTS_OWN {
        headers.remove(*name);
    }
    remove_where(&mut headers, |name| name.as_str().starts_with("x-atoll-"));
    match ground {
        Ground::Shared => {
            headers.remove(header::SET_COOKIE);
            remove_where(&mut headers, |name| name.as_str().starts_with("access-control-"));
            // Beside any policy of the guest's own: a browser applies all of them.
            headers.append(
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static("sandbox; frame-ancestors 'none'"),
            );
        }
        Ground::Own => {
            keep_host_cookies(&mut headers);
            headers
                .entry(header::CONTENT_SECURITY_POLICY)
                .or_insert_with(|| HeaderValue::from_static("frame-ancestors 'self'"));
        }
    }
    headers
}

/// A cookie with a `Domain` would reach the other apps' hosts too.
fn keep_host_cookies(headers: &mut HeaderMap) {
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    let names_a_domain = |cookie: &HeaderValue| {
        cookie.as_bytes().split(|byte| *byte == b';').skip(1).any(|attribute| {
            let name = attribute.split(|byte| *byte == b'=').next().unwrap_or_default();
            name.trim_ascii().eq_ignore_ascii_case(b"domain")
        })
    };
    for cookie in cookies.into_iter().filter(|cookie| !names_a_domain(cookie)) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

fn remove_where(headers: &mut HeaderMap, matches: impl Fn(&HeaderName) -> bool) {
    let names: Vec<HeaderName> = headers.keys().filter(|name| matches(name)).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let header = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        pairs.iter().copied().map(header).collect()
    }

    #[test]
    fn connection_headers_and_those_it_names_stay_behind() {
        let headers = to_guest(
            map(&[
                ("connection", "close, X-Hop"),
                ("x-hop", "1"),
                ("te", "trailers"),
                ("upgrade", "h2c"),
                ("x-atoll-frame", "token"),
                ("cookie", "a=b"),
                ("accept", "*/*"),
                ("host", "localhost"),
            ]),
            Ground::Shared,
        );
        assert_eq!(headers, map(&[("accept", "*/*"), ("host", "localhost")]));
    }

    #[test]
    fn on_the_shared_origin_a_guest_cannot_act_for_it() {
        let headers = from_guest(
            map(&[
                ("set-cookie", "a=b"),
                ("clear-site-data", "\"*\""),
                ("service-worker-allowed", "/"),
                ("access-control-allow-origin", "*"),
                ("content-security-policy", "default-src *"),
                ("x-atoll-revision", "99"),
                ("server-timing", "cpu;dur=0"),
                ("content-length", "3"),
                ("transfer-encoding", "chunked"),
                ("content-type", "text/html"),
            ]),
            Ground::Shared,
        );
        let expected = map(&[
            ("content-security-policy", "default-src *"),
            ("content-security-policy", "sandbox; frame-ancestors 'none'"),
            ("content-type", "text/html"),
        ]);
        assert_eq!(headers, expected);
    }

    #[test]
    fn on_its_own_origin_an_app_may_set_cookies_for_itself_only() {
        let cookies = map(&[
            ("set-cookie", "a=domain; Path=/; HttpOnly"),
            ("set-cookie", "b=2; DOMAIN =localhost"),
            ("set-cookie", "c=3;domain"),
        ]);
        let headers = from_guest(cookies, Ground::Own);
        let kept: Vec<_> = headers.get_all("set-cookie").iter().collect();
        assert_eq!(kept, ["a=domain; Path=/; HttpOnly"]);
        assert_eq!(to_guest(map(&[("cookie", "a=b")]), Ground::Own), map(&[("cookie", "a=b")]));
    }
}
