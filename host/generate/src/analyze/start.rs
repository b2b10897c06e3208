//! The start of a specification: the fields that were named, and those that such an app always has.

use atoll_model::Limits;

use super::{
    archetypes::{self, Trait},
    draft::{Draft, under_a_free_name},
    lexicon::{self, Meaning},
    lists::{Found, Inner},
    prompt::Prompt,
    subject::{self, Subject},
};
use crate::{
    Child, ChildKind, Done, Features, Field, FieldKind, InitialValue, Rule, Theme, View, words::Words,
};

/// A draft with the fields that were named, and those that such an app always has.
pub(super) fn start(subject: Subject, found: Found, limits: &Limits, prompt: &Prompt) -> Draft {
    let archetype = subject.archetype;
    let mut draft = Draft {
        archetype,
        entity: subject.entity,
        view: archetype.map_or(View::List, |archetype| archetype.view),
        theme: archetype.map_or(Theme::Indigo, |archetype| archetype.theme),
        features: Features::default(),
        rules: found.rules,
        children: Vec::new(),
        assumptions: Vec::new(),
        not_built: Vec::new(),
        fields_max: limits.fields_max,
        children_max: limits.entities_max.saturating_sub(1),
    };
    if draft.view == View::List && is_form(prompt) {
        draft.view = View::Form;
    }
    if draft.view == View::Form && !found.inner.is_empty() {
        draft.view = View::List;
        draft.assume("A form has no lists inside yet, so this is a list whose entries have them.".to_owned());
    }
    let named = found.fields.len();
    let most = limits.fields_max.saturating_sub(4);
    if named > most {
        draft.assumptions.push(format!("Only the first {most} fields were taken (limit fields_max)."));
    }
    for field in found.fields.into_iter().take(most) {
        draft.add(field);
    }
    if !subject.known && draft.entity.fields.is_empty() && found.inner.is_empty() {
        draft.entity = subject::entity("note");
        draft.view = View::Cards;
        draft.theme = Theme::Amber;
        draft.add(lexicon::field("Title", Meaning::Text));
        draft.add(lexicon::field("Text", Meaning::Long));
    }
    if let Some(archetype) = archetype {
        let mut core = archetypes::fields(archetype.core);
        let core_count = core.len();
        // A start and an end come together, or a time that was named stands for both.
        if draft.of_kind(&FieldKind::Time).is_some() {
            core.retain(|field| field.kind != FieldKind::Time);
        }
        add_usual(&mut draft, core, true);
        // The more there is to say about one, the more the person has said it.
        if named < 2 && found.inner.is_empty() {
            let usual = archetypes::fields(archetype.usual);
            if !usual.is_empty() {
                let labels: Vec<String> = usual
                    .iter()
                    .filter(|field| !is_there(&draft, field))
                    .map(|field| field.label.to_lowercase())
                    .collect();
                if !labels.is_empty() && named + core_count < 4 {
                    draft.assumptions.push(format!(
                        "Such an app usually also has {}, so these are there too.",
                        joined(&labels)
                    ));
                    add_usual(&mut draft, usual, false);
                }
            }
        }
        if let Some((label, open)) = archetype.done.filter(|_| draft.view != View::Form) {
            let field = lexicon::field(label, Meaning::YesNo);
            draft.features.done = Some(Done { field: field.name.clone(), open_label: open.to_owned() });
            draft.add(field);
        }
    }
    for inner in found.inner {
        add_inner(&mut draft, inner);
    }
    moments(&mut draft);
    dated_today(&mut draft);
    name_field(&mut draft);
    if draft.view == View::Form {
        require_answers(&mut draft);
    }
    draft
}

/// "A form for cake orders", "order form".
fn is_form(prompt: &Prompt) -> bool {
    let first = prompt.sentences().into_iter().next().unwrap_or(0..0);
    let end = (first.start..first.end).find(|index| prompt.is_mark(*index, ':')).unwrap_or(first.end.min(12));
    prompt.find_in("form|formular|formulario|formulaire", first.start..end).is_some()
}

/// Whether a usual field is there already under its own or another name.
fn is_there(draft: &Draft, field: &Field) -> bool {
    const TITLES: Words = Words(
        "title name item what task product subject book exercise nombre nom titel titre titulo thing \
        problem habit recipe",
    );
    const PEOPLE: Words =
        Words("client customer guest visitor patient person student member donor tenant kunde cliente who");
    let is_title = |part: &str| TITLES.contains(part) || (field.name == "name" && PEOPLE.contains(part));
    draft
        .find(|other| {
            other.name == field.name
                || match field.kind {
                    FieldKind::Text if TITLES.contains(field.name.as_str()) => {
                        other.kind == FieldKind::Text && other.name.split('_').any(is_title)
                    }
                    FieldKind::Text => false,
                    FieldKind::Number if field.name == "value" => other.kind.is_number(),
                    FieldKind::YesNo | FieldKind::Integer | FieldKind::Number | FieldKind::Time => {
                        other.kind == field.kind && other.name.contains(&field.name)
                    }
                    FieldKind::Date => other.kind == FieldKind::Date && is_its_day(&other.name),
                    _ => std::mem::discriminant(&other.kind) == std::mem::discriminant(&field.kind),
                }
        })
        .is_some()
}

/// The day of an entry, and not the day until when.
fn is_its_day(name: &str) -> bool {
    !["due", "until", "deadline", "expiry", "expir", "next", "end", "back", "birth", "last"]
        .iter()
        .any(|part| name.contains(part))
}

