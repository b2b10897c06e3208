//! How large a schema is once its references are followed, and whether they end.

use serde_json::Value;

use super::SchemaError;

/// Data inside a schema: what looks like a reference there is none.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

/// Refuses a schema that unfolds to more than `max` parts, refers to itself, or to something elsewhere.
pub(super) fn check(schema: &Value, max: usize) -> Result<(), SchemaError> {
    let mut walk = Walk { root: schema, following: Vec::new(), parts: 0, max };
    walk.value(schema, true)
}

struct Walk<'s> {
    root: &'s Value,
    /// References that are being followed, outermost first.
    following: Vec<&'s str>,
    parts: usize,
    max: usize,
}

impl<'s> Walk<'s> {
    /// The nesting of a JSON text is bounded by its parser, and that of references by their number.
    fn value(&mut self, value: &'s Value, is_schema: bool) -> Result<(), SchemaError> {
        self.parts += 1;
        if self.parts > self.max {
            let what = "it has too many parts once its references are followed".to_owned();
            return Err(SchemaError::OverLimit { what, limit: "event_schema_parts_max", value: self.max });
        }
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.value(item, is_schema)),
            Value::Object(members) => members.iter().try_for_each(|(key, member)| {
                if is_schema && let Some(text) = member.as_str() {
                    self.keyword(key, text)?;
                }
                self.value(member, is_schema && !DATA.contains(&key.as_str()))
            }),
            _ => Ok(()),
        }
    }

    fn keyword(&mut self, key: &str, text: &'s str) -> Result<(), SchemaError> {
        let unsupported = |what: String| Err(SchemaError::Unsupported(what));
        match key {
            "$ref" => self.follow(text),
            "$dynamicRef" | "$recursiveRef" => {
                unsupported(format!("it uses {key}, which is not run here; write $ref to a part of it"))
            }
            "$id" if !std::ptr::eq(self.root.get("$id").and_then(Value::as_str).unwrap_or(""), text) => {
                unsupported(format!("it has a second $id ({text:?}); a schema is one document here"))
            }
            _ => Ok(()),
        }
    }

    fn follow(&mut self, reference: &'s str) -> Result<(), SchemaError> {
        let Some(pointer) =
            reference.strip_prefix('#').filter(|rest| rest.is_empty() || rest.starts_with('/'))
        else {
            return Err(SchemaError::Unsupported(format!(
                "it refers to {reference:?}; only parts of the same document can be referred to, as #/$defs/name"
            )));
        };
        if pointer.is_empty() || self.following.contains(&pointer) {
            return Err(SchemaError::Unsupported(format!(
                "it refers to itself at {reference:?}; a schema of events has an end"
            )));
        }
        let pointed = percent_decoded(pointer);
        let Some(target) = self.root.pointer(&pointed) else {
            return Err(SchemaError::NoSchema(format!("it refers to {reference:?}, which is not there")));
        };
        self.following.push(pointer);
        self.value(target, true)?;
        self.following.pop();
        Ok(())
    }
}

/// A reference is part of a URL.
pub(super) fn percent_decoded(pointer: &str) -> String {
    percent_encoding::percent_decode_str(pointer).decode_utf8_lossy().into_owned()
}
