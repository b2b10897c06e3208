//! Ticking off: what is done, paid, returned.

use crate::{
    Done, FieldKind, View,
    analyze::{
        draft::Draft,
        lexicon::{self, Meaning},
        prompt::Prompt,
    },
    words::{Words, capitalized},
};

/// Ticking off: "mark as paid", "tick off", "paid or not".
pub(super) fn tick(prompt: &mut Prompt, draft: &mut Draft) {
    let list = matches!(draft.view, View::List);
    if draft.features.done.is_none() && list {
        let when = prompt.find("tick|cross|check it|them off? when it's|they're|it|they is? are? *");
        if let Some(found) = when {
            let word = prompt.word(found.end - 1).to_owned();
            tick_as(draft, &capitalized(&word));
            prompt.use_tokens(found);
            return;
        }
        let marked = prompt.find("mark|marked|tick|check them|it|items|one? as paid|done|sold|returned|completed|complete|finished|bought|delivered|sent|shipped|answered|read|watched");
        if let Some(found) = marked {
            let word = prompt.word(found.end - 1).to_owned();
            tick_as(draft, &capitalized(&word));
            prompt.use_tokens(found);
        } else if let Some(found) = prompt.find("tick|cross|check it|them|items? off") {
            tick_as(draft, "Done");
            prompt.use_tokens(found);
        }
    }
    if draft.features.done.is_none() && list {
        named_tick(draft);
    }
    if draft.features.done.is_some() {
        prompt.take(&[
            "tick|check|cross|mark them|it|items|todos|tasks? off|done|complete|completed|as? done?",
            "toggle done?",
            "complete|completed",
        ]);
    }
}

/// The one field that says whether an entry is dealt with is ticked in the list.
fn named_tick(draft: &mut Draft) {
    const TICKS: Words = Words(
        "paid done completed complete finished returned answered fixed bought sold shipped delivered \
        packed watched read resolved claimed solved cleaned bezahlt erledigt pagado hecho",
    );
    let mut ticks = draft.fields().iter().filter(|field| {
        field.kind == FieldKind::YesNo && !field.must_be_yes && TICKS.contains(field.name.as_str())
    });
    if let (Some(field), None) = (ticks.next(), ticks.next()) {
        let open_label = if field.name == "paid" { "Unpaid" } else { "Open" };
        draft.features.done = Some(Done { field: field.name.clone(), open_label: open_label.into() });
    }
}

pub(super) fn tick_as(draft: &mut Draft, label: &str) {
    let field = lexicon::field(label, Meaning::YesNo);
    draft.features.done = Some(Done { field: field.name.clone(), open_label: "Open".into() });
    draft.add(field);
}