/// Adds usual fields: those that every such app has in front, the others behind.
fn add_usual(draft: &mut Draft, usual: Vec<Field>, core: bool) {
    let mut front = 0;
    for field in usual {
        if is_there(draft, &field) {
            if field.required || field.initial.is_some() {
                let kind = field.kind.clone();
                let same = draft.entity.fields.iter_mut().find(|other| {
                    other.name == field.name
                        || (other.kind == kind
                            && (kind == FieldKind::Money
                                || (kind == FieldKind::Date && is_its_day(&other.name))))
                });
                if let Some(other) = same {
                    other.required |= field.required;
                    if other.initial.is_none() {
                        other.initial = field.initial;
                    }
                    if other.kind == FieldKind::Money && field.above_minimum {
                        other.minimum = Some(0.0);
                        other.above_minimum = true;
                    }
                }
            }
            continue;
        }
        let before = draft.entity.fields.len();
        draft.add(field);
        if core && draft.entity.fields.len() > before {
            draft.entity.fields[front..].rotate_right(1);
            front += 1;
        }
    }
}

fn add_inner(draft: &mut Draft, inner: Inner) {
    let mut entity = subject::entity(&inner.label);
    entity.plural_label = inner.plural_label;
    if entity.name == draft.entity.name || entity.plural == draft.entity.plural {
        entity = subject::entity(&format!("{} entry", inner.label));
    }
    let mut fields: Vec<Field> = Vec::new();
    for mut field in inner.fields {
        if matches!(field.kind, FieldKind::LongText) && field.name == "description" {
            field.kind = FieldKind::Text;
        }
        // A list inside an entry is short: what would need a badge is plain text.
        if field.kind == FieldKind::Priority || field.kind == FieldKind::Colour {
            field.kind = FieldKind::Text;
            field.initial = None;
        }
        let field = under_a_free_name(&fields, field);
        if fields.len() < draft.fields_max && fields.iter().all(|other| other.name != field.name) {
            fields.push(field);
        }
    }
    let has_name = fields.iter().any(|field| matches!(field.kind, FieldKind::Text));
    let has_number = fields.iter().any(|field| field.kind.is_number());
    if !has_name && !has_number {
        fields.insert(0, lexicon::field("Name", Meaning::Text));
    }
    let price = fields.iter().any(|field| field.kind == FieldKind::Money);
    let first_text = fields.iter().position(|field| matches!(field.kind, FieldKind::Text));
    for (index, field) in fields.iter_mut().enumerate() {
        let factor = price && field.kind.is_number();
        let rate = price && matches!(field.kind, FieldKind::Choice { .. });
        field.required |= Some(index) == first_text || factor || rate;
    }
    entity.fields = fields;
    draft.add_child(Child { entity, kind: ChildKind::Plain, total: None });
}

/// Every entry needs something to be called by.
fn name_field(draft: &mut Draft) {
    let texts = || draft.entity.fields.iter().filter(|field| field.kind == FieldKind::Text);
    let repeats = [
        "assignee", "project", "supplier", "person", "place", "location", "paid_by", "status", "class",
        "room", "freezer", "box",
    ];
    let named = texts()
        .find(|field| field.required)
        .or_else(|| texts().find(|field| !repeats.contains(&field.name.as_str())))
        .map(|field| field.name.clone());
    match named {
        Some(name) => {
            // What is required already says enough about an entry.
            let enough = draft.archetype.is_some()
                && draft
                    .find(|field| field.required && !matches!(field.kind, FieldKind::Date | FieldKind::Time))
                    .is_some();
            if draft.view != View::Cards
                && !enough
                && let Some(field) = draft.find_mut(&name)
            {
                field.required = true;
            }
        }
        None if draft.view == View::Form
            || draft.is(Trait::NewestDateFirst)
            || draft.is(Trait::LastEditedFirst) => {}
        None if draft.find(|field| field.required).is_some() && draft.archetype.is_some() => {}
        None => {
            draft.add(lexicon::field("Name", Meaning::Text).required());
            if let Some(last) = draft.entity.fields.pop() {
                draft.entity.fields.insert(0, last);
            }
        }
    }
}

/// The date of an entry is today unless it says otherwise.
fn dated_today(draft: &mut Draft) {
    if draft.view != View::List {
        return;
    }
    for field in draft
        .entity
        .fields
        .iter_mut()
        .filter(|field| field.kind == FieldKind::Date && field.initial.is_none())
    {
        if ["date", "day", "datum", "fecha"].contains(&field.name.as_str()) {
            field.initial = Some(InitialValue::Today);
        }
    }
}

/// "start, end" without a day are points in time, not times of day.
fn moments(draft: &mut Draft) {
    let dated = draft.find(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime)).is_some();
    if !dated && draft.view != View::Calendar {
        for field in draft.entity.fields.iter_mut().filter(|field| field.kind == FieldKind::Time) {
            if ["start", "end", "begin"].iter().any(|word| field.name.contains(word)) {
                field.kind = FieldKind::DateTime;
            }
        }
    }
}

/// In a form what is asked for is to be answered, unless it says otherwise.
fn require_answers(draft: &mut Draft) {
    let conditional: Vec<String> = draft
        .rules
        .iter()
        .filter_map(|rule| match rule {
            Rule::RequiredWhen { field, .. } => Some(field.clone()),
            _ => None,
        })
        .collect();
    for field in &mut draft.entity.fields {
        let asks = !matches!(
            field.kind,
            FieldKind::YesNo | FieldKind::LongText | FieldKind::Tags | FieldKind::Integer | FieldKind::Number
        );
        field.required |= asks && !conditional.contains(&field.name);
    }
}

fn joined(labels: &[String]) -> String {
    match labels.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
