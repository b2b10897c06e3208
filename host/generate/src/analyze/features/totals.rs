//! Sums: in all, by product, for each value of a field; who owes whom.

use super::{ticks::tick_as, use_known};
use crate::{
    FieldKind, Figure, Group,
    analyze::{archetypes::Trait, draft::Draft, prompt::Prompt},
    words::capitalized,
};

/// Sums: "total stock value, quantity times unit cost", "totals per category", "how much is still unpaid".
pub(super) fn totals(prompt: &mut Prompt, draft: &mut Draft) {
    product(prompt, draft);
    unpaid(prompt, draft);
    lines_total(prompt, draft);
    grouped(prompt, draft);
    if draft.is(Trait::SumMoney) || draft.is(Trait::SumHours) {
        let field = match draft.is(Trait::SumHours) {
            true => draft.find(|field| field.name.contains("hours")),
            false => draft.first_money(),
        };
        if let Some(field) = field.map(|field| (field.name.clone(), field.label.clone())) {
            add_figure(
                draft,
                Figure { label: total_label(&field.1), field: field.0, times: None, open_only: false },
            );
        }
    }
    let asked = prompt
        .find_all("total|totals|sum|sums of|for|in? the? *?")
        .into_iter()
        .find(|found| !prompt.is_used(found.start));
    if let Some(found) = asked {
        let clause = prompt.clause_of(found.start);
        let field = draft
            .named_in(prompt, found.end.saturating_sub(1)..clause.end)
            .into_iter()
            .filter_map(|(_, name)| draft.find(|field| field.name == name))
            .find(|field| field.kind.is_number())
            .or_else(|| draft.first_money())
            .map(|field| (field.name.clone(), field.label.clone()));
        if let Some((name, label)) = field {
            if draft.features.figures.iter().all(|figure| figure.field != name)
                && draft.features.groups.is_empty()
            {
                add_figure(
                    draft,
                    Figure { label: total_label(&label), field: name, times: None, open_only: false },
                );
            }
            use_known(prompt, draft, clause, &["total", "totals", "sum", "sums", "bottom", "top", "overall"]);
        }
    }
}

/// How much is open: "show how much is unpaid".
fn unpaid(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt.find("still? unpaid|outstanding|owed") else { return };
    let money = draft.first_money().map(|field| field.name.clone());
    if let (Some(field), Some(_)) = (money, &draft.features.done) {
        add_figure(draft, Figure { label: "Unpaid".into(), field, times: None, open_only: true });
        let clause = prompt.clause_of(found.start);
        prompt.use_tokens(found);
        use_known(prompt, draft, clause, &["much", "how", "total", "sum"]);
    }
}

fn total_label(label: &str) -> String {
    if label.to_lowercase().starts_with("total") {
        label.to_owned()
    } else {
        format!("Total {}", label.to_lowercase())
    }
}

fn add_figure(draft: &mut Draft, figure: Figure) {
    let same = |other: &Figure| {
        other.field == figure.field && other.times == figure.times && other.open_only == figure.open_only
    };
    if !draft.features.figures.iter().any(same) {
        draft.features.figures.push(figure);
    }
}

/// "quantity times unit cost".
fn product(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(times) = prompt.find("times|x|multiplied|mal|×") else { return };
    let sentence = prompt.sentence_of(times.start);
    let before = draft.named_in(prompt, sentence.start..times.start).pop();
    let after = draft.named_in(prompt, times.end..sentence.end).into_iter().next();
    let (Some((from, factor)), Some((_, by))) = (before, after) else { return };
    let numbers = [&factor, &by]
        .iter()
        .all(|name| draft.find(|field| field.name == **name).is_some_and(|field| field.kind.is_number()));
    if !numbers || factor == by {
        return;
    }
    // "the total stock value, quantity times unit cost": what comes before names it.
    let label = prompt
        .find_in("total * *?", sentence.start..from)
        .map(|found| {
            prompt.use_tokens(found.clone());
            let words: Vec<&str> = found.map(|index| prompt.word(index)).collect();
            capitalized(&words.join(" "))
        })
        .unwrap_or_else(|| "Total value".to_owned());
    add_figure(draft, Figure { label, field: factor, times: Some(by), open_only: false });
    prompt.use_tokens(times);
    use_known(prompt, draft, sentence, &["bottom", "top", "total", "value", "two", "decimals", "show"]);
}

