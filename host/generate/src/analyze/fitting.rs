//! What separate rules understood, made to fit together: nothing refers to a field that is not there, no rule asks
//! for what a kind of field cannot be, and no page for what it cannot show. What has to go is said.

use super::draft::Draft;
use crate::{Condition, Field, FieldKind, InitialValue, Operand, Rule, View};

pub(super) fn fit(draft: &mut Draft) {
    view(draft);
    unique(draft);
    rules(draft);
    repeat(draft);
    references(draft);
}

/// What a kind of page has no part for.
fn view(draft: &mut Draft) {
    let view = draft.view;
    let features = &mut draft.features;
    let mut gone: Vec<&str> = Vec::new();
    if matches!(view, View::Form | View::Habits) {
        features.done = None;
        if std::mem::take(&mut features.pin) {
            gone.push("pins");
        }
    }
    if !matches!(view, View::List | View::Cards) && features.bin_days.take().is_some() {
        gone.push("a bin for what was deleted");
    }
    if view == View::Calendar {
        let sums = !features.figures.is_empty() || !features.groups.is_empty();
        features.figures.clear();
        features.groups.clear();
        features.settle = false;
        if sums {
            gone.push("sums");
        }
        if std::mem::take(&mut features.csv) {
            gone.push("a download");
        }
    }
    let page = match view {
        View::Form => "a form",
        View::Habits => "a list of habits",
        View::Calendar => "a calendar",
        View::List | View::Cards => "a list",
    };
    for part in gone {
        draft.assume(format!("There is no part yet that gives {page} {part}, so this has none."));
    }
    // A ticked field is no field of a form, so it cannot be asked for.
    if let Some(done) = draft.features.done.as_ref().map(|done| done.field.clone())
        && let Some(field) = draft.find_mut(&done)
    {
        field.required = false;
        field.must_be_yes = false;
    }
}

/// Whether two entries can be told apart by such a field.
fn can_be_unique(field: &Field) -> bool {
    let one_value = matches!((field.minimum, field.maximum), (Some(least), Some(most)) if field.kind.is_number() && most - least < 1.0);
    !one_value
        && (field.kind.is_text()
            || field.kind.is_number()
            || matches!(field.kind, FieldKind::Date | FieldKind::DateTime | FieldKind::Time))
}

fn unique(draft: &mut Draft) {
    let mut labels: Vec<String> = Vec::new();
    for field in draft.entity.fields.iter_mut().filter(|field| field.unique && !can_be_unique(field)) {
        field.unique = false;
        labels.push(field.label.clone());
    }
    for label in labels {
        draft.assume(format!(
            "{label:?} has too few values for each entry to have its own, so entries may share one."
        ));
    }
}

fn rules(draft: &mut Draft) {
    for rule in std::mem::take(&mut draft.rules) {
        match fitted(draft, rule) {
            Ok(Some(rule)) if !says_the_same(draft, &rule) => draft.rules.push(rule),
            Ok(_) => {}
            Err(what) => draft.assume(format!("A rule was left out: {what}.")),
        }
    }
}

/// Whether another rule, or a field that is unique by itself, says the same already.
fn says_the_same(draft: &Draft, rule: &Rule) -> bool {
    let alike = |other: &Rule| match (rule, other) {
        (Rule::UniqueTogether { fields, .. }, Rule::UniqueTogether { fields: others, .. }) => {
            fields == others
        }
        _ => rule == other,
    };
    let unique = |name: &String| draft.entity.field(name).is_some_and(|field| field.unique);
    draft.rules.iter().any(alike)
        || matches!(rule, Rule::UniqueTogether { fields, .. } if fields.iter().any(unique))
}

