//! How one field looks on the page: what a form holds of it, its input, and how it is shown in a list.

use super::{
    backend_field::never_null,
    text::{js, jsx_attribute, jsx_text},
};
use crate::{Field, FieldKind, InitialValue};

/// Its property in the type of a draft.
pub(super) fn draft_type(field: &Field) -> String {
    let ty = match field.kind {
        FieldKind::YesNo => "boolean",
        FieldKind::Tags => "string[]",
        _ => "string",
    };
    format!("{}: {ty};", field.name)
}

/// What a draft starts with when there is nothing stored.
pub(super) fn draft_empty(field: &Field) -> String {
    match (&field.kind, &field.initial) {
        (FieldKind::YesNo, _) => "false".into(),
        (FieldKind::Tags, _) => "[]".into(),
        (FieldKind::Date, Some(InitialValue::Today)) => "today()".into(),
        (_, Some(InitialValue::Text(text))) => js(text),
        _ => "\"\"".into(),
    }
}

/// Its property in a draft made from what is stored.
pub(super) fn draft_value(field: &Field, variable: &str, is_calendar_date: bool) -> String {
    let source = format!("{variable}?.{}", field.name);
    let empty = match (is_calendar_date, &field.kind) {
        (true, FieldKind::DateTime) => "`${day ?? today()}T09:00`".to_owned(),
        (true, _) => "day ?? today()".to_owned(),
        _ => draft_empty(field),
    };
    let value = match field.kind {
        FieldKind::Money => format!("{source}?.toFixed(2)"),
        FieldKind::Number | FieldKind::Integer => format!("{source}?.toString()"),
        _ => source,
    };
    format!("{}: {value} ?? {empty},", field.name)
}

/// Its label with the unit.
pub(super) fn label_of(field: &Field) -> String {
    match &field.unit {
        Some(unit) if !field.label.to_lowercase().contains(&unit.to_lowercase()) => {
            format!("{} ({unit})", field.label)
        }
        _ => field.label.clone(),
    }
}

/// The component of its input.
pub(super) fn component(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::LongText => "LongTextField",
        FieldKind::YesNo => "YesNoField",
        FieldKind::Choice { .. } | FieldKind::Priority => "ChoiceField",
        FieldKind::Tags => "TagsField",
        FieldKind::Colour => "ColourField",
        _ => "TextField",
    }
}

/// Its input.
pub(super) fn input(field: &Field, suggested: bool, focus: bool) -> String {
    let mut attributes = vec![
        format!("label={}", jsx_attribute(&label_of(field))),
        format!("{{...bind(\"{}\")}}", field.name),
    ];
    let kind = match field.kind {
        FieldKind::Email => Some("email"),
        FieldKind::Phone => Some("tel"),
        FieldKind::Url => Some("url"),
        FieldKind::Date => Some("date"),
        FieldKind::Time => Some("time"),
        FieldKind::DateTime => Some("datetime-local"),
        _ => None,
    };
    attributes.extend(kind.map(|kind| format!("type=\"{kind}\"")));
    if field.kind.is_number() {
        attributes.push("numeric".into());
    }
    if suggested {
        attributes.push(format!("suggestions={{summary?.{}}}", field.name));
    }
    if field.required || field.must_be_yes {
        attributes.push("required".into());
    }
    if focus
        && !matches!(
            field.kind,
            FieldKind::Tags
                | FieldKind::Colour
                | FieldKind::Choice { .. }
                | FieldKind::Priority
                | FieldKind::YesNo
        )
    {
        attributes.push("autoFocus".into());
    }
    if let Some(hint) = hint(field) {
        attributes.push(format!("hint={}", jsx_attribute(&hint)));
    }
    match &field.kind {
        FieldKind::Choice { options } => {
            let pairs: Vec<String> = options
                .iter()
                .map(|option| format!("[{}, {}]", js(option), js(&crate::words::capitalized(option))))
                .collect();
            attributes.push(options_attribute(&pairs));
        }
        FieldKind::Priority => attributes.push(options_attribute(&[
            "[\"low\", \"%[Low]\"]".into(),
            "[\"medium\", \"%[Medium]\"]".into(),
            "[\"high\", \"%[High]\"]".into(),
        ])),
        FieldKind::Colour => attributes.push("colours={COLOURS}".into()),
        _ => {}
    }
    element(component(field), &attributes)
}

fn options_attribute(pairs: &[String]) -> String {
    let line = format!("options={{[{}]}}", pairs.join(", "));
    if line.len() <= 80 { line } else { format!("options={{[\n    {},\n  ]}}", pairs.join(",\n    ")) }
}

/// A JSX element without children, on one line when it fits.
pub(super) fn element(name: &str, attributes: &[String]) -> String {
    let line = format!("<{name} {} />", attributes.join(" "));
    if line.len() <= 100 && !line.contains('\n') {
        line
    } else {
        format!("<{name}\n  {}\n/>", attributes.join("\n  "))
    }
}

fn hint(field: &Field) -> Option<String> {
    if let Some(pattern) = &field.pattern {
        return Some(format!("%[Like] {}", pattern.shown));
    }
    match &field.initial {
        Some(InitialValue::DaysAfter { days, .. }) => Some(format!("%[Left empty:] + {days} %[days]")),
        _ if field.kind == FieldKind::Duration => Some("h:mm:ss".into()),
        _ => None,
    }
}

/// How it is shown, as a JavaScript expression that gives text or an element's child.
pub(super) fn shown(field: &Field, variable: &str) -> String {
    let source = format!("{variable}.{}", field.name);
    match field.kind {
        FieldKind::Date | FieldKind::DateTime => format!("showDate({source})"),
        FieldKind::Money => format!("money({source})"),
        _ => source,
    }
}

/// A line of a list of facts, or nothing for what is shown elsewhere.
pub(super) fn fact(field: &Field, variable: &str) -> Option<String> {
    let source = format!("{variable}.{}", field.name);
    let label = jsx_attribute(&field.label);
    let unit = field.unit.as_ref().map(|unit| format!(" {}", jsx_text(unit))).unwrap_or_default();
    let element = match &field.kind {
        FieldKind::LongText | FieldKind::Colour => return None,
        FieldKind::Tags => {
            return Some(format!("{{{source}.map((tag) => (\n  <Badge key={{tag}}>#{{tag}}</Badge>\n))}}"));
        }
        FieldKind::YesNo => {
            return Some(format!("{{{source} && <Badge tone=\"good\">{}</Badge>}}", jsx_text(&field.label)));
        }
        FieldKind::Category | FieldKind::Choice { .. } => {
            format!("<Badge tone=\"accent\">{{{source}}}</Badge>")
        }
        FieldKind::Priority => {
            format!("<Badge tone={{PRIORITIES[{source}].tone}}>{{PRIORITIES[{source}].label}}</Badge>")
        }
        _ => format!("<Fact label={label}>{{{}}}{unit}</Fact>", shown(field, variable)),
    };
    let always = field.required || (never_null(field) && !field.kind.is_text());
    if always {
        return Some(element);
    }
    let condition = if field.kind.is_number() { format!("{source} !== null") } else { source };
    let line = format!("{{{condition} && {element}}}");
    Some(if line.len() <= 100 { line } else { format!("{{{condition} && (\n  {element}\n)}}") })
}

/// What of `format.ts` a shown field needs.
pub(super) fn formats(fields: &[&Field]) -> Vec<&'static str> {
    let mut names = Vec::new();
    if fields.iter().any(|field| field.kind == FieldKind::Money) {
        names.push("money");
    }
    if fields.iter().any(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime)) {
        names.push("showDate");
    }
    names
}
