//! Lists inside an entry, as enumerations name them.

use std::ops::Range;

use crate::{
    Field,
    analyze::{
        lexicon::{self, Meaning},
        prompt::Prompt,
        words,
    },
};

/// "lines with description": a plural noun, then what each has.
pub(super) fn inner_head(prompt: &Prompt, range: Range<usize>) -> Option<(usize, String)> {
    let with = range.clone().find(|index| matches!(prompt.word(*index), "with" | "having"))?;
    let noun = prompt.word(with.checked_sub(1).filter(|before| range.contains(before))?);
    let singular = words::singular(noun);
    (singular != noun && !noun.is_empty()).then_some((with, singular))
}

/// "weight history" and "history of weights": a list of dated values.
pub(super) fn history_of(prompt: &Prompt, range: Range<usize>) -> Option<String> {
    let words: Vec<&str> = prompt.words(range).into_iter().filter(|word| !words::is_filler(word)).collect();
    match words.as_slice() {
        [what, "history" | "log"] | ["history", what] => Some(words::singular(what)),
        _ => None,
    }
}

/// "the date the next one is due".
pub(super) fn clause_field(prompt: &Prompt, range: Range<usize>) -> Option<Field> {
    let words = prompt.words(range);
    let date = words.iter().take(2).any(|word| matches!(*word, "date" | "day"));
    if !date {
        return None;
    }
    let due = words.contains(&"due");
    let label = match (due, words.contains(&"next")) {
        (true, true) => "Next due",
        (true, false) => "Due date",
        _ => "Date",
    };
    Some(lexicon::field(label, Meaning::Date))
}
