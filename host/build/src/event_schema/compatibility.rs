//! Whether data that one schema allows may fail another: what a publisher's new schema breaks for those who count on
//! the old one, or on one of their own.
//!
//! It compares the two part by part and says only what is sure. A part that is put together by `anyOf`, `not`, `if`
//! and their like, two different patterns, and `format` are passed over.

use serde_json::Value;

/// Changes that are told of one pair.
const CHANGES_SHOWN: usize = 10;
/// Pairs of parts that are looked at; every schema is bounded by itself, two of them by this.
const PARTS_MAX: usize = 20_000;
/// Keywords after which the others of a schema do not say what it allows.
const COMBINED: [&str; 12] = [
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "dependentSchemas",
    "dependentRequired",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
    "prefixItems",
];
/// What may stand beside a `$ref` and constrains nothing.
const BESIDE_A_REFERENCE: [&str; 9] =
    ["$ref", "$defs", "definitions", "$schema", "$id", "$anchor", "$comment", "title", "description"];
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// Something that the one schema allows and the other does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaBreak {
    /// Where in the data, as a JSON Pointer with `*` for any item of a list; empty for the whole.
    pub path: String,
    /// What may be there, and what was counted on.
    pub message: String,
}

/// What data that `published` allows may be, and `expected` refuses; the first few. Both are schemas that
/// [`EventSchema::parse`](super::EventSchema::parse) takes: they do not refer to themselves.
#[must_use]
pub fn breaks(published: &Value, expected: &Value) -> Vec<SchemaBreak> {
    let mut compare = Compare { published, expected, found: Vec::new(), parts: 0 };
    compare.part(published, expected, &mut String::new());
    compare.found
}

struct Compare<'s> {
    published: &'s Value,
    expected: &'s Value,
    found: Vec<SchemaBreak>,
    parts: usize,
}

impl<'s> Compare<'s> {
    fn part(&mut self, published: &'s Value, expected: &'s Value, path: &mut String) {
        self.parts += 1;
        if self.parts > PARTS_MAX || self.found.len() >= CHANGES_SHOWN {
            return;
        }
        let published = target(self.published, published);
        let expected = target(self.expected, expected);
        match (published, expected) {
            (Value::Bool(false), _) | (_, Value::Bool(true)) => {}
            (_, Value::Bool(false)) => self.tell(path, "nothing is allowed here"),
            (published, Value::Object(_)) if !is_combined(published) => {
                self.keywords(published, expected, path);
            }
            _ => {}
        }
    }

    fn keywords(&mut self, published: &'s Value, expected: &'s Value, path: &mut String) {
        if !self.types(published, expected, path) || !self.values(published, expected, path) {
            return;
        }
        // The values are named one by one, and each of them was looked at.
        if values(published).is_some() {
            return;
        }
        let may_be = |kind: &str| types(published).contains(&kind);
        if may_be("number") || may_be("integer") {
            self.bound(published, expected, path, "minimum", true);
            self.bound(published, expected, path, "exclusiveMinimum", true);
            self.bound(published, expected, path, "maximum", false);
            self.bound(published, expected, path, "exclusiveMaximum", false);
        }
        if may_be("string") {
            self.bound(published, expected, path, "minLength", true);
            self.bound(published, expected, path, "maxLength", false);
            if let (None, Some(pattern)) = (published.get("pattern"), expected.get("pattern")) {
                self.tell(path, format!("it may be any text; the pattern {pattern} was counted on"));
            }
        }
        if may_be("array") {
            self.bound(published, expected, path, "minItems", true);
            self.bound(published, expected, path, "maxItems", false);
            if let Some(items) = expected.get("items").filter(|_| expected.get("prefixItems").is_none()) {
                path.push_str("/*");
                self.part(published.get("items").unwrap_or(&Value::Bool(true)), items, path);
                path.truncate(path.len() - 2);
            }
        }
        if may_be("object") {
            self.object(published, expected, path);
        }
    }

    /// Whether the types fit, so that it makes sense to look further.
    fn types(&mut self, published: &Value, expected: &Value, path: &str) -> bool {
        let allowed = types(expected);
        let fits =
            |kind: &&str| allowed.contains(kind) || (*kind == "integer" && allowed.contains(&"number"));
        let other: Vec<&str> = types(published).into_iter().filter(|kind| !fits(kind)).collect();
        if other.is_empty() {
            return true;
        }
        let counted_on = allowed.join(" or ");
        let message = if published.get("type").is_none() && values(published).is_none() {
            format!("it may be of any type; {counted_on} was counted on")
        } else {
            format!("it may be {}; {counted_on} was counted on", other.join(" or "))
        };
        self.tell(path, message);
        false
    }

