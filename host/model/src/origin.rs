//! Web origins as a manifest grants them: `https://api.example.com`, `https://*.example.com`,
//! `http://127.0.0.1:8080`. A text goes in once and is a type from then on.
//!
//! What is deliberately absent: any judgement of an address. A loopback origin can be granted; whether the host
//! connects to it is the operator's word, and outbound HTTP checks it after the name is resolved.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The longest text that is read as an origin; a host name has at most 253 characters.
const ORIGIN_CHARS_MAX: usize = 300;

/// A web origin an app may call: scheme, host and port, nothing else. The host may begin with `*.` for every
/// subdomain, but not the domain itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    text: String,
    scheme: String,
    /// As the `url` crate writes it: lower case, punycode, IPv4 in four decimals, IPv6 in brackets. Without `*.`.
    host: String,
    port: u16,
    subdomains: bool,
}

/// Why a text is no [`Origin`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a web origin: {problem}; write it as https://api.example.com or https://*.example.com"
)]
pub struct OriginError {
    /// The text, cut to 200 characters.
    pub text: String,
    /// What is wrong.
    pub problem: &'static str,
}

impl Origin {
    /// Parses and normalizes an origin.
    ///
    /// # Errors
    /// [`OriginError`] for another scheme than http(s), a path, a query, credentials, no host, or a `*` anywhere
    /// but in front of a domain.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        parse(text).map_err(|problem| OriginError { text: text.chars().take(200).collect(), problem })
    }

    /// The origin that an `http:` or `https:` URL lies in.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        Some(Self::from_parts(url, false)).filter(|origin| !origin.host.is_empty())
    }

    fn from_parts(url: &Url, subdomains: bool) -> Self {
        let host = url.host_str().unwrap_or_default().to_owned();
        let star = if subdomains { "*." } else { "" };
        let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
        Self {
            text: format!("{}://{star}{host}{port}", url.scheme()),
            scheme: url.scheme().to_owned(),
            host,
            port: url.port_or_known_default().unwrap_or_default(),
            subdomains,
        }
    }

    /// Whether a URL lies in this origin.
    #[must_use]
    pub fn covers(&self, url: &Url) -> bool {
        url.scheme() == self.scheme
            && url.port_or_known_default() == Some(self.port)
            && url.host_str().is_some_and(|host| self.covers_host(host))
    }

    /// Whether everything that the other origin covers is covered by this one.
    #[must_use]
    pub fn covers_origin(&self, other: &Self) -> bool {
        let hosts = if other.subdomains {
            self.subdomains && (self.host == other.host || self.covers_host(&other.host))
        } else {
            self.covers_host(&other.host)
        };
        hosts && self.scheme == other.scheme && self.port == other.port
    }

    fn covers_host(&self, host: &str) -> bool {
        if self.subdomains {
            let sub = host.strip_suffix(self.host.as_str()).and_then(|sub| sub.strip_suffix('.'));
            sub.is_some_and(|sub| !sub.is_empty())
        } else {
            host == self.host
        }
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn parse(text: &str) -> Result<Origin, &'static str> {
    if text.chars().count() > ORIGIN_CHARS_MAX {
        return Err("it is longer than 300 characters");
    }
    // A URL parser drops tabs and line breaks and takes `\` for `/`; a grant that a person reads must not.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("it holds white space or a backslash");
    }
    let (scheme, rest) = text.split_once("://").ok_or("it has no scheme")?;
    // `*` is set aside while parsing, so that what is left is judged as any other host.
    let (rest, subdomains) = match rest.strip_prefix("*.") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    if rest.starts_with('/') {
        return Err("it has no host");
    }
    let url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| "it is no URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("its scheme is not http or https");
    }
    if !url.username().is_empty() || url.password().is_some() || rest.contains('@') {
        return Err("it holds credentials");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("it has a path, a query or a fragment");
    }
    if url.port() == Some(0) {
        return Err("port 0 is no port");
    }
    match url.host().ok_or("it has no host")? {
        Host::Domain(domain) => check_domain(domain, subdomains)?,
        Host::Ipv4(_) | Host::Ipv6(_) if subdomains => return Err("an address has no subdomains"),
        Host::Ipv4(_) | Host::Ipv6(_) => {}
    }
    Ok(Origin::from_parts(&url, subdomains))
}

