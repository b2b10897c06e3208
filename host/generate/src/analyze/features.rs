//! Features: what the person wants to do with the entries. Each function looks for one thing, adds it to the
//! draft, and marks the words that it understood.

mod forms;
mod inner;
mod lists;
mod notes;
mod standing_out;
mod ticks;
mod totals;

use std::ops::Range;

use super::{
    archetypes::Trait,
    draft::Draft,
    lexicon::{self, Meaning},
    prompt::Prompt,
    words,
};
use crate::{FieldKind, Group, InitialValue, SortKey, Theme, View};

pub(super) fn apply(prompt: &mut Prompt, draft: &mut Draft) {
    theme(prompt, draft);
    notes::notes(prompt, draft);
    notes::streak(prompt, draft);
    ticks::tick(prompt, draft);
    inner::ledger(prompt, draft);
    inner::signup(prompt, draft);
    inner::child_totals(draft);
    totals::totals(prompt, draft);
    totals::settle(prompt, draft);
    lists::export(prompt, draft);
    standing_out::highlight(prompt, draft);
    lists::sort(prompt, draft);
    lists::search(prompt, draft);
    lists::filters(prompt, draft);
    forms::form(prompt, draft);
    forms::calendar(prompt, draft);
    given(prompt, draft);
}

/// Marks names of the entry, of its fields and lists, and the given words of a range as understood.
pub(super) fn use_known(prompt: &mut Prompt, draft: &Draft, range: Range<usize>, also: &[&str]) {
    let fields = draft.field_words();
    let entities = std::iter::once(&draft.entity).chain(draft.children.iter().map(|child| &child.entity));
    let labels: Vec<String> = entities.map(|entity| words::singular(&entity.label)).collect();
    for index in range {
        let word = prompt.word(index);
        let known =
            also.contains(&word) || fields.named(word).is_some() || labels.contains(&words::singular(word));
        if known {
            prompt.use_tokens(index..index + 1);
        }
    }
}

fn theme(prompt: &mut Prompt, draft: &mut Draft) {
    const COLOURS: &str =
        "red|orange|amber|yellow|lime|green|teal|turquoise|blue|indigo|purple|violet|pink|rose";
    let patterns = [
        format!("make it {COLOURS}"),
        format!("{COLOURS} theme|colour|design"),
        format!("in {COLOURS}"),
        format!("it|all {COLOURS}"),
    ];
    let Some(found) = patterns.iter().find_map(|pattern| prompt.find(pattern)) else { return };
    // "go in red at the top" is about entries, not about the app.
    let clause = prompt.clause_of(found.start);
    if prompt
        .find_in(
            "go|goes|show|shown|turn|turns|mark|marked|highlight|highlighted|above|below|over|under",
            clause,
        )
        .is_some()
    {
        return;
    }
    let hue = found.clone().map(|index| prompt.word(index)).find_map(|word| {
        Some(match word {
            "red" => Theme::Red,
            "orange" => Theme::Orange,
            "amber" | "yellow" => Theme::Amber,
            "lime" => Theme::Lime,
            "green" => Theme::Emerald,
            "teal" | "turquoise" => Theme::Teal,
            "blue" => Theme::Blue,
            "indigo" => Theme::Indigo,
            "purple" | "violet" => Theme::Violet,
            "pink" => Theme::Pink,
            "rose" => Theme::Rose,
            _ => return None,
        })
    });
    if let Some(hue) = hue {
        draft.theme = hue;
        prompt.use_tokens(found);
    }
}

/// What every app has anyway: said, and true, so there is nothing to add.
fn given(prompt: &mut Prompt, draft: &mut Draft) {
    for pattern in [
        "dark mode|theme",
        "light and dark",
        "mobile friendly|first|ready",
        "works? on my? phone|phones|mobile|tablet",
        "responsive",
        "real-time|realtime|live updates?",
        "without reloading",
        "undo",
        "add edit and delete",
        "crud",
        "saved|stored|kept after|when reload|reloading|closing?",
        "fast",
        "clean",
        "good-looking|beautiful|pretty|modern|nice-looking",
        "add remove|edit|delete",
        "edit and|or? delete",
        "list|lists",
        "with two decimals",
        "rounded to cents",
        "with date and time",
        "local|locally",
    ] {
        for found in prompt.find_all(pattern) {
            prompt.use_tokens(found);
        }
    }
    if draft.view == View::Form {
        prompt.take(&["form|forms"]);
        prompt.take(&["submit|send|submitting"]);
    }
    if draft.view == View::Calendar {
        for pattern in ["calendar", "month", "week", "dates?"] {
            prompt.take(&[pattern]);
        }
    }
    if draft.is(Trait::Signup) {
        prompt.take(&["organiser|organisers makes|make|creates|create|sets|set? * *?"]);
    }
}

/// Dates and orders that follow from the fields, when the prompt says nothing.
pub(super) fn defaults(draft: &mut Draft) {
    if draft.features.sort.is_empty() {
        let date = draft
            .find(|field| {
                matches!(field.kind, FieldKind::Date | FieldKind::DateTime) && super::is_always_set(field)
            })
            .map(|field| field.name.clone());
        let due = draft
            .find(|field| {
                field.kind == FieldKind::Date
                    && (field.name.contains("due") || field.name.contains("deadline"))
            })
            .map(|field| field.name.clone());
        if draft.is(Trait::LastEditedFirst) {
            draft.features.sort.push(SortKey { field: "updated_at".into(), descending: true });
        } else if let (Some(date), true) = (date.clone(), draft.is(Trait::NewestDateFirst)) {
            draft.features.sort.push(SortKey { field: date, descending: true });
        } else if let Some(due) = due {
            draft.features.sort.push(SortKey { field: due, descending: false });
        } else if let (Some(date), View::Calendar) = (date, draft.view) {
            draft.features.sort.push(SortKey { field: date, descending: false });
            if let Some(time) = draft.of_kind(&FieldKind::Time).map(|field| field.name.clone()) {
                draft.features.sort.push(SortKey { field: time, descending: false });
            }
        }
    }
    if draft.is(Trait::SumMoney) {
        let by = draft
            .find(|field| field.kind == FieldKind::Category)
            .map(|field| (field.name.clone(), field.label.clone()));
        if let (Some((by, label)), Some(sum)) = (by, draft.first_money().map(|field| field.name.clone()))
            && !draft.features.groups.iter().any(|group| group.by == by)
        {
            draft.features.groups.push(Group {
                label: format!("Total per {}", label.to_lowercase()),
                by,
                sum: Some(sum),
            });
        }
    }
    let has_date = |draft: &Draft| {
        draft
            .find(|field| {
                matches!(field.kind, FieldKind::Date | FieldKind::DateTime) && super::is_always_set(field)
            })
            .is_some()
    };
    if draft.view == View::Calendar && !has_date(draft) {
        let mut date = lexicon::field("Date", Meaning::Date);
        date.required = true;
        date.initial = Some(InitialValue::Today);
        draft.add(date);
    }
}
