//! How one field looks in the backend: its type, its column, the way between the two, and its check.

use super::{
    names::column,
    text::{js, number},
};
use crate::{Field, FieldKind, InitialValue};

/// Its type in TypeScript.
pub(super) fn typescript(field: &Field) -> String {
    let (base, always) = match &field.kind {
        FieldKind::Number | FieldKind::Integer | FieldKind::Money => ("number".to_owned(), false),
        FieldKind::YesNo => ("boolean".to_owned(), true),
        FieldKind::Tags => ("string[]".to_owned(), true),
        FieldKind::Date | FieldKind::Time | FieldKind::DateTime | FieldKind::Duration => {
            ("string".to_owned(), false)
        }
        FieldKind::Choice { options } => (union(options), false),
        FieldKind::Priority => (r#""low" | "medium" | "high""#.to_owned(), false),
        FieldKind::Colour => ("string".to_owned(), false),
        _ => ("string".to_owned(), true),
    };
    if always || never_null(field) { base } else { format!("{base} | null") }
}

/// The field always has a value.
pub(super) fn never_null(field: &Field) -> bool {
    field.required
        || matches!(field.kind, FieldKind::YesNo | FieldKind::Tags)
        || field.kind.is_text()
        || matches!(
            (&field.kind, &field.initial),
            (FieldKind::Choice { .. } | FieldKind::Priority | FieldKind::Colour, Some(InitialValue::Text(_)))
                | (FieldKind::Date, Some(InitialValue::Today))
        )
}

fn union(options: &[String]) -> String {
    options.iter().map(|option| js(option)).collect::<Vec<_>>().join(" | ")
}

/// Its column's name.
pub(crate) fn column_of(field: &Field) -> String {
    match field.kind {
        FieldKind::Money => format!("{}_cents", field.name),
        FieldKind::Duration => format!("{}_seconds", field.name),
        _ => column(&field.name),
    }
}

/// Its column in `CREATE TABLE`.
pub(super) fn column_definition(field: &Field) -> String {
    let name = column_of(field);
    let (sql_type, fallback) = match field.kind {
        FieldKind::YesNo => ("INTEGER", Some("0")),
        FieldKind::Integer | FieldKind::Money | FieldKind::Duration => ("INTEGER", None),
        FieldKind::Number => ("REAL", None),
        FieldKind::Tags => ("TEXT", Some("'[]'")),
        _ if field.kind.is_text() => ("TEXT", Some("''")),
        _ => ("TEXT", None),
    };
    let mut definition = format!("{name} {sql_type}");
    if never_null(field) {
        definition.push_str(" NOT NULL");
    }
    if let Some(fallback) = fallback {
        definition.push_str(" DEFAULT ");
        definition.push_str(fallback);
    }
    if let (true, Some(least)) = (field.kind.is_number(), field.minimum) {
        let least = if field.kind == FieldKind::Money { least * 100.0 } else { least };
        let sign = if field.above_minimum { ">" } else { ">=" };
        definition.push_str(&format!(" CHECK ({name} {sign} {})", number(least)));
    }
    definition
}

/// Its property in the type of a row.
pub(super) fn row_property(field: &Field) -> String {
    let name = column_of(field);
    if matches!(field.kind, FieldKind::Choice { .. } | FieldKind::Priority) {
        return format!("{name}: {};", typescript(field));
    }
    let base = match field.kind {
        FieldKind::YesNo
        | FieldKind::Integer
        | FieldKind::Money
        | FieldKind::Duration
        | FieldKind::Number => "number",
        _ => "string",
    };
    let null = if never_null(field) { "" } else { " | null" };
    format!("{name}: {base}{null};")
}

/// Its property made from a row.
pub(super) fn from_row(field: &Field) -> String {
    let name = &field.name;
    let source = format!("row.{}", column_of(field));
    let value = match &field.kind {
        FieldKind::YesNo => format!("{source} === 1"),
        FieldKind::Tags => format!("JSON.parse({source}) as string[]"),
        FieldKind::Money if never_null(field) => format!("{source} / 100"),
        FieldKind::Money => format!("{source} === null ? null : {source} / 100"),
        FieldKind::Duration if never_null(field) => format!("clock({source})"),
        FieldKind::Duration => format!("{source} === null ? null : clock({source})"),
        _ => source,
    };
    format!("{name}: {value},")
}

/// Its column made from the input.
pub(super) fn to_row(field: &Field, variable: &str) -> String {
    let source = format!("{variable}.{}", field.name);
    let value = match &field.kind {
        FieldKind::YesNo => format!("Number({source})"),
        FieldKind::Tags => format!("JSON.stringify({source})"),
        FieldKind::Money if never_null(field) => format!("Math.round({source} * 100)"),
        FieldKind::Money => format!("{source} === null ? null : Math.round({source} * 100)"),
        FieldKind::Duration if never_null(field) => format!("seconds({source})"),
        FieldKind::Duration => format!("{source} === null ? null : seconds({source})"),
        _ => source,
    };
    format!("{}: {value},", column_of(field))
}

/// The name of the constant that holds a field's options or pattern; `of` keeps those of two entities apart.
fn constant_name(field: &Field, of: &str) -> String {
    let what = if matches!(field.kind, FieldKind::Choice { .. }) { "options" } else { "pattern" };
    format!("{of}{}_{what}", field.name).to_ascii_uppercase()
}

/// The constant, when it has one.
pub(super) fn constant(field: &Field, of: &str) -> Option<String> {
    let name = constant_name(field, of);
    match (&field.kind, &field.pattern) {
        (FieldKind::Choice { options }, _) => {
            let options: Vec<String> = options.iter().map(|option| js(option)).collect();
            Some(format!("const {name} = [{}] as const;", options.join(", ")))
        }
        (_, Some(pattern)) => Some(format!("const {name} = /{}/;", pattern.expression)),
        _ => None,
    }
}

/// Its line in the check of an input.
pub(super) fn check(field: &Field, of: &str) -> String {
    let name = &field.name;
    let mut rules: Vec<String> = Vec::new();
    if field.required && !matches!(field.kind, FieldKind::YesNo | FieldKind::Tags) {
        rules.push("required: true".into());
    }
    let method = match &field.kind {
        FieldKind::Text | FieldKind::Category => text_rules(field, of, &mut rules, None),
        FieldKind::LongText => text_rules(field, of, &mut rules, Some(20_000.0)),
        FieldKind::Email => {
            rules.push(r#"pattern: /^[^@\s]+@[^@\s]+\.[^@\s]+$/, like: "name@example.com""#.into());
            "text"
        }
        FieldKind::Phone => {
            rules.push(r#"pattern: /^\+?[\d ()/.-]{4,25}$/, like: "+49 170 1234567""#.into());
            "text"
        }
        FieldKind::Url => {
            rules.push(r#"most: 2000, pattern: /^https?:\/\/\S+$/, like: "https://example.com""#.into());
            "text"
        }
        FieldKind::Number | FieldKind::Integer | FieldKind::Money => number_rules(field, &mut rules),
        FieldKind::Date => {
            if field.past {
                rules.push("past: true".into());
            }
            if field.initial == Some(InitialValue::Today) {
                rules.retain(|rule| rule != "required: true");
                let rules = braced(&rules);
                return format!(
                    "{name}: check.date(\"{name}\"{rules}) ?? new Date().toISOString().slice(0, 10),"
                );
            }
            "date"
        }
        FieldKind::Time => time_rules(field, &mut rules),
        FieldKind::DateTime => "moment",
        FieldKind::Duration => "duration",
        FieldKind::YesNo => {
            if field.must_be_yes {
                rules.push("mustBe: true".into());
            }
            "yesNo"
        }
        FieldKind::Tags => "tags",
        FieldKind::Choice { .. } | FieldKind::Priority | FieldKind::Colour => return choice(field, of),
    };
    format!("{name}: check.{method}(\"{name}\"{}),", braced(&rules))
}

fn braced(rules: &[String]) -> String {
    if rules.is_empty() { String::new() } else { format!(", {{ {} }}", rules.join(", ")) }
}

fn choice(field: &Field, of: &str) -> String {
    let name = &field.name;
    let options = match &field.kind {
        FieldKind::Priority => r#"["low", "medium", "high"]"#.to_owned(),
        FieldKind::Colour => format!("[{}]", super::COLOURS.map(js).join(", ")),
        _ => constant_name(field, of),
    };
    let rule = match &field.initial {
        Some(InitialValue::Text(text)) => format!(", {{ unless: {} }}", js(text)),
        _ if field.required => ", { required: true }".to_owned(),
        _ => String::new(),
    };
    format!("{name}: check.choice(\"{name}\", {options}{rule}),")
}

fn text_rules(field: &Field, of: &str, rules: &mut Vec<String>, most: Option<f64>) -> &'static str {
    if let Some(most) = field.maximum.or(most) {
        rules.push(format!("most: {}", number(most)));
    }
    if let Some(pattern) = &field.pattern {
        rules.push(format!("pattern: {}, like: {}", constant_name(field, of), js(&pattern.shown)));
    }
    "text"
}

fn number_rules(field: &Field, rules: &mut Vec<String>) -> &'static str {
    if field.kind == FieldKind::Integer {
        rules.push("whole: true".into());
    }
    if let Some(least) = field.minimum {
        let rule = if field.above_minimum { "above" } else { "least" };
        rules.push(format!("{rule}: {}", number(least)));
    }
    if let Some(most) = field.maximum {
        rules.push(format!("most: {}", number(most)));
    }
    if let Some(step) = field.step {
        rules.push(format!("step: {}", number(step)));
    }
    if field.kind == FieldKind::Money { "money" } else { "number" }
}

/// Times keep their bounds in hours.
fn time_rules(field: &Field, rules: &mut Vec<String>) -> &'static str {
    let clock = |hours: f64| format!("{:02}:{:02}", hours as u32, ((hours.fract() * 60.0).round()) as u32);
    if let Some(from) = field.minimum {
        rules.push(format!("from: \"{}\"", clock(from)));
    }
    if let Some(to) = field.maximum {
        rules.push(format!("to: \"{}\"", clock(to)));
    }
    if let Some(step) = field.step {
        rules.push(format!("every: {}", number(step)));
    }
    "time"
}

/// Its property in a JSON Schema.
pub(super) fn schema(field: &Field) -> serde_json::Value {
    use serde_json::json;
    let mut schema = match &field.kind {
        FieldKind::Number | FieldKind::Money => json!({ "type": "number" }),
        FieldKind::Integer => json!({ "type": "integer" }),
        FieldKind::YesNo => json!({ "type": "boolean" }),
        FieldKind::Tags => json!({ "type": "array", "items": { "type": "string" } }),
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::Time => json!({ "type": "string", "pattern": "^\\d{2}:\\d{2}$" }),
        FieldKind::DateTime => json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$" }),
        FieldKind::Email => json!({ "type": "string" }),
        FieldKind::Choice { options } => json!({ "type": "string", "enum": options }),
        FieldKind::Priority => json!({ "type": "string", "enum": ["low", "medium", "high"] }),
        _ => json!({ "type": "string" }),
    };
    if !never_null(field) {
        schema["type"] = json!([schema["type"], "null"]);
        if let Some(options) = schema.get_mut("enum").and_then(serde_json::Value::as_array_mut) {
            options.push(serde_json::Value::Null);
        }
    }
    schema["title"] = json!(field.label);
    schema
}
