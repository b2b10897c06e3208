//! CloudEvents 1.0 over HTTP, as outside publishers send them: structured mode
//! (`application/cloudevents+json`), batched mode (`application/cloudevents-batch+json`) and binary mode
//! (`ce-*` headers).
//!
//! What the host decides is not taken from the sender: `time`, `hops`, `attempt` and `sequence` are ignored,
//! and the source always becomes `/external/{name}`, so that nobody outside can speak as an app.

use atoll::{
    EventDraft, EventType, Limits,
    model::{TRACEPARENT, TRACESTATE, TraceContext},
};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    json_body::{self, is_json, media_type},
    problem::Problem,
};

const BATCH: &str = "application/cloudevents-batch+json";
/// The longest name in `/external/{name}`.
const SOURCE_NAME_MAX: usize = 100;

/// An event from outside.
#[derive(Debug, PartialEq)]
pub(crate) struct OutsideEvent {
    /// `/external/{name}`.
    pub(crate) source: String,
    pub(crate) draft: EventDraft,
}

/// The attributes of one event, in either mode. Unknown ones (extensions) are not kept.
#[derive(Deserialize)]
struct Attributes {
    specversion: String,
    #[serde(rename = "type")]
    event_type: String,
    source: Option<String>,
    id: Option<String>,
    subject: Option<String>,
    #[serde(default)]
    data: Value,
    data_base64: Option<String>,
    /// Of any type, since one that is malformed is ignored, not refused.
    traceparent: Option<Value>,
    tracestate: Option<Value>,
}

/// What a request brings.
#[derive(Debug, PartialEq)]
pub(crate) enum Outside {
    One(OutsideEvent),
    Batch(Vec<OutsideEvent>),
}

/// Reads what a request brings, in any mode.
pub(crate) fn parse(headers: &HeaderMap, body: &[u8], limits: &Limits) -> Result<Outside, Problem> {
    if media_type(headers) == BATCH {
        batch(headers, body, limits).map(Outside::Batch)
    } else {
        one(headers, body, limits).map(Outside::One)
    }
}

/// Batched mode: a JSON array of events in structured mode; it may be empty.
fn batch(headers: &HeaderMap, body: &[u8], limits: &Limits) -> Result<Vec<OutsideEvent>, Problem> {
    let events: Vec<Value> = json_body::parse(body, limits.json_depth_max)?;
    let max = limits.events_batch_max;
    if events.len() > max {
        return Err(Problem::new(413, "over-limit", "Over a limit")
            .detail(format_args!("a batch may have {max} events, and this one has {}", events.len()))
            .limit("events_batch_max", max as u64));
    }
    let trace = TraceContext::from_headers(headers);
    let read = |(index, event)| {
        let attributes: Result<Attributes, _> = serde_json::from_value(event);
        let event = attributes.map_err(bad).and_then(|attributes| attributes.into_event(limits));
        let mut event = event.map_err(|problem| problem.of_event(index))?;
        event.draft.trace = event.draft.trace.or_else(|| trace.clone());
        Ok(event)
    };
    events.into_iter().enumerate().map(read).collect()
}

/// Reads one event, in structured or binary mode.
fn one(headers: &HeaderMap, body: &[u8], limits: &Limits) -> Result<OutsideEvent, Problem> {
    let media_type = media_type(headers);
    let attributes = match media_type.as_str() {
        "application/cloudevents+json" => json_body::parse(body, limits.json_depth_max)?,
        other if other.starts_with("application/cloudevents") => return Err(unsupported(other)),
        other if is_binary(headers) => binary(headers, other, body, limits)?,
        // A plain JSON body without `ce-*` headers is taken for the structured mode.
        other if is_json(other) => json_body::parse(body, limits.json_depth_max)?,
        other => return Err(unsupported(other)),
    };
    let mut event = attributes.into_event(limits)?;
    // The event's own trace, or else that of the request which brings it.
    event.draft.trace = event.draft.trace.or_else(|| TraceContext::from_headers(headers));
    Ok(event)
}

fn unsupported(media_type: &str) -> Problem {
    Problem::new(415, "unsupported-event", "Unsupported event format").detail(format_args!(
        "{media_type:?} is not understood; send application/cloudevents+json, {BATCH}, or ce-* headers with a JSON or text body"
    ))
}

