//! The noun that an app keeps: "a list of vinyl records", "plant register".

use std::ops::Range;

use super::is_generic;
use crate::{
    analyze::{archetypes::Archetype, prompt::Prompt, words},
    words::Words,
};

/// What keeps things.
const LISTS: &str = "list|lists|register|collection|catalogue|catalog|inventory|database|overview|tracker|log|record|records|warehouse|stock|\
                     directory|archive|manager";

/// The noun that the app keeps, when the prompt names one.
pub(super) fn noun(prompt: &mut Prompt, archetype: Option<&'static Archetype>) -> Option<String> {
    if let Some(noun) = listed(prompt) {
        return Some(noun);
    }
    match archetype {
        Some(archetype) if !is_generic(archetype.entity) => None,
        Some(_) => kept(prompt).or_else(|| each(prompt)),
        None => kept(prompt).or_else(|| before_list(prompt)),
    }
}

/// "a list of vinyl records", "warehouse for bicycle parts".
fn listed(prompt: &mut Prompt) -> Option<String> {
    let found = prompt.find_all(&format!("{LISTS} of|for *"));
    let (noun, range) = found.into_iter().find_map(|found| plural_noun(prompt, found.end - 1))?;
    prompt.use_tokens(range);
    Some(noun)
}

/// "keep track of the board games".
fn kept(prompt: &mut Prompt) -> Option<String> {
    let found = prompt
        .find("keep|keeping track of")
        .or_else(|| prompt.find("track|manage|organise|organize|catalogue|list my|our|all|the"))?;
    let (noun, range) = plural_noun(prompt, found.end)?;
    prompt.use_tokens(found.start..range.end);
    Some(noun)
}

/// "Sample register", "plant database".
fn before_list(prompt: &mut Prompt) -> Option<String> {
    let all = prompt.find_all(&format!("* {LISTS}|planner|app|organiser|diary|journal|cards|card"));
    let found = all.into_iter().find(|found| {
        let word = prompt.word(found.start);
        is_subject(word) && word.is_ascii() && !word.contains(['/', '.'])
    })?;
    let word = prompt.word(found.start).to_owned();
    let is_diary = Words("log diary journal organiser planner").contains(prompt.word(found.end - 1));
    prompt.use_tokens(found);
    let singular = words::singular(&word);
    // One does not keep three birdwatchings or maintenances.
    let uncounted = singular.ends_with("ing") || (is_diary && singular == word);
    Some(if uncounted { "entry".to_owned() } else { singular })
}

/// "the history of every booking for each part".
fn each(prompt: &Prompt) -> Option<String> {
    let found = prompt.find("each|every *")?;
    let word = prompt.word(found.end - 1);
    let fits = is_subject(word) && !NOT_EACH.contains(word) && word.chars().all(|c| c.is_ascii_alphabetic());
    fits.then(|| words::singular(word))
}

/// The plural noun at the end of a short noun phrase: "bicycle parts" → part.
fn plural_noun(prompt: &Prompt, start: usize) -> Option<(String, Range<usize>)> {
    let mut last = None;
    for index in start..start + 4 {
        let word = prompt.word(index);
        if word.is_empty() || ENDS.contains(word) {
            break;
        }
        if NOT_A_SUBJECT.contains(word) || word.len() > NOUN_BYTES_MAX {
            return None;
        }
        let singular = words::singular(word);
        if singular != word && word.chars().all(|c| c.is_ascii_alphabetic() || c == '-') {
            last = Some((singular, start..index + 1));
        }
    }
    last
}

fn is_subject(word: &str) -> bool {
    (3..=NOUN_BYTES_MAX).contains(&word.len()) && !words::is_filler(word) && !NOT_A_SUBJECT.contains(word)
}

/// The longest noun: more is no word.
const NOUN_BYTES_MAX: usize = 40;

/// What ends a noun phrase.
const ENDS: Words = Words("with and that which for in at to where i we so from");

/// What "each" may stand before without being what the app keeps.
const NOT_EACH: Words =
    Words("day week month year person line monday booking house time morning evening hour minute weekday");

/// Nouns that say where or for whom, not what.
const NOT_A_SUBJECT: Words = Words(
    "us me team family club company practice office school dad mum mom kids gallery wedding festival business \
     partner warehouse lab app phone days weeks months years hours classes desk list volunteers teachers guests users \
     customers people others apps times levels prices dates names streaks notes columns charts letters digits buttons \
     stuff things details houses colleagues friends students sister studio everyone bakery shop restaurant garden \
     church choir band class messages greenhouses readings logins",
);
