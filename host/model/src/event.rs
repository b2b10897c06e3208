//! Events: CloudEvents 1.0 with the extensions `hops`, `attempt`, and those of distributed tracing (`traceparent`,
//! `tracestate`).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{AppName, TRACEPARENT, TRACESTATE, TraceContext};

/// A dot-separated event type such as `todo.created`: segments of `[a-z0-9_-]`, at most 8, at most 200
/// bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventType(String);

/// A subscription: an [`EventType`], or one with `.*` at its end (`todo.*`: every type below `todo`), or `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventPattern(String);

/// Why a text is no event type or pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an event {kind}: {problem}")]
pub struct EventTypeError {
    /// The text, cut to 80 characters.
    pub text: String,
    /// `type` or `pattern`.
    pub kind: &'static str,
    /// What is wrong.
    pub problem: &'static str,
}

fn check(text: &str, kind: &'static str) -> Result<(), EventTypeError> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let problem = if text.is_empty() {
        "it is empty"
    } else if text.len() > 200 {
        "it is longer than 200 bytes"
    } else if text.split('.').count() > 8 {
        "it has more than 8 segments"
    } else if text.split('.').any(str::is_empty) {
        "it has an empty segment"
    } else if !text.split('.').all(|segment| segment.bytes().all(legal)) {
        "a segment may hold a-z, 0-9, '-' and '_'"
    } else {
        return Ok(());
    };
    Err(EventTypeError { text: text.chars().take(80).collect(), kind, problem })
}

impl EventType {
    /// Parses a type.
    ///
    /// # Errors
    /// [`EventTypeError`] when a segment is empty or holds another character.
    pub fn parse(text: &str) -> Result<Self, EventTypeError> {
        check(text, "type").map(|()| Self(text.to_owned()))
    }

    /// The type as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl EventPattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// [`EventTypeError`] when what stands before `.*` is no event type.
    pub fn parse(text: &str) -> Result<Self, EventTypeError> {
        if text != "*" {
            check(text.strip_suffix(".*").unwrap_or(text), "pattern")?;
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether an event of this type is meant.
    #[must_use]
    pub fn matches(&self, event_type: &EventType) -> bool {
        match self.0.strip_suffix('*') {
            // "todo." is a proper prefix of "todo.created"; "*" leaves "", a prefix of everything.
            Some(prefix) => event_type.0.starts_with(prefix) && event_type.0.len() > prefix.len(),
            None => self.0 == event_type.0,
        }
    }

    /// The pattern as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An event as it stands in the log. `source`, `id`, `time`, `hops`, `attempt` and `trace` are the host's:
/// a guest can set none of them but `id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Unique for its source; a second publish with the same pair is the same event.
    pub id: String,
    /// Who published it: `/apps/{app}`, or what the API gave for an outside publisher, as `/external/{name}`.
    pub source: String,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When the host took it, RFC 3339 in UTC.
    pub time: jiff::Timestamp,
    /// The CloudEvents `subject`, where the publisher gave one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
    /// The data, any JSON value.
    pub data: serde_json::Value,
    /// How many handlers it has come through: 0 for one that a request published.
    #[serde(default)]
    pub hops: u32,
    /// The trace that it belongs to: that of the call that published it, or what an outside publisher gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceContext>,
    /// Its place in the log, from 1, rising. A cursor for "after".
    pub sequence: u64,
}

impl Event {
    /// The CloudEvents 1.0 form (structured mode, JSON). `attempt` counts deliveries from 1; 0 leaves it out.
    #[must_use]
    pub fn to_cloud_event(&self, attempt: u32) -> serde_json::Value {
        let mut event = serde_json::json!({
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.event_type,
            "time": self.time.to_string(),
            "datacontenttype": "application/json",
            "data": self.data,
            "hops": self.hops,
            "sequence": self.sequence.to_string(),
        });
        if let Some(subject) = &self.subject {
            event["subject"] = subject.clone().into();
        }
        if let Some(trace) = &self.trace {
            event[TRACEPARENT] = trace.traceparent().into();
            if let Some(state) = trace.tracestate() {
                event[TRACESTATE] = state.into();
            }
        }
        if attempt > 0 {
            event["attempt"] = attempt.into();
        }
        event
    }

    /// The app that published it, when an app did.
    #[must_use]
    pub fn source_app(&self) -> Option<AppName> {
        self.source.strip_prefix("/apps/").and_then(|name| AppName::parse(name).ok())
    }
}

/// What a publisher gives; the host makes an [`Event`] of it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventDraft {
    /// Its type.
    pub event_type: EventType,
    /// The publisher's own id, for idempotency; the host makes one (UUID v7) when absent.
    pub id: Option<String>,
    /// The CloudEvents `subject`.
    pub subject: Option<String>,
    /// The data.
    pub data: serde_json::Value,
    /// Hops of the event that is being handled, plus one; 0 outside an event handler.
    pub hops: u32,
    /// The trace that it belongs to.
    pub trace: Option<TraceContext>,
}

macro_rules! text_forms {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $name {
            type Err = EventTypeError;
            fn from_str(text: &str) -> Result<Self, EventTypeError> {
                Self::parse(text)
            }
        }
        impl TryFrom<String> for $name {
            type Error = EventTypeError;
            fn try_from(text: String) -> Result<Self, EventTypeError> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}
text_forms!(EventType);
text_forms!(EventPattern);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_means_everything_below_and_not_the_type_itself() {
        let pattern = EventPattern::parse("todo.*").unwrap();
        let matches = |t: &str| pattern.matches(&EventType::parse(t).unwrap());
        assert!(matches("todo.created") && matches("todo.item.moved"));
        assert!(!matches("todo") && !matches("todos.created"));
        assert!(EventPattern::parse("*").unwrap().matches(&EventType::parse("a.b").unwrap()));
    }

    #[test]
    fn malformed_types_are_refused() {
        for bad in ["", ".", "a.", ".a", "a..b", "A.b", "a b", "a.*", "a.b.c.d.e.f.g.h.i"] {
            assert!(EventType::parse(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "*.a", "a*", "a.*.b", ".*"] {
            assert!(EventPattern::parse(bad).is_err(), "{bad:?}");
        }
    }
}