fn check_domain(domain: &str, subdomains: bool) -> Result<(), &'static str> {
    if domain.contains('*') {
        return Err("a * stands only in front, as in https://*.example.com");
    }
    if domain.ends_with('.') {
        return Err("its host ends in a dot");
    }
    if domain.split('.').any(str::is_empty) {
        return Err("its host has an empty part");
    }
    if subdomains && !domain.contains('.') {
        return Err("a wildcard needs a domain with a dot");
    }
    Ok(())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;
    fn try_from(text: String) -> Result<Self, OriginError> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn covers(origin: &str, url: &str) -> bool {
        Origin::parse(origin).unwrap().covers(&Url::parse(url).unwrap())
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert!(covers("https://api.example.com", "https://api.example.com/v1?x=1"));
        assert!(covers("https://api.example.com:443", "https://API.example.com/"));
        assert!(covers("https://api.example.com:8443", "https://api.example.com:8443/"));
        for other in [
            "http://api.example.com/",
            "https://api.example.com:8443/",
            "https://api.example.com.evil.net/",
            "https://api.example.com./",
            "https://evil.net/?https://api.example.com",
            "https://api.example.com@evil.net/",
            "wss://api.example.com/",
        ] {
            assert!(!covers("https://api.example.com", other), "{other}");
        }
    }

    #[test]
    fn a_wildcard_covers_subdomains_only() {
        assert!(covers("https://*.example.com", "https://a.b.example.com/"));
        assert!(covers("https://*.example.com:8443", "https://a.example.com:8443/"));
        for other in [
            "https://example.com/",
            "https://notexample.com/",
            "https://a.example.com.evil.net/",
            "https://.example.com/",
        ] {
            let Ok(url) = Url::parse(other) else { continue };
            assert!(!Origin::parse("https://*.example.com").unwrap().covers(&url), "{other}");
        }
    }

    #[test]
    fn an_address_is_an_origin_however_it_is_written() {
        for text in ["http://127.0.0.1:8080", "http://2130706433:8080", "http://0x7f.1:8080"] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), "http://127.0.0.1:8080");
        }
        assert!(covers("http://[::1]:3000", "http://[0:0:0:0:0:0:0:1]:3000/x"));
        assert!(covers("http://localhost:3000", "http://LOCALHOST:3000/x"));
    }

    #[test]
    fn anything_else_is_refused_with_a_reason() {
        let cases = [
            ("api.example.com", "no scheme"),
            ("ftp://x.y", "scheme"),
            ("https://u:p@x.y", "credentials"),
            ("https://@x.y", "credentials"),
            ("https://x.y/path", "path"),
            ("https://x.y?", "query"),
            ("https://*.com", "dot"),
            ("https://*", "in front"),
            ("https://a.*.com", "in front"),
            ("https://*.*.example.com", "in front"),
            ("https://*.127.0.0.1", "subdomains"),
            ("https://*.1.1", "subdomains"),
            ("https://*.[::1]", "subdomains"),
            ("https://x.y.", "dot"),
            ("https:///x.y", "no host"),
            ("https://x.y\t", "white space"),
            ("https:\\\\x.y", "backslash"),
            ("https://x.y:0", "port 0"),
            ("https://[fe80::1%25eth0]", "no URL"),
        ];
        for (text, reason) in cases {
            let error = Origin::parse(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_smaller_origin_is_covered_by_a_larger_one() {
        let covers = |a: &str, b: &str| Origin::parse(a).unwrap().covers_origin(&Origin::parse(b).unwrap());
        assert!(covers("https://*.example.com", "https://a.example.com"));
        assert!(covers("https://*.example.com", "https://*.b.example.com"));
        assert!(covers("https://*.example.com", "https://*.example.com"));
        assert!(!covers("https://*.b.example.com", "https://*.example.com"));
        assert!(!covers("https://a.example.com", "https://*.example.com"));
        assert!(!covers("https://*.example.com", "https://example.com"));
        assert!(!covers("https://*.example.com", "http://a.example.com"));
    }

    proptest! {
        #[test]
        fn an_origin_survives_its_own_text(host in "[a-z]{1,8}(\\.[a-z]{2,6}){1,2}", star: bool, port in 1u16..) {
            let text = format!("https://{}{host}:{port}", if star { "*." } else { "" });
            let origin = Origin::parse(&text).unwrap();
            prop_assert_eq!(Origin::parse(origin.as_str()).unwrap(), origin);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(https?://)?(\\*\\.)?\\PC{0,40}") {
            if let Ok(origin) = Origin::parse(&text) {
                prop_assert_eq!(Origin::parse(origin.as_str()).unwrap(), origin);
            }
        }
    }
}
