//! The JSON Schema of an event's data (draft 2020-12, or the one that `$schema` names), made so that checking an event
//! costs no more than its size times the schema's.
//!
//! Apps' authors write schemas and the host runs them, outside of any sandbox. So a schema may not refer to itself,
//! which has no end, nor to anything outside of itself, which would be fetched; what its references unfold to is
//! counted against `event_schema_parts_max`; and `pattern` is matched in linear time. `format` is an annotation, as
//! the standard has it.

mod compatibility;
mod parts;

use atoll_model::Limits;
use jsonschema::{PatternOptions, Validator};
use serde::Serialize;
use serde_json::Value;

pub use compatibility::{SchemaBreak, breaks};

/// Violations that are told of one event.
const VIOLATIONS_SHOWN: usize = 10;
/// A message names the value that does not fit, which can be long.
const MESSAGE_CHARS_MAX: usize = 300;
/// A compiled `pattern`.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A compiled schema.
#[derive(Debug)]
pub struct EventSchema(Validator);

/// Where data does not fit a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemaViolation {
    /// The place in the data, a JSON Pointer (RFC 6901); empty for the whole.
    pub path: String,
    /// What was expected there.
    pub message: String,
}

/// Why a schema cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// It is no JSON.
    #[error("it is not JSON: {message}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// It is JSON, and no schema.
    #[error("{0}")]
    NoSchema(String),
    /// It is a schema of a kind that is not run here.
    #[error("{0}")]
    Unsupported(String),
    /// It is over a limit.
    #[error("{what} (limit {limit} = {value})")]
    OverLimit {
        /// What is too much.
        what: String,
        /// The field of `Limits`.
        limit: &'static str,
        /// Its value.
        value: usize,
    },
}

impl EventSchema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// [`SchemaError`] when it is none, or cannot be run within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, SchemaError> {
        let max = limits.event_schema_bytes_max;
        if bytes.len() > max {
            let what = format!("it has {} bytes", bytes.len());
            return Err(SchemaError::OverLimit { what, limit: "event_schema_bytes_max", value: max });
        }
        let schema: Value = serde_json::from_slice(bytes).map_err(|error| SchemaError::NotJson {
            line: error.line().max(1),
            column: error.column().max(1),
            message: error.to_string(),
        })?;
        if !schema.is_object() {
            return Err(SchemaError::NoSchema("it is no JSON object".into()));
        }
        parts::check(&schema, limits.event_schema_parts_max)?;
        let patterns =
            PatternOptions::regex().size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX);
        let options = jsonschema::options().offline().with_pattern_options(patterns);
        options.build(&schema).map(Self).map_err(|error| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { String::new() } else { format!("at {place}: ") };
            SchemaError::NoSchema(format!("it is no JSON Schema: {place}{}", shown(&error.to_string())))
        })
    }

    /// Checks an event's data. Answers where it does not fit: nowhere, if it does.
    #[must_use]
    pub fn violations(&self, data: &Value) -> Vec<SchemaViolation> {
        if self.0.is_valid(data) {
            return Vec::new();
        }
        let violation = |error: jsonschema::ValidationError<'_>| SchemaViolation {
            path: error.instance_path().to_string(),
            message: shown(&error.to_string()),
        };
        self.0.iter_errors(data).take(VIOLATIONS_SHOWN).map(violation).collect()
    }
}

fn shown(text: &str) -> String {
    let cut: String = text.chars().take(MESSAGE_CHARS_MAX).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests;
