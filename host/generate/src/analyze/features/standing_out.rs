//! What stands out: what is overdue, what is low.

use super::use_known;
use crate::{
    Condition, Field, FieldKind, Highlight, Operand, SortKey, View,
    analyze::{archetypes::Trait, draft::Draft, prompt::Prompt},
};

/// What stands out: overdue, low stock.
pub(super) fn highlight(prompt: &mut Prompt, draft: &mut Draft) {
    low_stock(prompt, draft);
    let due = draft
        .find(|field| {
            field.kind == FieldKind::Date
                && (field.name.contains("due")
                    || field.name.contains("deadline")
                    || field.name.contains("until"))
        })
        .map(|field| field.name.clone());
    let Some(due) = due else { return };
    let asked = prompt.find("overdue|late");
    let first = asked.clone().is_some_and(|found| {
        let clause = prompt.clause_of(found.start);
        prompt.find_in("top|first", clause).is_some()
    });
    if draft.view == View::List || asked.is_some() {
        draft.features.highlights.push(Highlight {
            label: "Overdue".into(),
            condition: Condition::Overdue { field: due.clone() },
            first,
        });
    }
    if let Some(found) = asked {
        let clause = prompt.clause_of(found.start);
        use_known(
            prompt,
            draft,
            clause,
            &["overdue", "late", "top", "first", "ones", "days", "many", "how", "red", "on"],
        );
        if draft.features.sort.is_empty() {
            draft.features.sort.push(SortKey { field: due, descending: false });
        }
    }
}

/// "Parts at or under their reorder level go in red at the top".
fn low_stock(prompt: &mut Prompt, draft: &mut Draft) {
    let count = |field: &Field| field.kind.is_number();
    let level = draft
        .find(|field| {
            count(field)
                && ["level", "minimum", "min_", "reorder", "threshold"]
                    .iter()
                    .any(|word| field.name.contains(word))
        })
        .map(|field| field.name.clone());
    let quantity = draft
        .find(|field| {
            count(field)
                && Some(&field.name) != level.as_ref()
                && ["quantity", "stock", "count", "hand", "left"].iter().any(|word| field.name.contains(word))
        })
        .map(|field| field.name.clone());
    let asked = prompt
        .find("at or under|below|beneath")
        .or_else(|| prompt.find("under|below|low|running stock|low|out|their|the"));
    let (Some(level), Some(quantity)) = (level, quantity) else { return };
    if asked.is_none() && !draft.is(Trait::StockLevels) {
        return;
    }
    let sentence = asked.clone().map(|found| prompt.sentence_of(found.start));
    let first = sentence.clone().is_some_and(|sentence| prompt.find_in("top|first", sentence).is_some());
    draft.features.highlights.push(Highlight {
        label: "Low".into(),
        condition: Condition::AtMost { field: quantity, than: Operand::Field(level) },
        first,
    });
    if let (Some(found), Some(sentence)) = (asked, sentence) {
        prompt.use_tokens(found);
        use_known(
            prompt,
            draft,
            sentence,
            &[
                "red",
                "top",
                "under",
                "below",
                "at",
                "go",
                "rest",
                "highlight",
                "highlighted",
                "low",
                "stock",
                "first",
            ],
        );
    }
}