/// Whether the attributes are in headers.
fn is_binary(headers: &HeaderMap) -> bool {
    headers.contains_key("ce-specversion") || headers.contains_key("ce-type")
}

/// Binary mode: attributes in headers, the data as the body.
fn binary(
    headers: &HeaderMap,
    media_type: &str,
    body: &[u8],
    limits: &Limits,
) -> Result<Attributes, Problem> {
    let data = if body.is_empty() {
        Value::Null
    } else if is_json(media_type) {
        json_body::parse(body, limits.json_depth_max)?
    } else if media_type.starts_with("text/") {
        let text = std::str::from_utf8(body).map_err(|_| bad("the body is not UTF-8"))?;
        text.into()
    } else {
        return Err(unsupported(media_type));
    };
    let required =
        |name| attribute(headers, name)?.ok_or_else(|| bad(format_args!("the header {name} is missing")));
    Ok(Attributes {
        specversion: required("ce-specversion")?,
        event_type: required("ce-type")?,
        source: attribute(headers, "ce-source")?,
        id: attribute(headers, "ce-id")?,
        subject: attribute(headers, "ce-subject")?,
        data,
        data_base64: None,
        traceparent: extension(headers, TRACEPARENT),
        tracestate: extension(headers, TRACESTATE),
    })
}

/// A tracing extension in binary mode.
fn extension(headers: &HeaderMap, name: &str) -> Option<Value> {
    attribute(headers, &format!("ce-{name}")).ok().flatten().map(Value::String)
}

/// A `ce-*` header; its value is percent-encoded UTF-8 (HTTP binding 1.0.2 §3.1.3.2).
fn attribute(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return if headers.contains_key(name) {
            Err(bad(format_args!("{name} is there twice")))
        } else {
            Ok(None)
        };
    };
    let decoded = percent_encoding::percent_decode(value.as_bytes()).decode_utf8();
    decoded.map(|text| Some(text.into_owned())).map_err(|_| bad(format_args!("{name} is not UTF-8")))
}

impl Attributes {
    fn into_event(self, limits: &Limits) -> Result<OutsideEvent, Problem> {
        if self.specversion != "1.0" {
            return Err(bad("specversion is not \"1.0\""));
        }
        if self.data_base64.is_some() {
            return Err(bad("data_base64 is not taken; send JSON data"));
        }
        for (name, value) in [("id", &self.id), ("source", &self.source), ("subject", &self.subject)] {
            let Some(value) = value else { continue };
            if value.is_empty() || value.chars().any(char::is_control) {
                return Err(bad(format_args!("{name} is empty or has control characters")));
            }
            if value.len() > limits.event_id_bytes_max {
                return Err(Problem::too_large(
                    &format!("the {name} of an event"),
                    "event_id_bytes_max",
                    limits.event_id_bytes_max,
                ));
            }
        }
        let bytes = self.data.to_string().len();
        if bytes > limits.event_data_bytes_max {
            return Err(Problem::too_large(
                "the data of an event",
                "event_data_bytes_max",
                limits.event_data_bytes_max,
            ));
        }
        let event_type = EventType::parse(&self.event_type)
            .map_err(|error| Problem::bad_request("bad-event-type", error))?;
        let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
        let state = text(&self.tracestate);
        let trace = text(&self.traceparent).and_then(|parent| TraceContext::parse(&parent, state.as_deref()));
        Ok(OutsideEvent {
            source: external_source(self.source.as_deref().unwrap_or("")),
            draft: EventDraft {
                event_type,
                id: self.id,
                subject: self.subject,
                data: self.data,
                hops: 0,
                trace,
            },
        })
    }
}

fn bad(detail: impl std::fmt::Display) -> Problem {
    Problem::bad_request("bad-event", detail)
}

/// `/external/{name}`: what a sender calls itself, as lower-case letters, digits, dots and single hyphens.
fn external_source(given: &str) -> String {
    let mut name = String::new();
    // What it was given before keeps its name when it is sent on.
    for c in given.trim_start_matches("/external/").chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '_' {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if name.len() == SOURCE_NAME_MAX {
            break;
        }
    }
    let name = name.trim_matches(['-', '.']);
    format!("/external/{}", if name.is_empty() { "anonymous" } else { name })
}

#[cfg(test)]
mod tests;
