//! The words by which a prompt calls its app, who it is for, and who is asking.

use std::ops::Range;

use crate::{
    analyze::prompt::Prompt,
    words::{Words, capitalized},
};

/// The words by which the prompt calls the app: "Create a todo list app with" → "Todo list".
pub(super) fn head(prompt: &Prompt) -> Option<(String, Range<usize>)> {
    let mut start = match prompt.find(&format!("{VERBS} up? me|us?")) {
        Some(found)
            if found.start < 14
                && (found.start == 0 || BEFORE_VERB.contains(prompt.word(found.start - 1))) =>
        {
            found.end
        }
        _ => 0,
    };
    while LEAD.contains(prompt.word(start)) {
        start += 1;
    }
    let mut end = start;
    while end < start + 6 && !prompt.word(end).is_empty() && !STOPS.contains(prompt.word(end)) {
        end += 1;
    }
    let whole = start..end;
    while end > start && KINDS_OF_APP.contains(prompt.word(end - 1)) {
        end -= 1;
    }
    let words: Vec<&str> = (start..end).filter_map(|index| shown(prompt, index)).collect();
    let title = words.join(" ");
    let speaks = (start..end).any(|index| SPEAKS.contains(prompt.word(index)));
    let fits = (1..=5).contains(&words.len())
        && title.chars().count() <= 50
        && title.chars().any(char::is_alphabetic);
    (fits && !speaks).then(|| (capitalized(&title), whole))
}

/// A word as it was written; one with a typing error as it was meant.
fn shown(prompt: &Prompt, index: usize) -> Option<&str> {
    let token = prompt.token(index)?;
    let as_written = token.text.to_lowercase() == token.word || token.word.contains('-');
    Some(if as_written { &token.text } else { &token.word })
}

/// What asks for an app.
const VERBS: &str = "create|make|build|generate|need|want|design|write|set|track|manage|organise|organize";
/// What may stand before its name.
const LEAD: Words =
    Words("a an the me us my our please simple small little new i need want some nice basic una un quick");
/// What comes after its name.
const STOPS: Words = Words(
    "with for that which where so to and of in from is are i we run have has para who when every on my our the a me",
);
/// What it is besides its name.
const KINDS_OF_APP: Words = Words("app application tool website page system program stuff widget");
/// What shows that it is no name.
const SPEAKS: Words = Words("i'm give show it you everyone let there app");
/// What stands before a verb that asks for an app.
const BEFORE_VERB: Words = Words("i we please to you and i'd can could just");

/// "for our vet practice", "for me and my partner": for whom it is says nothing about what it keeps.
pub(super) fn use_audience(prompt: &mut Prompt, from: usize) {
    if !matches!(prompt.word(from), "for" | "of" | "at" | "in") {
        return;
    }
    let mut end = from + 1;
    while end < from + 9 {
        let word = prompt.word(end);
        if word.is_empty()
            || Words("with that which where who so to including has have i we they when").contains(word)
        {
            break;
        }
        end += 1;
    }
    prompt.use_tokens(from..end);
}

/// "We run a small warehouse", "I'm a freelance translator and need …": who is asking.
pub(in crate::analyze) fn use_background(prompt: &mut Prompt) {
    for sentence in prompt.sentences() {
        let start = sentence.start;
        let opening = [
            "we|i run|own|manage|have|work|am|are|teach|play|organise",
            "i'm|we're a|an|the|in|at|running|working|organising",
            "my|our * is|are|has|have",
        ];
        let Some(found) =
            opening.iter().find_map(|pattern| prompt.find_in(pattern, start..sentence.end.min(start + 4)))
        else {
            continue;
        };
        if found.start != start {
            continue;
        }
        let end = (found.end..sentence.end)
            .find(|index| {
                prompt.is_mark(*index, ',')
                    || prompt.is_mark(*index, ':')
                    || matches!(prompt.word(*index), "need" | "want" | "with")
                    || (prompt.word(*index) == "and"
                        && matches!(prompt.word(*index + 1), "need" | "want" | "i" | "we" | "would"))
            })
            .unwrap_or(sentence.end);
        // "We have three rooms (…)" is about the app.
        let plain = !(found.end..end).any(|index| prompt.is_mark(index, '('));
        if plain {
            prompt.use_tokens(start..end);
        }
    }
}