    /// `enum` and `const`.
    fn values(&mut self, published: &Value, expected: &Value, path: &str) -> bool {
        let Some(allowed) = values(expected) else { return true };
        let Some(possible) = values(published) else {
            self.tell(path, format!("it may be anything; one of {} was counted on", listed(&allowed)));
            return false;
        };
        let other: Vec<&Value> = possible.into_iter().filter(|value| !allowed.contains(value)).collect();
        if !other.is_empty() {
            self.tell(
                path,
                format!("it may be {}; one of {} was counted on", listed(&other), listed(&allowed)),
            );
        }
        other.is_empty()
    }

    fn bound(&mut self, published: &Value, expected: &Value, path: &str, keyword: &str, is_lower: bool) {
        let number = |schema: &Value| schema.get(keyword).and_then(Value::as_f64);
        let Some(counted_on) = number(expected) else { return };
        let message = match number(published) {
            Some(bound) if is_lower && bound >= counted_on => return,
            Some(bound) if !is_lower && bound <= counted_on => return,
            Some(bound) => format!("{keyword} is {bound}; {counted_on} was counted on"),
            // An exclusive bound may stand in for one that is not, and the other way round.
            None if has_other_bound(published, keyword) => return,
            None => format!("there is no {keyword}; {counted_on} was counted on"),
        };
        self.tell(path, message);
    }

    fn object(&mut self, published: &'s Value, expected: &'s Value, path: &mut String) {
        let length = path.len();
        let promised: Vec<&str> = strings(published.get("required"));
        for name in strings(expected.get("required")) {
            if !promised.contains(&name) {
                push(path, name);
                self.tell(path, "it may be missing; it was counted on");
                path.truncate(length);
            }
        }
        let there = published.get("properties").and_then(Value::as_object);
        let known = expected.get("properties").and_then(Value::as_object);
        for (name, expected) in known.into_iter().flatten() {
            // What a publisher does not name it hardly sends: an optional one is passed over.
            if let Some(published) = there.and_then(|there| there.get(name)) {
                push(path, name);
                self.part(published, expected, path);
                path.truncate(length);
            }
        }
        let is_closed = expected.get("additionalProperties") == Some(&Value::Bool(false))
            && expected.get("patternProperties").is_none();
        if !is_closed {
            return;
        }
        for (name, schema) in there.into_iter().flatten() {
            if *schema != Value::Bool(false) && known.is_none_or(|known| !known.contains_key(name)) {
                push(path, name);
                self.tell(path, "it may be there; no other properties were counted on");
                path.truncate(length);
            }
        }
        if published.get("additionalProperties").is_none_or(|others| *others != Value::Bool(false)) {
            self.tell(path, "it may have other properties; none were counted on");
        }
    }

    fn tell(&mut self, path: &str, message: impl Into<String>) {
        if self.found.len() < CHANGES_SHOWN {
            self.found.push(SchemaBreak { path: path.to_owned(), message: message.into() });
        }
    }
}

/// What a schema that is only a reference refers to.
fn target<'s>(root: &'s Value, mut schema: &'s Value) -> &'s Value {
    // References do not lead back: each step is another one of the document's.
    while let Some(reference) = schema.get("$ref").and_then(Value::as_str)
        && !is_combined(schema)
    {
        let pointer = super::parts::percent_decoded(reference.trim_start_matches('#'));
        let Some(found) = root.pointer(&pointer) else { break };
        schema = found;
    }
    schema
}

/// Whether what a schema allows is said by more than its own simple keywords, or by its reference alone.
fn is_combined(schema: &Value) -> bool {
    let has_more = |members: &serde_json::Map<String, Value>| {
        members.contains_key("$ref") && members.keys().any(|key| !BESIDE_A_REFERENCE.contains(&key.as_str()))
    };
    COMBINED.iter().any(|keyword| schema.get(keyword).is_some()) || schema.as_object().is_some_and(has_more)
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) if one == "number" => vec!["number", "integer"],
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => match values(schema) {
            Some(values) => values.into_iter().map(type_of).collect(),
            None => TYPES.to_vec(),
        },
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The values that `const` or `enum` names.
fn values(schema: &Value) -> Option<Vec<&Value>> {
    let several = schema.get("enum").and_then(Value::as_array);
    schema.get("const").map(|one| vec![one]).or_else(|| several.map(|several| several.iter().collect()))
}

fn has_other_bound(schema: &Value, keyword: &str) -> bool {
    let other = match keyword {
        "minimum" => "exclusiveMinimum",
        "exclusiveMinimum" => "minimum",
        "maximum" => "exclusiveMaximum",
        "exclusiveMaximum" => "maximum",
        _ => return false,
    };
    schema.get(other).is_some()
}

