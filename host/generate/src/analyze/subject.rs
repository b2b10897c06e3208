//! What the app is about: the entity, its names, and the title of the app.

mod noun;
mod title;

use std::ops::Range;

use super::{
    archetypes::{ALL, Archetype},
    prompt::Prompt,
    words,
};
use crate::{
    Entity, identifier,
    words::{Words, capitalized},
};

pub(super) use title::use_background;

/// The subject of a prompt.
pub(super) struct Subject {
    pub(super) archetype: Option<&'static Archetype>,
    pub(super) entity: Entity,
    pub(super) title: String,
    /// The prompt says what it is about.
    pub(super) known: bool,
    /// What the prompt calls the app, for when an enumeration says what is kept and nothing else does.
    head: Option<(String, Range<usize>)>,
}

/// The well-known app that is asked for: the first in the prompt wins, unless a more special one is asked for
/// in the same sentence.
fn archetype(prompt: &mut Prompt) -> Option<(&'static Archetype, Range<usize>)> {
    let sentences = prompt.sentences();
    let mut best: Option<(usize, usize, &'static Archetype, Range<usize>)> = None;
    for (rank, archetype) in ALL.iter().enumerate() {
        for pattern in &archetype.asked {
            let Some(found) =
                prompt.find_all(pattern).into_iter().find(|found| !is_listed(prompt, found.start))
            else {
                continue;
            };
            let sentence =
                sentences.iter().position(|sentence| sentence.contains(&found.start)).unwrap_or(usize::MAX);
            // Once a sentence has said what is kept, the next ones speak about it.
            let said = sentences.iter().take(sentence).any(|before| has_list(prompt, before.clone()));
            if said || sentence > 2 {
                continue;
            }
            if best.as_ref().is_none_or(|(at, other, _, _)| (sentence, rank) < (*at, *other)) {
                best = Some((sentence, rank, archetype, found));
            }
            break;
        }
    }
    let (_, _, archetype, found) = best?;
    prompt.use_tokens(found.clone());
    Some((archetype, found))
}

fn has_list(prompt: &Prompt, mut sentence: Range<usize>) -> bool {
    sentence.any(|index| prompt.is_mark(index, ':') || matches!(prompt.word(index), "with" | "including"))
}

/// Whether a word stands in a list of what is kept: "orders with notes" asks for no notes.
fn is_listed(prompt: &Prompt, index: usize) -> bool {
    let sentence = prompt.sentence_of(index);
    (sentence.start..index).any(|before| {
        prompt.is_mark(before, ':') || matches!(prompt.word(before), "with" | "including" | "containing")
    })
}

pub(super) fn find(prompt: &mut Prompt) -> Subject {
    let found = archetype(prompt);
    let archetype = found.as_ref().map(|(archetype, _)| *archetype);
    let noun = noun::noun(prompt, archetype);
    let said = title::head(prompt);
    let head = said.clone().filter(|(title, range)| match &found {
        _ if GENERIC_TITLES.contains(&title.to_lowercase().as_str()) => false,
        Some((_, asked)) => {
            (range.start < asked.end && asked.start < range.end)
                || LIST_NOUNS.contains(prompt.word(range.end - 1))
        }
        None => true,
    });
    let known = archetype.is_some() || noun.is_some();
    let name = match (archetype, noun) {
        (Some(archetype), Some(noun)) if is_generic(archetype.entity) => noun,
        (Some(archetype), _) => archetype.entity.to_owned(),
        (None, Some(noun)) => noun,
        (None, None) => "item".to_owned(),
    };
    let entity = entity(&name);
    if let (Some((_, range)), true) = (&head, known) {
        prompt.use_tokens(range.clone());
        title::use_audience(prompt, range.end);
    }
    let title = head
        .map(|(title, _)| title)
        .filter(|_| known)
        .or_else(|| archetype.map(|archetype| archetype.title.to_owned()))
        .unwrap_or_else(|| capitalized(&entity.plural_label));
    Subject { archetype, entity, title, known, head: said }
}

/// Titles that say nothing.
const GENERIC_TITLES: &[&str] = &[
    "list",
    "form",
    "tracker",
    "log",
    "calendar",
    "register",
    "something",
    "place",
    "way",
    "lista",
    "liste",
    "record",
    "overview",
    "table",
    "web form",
];

/// The noun of an enumeration, or else the words that stand before it, when nothing else said what the entries
/// are: "Bee hive inspections: hive, date, …".
pub(super) fn take_noun(prompt: &mut Prompt, subject: &mut Subject, noun: Option<String>) {
    if subject.known {
        return;
    }
    if let Some(noun) = &noun {
        subject.entity = entity(noun);
        subject.title = capitalized(&subject.entity.plural_label);
        subject.known = true;
    }
    let mine = || {
        let found = prompt.find("manage|track|organise|organize|log my|our|the *")?;
        let end =
            (found.end..found.end + 3).find(|index| prompt.word(*index).is_empty()).unwrap_or(found.end);
        let range = found.end - 1..end;
        Some((capitalized(prompt.written(range.clone())), range))
    };
    let Some((title, range)) = subject
        .head
        .take()
        .or_else(mine)
        .filter(|(title, _)| !GENERIC_TITLES.contains(&title.to_lowercase().as_str()))
    else {
        return;
    };
    let last = prompt.word(range.end - 1).to_owned();
    let singular = words::singular(&last);
    if noun.is_none() {
        let fits = singular != last
            && singular.chars().all(|c| c.is_ascii_alphabetic())
            && !words::is_filler(&singular);
        subject.entity = entity(if fits { &singular } else { "entry" });
    }
    subject.title = title;
    subject.known = true;
    prompt.use_tokens(range.clone());
    title::use_audience(prompt, range.end);
}

/// "log my weight every day", "daily water intake tracker": one number for each day.
pub(super) fn measure(prompt: &mut Prompt, subject: &mut Subject) -> Option<String> {
    if subject.archetype.is_some_and(|archetype| archetype.title != "Log") {
        return None;
    }
    let daily = prompt
        .find("daily * *? tracker|log|counter|diary")
        .map(|found| (found.start + 1..found.end - 1, found));
    let mine = || {
        prompt
            .find("log|track|record|count|note|write my|our|daily|the *")
            .map(|found| (found.end - 1..found.end, found))
    };
    let every_day = prompt.has("every|each day|night|morning|evening") || prompt.has("daily");
    let (label, found) = daily.or_else(|| mine().filter(|_| every_day))?;
    let words: Vec<&str> = prompt.words(label.clone());
    let text = words.join(" ");
    if words.is_empty() || words.iter().all(|word| words::is_filler(word)) || text.len() > 40 {
        return None;
    }
    let title = capitalized(&text);
    subject.entity = entity("entry");
    subject.title.clone_from(&title);
    subject.archetype = ALL.iter().find(|archetype| archetype.title == "Log");
    subject.known = true;
    prompt.use_tokens(found);
    prompt.take(&["every|each day|night|morning|evening", "daily"]);
    Some(title)
}

/// The subject by other names: programs', people's, and the title.
pub(super) fn rename(subject: &mut Subject, name: &str, label: &str, title: &str) {
    subject.archetype = ALL.iter().find(|archetype| archetype.entity == name);
    subject.entity = entity(name);
    subject.entity.label = label.to_owned();
    subject.entity.plural_label = label.to_owned();
    subject.title = title.to_owned();
    subject.known = true;
}

/// An entity without fields yet, from a singular noun.
pub(super) fn entity(noun: &str) -> Entity {
    let label = if noun == "rsvp" { "RSVP".to_owned() } else { noun.replace('_', " ") };
    let plural_label = words::plural(&label);
    let name = identifier(noun).filter(|name| name.len() <= 40).unwrap_or_else(|| "item".to_owned());
    let name = if name.starts_with(|c: char| c.is_ascii_lowercase()) { name } else { format!("n_{name}") };
    let plural_label = if label == "RSVP" { "RSVPs".to_owned() } else { plural_label };
    let plural =
        identifier(&plural_label).filter(|plural| *plural != name).unwrap_or_else(|| format!("{name}s"));
    Entity { name, plural, label, plural_label, fields: Vec::new() }
}

/// Words at the end of a title that make it one.
const LIST_NOUNS: Words = Words(
    "list register log tracker book planner manager diary journal catalogue inventory sheet database \
    record records overview",
);

fn is_generic(entity: &str) -> bool {
    matches!(entity, "item" | "entry")
}