/// "Show subtotal, VAT per rate and total", "how much is still unpaid".
fn lines_total(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(child) = draft.children.iter().find(|child| child.total.is_some()) else { return };
    let field =
        if child.total.as_ref().is_some_and(|total| total.percent.is_some()) { "total" } else { "subtotal" };
    if draft.entity.field(field).is_some() {
        return;
    }
    for found in prompt.find_all("subtotal|total|totals|vat|tax|sum") {
        let clause = prompt.clause_of(found.start);
        prompt.use_tokens(found);
        use_known(
            prompt,
            draft,
            clause,
            &["per", "rate", "rounded", "cents", "subtotal", "total", "vat", "tax"],
        );
    }
    let unpaid = prompt.find("still? unpaid|outstanding|open");
    if let Some(found) = unpaid {
        if draft.features.done.is_none() {
            tick_as(draft, "Paid");
            if let Some(done) = &mut draft.features.done {
                done.open_label = "Unpaid".into();
            }
        }
        add_figure(
            draft,
            Figure { label: "Unpaid".into(), field: field.into(), times: None, open_only: true },
        );
        let clause = prompt.clause_of(found.start);
        use_known(
            prompt,
            draft,
            clause,
            &["how", "much", "still", "unpaid", "outstanding", "over", "clients", "paid"],
        );
        prompt.take(&["marked|mark as paid", "as paid"]);
    }
}

/// "totals per category", "kilometres per runner", "count per dish".
fn grouped(prompt: &mut Prompt, draft: &mut Draft) {
    for found in prompt.find_all("per|by|pro|por|par *") {
        let word = prompt.word(found.end - 1).to_owned();
        let clause = prompt.clause_of(found.start);
        let wants_sum = prompt.find_in("total|totals|sum|sums|count|counts|number|how|hours|kilometres|kilometers|average|summary|overview", clause.start..found.start);
        let Some(wants) = wants_sum else { continue };
        let Some((by, by_label, kind)) =
            draft.named(&word).map(|field| (field.name.clone(), field.label.clone(), field.kind.clone()))
        else {
            continue;
        };
        let groupable = matches!(
            kind,
            FieldKind::Text | FieldKind::Category | FieldKind::Choice { .. } | FieldKind::Priority
        );
        if !groupable || draft.features.groups.iter().any(|group| group.by == by) {
            continue;
        }
        let counts = matches!(prompt.word(wants.start), "count" | "counts" | "number" | "how");
        let sum = (!counts)
            .then(|| {
                let named = draft.named_in(prompt, clause.start..found.start);
                let numbers = named
                    .iter()
                    .filter_map(|(_, name)| draft.find(|field| field.name == *name))
                    .find(|field| field.kind.is_number());
                let by_unit = draft.find(|field| {
                    let word = prompt.word(wants.start);
                    field.kind.is_number()
                        && (field.name.contains(word)
                            || (field.unit.as_deref() == Some("km") && word.starts_with("kilomet")))
                });
                numbers
                    .or(by_unit)
                    .or_else(|| draft.first_money())
                    .or_else(|| draft.find(|field| field.name.contains("hours")))
                    .map(|field| field.name.clone())
            })
            .flatten();
        let label = match &sum {
            Some(_) => format!("Total per {}", by_label.to_lowercase()),
            None => format!("Number per {}", by_label.to_lowercase()),
        };
        draft.features.groups.push(Group { label, by, sum });
        prompt.use_tokens(wants.start..found.end);
        use_known(prompt, draft, clause, &["running", "count", "total", "totals", "show"]);
    }
}

/// "tell us who owes whom how much to be even".
pub(super) fn settle(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt.find("who? owes|owe whom|who|what|how?") else { return };
    let payer = draft
        .find(|field| {
            matches!(field.kind, FieldKind::Text | FieldKind::Choice { .. } | FieldKind::Category)
                && (field.name.contains("paid") || field.name.contains("payer") || field.name.contains("who"))
        })
        .map(|field| field.name.clone());
    let (Some(by), Some(sum)) = (payer, draft.first_money().map(|field| field.name.clone())) else { return };
    draft.features.groups.retain(|group| group.by != by);
    let label = draft
        .find(|field| field.name == by)
        .map_or_else(|| "Paid by".to_owned(), |field| field.label.clone());
    draft.features.groups.insert(0, Group { label, by: by.clone(), sum: Some(sum) });
    draft.features.settle = true;
    if let Some(field) = draft.find_mut(&by) {
        field.required = true;
    }
    let clause = prompt.clause_of(found.start);
    prompt.use_tokens(found);
    use_known(prompt, draft, clause, &["owes", "whom", "much", "even", "end", "month", "how"]);
}
