//! What a field holds, told from the words of its name: English first, and the commonest words of Spanish,
//! German, French and Japanese. The words are in `lexicon.txt`; this reads and asks them.

use std::{collections::HashMap, sync::LazyLock};

use crate::{Field, FieldKind, InitialValue};

/// What a word says about a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub(super) enum Meaning {
    Text,
    Long,
    Number,
    Integer,
    /// A whole number from 0.
    Count,
    Money,
    /// More than 0.
    Positive,
    Date,
    /// Not in the future.
    PastDate,
    Time,
    Moment,
    Duration,
    YesNo,
    Consent,
    Category,
    Priority,
    Status,
    Rating,
    Email,
    Phone,
    Url,
    Tags,
    Colour,
    Latitude,
    Longitude,
    Percent,
}

/// The meaning that data files and tests call by a name.
pub(super) fn kind_by_name(name: &str) -> Option<FieldKind> {
    Some(match name {
        "text" => FieldKind::Text,
        "long" => FieldKind::LongText,
        "number" => FieldKind::Number,
        "integer" | "count" | "rating" => FieldKind::Integer,
        "money" | "positive" => FieldKind::Money,
        "date" => FieldKind::Date,
        "time" => FieldKind::Time,
        "datetime" => FieldKind::DateTime,
        "duration" => FieldKind::Duration,
        "yesno" => FieldKind::YesNo,
        "category" => FieldKind::Category,
        "priority" => FieldKind::Priority,
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        "url" => FieldKind::Url,
        "tags" => FieldKind::Tags,
        "colour" => FieldKind::Colour,
        _ => return None,
    })
}

/// The words of `lexicon.txt`.
struct Lexicon {
    /// Of several words, the longest first.
    phrases: Vec<(&'static str, Meaning)>,
    words: HashMap<&'static str, Meaning>,
    /// Japanese has no spaces: these are looked for inside a part of a list.
    japanese: Vec<(&'static str, Meaning)>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut phrases = section("phrases");
    phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    Lexicon { phrases, words: section("words").into_iter().collect(), japanese: section("japanese") }
});

/// The lines of a section: `Meaning: word, word`.
fn section(name: &str) -> Vec<(&'static str, Meaning)> {
    let heading = format!("[{name}]");
    let lines = include_str!("lexicon.txt").lines();
    let lines = lines.skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split_once(": "))
        .filter_map(|(meaning, words)| Some((serde_json::from_value::<Meaning>(meaning.into()).ok()?, words)))
        .flat_map(|(meaning, words)| words.split(", ").map(move |word| (word, meaning)))
        .collect()
}

/// What a part of a Japanese list means.
pub(super) fn japanese(part: &str) -> Option<Meaning> {
    LEXICON.japanese.iter().find(|(word, _)| part.contains(word)).map(|(_, meaning)| *meaning)
}

/// What the words of a field's name mean: the longest phrase in it, else its last word, its first, then any.
pub(super) fn meaning(words: &[String]) -> Option<Meaning> {
    let text = format!(" {} ", words.join(" "));
    if let Some((_, meaning)) =
        LEXICON.phrases.iter().find(|(phrase, _)| text.contains(&format!(" {phrase} ")))
    {
        return Some(*meaning);
    }
    // "birth date", "purchase price": the last word says what it is; "quantity on hand": the first.
    [words.last(), words.first()]
        .into_iter()
        .flatten()
        .chain(words)
        .find_map(|word| lookup(word).or_else(|| lookup(&super::words::singular(word))))
}

/// What one word means.
pub(super) fn lookup(word: &str) -> Option<Meaning> {
    LEXICON.words.get(word).copied()
}

/// A field of this meaning.
pub(super) fn field(label: &str, meaning: Meaning) -> Field {
    let kind = match meaning {
        Meaning::Text => FieldKind::Text,
        Meaning::Long => FieldKind::LongText,
        Meaning::Number | Meaning::Latitude | Meaning::Longitude | Meaning::Percent => FieldKind::Number,
        Meaning::Integer | Meaning::Count | Meaning::Rating => FieldKind::Integer,
        Meaning::Money | Meaning::Positive => FieldKind::Money,
        Meaning::Date | Meaning::PastDate => FieldKind::Date,
        Meaning::Time => FieldKind::Time,
        Meaning::Moment => FieldKind::DateTime,
        Meaning::Duration => FieldKind::Duration,
        Meaning::YesNo | Meaning::Consent => FieldKind::YesNo,
        Meaning::Category => FieldKind::Category,
        Meaning::Priority => FieldKind::Priority,
        Meaning::Status => {
            FieldKind::Choice { options: vec!["open".into(), "in progress".into(), "done".into()] }
        }
        Meaning::Email => FieldKind::Email,
        Meaning::Phone => FieldKind::Phone,
        Meaning::Url => FieldKind::Url,
        Meaning::Tags => FieldKind::Tags,
        Meaning::Colour => FieldKind::Colour,
    };
    let mut field = Field::new(label, kind);
    let (minimum, maximum) = match meaning {
        Meaning::Count | Meaning::Money => (Some(0.0), None),
        Meaning::Positive => (Some(0.0), None),
        Meaning::Rating => (Some(1.0), Some(5.0)),
        Meaning::Latitude => (Some(-90.0), Some(90.0)),
        Meaning::Longitude => (Some(-180.0), Some(180.0)),
        Meaning::Percent => (Some(0.0), Some(100.0)),
        _ => (None, None),
    };
    field.minimum = minimum;
    field.maximum = maximum;
    field.above_minimum = meaning == Meaning::Positive;
    field.past = meaning == Meaning::PastDate;
    field.must_be_yes = meaning == Meaning::Consent;
    field.initial = match meaning {
        Meaning::Colour => Some(InitialValue::Text("yellow".into())),
        Meaning::Status => Some(InitialValue::Text("open".into())),
        Meaning::Priority => Some(InitialValue::Text("medium".into())),
        _ => None,
    };
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_lexicon_is_read_and_no_word_means_two_things() {
        let lines: Vec<&str> =
            include_str!("lexicon.txt").lines().filter(|line| line.contains(": ")).collect();
        let words: usize = lines.iter().map(|line| line.split(", ").count()).sum();
        assert_eq!(section("phrases").len() + section("words").len() + section("japanese").len(), words);
        for name in ["phrases", "words", "japanese"] {
            let mut seen = HashMap::new();
            for (word, meaning) in section(name) {
                assert_eq!(seen.insert(word, meaning), None, "{word}");
            }
        }
    }
}
