//! Forms and calendars: thanks, reference numbers, closing days, views.

use super::use_known;
use crate::{
    Closing, FieldKind, Rule, View,
    analyze::{
        draft::Draft,
        lexicon::{self, Meaning},
        prompt::Prompt,
        words,
    },
    words::capitalized,
};

pub(super) fn form(prompt: &mut Prompt, draft: &mut Draft) {
    if draft.view != View::Form {
        return;
    }
    if let Some(found) =
        prompt.find("reference|confirmation number|code|id").or_else(|| prompt.find("ticket number"))
    {
        draft.features.reference = true;
        prompt.use_tokens(found);
    }
    if let Some(found) = prompt.take(&["thank-you|thanks|thank you? message|page|note?"]) {
        let clause = prompt.clause_of(found.start);
        use_known(prompt, draft, clause, &["after", "sending", "submitting", "show"]);
    }
    if let Some(found) = prompt.take(&[
        "second tab|page",
        "tab|list|table|page with all? the responses|answers|slips|registrations|results",
        "see|view|list all? the? responses|answers|results|registrations|submissions",
    ]) {
        let clause = prompt.clause_of(found.start);
        use_known(
            prompt,
            draft,
            clause,
            &["tab", "list", "teachers", "organisers", "admin", "responses", "answers"],
        );
    }
    if let Some(found) = prompt.find("how many are|is? missing") {
        draft.features.expected = Some(expected_label(prompt));
        let sentence = prompt.clause_of(found.start);
        prompt.use_tokens(found);
        use_known(
            prompt,
            draft,
            sentence,
            &["class", "size", "types", "teacher", "number", "expected", "in", "missing"],
        );
    }
    if let Some(found) = prompt.find("close|closes|closing|closed|deadline|until on?") {
        draft.features.closing = Some(Closing {});
        let clause = prompt.clause_of(found.start);
        prompt.use_tokens(found);
        use_known(prompt, draft, clause, &["answers", "day", "set", "date", "form", "responses"]);
    }
    if let Some(found) = prompt.find("yes or|and|/ no") {
        let has = draft.find(|field| field.kind == FieldKind::YesNo && !field.must_be_yes).is_some();
        if !has {
            let mut coming = lexicon::field("Coming", Meaning::YesNo);
            coming.required = true;
            draft.add(coming);
        }
        let clause = prompt.clause_of(found.start);
        prompt.use_tokens(found);
        use_known(prompt, draft, clause, &["say", "guests", "answer", "reply"]);
    }
    // Who does not come chooses nothing.
    let coming = draft
        .find(|field| field.kind == FieldKind::YesNo && field.name == "coming")
        .map(|field| field.name.clone());
    let choice = draft
        .find(|field| field.required && matches!(field.kind, FieldKind::Choice { .. }))
        .map(|field| field.name.clone());
    if let (Some(when), Some(field)) = (coming, choice) {
        if let Some(field) = draft.find_mut(&field) {
            field.required = false;
        }
        draft.rules.push(Rule::RequiredWhen { field, when });
    }
    if let Some(found) = prompt
        .find("up to # extra|more|additional|other people|guests|persons")
        .or_else(|| prompt.find("up to # guests"))
    {
        let most = found.clone().find_map(|index| words::number(prompt.word(index)));
        let mut extra = lexicon::field("Extra people", Meaning::Count);
        extra.maximum = most.map(f64::from);
        // What such a form usually asks for instead.
        draft.entity.fields.retain(|field| field.name != "guests");
        draft.add(extra);
        let clause = prompt.clause_of(found.start);
        prompt.use_tokens(found);
        use_known(prompt, draft, clause, &["bring", "brings"]);
    }
}

/// "how many are missing from the class size the teacher types in".
fn expected_label(prompt: &Prompt) -> String {
    prompt.find("* size").map_or_else(
        || "Expected".to_owned(),
        |found| {
            let words: Vec<&str> = found.map(|index| prompt.word(index)).collect();
            capitalized(&words.join(" "))
        },
    )
}

pub(super) fn calendar(prompt: &mut Prompt, draft: &mut Draft) {
    if draft.view != View::Calendar {
        return;
    }
    if prompt.take(&["week|weekly view|calendar|overview"]).is_some() {
        draft.features.week = true;
    }
    prompt.take(&["month|monthly view|calendar|overview"]);
}