fn strings(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn listed(values: &[&Value]) -> String {
    let all: Vec<String> = values.iter().map(|value| value.to_string()).collect();
    super::shown(&all.join(", "))
}

/// Adds a property to a JSON Pointer.
fn push(path: &mut String, name: &str) {
    path.push('/');
    path.push_str(&name.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(published: &Value, expected: &Value) -> Vec<String> {
        breaks(published, expected)
            .into_iter()
            .map(|found| format!("{}: {}", found.path, found.message))
            .collect()
    }

    #[test]
    fn what_narrows_breaks_nothing() {
        let todo = json!({ "type": "object", "required": ["id"], "properties": {
            "id": { "type": "integer" }, "title": { "type": "string", "maxLength": 100 } } });
        let narrower = json!({ "type": "object", "required": ["id", "title"], "additionalProperties": false,
            "properties": { "id": { "type": "integer", "minimum": 1 }, "title": { "enum": ["a", "b"] },
            "more": { "type": "null" } } });
        assert_eq!(told(&todo, &todo), [""; 0]);
        assert_eq!(told(&narrower, &todo), [""; 0]);
        for anything in
            [json!({}), json!(true), json!({ "description": "whatever" }), json!({ "format": "date" })]
        {
            assert_eq!(told(&todo, &anything), [""; 0]);
        }
        for (published, expected) in [
            (json!({ "type": "integer" }), json!({ "type": "number" })),
            (json!({ "const": 1 }), json!({ "type": "number", "minimum": 0 })),
            (json!({ "type": "number", "exclusiveMinimum": 3 }), json!({ "type": "number", "minimum": 3 })),
            (json!({ "anyOf": [{ "type": "string" }] }), json!({ "type": "string" })),
            (json!({ "pattern": "^a", "type": "string" }), json!({ "pattern": "^b" })),
            (json!(false), json!({ "type": "string" })),
            (
                json!({ "$ref": "#/$defs/a", "type": "string", "$defs": { "a": {} } }),
                json!({ "type": "string" }),
            ),
        ] {
            assert_eq!(told(&published, &expected), [""; 0], "{published} {expected}");
        }
    }

    #[test]
    fn what_widens_is_told_with_its_place() {
        let object = |properties: Value| json!({ "type": "object", "properties": properties });
        for (published, expected, words) in [
            (
                json!({ "type": "string" }),
                json!({ "type": "number" }),
                ": it may be string; number or integer",
            ),
            (json!({ "type": "number" }), json!({ "type": "integer" }), ": it may be number; integer"),
            (json!({}), json!({ "type": "string" }), ": it may be of any type; string"),
            (json!({ "enum": [1, 2] }), json!({ "const": 1 }), ": it may be 2; one of 1"),
            (json!({ "type": "string" }), json!({ "enum": ["a"] }), ": it may be anything; one of \"a\""),
            (json!({ "minimum": 0 }), json!({ "minimum": 1 }), ": minimum is 0; 1"),
            (json!({ "maximum": 9 }), json!({ "maximum": 8 }), ": maximum is 9; 8"),
            (json!({ "type": "string" }), json!({ "maxLength": 8 }), ": there is no maxLength; 8"),
            (
                json!({ "type": "string" }),
                json!({ "pattern": "^a" }),
                ": it may be any text; the pattern \"^a\"",
            ),
            (
                json!({ "type": "array", "items": { "type": "string" } }),
                json!({ "type": "array", "items": { "type": "boolean" } }),
                "/*: it may be string; boolean",
            ),
            (
                object(json!({ "a/b": { "type": "null" } })),
                object(json!({ "a/b": { "type": "string" } })),
                "/a~1b: it may be null; string",
            ),
            (object(json!({})), json!({ "type": "object", "required": ["id"] }), "/id: it may be missing"),
            (
                object(json!({ "new": {} })),
                json!({ "type": "object", "additionalProperties": false }),
                "/new: it may be there",
            ),
            (object(json!({})), json!({ "additionalProperties": false }), ": it may have other properties"),
            (
                json!({ "$ref": "#/$defs/a", "$defs": { "a": { "type": "string" } } }),
                json!({ "type": "string" }),
                "",
            ),
            (
                object(json!({ "x": { "$ref": "#/$defs/a" } })),
                json!({ "properties": { "x": { "$ref": "#/$defs/b" } }, "$defs": { "b": { "type": "null" } } }),
                "/x: it may be of any type; null",
            ),
        ] {
            let told = told(&published, &expected);
            let first = told.first().map_or("", String::as_str);
            assert!(
                first.starts_with(words) && (words.is_empty() == told.is_empty()),
                "{published}: {told:?}"
            );
        }
    }

    #[test]
    fn what_is_told_has_an_end() {
        let many: serde_json::Map<String, Value> =
            (0..100).map(|n| (format!("p{n}"), json!({ "type": "string" }))).collect();
        let expected = json!({ "required": many.keys().collect::<Vec<_>>() });
        assert_eq!(breaks(&json!({ "properties": many }), &expected).len(), CHANGES_SHOWN);
    }
}
