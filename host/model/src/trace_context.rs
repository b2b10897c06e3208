//! W3C Trace Context (<https://www.w3.org/TR/trace-context/>): which trace a request or an event belongs to.
//!
//! In: the headers `traceparent` and `tracestate`, or the CloudEvents attributes of the same names. Out: the same two
//! texts, in the form that this version of the standard writes. What is malformed is ignored, as the standard asks:
//! a bad `traceparent` is none, and a bad `tracestate` is dropped while the trace goes on. Making new identifiers,
//! sampling and spans is deliberately not here.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

/// The header and the CloudEvents attribute that name the trace.
pub const TRACEPARENT: &str = "traceparent";
/// The header and the CloudEvents attribute with what tracing systems add.
pub const TRACESTATE: &str = "tracestate";

/// A `traceparent` of this version; one of a later version may be longer.
const TRACEPARENT_BYTES: usize = 55;
/// The longest `traceparent` of a later version that is looked at.
const TRACEPARENT_BYTES_MAX: usize = 256;
/// What the standard says has to be passed on at least; a longer one is dropped whole.
const TRACESTATE_BYTES_MAX: usize = 512;
/// List members of a `tracestate` (§3.3.1.1).
const TRACESTATE_MEMBERS_MAX: usize = 32;

/// The place in a trace that a request or an event comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Texts", into = "Texts")]
pub struct TraceContext {
    trace_id: [u8; 16],
    parent_id: [u8; 8],
    flags: u8,
    state: Option<Arc<str>>,
}

/// As it is written.
#[derive(Serialize, Deserialize)]
struct Texts {
    traceparent: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tracestate: Option<String>,
}

/// A text that is no `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the traceparent is not of the form 00-(32 hex digits)-(16 hex digits)-(2 hex digits)")]
pub struct TraceContextError;

impl TraceContext {
    /// A context of identifiers that are known; `None` when one of them is zero. A `tracestate` that is malformed is
    /// left out.
    #[must_use]
    pub fn new(trace_id: [u8; 16], parent_id: [u8; 8], flags: u8, tracestate: Option<&str>) -> Option<Self> {
        if trace_id == [0; 16] || parent_id == [0; 8] {
            return None;
        }
        let state = tracestate.filter(|text| is_tracestate(text)).map(Arc::from);
        Some(Self { trace_id, parent_id, flags, state })
    }

    /// Reads the two texts; `None` when the first is malformed.
    #[must_use]
    pub fn parse(traceparent: &str, tracestate: Option<&str>) -> Option<Self> {
        let bytes = traceparent.as_bytes();
        let version = *hex::<1>(bytes.get(..2)?)?.first()?;
        let length_fits = match version {
            0 => bytes.len() == TRACEPARENT_BYTES,
            0xff => false,
            // What a later version adds stands behind one more hyphen.
            _ => {
                bytes.len() == TRACEPARENT_BYTES
                    || (bytes.len() <= TRACEPARENT_BYTES_MAX && bytes.get(TRACEPARENT_BYTES) == Some(&b'-'))
            }
        };
        let hyphens = [2, 35, 52].iter().all(|at| bytes.get(*at) == Some(&b'-'));
        if !length_fits || !hyphens {
            return None;
        }
        let flags = *hex::<1>(bytes.get(53..55)?)?.first()?;
        Self::new(hex(bytes.get(3..35)?)?, hex(bytes.get(36..52)?)?, flags, tracestate)
    }

    /// Reads a request's headers; `None` without a well-formed `traceparent`, or with two of them.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let mut parents = headers.get_all(TRACEPARENT).iter();
        let (Some(parent), None) = (parents.next(), parents.next()) else { return None };
        let states: Option<Vec<&str>> =
            headers.get_all(TRACESTATE).iter().map(|value| value.to_str().ok()).collect();
        // Several headers are one list (§3.3).
        let state = states.filter(|states| !states.is_empty()).map(|states| states.join(","));
        Self::parse(parent.to_str().ok()?, state.as_deref())
    }

    /// Writes the headers in place of any that are there.
    pub fn set_headers(&self, headers: &mut HeaderMap) {
        headers.remove(TRACESTATE);
        if let Ok(value) = HeaderValue::try_from(self.traceparent()) {
            headers.insert(HeaderName::from_static(TRACEPARENT), value);
        }
        if let Some(value) = self.state.as_deref().and_then(|state| HeaderValue::from_str(state).ok()) {
            headers.insert(HeaderName::from_static(TRACESTATE), value);
        }
    }

    /// The `traceparent`.
    #[must_use]
    pub fn traceparent(&self) -> String {
        self.to_string()
    }

    /// The `tracestate`, if there is one.
    #[must_use]
    pub fn tracestate(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The trace; never all zero.
    #[must_use]
    pub fn trace_id(&self) -> [u8; 16] {
        self.trace_id
    }

    /// The span that the request or event comes from; never all zero.
    #[must_use]
    pub fn parent_id(&self) -> [u8; 8] {
        self.parent_id
    }

    /// The flags; bit 0 says that the trace is recorded.
    #[must_use]
    pub fn flags(&self) -> u8 {
        self.flags
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, parent) = (u128::from_be_bytes(self.trace_id), u64::from_be_bytes(self.parent_id));
        // Of the flags, version 00 knows the two lowest; the others are not passed on.
        write!(f, "00-{trace:032x}-{parent:016x}-{:02x}", self.flags & 0b11)
    }
}

impl TryFrom<Texts> for TraceContext {
    type Error = TraceContextError;

    fn try_from(texts: Texts) -> Result<Self, TraceContextError> {
        Self::parse(&texts.traceparent, texts.tracestate.as_deref()).ok_or(TraceContextError)
    }
}

impl From<TraceContext> for Texts {
    fn from(context: TraceContext) -> Self {
        Self { traceparent: context.to_string(), tracestate: context.state.as_deref().map(str::to_owned) }
    }
}

/// Lower-case hexadecimal digits of exactly `N` bytes.
fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?;
    }
    Some(bytes)
}

fn is_tracestate(text: &str) -> bool {
    if text.is_empty() || text.len() > TRACESTATE_BYTES_MAX {
        return false;
    }
    let mut keys: Vec<&str> = Vec::new();
    for member in text.split(',').map(|member| member.trim_matches([' ', '\t'])) {
        if member.is_empty() {
            continue;
        }
        let Some((key, value)) = member.split_once('=') else { return false };
        if !is_key(key) || !is_value(value) || keys.contains(&key) || keys.len() == TRACESTATE_MEMBERS_MAX {
            return false;
        }
        keys.push(key);
    }
    !keys.is_empty()
}

/// `simple-key` or `tenant@system` (§3.3.1.3.1).
fn is_key(key: &str) -> bool {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-*/".contains(&b);
    let part = |text: &str, longest: usize, first: fn(u8) -> bool| {
        text.len() <= longest && text.bytes().next().is_some_and(first) && text.bytes().all(legal)
    };
    let letter = |b: u8| b.is_ascii_lowercase();
    match key.split_once('@') {
        None => part(key, 256, letter),
        Some((tenant, system)) => {
            part(tenant, 241, |b| b.is_ascii_lowercase() || b.is_ascii_digit()) && part(system, 14, letter)
        }
    }
}

/// Printable ASCII without comma and equals sign, not ending in a space.
fn is_value(value: &str) -> bool {
    let legal = |b: u8| (0x20..=0x7e).contains(&b) && b != b',' && b != b'=';
    !value.is_empty() && value.len() <= 256 && !value.ends_with(' ') && value.bytes().all(legal)
}

#[cfg(test)]
mod tests;
