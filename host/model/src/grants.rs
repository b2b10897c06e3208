//! What an app may use. Absent means no.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A web origin an app may call: scheme, host and port, nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Why a text is no [`Origin`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a web origin: {problem}; write it as https://api.example.com")]
pub struct OriginError {
    /// The text, cut to 200 characters.
    pub text: String,
    /// What is wrong.
    pub problem: &'static str,
}

impl Origin {
    /// Parses and normalizes an origin. A host may start with `*.` for every subdomain.
    ///
    /// # Errors
    /// [`OriginError`] for another scheme than http(s), a path, a query, credentials, or no host.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let fail = |problem| OriginError { text: text.chars().take(200).collect(), problem };
        // The wildcard is set aside while parsing: to a URL parser, `*` is a character like any other.
        let (plain, wildcard) = match text.split_once("://*.") {
            Some((scheme, rest)) => (format!("{scheme}://{rest}"), true),
            None => (text.to_owned(), false),
        };
        let url = url::Url::parse(&plain).map_err(|_| fail("it is no URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(fail("its scheme is not http or https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fail("it holds credentials"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(fail("it has a path, a query or a fragment"));
        }
        let host = url.host_str().ok_or_else(|| fail("it has no host"))?;
        if host.contains('*') {
            return Err(fail(
                "a '*' stands only at the start, for every subdomain, as in https://*.example.com",
            ));
        }
        if wildcard && !host.trim_end_matches('.').contains('.') {
            return Err(fail("a wildcard needs a domain with a dot"));
        }
        let star = if wildcard { "*." } else { "" };
        let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
        Ok(Self(format!("{}://{star}{host}{port}", url.scheme())))
    }

    /// Whether a URL lies in this origin.
    #[must_use]
    pub fn covers(&self, url: &url::Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
        let candidate = format!("{}://{host}{port}", url.scheme());
        match self.0.split_once("://*.") {
            None => candidate == self.0,
            Some((scheme, domain)) => candidate
                .strip_prefix(scheme)
                .and_then(|rest| rest.strip_prefix("://"))
                .and_then(|rest| rest.strip_suffix(domain))
                .is_some_and(|sub| sub.len() > 1 && sub.ends_with('.')),
        }
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
        origin.0
    }
}

/// The `[grants]` table of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grants {
    /// `env.KV`: the app's own key-value store.
    pub kv: bool,
    /// `env.DB`: the app's own SQLite database.
    pub sql: bool,
    /// Origins that `fetch` may reach.
    pub http: Vec<Origin>,
    /// Secrets that the app may read, by name; each is a binding of `env`.
    pub secrets: Vec<String>,
}

/// One thing a guest can be given, as named in errors and diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capability {
    /// The key-value store.
    Kv,
    /// The SQL database.
    Sql,
    /// Publishing events.
    Bus,
    /// Outbound HTTP.
    Http,
    /// A secret.
    Secret,
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kv => "kv",
            Self::Sql => "sql",
            Self::Bus => "bus",
            Self::Http => "http",
            Self::Secret => "secret",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(origin: &str, url: &str) -> bool {
        Origin::parse(origin).unwrap().covers(&url::Url::parse(url).unwrap())
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert!(covers("https://api.example.com", "https://api.example.com/v1?x=1"));
        assert!(covers("https://api.example.com:443", "https://API.example.com/"));
        assert!(!covers("https://api.example.com", "http://api.example.com/"));
        assert!(!covers("https://api.example.com", "https://api.example.com:8443/"));
        assert!(!covers("https://api.example.com", "https://api.example.com.evil.net/"));
    }

    #[test]
    fn a_wildcard_covers_subdomains_only() {
        assert!(covers("https://*.example.com", "https://a.b.example.com/"));
        assert!(!covers("https://*.example.com", "https://example.com/"));
        assert!(!covers("https://*.example.com", "https://notexample.com/"));
    }

    #[test]
    fn anything_more_than_an_origin_is_refused() {
        for bad in [
            "api.example.com",
            "ftp://x.y",
            "https://u:p@x.y",
            "https://x.y/path",
            "https://*.com",
            "https://*.com.",
            "https://*",
            "https://a.*.com",
            "https://*.*.example.com",
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad:?}");
        }
    }
}
