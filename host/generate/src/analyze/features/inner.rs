//! Lists inside an entry that a sentence asks for: stock that is booked in and out, people who sign up.

use super::use_known;
use crate::{
    Child, ChildKind, Field, FieldKind, Product, View,
    analyze::{
        draft::Draft,
        lexicon::{self, Meaning},
        prompt::Prompt,
        subject,
    },
};

/// "buttons to book stock in and out with a reason, and keep the history of every booking".
pub(super) fn ledger(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt
        .find("book|booking|bookings|check|move|record|log stock|items|parts|goods|quantity? in and|or|/ out")
        .or_else(|| prompt.find("stock|goods in and|or out"))
    else {
        return;
    };
    let is_count = |field: &Field| field.kind == FieldKind::Integer && field.minimum == Some(0.0);
    let quantity = draft
        .find(|field| {
            is_count(field)
                && (field.name.contains("quantity")
                    || field.name.contains("stock")
                    || field.name.contains("hand"))
        })
        .map(|field| field.name.clone());
    let Some(quantity) = quantity else { return };
    if let Some(field) = draft.find_mut(&quantity) {
        field.required = true;
    }
    let mut entity = subject::entity("movement");
    entity.plural_label = "history".into();
    let mut reason = lexicon::field("Reason", Meaning::Text);
    if let Some(range) = prompt.find("with a? reason") {
        reason.required = true;
        prompt.use_tokens(range);
    }
    entity.fields.push(reason);
    // What the person called movements is this list: it books.
    draft.children.retain(|child| child.entity.plural != entity.plural);
    draft.add_child(Child { entity, kind: ChildKind::Ledger { quantity }, total: None });
    let sentence = prompt.sentence_of(found.start);
    prompt.use_tokens(found);
    use_known(
        prompt,
        draft,
        sentence,
        &[
            "buttons",
            "button",
            "history",
            "booking",
            "bookings",
            "date",
            "time",
            "book",
            "stock",
            "with",
            "movements",
            "movement",
        ],
    );
}

/// "Volunteers sign up with their name and can drop out again".
pub(super) fn signup(prompt: &mut Prompt, draft: &mut Draft) {
    if draft.view == View::Form {
        return;
    }
    let Some(found) = prompt.find("* sign|signs up").or_else(|| prompt.find("people|members|volunteers|guests|they|students|parents|participants|everyone can? register|enrol|enroll|join|joins")) else { return };
    let capacity = draft
        .find(|field| {
            field.kind == FieldKind::Integer
                && ["needed", "capacity", "places", "seats", "spots", "max", "people", "slots"]
                    .iter()
                    .any(|word| field.name.contains(word))
        })
        .map(|field| field.name.clone());
    let mut entity = subject::entity("signup");
    entity.label = "sign-up".into();
    entity.plural_label = "sign-ups".into();
    entity.fields.push(lexicon::field("Name", Meaning::Text).required());
    let kind = match capacity {
        Some(capacity) => {
            if let Some(field) = draft.find_mut(&capacity) {
                field.required = true;
            }
            ChildKind::Places { capacity }
        }
        None => ChildKind::Plain,
    };
    draft.children.retain(|child| child.entity.plural != entity.plural);
    draft.add_child(Child { entity, kind, total: None });
    let sentence = prompt.sentence_of(found.start);
    prompt.use_tokens(found);
    use_known(prompt, draft, sentence.clone(), &["name", "names", "sign", "up", "signs", "with", "their"]);
    if let Some(out) = prompt
        .find_in("drop|drops|sign out|off again?", sentence)
        .or_else(|| prompt.find("cancel|leave again?"))
    {
        prompt.use_tokens(out);
    }
    prompt.take(&["full * are|is greyed|grayed out", "full * greyed|grayed out"]);
}

/// Lines with a number and a price have a total. What is worked out from a list is no field to fill in.
pub(super) fn child_totals(draft: &mut Draft) {
    let mut others: Vec<String> = Vec::new();
    let mut has_total = false;
    for child in &mut draft.children {
        let number = child
            .entity
            .fields
            .iter()
            .find(|field| matches!(field.kind, FieldKind::Integer | FieldKind::Number));
        let price = child.entity.fields.iter().find(|field| field.kind == FieldKind::Money);
        if let (Some(number), Some(price)) = (number, price) {
            let percent = child.entity.fields.iter().find(|field| {
                matches!(&field.kind, FieldKind::Choice { options } if options.iter().all(|option| option.ends_with('%')))
            });
            // An entry has one total.
            if std::mem::replace(&mut has_total, true) {
                others.push(child.entity.plural_label.clone());
                continue;
            }
            child.total = Some(Product {
                factor: number.name.clone(),
                by: price.name.clone(),
                percent: percent.map(|field| field.name.clone()),
            });
        }
    }
    for plural in others {
        draft.assume(format!("An entry has one total, so the {plural} have none of their own."));
    }
    let mut computed: Vec<String> =
        draft.children.iter().map(|child| format!("{}_count", child.entity.name)).collect();
    if draft.children.iter().any(|child| child.total.is_some()) {
        computed.extend(["subtotal".to_owned(), "total".to_owned()]);
    }
    let is_computed = |field: &Field| field.kind.is_number() && computed.contains(&field.name);
    let gone: Vec<String> =
        draft.fields().iter().filter(|field| is_computed(field)).map(|field| field.label.clone()).collect();
    draft.entity.fields.retain(|field| !is_computed(field));
    for label in gone {
        draft
            .assume(format!("{label:?} is worked out from the list inside an entry, so nobody types it in."));
    }
}
