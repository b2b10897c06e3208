use serde_json::json;

use super::*;

fn parse(schema: &Value) -> Result<EventSchema, SchemaError> {
    EventSchema::parse(schema.to_string().as_bytes(), &Limits::default())
}

fn violations(schema: &Value, data: &Value) -> Vec<(String, String)> {
    parse(schema).unwrap().violations(data).into_iter().map(|v| (v.path, v.message)).collect()
}

#[test]
fn data_that_does_not_fit_is_told_where_and_why() {
    let schema = json!({
        "type": "object",
        "required": ["title"],
        "properties": {
            "title": { "type": "string", "pattern": "^[A-Z]" },
            "tags": { "type": "array", "items": { "$ref": "#/$defs/tag" } },
        },
        "$defs": { "tag": { "type": "string", "maxLength": 3 } },
    });
    assert_eq!(violations(&schema, &json!({ "title": "Buy milk", "tags": ["a"] })), []);
    let found = violations(&schema, &json!({ "title": "milk", "tags": ["a", 7, "long"] }));
    let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths.len(), 3, "{found:?}");
    assert!(["/title", "/tags/1", "/tags/2"].iter().all(|path| paths.contains(path)), "{found:?}");
    let missing = violations(&schema, &json!({}));
    assert!(missing[0].0.is_empty() && missing[0].1.contains("title"), "{missing:?}");
    let long = violations(&schema, &json!({ "title": "x".repeat(10_000) }));
    assert!(long[0].1.chars().count() <= MESSAGE_CHARS_MAX + 1);
    let many = violations(&schema, &json!({ "title": "A", "tags": vec![7; 1_000] }));
    assert_eq!(many.len(), VIOLATIONS_SHOWN);
}

#[test]
fn what_is_no_schema_or_cannot_be_run_is_refused_in_words() {
    for (schema, word) in [
        (json!([]), "no JSON object"),
        (json!({ "type": "strin" }), "no JSON Schema"),
        (json!({ "type": "string", "pattern": "(" }), "no JSON Schema"),
        (json!({ "$ref": "#" }), "refers to itself"),
        (json!({ "properties": { "a": { "$ref": "#/properties/a" } } }), "refers to itself"),
        (
            json!({ "$ref": "#/$defs/a", "$defs": { "a": { "items": { "$ref": "#/$defs/b" } }, "b": { "not": { "$ref": "#/$defs/a" } } } }),
            "refers to itself",
        ),
        (
            json!({ "$ref": "#/%24defs/a", "$defs": { "a": { "items": { "$ref": "#/$defs/a" } } } }),
            "refers to itself",
        ),
        (json!({ "$ref": "https://example.com/schema" }), "only parts of the same document"),
        (json!({ "$ref": "file:///etc/passwd" }), "only parts of the same document"),
        (json!({ "$ref": "#/$defs/none" }), "is not there"),
        (json!({ "$dynamicRef": "#a" }), "$dynamicRef"),
        (json!({ "$defs": { "a": { "$id": "https://example.com/a" } } }), "second $id"),
    ] {
        let error = parse(&schema).unwrap_err().to_string();
        assert!(error.contains(word), "{schema}: {error}");
    }
    let error = EventSchema::parse(b"{\n  nothing", &Limits::default()).unwrap_err();
    assert!(matches!(error, SchemaError::NotJson { line: 2, .. }), "{error}");
    let long = json!({ "description": "x".repeat(1 << 20) });
    assert!(parse(&long).unwrap_err().to_string().contains("event_schema_bytes_max"));
}

#[test]
fn what_only_looks_like_a_reference_is_data() {
    let schema = json!({ "$id": "https://example.com/order", "const": { "$ref": "#" } });
    assert_eq!(violations(&schema, &json!({ "$ref": "#" })), []);
    // A property of that name.
    let schema = json!({ "properties": { "$ref": { "type": "string" } } });
    assert_eq!(violations(&schema, &json!({ "$ref": 1 }))[0].0, "/$ref");
}

#[test]
fn references_that_unfold_without_measure_are_refused() {
    let mut defs = serde_json::Map::new();
    for n in 0..40 {
        let next = json!({ "$ref": format!("#/$defs/d{}", n + 1) });
        defs.insert(format!("d{n}"), json!({ "anyOf": [next.clone(), next] }));
    }
    defs.insert("d40".into(), json!({ "type": "string" }));
    let error = parse(&json!({ "$ref": "#/$defs/d0", "$defs": defs })).unwrap_err();
    assert!(matches!(error, SchemaError::OverLimit { limit: "event_schema_parts_max", .. }), "{error}");
}

#[test]
fn patterns_take_linear_time_and_none_is_too_large() {
    // Matching this by backtracking would take longer than the world has.
    let schema = json!({ "pattern": "^(a+)+$" });
    assert_eq!(violations(&schema, &json!(format!("{}b", "a".repeat(10_000)))).len(), 1);
    let large = parse(&json!({ "pattern": "((\\p{L}{100}){100}){100}" }));
    assert!(large.is_err());
}