/// The rule as it can be checked; nothing when the fields say it by themselves; what is wrong when it cannot be.
fn fitted(draft: &mut Draft, mut rule: Rule) -> Result<Option<Rule>, String> {
    resolve_names(draft, &mut rule)?;
    let kind = |name: &str| draft.find(|field| field.name == name).map(|field| field.kind.clone());
    match &mut rule {
        Rule::UniqueTogether { fields, open_only } => {
            if *open_only && draft.features.done.is_none() {
                return Err("nothing can be given back here, so nothing can be out only once".into());
            }
            fields.retain(|name| {
                draft.find(|field| field.name == *name).is_some_and(|field| {
                    can_be_unique(field)
                        || matches!(
                            field.kind,
                            FieldKind::YesNo | FieldKind::Choice { .. } | FieldKind::Priority
                        )
                })
            });
            let tells_apart =
                |name: &String| draft.find(|field| field.name == *name).is_some_and(can_be_unique);
            if !fields.iter().any(tells_apart) {
                return Err("no two may be the same, but no field tells enough of them apart".into());
            }
        }
        Rule::AtMost { field, .. } => {
            // When no two may share a value, no three may.
            if draft.find(|one| one.name == *field).is_some_and(|one| one.unique) {
                return Ok(None);
            }
        }
        Rule::After { first, second, .. } => {
            if kind(first) != kind(second) {
                return Err(format!("{first:?} and {second:?} are of two kinds, so neither comes first"));
            }
        }
        Rule::NoOverlap { .. } => {}
        Rule::RequiredWhen { field, when } => return required_when(draft, field.clone(), when.clone()),
    }
    Ok(Some(rule))
}

/// Every field that a rule names, under the name that it has by now.
fn resolve_names(draft: &Draft, rule: &mut Rule) -> Result<(), String> {
    let names: Vec<&mut String> = match rule {
        Rule::UniqueTogether { fields, .. } => fields.iter_mut().collect(),
        Rule::AtMost { field, .. } => vec![field],
        Rule::After { first, second, .. } => vec![first, second],
        Rule::NoOverlap { date, start, end, within } => {
            [date, start, end].into_iter().chain(within).collect()
        }
        Rule::RequiredWhen { field, when } => vec![field, when],
    };
    for name in names {
        if draft.entity.field(name).is_none() {
            // What a part has of its own is no name for a field.
            let other = format!("{name}_value");
            if draft.entity.field(&other).is_none() {
                return Err(format!("it is about {name:?}, and there is no such field"));
            }
            *name = other;
        }
    }
    Ok(())
}

fn required_when(draft: &mut Draft, field: String, when: String) -> Result<Option<Rule>, String> {
    let Some(tick) = draft.entity.field(&when).filter(|tick| tick.kind == FieldKind::YesNo) else {
        return Err(format!("{when:?} is not something to tick"));
    };
    let always = tick.must_be_yes;
    let Some(target) = draft.find_mut(&field) else { return Ok(None) };
    let has_always_a_value = matches!(target.kind, FieldKind::YesNo | FieldKind::Tags)
        || matches!(target.initial, Some(InitialValue::Text(_) | InitialValue::Today));
    if has_always_a_value {
        return Err(format!("{:?} always has a value, so it cannot be asked for", target.label));
    }
    target.required = always;
    Ok((!always).then_some(Rule::RequiredWhen { field, when }))
}

/// What no two may share cannot be repeated.
fn repeat(draft: &mut Draft) {
    let is_date = |name: &String| {
        draft
            .find(|field| field.name == *name)
            .is_some_and(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime))
    };
    let shared = draft.fields().iter().any(|field| field.unique && !is_date(&field.name))
        || draft
            .rules
            .iter()
            .any(|rule| matches!(rule, Rule::UniqueTogether { fields, .. } if !fields.iter().any(is_date)));
    if shared && draft.features.repeat.take().is_some() {
        draft.assume("Entries cannot be repeated weekly, because no two may share a value.".to_owned());
    }
}

/// Drops what refers to a field that is not there, or not any more.
fn references(draft: &mut Draft) {
    let Draft { entity, features, .. } = draft;
    let known = |name: &str| entity.field(name).is_some();
    let summed = |name: &str| known(name) || matches!(name, "total" | "subtotal");
    features.search.retain(|name| known(name));
    features.filters.retain(|name| known(name));
    features
        .sort
        .retain(|key| known(&key.field) || matches!(key.field.as_str(), "created_at" | "updated_at"));
    features.figures.retain(|figure| summed(&figure.field) && figure.times.as_deref().is_none_or(known));
    features.groups.retain(|group| known(&group.by) && group.sum.as_deref().is_none_or(summed));
    features.settle &= !features.groups.is_empty();
    features.highlights.retain(|highlight| match &highlight.condition {
        Condition::Overdue { field } => known(field),
        Condition::AtMost { field, than } | Condition::MoreThan { field, than } => {
            known(field) && !matches!(than, Operand::Field(other) if !known(other))
        }
    });
    features.month = features.month.take().filter(|name| known(name));
    features.done = features.done.take().filter(|done| known(&done.field));
}
