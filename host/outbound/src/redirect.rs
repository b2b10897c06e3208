//! Redirects, as the Fetch standard follows them ("HTTP-redirect fetch"). Pure: whether the next address may be
//! reached at all is asked by the client, as for the first.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use url::Url;

use crate::{BodyError, OutboundError, RequestBody, substitute::holds_placeholder};

/// One request of a chain of redirects, with placeholders still in place.
pub(crate) struct Hop {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: HopBody,
}

/// A body that may have to be sent again.
pub(crate) enum HopBody {
    None,
    Bytes(Bytes),
    Stream(UnsyncBoxBody<Bytes, BodyError>),
    /// A stream that was sent.
    Spent,
}

impl From<RequestBody> for HopBody {
    fn from(body: RequestBody) -> Self {
        match body {
            RequestBody::Empty => Self::None,
            RequestBody::Bytes(bytes) => Self::Bytes(bytes),
            RequestBody::Stream(stream) => Self::Stream(stream),
        }
    }
}

impl HopBody {
    /// The body for one sending.
    pub(crate) fn take(&mut self) -> Self {
        match self {
            Self::None => Self::None,
            Self::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Self::Stream(_) | Self::Spent => std::mem::replace(self, Self::Spent),
        }
    }
}

/// Headers that describe a body, and go with it.
const BODYS_OWN: &[header::HeaderName] =
    &[header::CONTENT_ENCODING, header::CONTENT_LANGUAGE, header::CONTENT_LOCATION, header::CONTENT_TYPE];

/// Where a response redirects to, if it does; without a fragment, which nobody is told of.
pub(crate) fn location(
    url: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Url>, OutboundError> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let mut values = headers.get_all(header::LOCATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.any(|other| other != value) {
        return refuse("it names two different locations");
    }
    let Ok(text) = std::str::from_utf8(value.as_bytes()) else {
        return refuse("its location is no text");
    };
    let Ok(mut next) = url.join(text) else {
        return refuse("its location is no URL");
    };
    if !matches!(next.scheme(), "http" | "https") {
        return refuse("its location is neither http: nor https:");
    }
    next.set_fragment(None);
    Ok(Some(next))
}

/// Turns a request into the one that the redirect asks for.
pub(crate) fn follow(hop: &mut Hop, status: StatusCode, next: Url) -> Result<(), OutboundError> {
    if status != StatusCode::SEE_OTHER && matches!(hop.body, HopBody::Spent) {
        return refuse("the request's body was a stream, which cannot be sent again");
    }
    let to_get = match status.as_u16() {
        301 | 302 => hop.method == Method::POST,
        303 => !matches!(hop.method, Method::GET | Method::HEAD),
        _ => false,
    };
    if to_get {
        hop.method = Method::GET;
        hop.body = HopBody::None;
        for name in BODYS_OWN {
            hop.headers.remove(name);
        }
    }
    if hop.url.origin() != next.origin() {
        drop_credentials(&mut hop.headers);
    }
    hop.url = next;
    Ok(())
}

/// What the guest said to one origin in confidence is not said to the next. Fetch drops `authorization`; a guest has
/// no cookie jar, so its `cookie` header is a credential as well, and so is whatever holds a placeholder.
fn drop_credentials(headers: &mut HeaderMap) {
    headers.remove(header::AUTHORIZATION);
    headers.remove(header::COOKIE);
    let holding: Vec<_> = headers
        .iter()
        .filter(|(name, value)| holds_placeholder(name, value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in holding {
        headers.remove(name);
    }
}

fn refuse<T>(reason: &str) -> Result<T, OutboundError> {
    Err(OutboundError::RedirectRefused { reason: reason.into() })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn hop(method: Method, body: HopBody) -> Hop {
        let headers = [
            ("authorization", "Bearer x"),
            ("cookie", "a=b"),
            ("content-type", "text/plain"),
            ("x-key", "atoll-secret:KEY:00"),
            ("x-plain", "1"),
        ];
        let headers =
            headers.into_iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        let url = Url::parse("https://a.example/x?y#f").unwrap();
        Hop { method, url, headers: headers.collect(), body }
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<&str> = headers.keys().map(header::HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    fn to(location: &str) -> Result<Option<Url>, OutboundError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::try_from(location).unwrap());
        super::location(&Url::parse("https://a.example/x?y#f").unwrap(), StatusCode::FOUND, &headers)
    }

    #[test]
    fn a_location_is_joined_and_loses_its_fragment() {
        assert_eq!(to("/z").unwrap().unwrap().as_str(), "https://a.example/z");
        assert_eq!(to("//b.example/#g").unwrap().unwrap().as_str(), "https://b.example/");
        assert_eq!(to("http://0x7f.1/").unwrap().unwrap().host_str(), Some("127.0.0.1"));
        for bad in ["data:,x", "file:///etc/passwd", "https://[", "javascript:0"] {
            assert!(to(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_redirects_with_one_location_are_redirects() {
        let url = Url::parse("https://a.example/").unwrap();
        let mut headers = HeaderMap::new();
        assert!(location(&url, StatusCode::FOUND, &headers).unwrap().is_none());
        headers.append(header::LOCATION, HeaderValue::from_static("/a"));
        assert!(location(&url, StatusCode::NOT_MODIFIED, &headers).unwrap().is_none());
        headers.append(header::LOCATION, HeaderValue::from_static("/b"));
        assert!(location(&url, StatusCode::FOUND, &headers).is_err());
    }

    #[test]
    fn methods_are_rewritten_as_the_fetch_standard_says() {
        let body = || HopBody::Bytes("x".into());
        for (status, before, after) in [
            (301, Method::POST, Method::GET),
            (302, Method::POST, Method::GET),
            (302, Method::PUT, Method::PUT),
            (303, Method::PUT, Method::GET),
            (303, Method::HEAD, Method::HEAD),
            (307, Method::POST, Method::POST),
            (308, Method::POST, Method::POST),
        ] {
            let mut hop = hop(before.clone(), body());
            follow(
                &mut hop,
                StatusCode::from_u16(status).unwrap(),
                Url::parse("https://a.example/").unwrap(),
            )
            .unwrap();
            assert_eq!(hop.method, after, "{status} {before}");
            let rewritten = before != after;
            assert_eq!(matches!(hop.body, HopBody::None), rewritten, "{status} {before}");
            assert_eq!(hop.headers.contains_key("content-type"), !rewritten, "{status} {before}");
        }
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        let mut same = hop(Method::GET, HopBody::None);
        follow(&mut same, StatusCode::FOUND, Url::parse("https://a.example:443/").unwrap()).unwrap();
        assert!(names(&same.headers).contains(&"authorization"));
        for other in ["https://b.example/", "http://a.example/", "https://a.example:8443/"] {
            let mut hop = hop(Method::GET, HopBody::None);
            follow(&mut hop, StatusCode::FOUND, Url::parse(other).unwrap()).unwrap();
            assert_eq!(names(&hop.headers), ["content-type", "x-plain"], "{other}");
        }
    }

    #[test]
    fn a_stream_is_not_sent_twice() {
        let next = || Url::parse("https://a.example/").unwrap();
        let mut spent = hop(Method::POST, HopBody::Spent);
        assert!(follow(&mut spent, StatusCode::TEMPORARY_REDIRECT, next()).is_err());
        assert!(follow(&mut spent, StatusCode::SEE_OTHER, next()).is_ok());
    }
}
