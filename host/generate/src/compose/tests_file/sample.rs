//! Values that satisfy a field, the first and others, as JavaScript expressions over `number`.

use crate::{
    Field, FieldKind, Rule,
    compose::{
        plan::Plan,
        text::{js, number},
    },
};

/// A value for `sample(number)`. Values of two numbers differ where the kind allows it.
pub(super) fn value(plan: &Plan<'_>, field: &Field) -> String {
    // The later of two that must follow each other is a step further.
    let later = plan.spec.rules.iter().any(|rule| match rule {
        Rule::After { second, .. } => *second == field.name,
        Rule::NoOverlap { end, .. } => *end == field.name,
        _ => false,
    });
    let base = if later { 10 } else { 1 };
    if let Some(pattern) = &field.pattern {
        return format!("number === 1 ? {} : {}", js(&pattern.example), js(&pattern.other_example));
    }
    match &field.kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Category => text(field),
        FieldKind::Email => "`person${number}@example.com`".into(),
        FieldKind::Phone => "`+49 170 000000${number}`".into(),
        FieldKind::Url => "`https://example.com/${number}`".into(),
        FieldKind::Date => format!("day({base})"),
        FieldKind::DateTime => format!("`${{day({base})}}T10:30`"),
        FieldKind::Time => time(field, later),
        FieldKind::Duration => "`0:2${number}:30`".into(),
        FieldKind::YesNo => {
            let done = plan.spec.features.done.as_ref().is_some_and(|done| done.field == field.name);
            if field.must_be_yes {
                "true"
            } else if done {
                "false"
            } else {
                "number === 1"
            }
            .into()
        }
        FieldKind::Tags => "[\"work\", `tag${number}`]".into(),
        FieldKind::Colour => "number === 1 ? \"yellow\" : \"blue\"".into(),
        FieldKind::Priority => "number === 1 ? \"high\" : \"low\"".into(),
        FieldKind::Choice { options } => {
            let first = options.first().map_or("", String::as_str);
            let second = options.get(1).map_or(first, String::as_str);
            if first == second { js(first) } else { format!("number === 1 ? {} : {}", js(first), js(second)) }
        }
        FieldKind::Number | FieldKind::Integer | FieldKind::Money => amount(field),
    }
}

fn text(field: &Field) -> String {
    let label: String = field.label.chars().filter(|c| !matches!(c, '`' | '\\' | '$')).take(40).collect();
    let most = field.maximum.unwrap_or(200.0);
    match most {
        ..3.0 => "String(number % 10)".into(),
        3.0..60.0 => "`T ${number}`".into(),
        _ => format!("`{label} ${{word}}`"),
    }
}

/// One of each number starts when the one before ends: an hour each, or two shorter ones when the bounds are narrow.
fn time(field: &Field, later: bool) -> String {
    let minutes = |hours: f64| (hours * 60.0).round() as u32;
    let (from, to) = (minutes(field.minimum.unwrap_or(9.0)), minutes(field.maximum.unwrap_or(24.0)));
    let hour = from.div_ceil(60) + u32::from(later);
    if from.div_ceil(60) * 60 + 120 <= to {
        return format!("`${{String({hour} + number - 1).padStart(2, \"0\")}}:00`");
    }
    let step = field.step.map_or(5, |step| (step as u32).max(1));
    let first = from.div_ceil(step) * step;
    let slot = (to.saturating_sub(first) / 2 / step).max(1) * step;
    let clock = |total: u32| js(&format!("{:02}:{:02}", total / 60, total % 60));
    let first = first + if later { slot } else { 0 };
    format!("number === 1 ? {} : {}", clock(first), clock(first + slot))
}

/// Whether the values of any numbers differ, not only of the first two.
pub(super) fn all_differ(field: &Field) -> bool {
    field.pattern.is_none()
        && (field.kind.is_text() || matches!(field.kind, FieldKind::Date | FieldKind::DateTime))
}

fn amount(field: &Field) -> String {
    let least = field.minimum.unwrap_or(0.0);
    let step = field.step.unwrap_or(if field.kind == FieldKind::Money { 2.5 } else { 1.0 });
    let first = if field.above_minimum || least == 0.0 { least + step } else { least };
    let top = field.maximum.unwrap_or(f64::MAX);
    if first + step > top {
        number(first.min(top))
    } else {
        format!("number === 1 ? {} : {}", number(first + step.min(top - first)), number(first))
    }
}

/// The field that the tests change, and the change: one whose values differ and that no rule watches.
pub(super) fn change<'a>(plan: &Plan<'a>) -> (&'a Field, String) {
    let fields = &plan.spec.entity.fields;
    let free = |field: &&Field| {
        !plan.spec.rules.iter().any(|rule| match rule {
            Rule::After { first, second, .. } => *first == field.name || *second == field.name,
            Rule::NoOverlap { date, start, end, within } => {
                [date, start, end].contains(&&field.name) || within.contains(&field.name)
            }
            Rule::RequiredWhen { field: target, when } => *target == field.name || *when == field.name,
            _ => false,
        })
    };
    let title = plan.spec.entity.title_field().filter(free);
    let field =
        title.or_else(|| fields.iter().find(|field| free(field) && !field.must_be_yes)).unwrap_or(&fields[0]);
    (field, format!("{0}: sample(2).{0}", field.name))
}
