//! Puts secrets in the place of their placeholders, just before a request leaves, and takes them out of what comes
//! back in headers and addresses.
//!
//! Looked at are header values (inside `authorization: Basic` too) and, where the grant says so, the URL's query.
//! Bodies are not: they are streams, and a secret in a body can be signed or encrypted in ways nobody can follow.
//! A server that repeats a secret in the *body* of its response tells it to the app; grant secrets only to servers
//! that do not.

use atoll_model::{AppName, Origin, PlaceholderGrant};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::{
    OriginGrants, OutboundError, Placeholders, SecretLookup, SecretProblem, SecretValue, placeholder::MARK,
};

/// Everything but RFC 3986's unreserved characters.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A shorter secret is not taken out of what comes back: it would be found everywhere.
const REDACTED_BYTES_MIN: usize = 6;

/// A URL and headers as they are sent.
pub(crate) struct Filled {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) used: Redaction,
}

/// Fills placeholders in, for one request to one origin.
pub(crate) struct Filler<'a> {
    pub(crate) grants: &'a OriginGrants,
    pub(crate) placeholders: &'a Placeholders,
    pub(crate) secrets: &'a dyn SecretLookup,
}

impl Filler<'_> {
    pub(crate) async fn fill(&self, url: &Url, headers: &HeaderMap) -> Result<Filled, OutboundError> {
        let mut filled = Filled { url: url.clone(), headers: headers.clone(), used: Redaction::default() };
        let in_query = url.query().is_some_and(|query| query.contains(MARK));
        if !in_query && !headers.iter().any(|(name, value)| holds_placeholder(name, value)) {
            return Ok(filled);
        }
        for secret in self.grants.placeholders() {
            let Some(grant) = &secret.placeholder else { continue };
            let token = self.placeholders.issue(self.grants.app(), &secret.name);
            let place = find(&filled, &token);
            if place == Place::Nowhere {
                continue;
            }
            let name = secret.name.as_str();
            allowed(name, grant, url, place)?;
            let value = self.value(self.grants.app(), name).await?;
            let in_basic = put(&mut filled, name, &token, &value)?;
            filled.used.pairs.push(Pair::new(value, in_basic, token));
        }
        match leftover(&filled) {
            Some(name) => Err(OutboundError::Secret { name, problem: SecretProblem::Unknown }),
            None => Ok(filled),
        }
    }

    async fn value(&self, app: &AppName, name: &str) -> Result<SecretValue, OutboundError> {
        let problem = |problem| OutboundError::Secret { name: name.to_owned(), problem };
        match self.secrets.secret(app, name).await {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(problem(SecretProblem::Unset)),
            Err(reason) => {
                tracing::warn!(%app, secret = name, reason, "a secret cannot be looked up");
                Err(problem(SecretProblem::Unavailable))
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    Headers,
    Query,
}

fn find(filled: &Filled, token: &str) -> Place {
    let query = filled.url.query().unwrap_or_default();
    if spellings(token).iter().any(|token| query.contains(token.as_str())) {
        return Place::Query;
    }
    let in_value = |value: &HeaderValue| contains(value.as_bytes(), token.as_bytes());
    let in_basic = || basic(&filled.headers).is_some_and(|pair| contains(&pair, token.as_bytes()));
    if filled.headers.values().any(in_value) || in_basic() { Place::Headers } else { Place::Nowhere }
}

fn allowed(name: &str, grant: &PlaceholderGrant, url: &Url, place: Place) -> Result<(), OutboundError> {
    let problem = |problem| Err(OutboundError::Secret { name: name.to_owned(), problem });
    if !grant.origins.is_empty() && !grant.origins.iter().any(|origin| origin.covers(url)) {
        let origin = Origin::of(url).map(|origin| origin.to_string()).unwrap_or_default();
        return problem(SecretProblem::OtherOrigin { origin });
    }
    if place == Place::Query && !grant.query {
        return problem(SecretProblem::InQuery);
    }
    Ok(())
}

/// Fills one secret in. Answers how it stands in `authorization: Basic`, if it does.
fn put(
    filled: &mut Filled,
    name: &str,
    token: &str,
    value: &SecretValue,
) -> Result<Option<String>, OutboundError> {
    let not_a_header = || OutboundError::Secret { name: name.to_owned(), problem: SecretProblem::NotAHeader };
    let secret = value.expose().as_bytes();
    let in_basic = basic(&filled.headers).and_then(|pair| replace(&pair, token.as_bytes(), secret, exact));
    let in_basic = in_basic.map(|pair| STANDARD.encode(pair));
    if let Some(pair) = &in_basic {
        let value = HeaderValue::try_from(format!("Basic {pair}")).map_err(|_| not_a_header())?;
        filled.headers.insert(header::AUTHORIZATION, value);
    }
    for value in filled.headers.values_mut() {
        if let Some(bytes) = replace(value.as_bytes(), token.as_bytes(), secret, exact) {
            *value = HeaderValue::from_bytes(&bytes).map_err(|_| not_a_header())?;
            value.set_sensitive(true);
        }
    }
    if let Some(query) = filled.url.query() {
        let encoded = utf8_percent_encode(value.expose(), QUERY_VALUE).to_string();
        let query =
            spellings(token).iter().fold(query.to_owned(), |query, token| query.replace(token, &encoded));
        filled.url.set_query(Some(&query));
    }
    Ok(in_basic)
}

/// The token as it may stand in a query.
fn spellings(token: &str) -> [String; 3] {
    [token.to_owned(), token.replace(':', "%3A"), token.replace(':', "%3a")]
}

/// What still looks like a placeholder, cut to its head.
fn leftover(filled: &Filled) -> Option<String> {
    let mark = format!("{MARK}:");
    let query = filled.url.query().unwrap_or_default();
    let in_query = spellings(&mark).iter().any(|mark| query.contains(mark.as_str()));
    let in_headers = || filled.headers.values().any(|value| contains(value.as_bytes(), mark.as_bytes()));
    let in_basic = || basic(&filled.headers).is_some_and(|pair| contains(&pair, mark.as_bytes()));
    (in_query || in_headers() || in_basic()).then(|| format!("{mark}…"))
}

/// Whether a header holds a placeholder, and so must not follow a redirect to another origin.
pub(crate) fn holds_placeholder(name: &http::HeaderName, value: &HeaderValue) -> bool {
    contains(value.as_bytes(), MARK.as_bytes())
        || (name == header::AUTHORIZATION
            && decode_basic(value).is_some_and(|pair| contains(&pair, MARK.as_bytes())))
}

/// The `user:password` of an `authorization: Basic` header.
fn basic(headers: &HeaderMap) -> Option<Vec<u8>> {
    decode_basic(headers.get(header::AUTHORIZATION)?)
}

fn decode_basic(value: &HeaderValue) -> Option<Vec<u8>> {
    let (scheme, pair) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(pair.trim()).ok())?
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Whether two texts are the same.
type Same = fn(&[u8], &[u8]) -> bool;

fn exact(one: &[u8], other: &[u8]) -> bool {
    one == other
}

/// The text with every `part` replaced; none where there is none.
fn replace(text: &[u8], part: &[u8], with: &[u8], same: Same) -> Option<Vec<u8>> {
    let mut replaced = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(part.len()).position(|window| same(window, part)) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(with);
        rest = &rest[at + part.len()..];
    }
    if rest.len() == text.len() {
        return None;
    }
    replaced.extend_from_slice(rest);
    Some(replaced)
}

/// The secrets that a request used.
#[derive(Default)]
pub(crate) struct Redaction {
    pairs: Vec<Pair>,
}

struct Pair {
    value: SecretValue,
    in_query: String,
    in_basic: Option<String>,
    token: String,
}

impl Pair {
    fn new(value: SecretValue, in_basic: Option<String>, token: String) -> Self {
        let in_query = utf8_percent_encode(value.expose(), QUERY_VALUE).to_string();
        Self { value, in_query, in_basic, token }
    }

    /// As it was sent, and what a server may repeat.
    fn spellings(&self) -> impl Iterator<Item = &str> {
        [self.value.expose(), &self.in_query].into_iter().chain(self.in_basic.as_deref())
    }
}

impl Redaction {
    /// Puts placeholders back where a response's headers repeat a secret, in small letters or large ones: some
    /// servers repeat names in small letters, and an app chooses where its placeholder stands. A `location` that
    /// does so then holds the placeholder, which is filled in again only if the next origin may have the secret.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        for pair in self.pairs.iter().filter(|pair| pair.value.expose().len() >= REDACTED_BYTES_MIN) {
            for value in headers.values_mut() {
                for secret in pair.spellings() {
                    let (text, token) = (value.as_bytes(), pair.token.as_bytes());
                    let redacted = replace(text, secret.as_bytes(), token, <[u8]>::eq_ignore_ascii_case);
                    if let Some(redacted) = redacted.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()) {
                        *value = redacted;
                    }
                }
            }
        }
    }
}
