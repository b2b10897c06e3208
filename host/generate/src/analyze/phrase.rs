//! One part of an enumeration → one field: "owner's phone", "how many people are needed", "who paid",
//! "position A1-H12", "distance in km", "type (blood, saliva, tissue)".

mod vocabulary;

use std::ops::Range;

use super::{
    constraint,
    lexicon::{self, Meaning},
    prompt::Prompt,
    words,
};
use crate::{
    Field, FieldKind, Rule,
    words::{Words, capitalized},
};
use vocabulary::{by_whom, is_clause_word, is_imperative};

pub(super) use vocabulary::is_feature;

/// What a part of an enumeration gave.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) field: Field,
    /// Fields that the part needs besides, e.g. the tick that makes it required.
    pub(super) before: Vec<Field>,
    pub(super) rules: Vec<Rule>,
    /// No rule knew the words: it is text because nothing else was said.
    pub(super) guessed: bool,
    /// "first" of "first and last name".
    pub(super) needs_head: bool,
}

/// The longest name of a field, in words.
const WORDS_MAX: usize = 6;
/// The longest part that is read at all: lead, name, and what is said about it.
pub(super) const TOKENS_MAX: usize = 30;
/// The longest label: more is no name.
const LABEL_CHARS_MAX: usize = 80;

/// Reads the words of a part, without what is in parentheses, as a field.
pub(super) fn parse(
    prompt: &Prompt,
    range: Range<usize>,
    parentheses: Option<Range<usize>>,
) -> Option<Parsed> {
    if range.len() > TOKENS_MAX {
        return None;
    }
    let mut part = Part::read(prompt, range);
    part.strip_lead();
    if part.words.is_empty() {
        return None;
    }
    let mut parsed = part.question().or_else(|| part.plain())?;
    if parsed.field.label.chars().count() > LABEL_CHARS_MAX {
        return None;
    }
    if let Some(parentheses) = parentheses {
        constraint::apply(prompt, parentheses, &mut parsed);
    }
    Some(parsed)
}

/// The words of a part: as written, and as rules read them.
struct Part {
    words: Vec<String>,
    written: Vec<String>,
    optional: bool,
}

impl Part {
    fn read(prompt: &Prompt, range: Range<usize>) -> Self {
        let mut part = Self { words: Vec::new(), written: Vec::new(), optional: false };
        for index in range {
            let word = prompt.word(index);
            if let (false, Some(token)) = (word.is_empty(), prompt.token(index)) {
                part.words.push(word.to_owned());
                let lower = token.text.to_lowercase();
                // A spelling that is merely another one stays; an error is not repeated in a label.
                let variant = ["email", "emails", "mail", "color", "colors", "favorite", "organizer"]
                    .contains(&lower.as_str());
                part.written.push(if lower == word || variant || lower.replace('’', "'") == word {
                    token.text.clone()
                } else {
                    word.to_owned()
                });
            }
        }
        part
    }

    fn drop_first(&mut self) {
        self.words.remove(0);
        self.written.remove(0);
    }

    fn truncate(&mut self, length: usize) {
        self.words.truncate(length);
        self.written.truncate(length);
    }

    fn strip_lead(&mut self) {
        const LEAD: Words = Words(
            "a an the its their our my his her each some also for every then your own any optional and of \
            one single short with plus el la los las un una der die das le les du des mandatory required \
            free list on this that all",
        );
        while self.words.first().is_some_and(|word| LEAD.contains(word.as_str()) && self.words.len() > 1) {
            self.optional |= self.words.first().is_some_and(|word| word == "optional");
            self.drop_first();
        }
    }

    fn position(&self, word: &str) -> Option<usize> {
        self.words.iter().position(|candidate| candidate == word)
    }

    fn label(&self) -> String {
        capitalized(&self.written.join(" "))
    }

    fn parsed(&self, field: Field) -> Parsed {
        Parsed { field, before: Vec::new(), rules: Vec::new(), guessed: false, needs_head: false }
    }

    /// "who paid", "when it went out", "how many people are needed", "if they are coming".
    fn question(&self) -> Option<Parsed> {
        let first = self.words.first()?.as_str();
        let rest =
            |from: usize| -> String { capitalized(&self.written.get(from..).unwrap_or_default().join(" ")) };
        match first {
            "who" | "whom" if self.words.len() <= 4 => {
                let verb = self.words.get(1)?;
                let label = by_whom(verb).unwrap_or_else(|| self.label());
                Some(self.parsed(lexicon::field(&label, Meaning::Text)))
            }
            "when" if self.words.len() <= 6 => {
                let from =
                    1 + usize::from(matches!(self.words.get(1)?.as_str(), "it" | "they" | "he" | "she"));
                let label = rest(from);
                (!label.is_empty()).then(|| self.parsed(lexicon::field(&label, Meaning::Moment)))
            }
            "how" if self.words.get(1).is_some_and(|word| word == "many" || word == "much") => {
                const SKIP: &[&str] = &["are", "is", "were", "do", "does", "we", "i", "it", "you", "they"];
                let kept: Vec<&str> = (2..self.words.len())
                    .filter(|index| !SKIP.contains(&self.words[*index].as_str()))
                    .map(|index| self.written[index].as_str())
                    .collect();
                if kept.is_empty() || kept.len() > WORDS_MAX {
                    return None;
                }
                let meaning = if self.words[1] == "much" { Meaning::Money } else { Meaning::Count };
                Some(self.parsed(lexicon::field(&capitalized(&kept.join(" ")), meaning)))
            }
            "where" if self.words.len() <= 4 => Some(self.parsed(lexicon::field("Place", Meaning::Text))),
            "which" | "what" | "qué" if (2..=WORDS_MAX).contains(&self.words.len()) => {
                let told = ["was", "did", "happened", "we", "you", "i", "to", "they"]
                    .contains(&self.words[1].as_str());
                if told && first == "what" {
                    return Some(self.parsed(lexicon::field(&self.label(), Meaning::Text)));
                }
                let mut kept: Vec<usize> = (1..self.words.len()).collect();
                kept.retain(|index| {
                    !["they", "it", "he", "she", "quiere", "want", "wants", "is", "was"]
                        .contains(&self.words[*index].as_str())
                });
                let words: Vec<String> = kept.iter().map(|index| self.words[*index].clone()).collect();
                let written: Vec<&str> = kept.iter().map(|index| self.written[*index].as_str()).collect();
                let meaning = lexicon::meaning(&words).unwrap_or(Meaning::Text);
                (!written.is_empty())
                    .then(|| self.parsed(lexicon::field(&capitalized(&written.join(" ")), meaning)))
            }
            "if" | "whether" | "si" | "ob" => {
                const SKIP: Words =
                    Words("it he she they is are was were has have been already ya ha está han the i we");
                let kept: Vec<&str> = (1..self.words.len())
                    .filter(|index| !SKIP.contains(self.words[*index].as_str()))
                    .map(|index| self.written[index].as_str())
                    .collect();
                let fits = !kept.is_empty() && kept.len() <= 4;
                fits.then(|| self.parsed(lexicon::field(&capitalized(&kept.join(" ")), Meaning::YesNo)))
            }
            "can" | "has" | "have" | "is" | "are" | "does" if (2..=5).contains(&self.words.len()) => {
                let mut shorter =
                    Part { words: self.words.clone(), written: self.written.clone(), optional: false };
                shorter.strip_yes_no();
                let bad = shorter.words.iter().skip(1).any(|word| is_clause_word(word));
                (!bad).then(|| self.parsed(lexicon::field(&shorter.label(), Meaning::YesNo)))
            }
            _ => None,
        }
    }

    /// Whether it says that it is a yes or a no, and drops the words that say so.
    fn strip_yes_no(&mut self) -> bool {
        if let Some(last) = self.words.last()
            && matches!(last.as_str(), "yes/no" | "y/n" | "tick" | "checkbox" | "tickbox" | "true/false")
            && self.words.len() > 1
        {
            self.truncate(self.words.len() - 1);
            return true;
        }
        let tail: Vec<&str> = self.words.iter().rev().take(3).map(String::as_str).collect();
        if matches!(tail.as_slice(), ["not", "or", _])
            || matches!(tail.as_slice(), ["no", "or", "yes"]) && self.words.len() > 3
        {
            let drop = if tail[0] == "not" { 2 } else { 3 };
            self.truncate(self.words.len() - drop);
            return true;
        }
        false
    }

    fn plain(mut self) -> Option<Parsed> {
        let mut must_be_yes = false;
        if let Some(at) = self.position("that").or_else(|| self.position("which"))
            && self.words[at..].iter().any(|word| matches!(word.as_str(), "ticked" | "checked" | "accepted"))
        {
            must_be_yes = true;
            self.truncate(at);
        }
        let yes_no = self.strip_yes_no();
        if let Some(at) = self.position("like").filter(|at| *at > 0) {
            self.truncate(at);
        }
        let mut duration = false;
        if let Some(at) = self.position("as")
            && self.words.get(at + 1).is_some_and(|word| word.contains("mm"))
        {
            duration = true;
            self.truncate(at);
        }
        let unit = self.take_unit();
        if let Some(at) = self.position("per").filter(|at| *at > 0)
            && matches!(
                self.words.get(at + 1).map(String::as_str),
                Some("line" | "item" | "row" | "entry" | "unit" | "piece")
            )
        {
            self.truncate(at);
        }
        let range = self.take_range();
        if let [only] = self.words.as_slice()
            && matches!(only.as_str(), "from" | "to")
        {
            return Some(self.parsed(lexicon::field(&self.label(), Meaning::Text)));
        }
        if self.words.is_empty() || self.words.len() > WORDS_MAX || self.has_clause_word() {
            return None;
        }
        if self.words.iter().all(|word| words::is_filler(word) && lexicon::lookup(word).is_none()) {
            return None;
        }
        let meaning = if duration {
            Some(Meaning::Duration)
        } else if yes_no {
            Some(Meaning::YesNo)
        } else if must_be_yes {
            Some(Meaning::Consent)
        } else {
            self.meaning()
        };
        if is_imperative(&self.words[0]) && (self.words.len() > 2 || meaning.is_none()) {
            return None;
        }
        let needs_head =
            matches!(self.words.last().map(String::as_str), Some("first" | "last" | "start" | "opening"));
        self.tidy_label(meaning);
        let optional = self.optional;
        let mut field = lexicon::field(&self.label(), meaning.unwrap_or(Meaning::Text));
        if field.kind == FieldKind::Date
            && field.label.to_lowercase().ends_with("time")
            && field.label.contains(' ')
        {
            field.kind = FieldKind::DateTime;
        }
        if let Some(unit) = unit {
            if matches!(field.kind, FieldKind::Text | FieldKind::Duration) && !duration {
                field.kind = FieldKind::Number;
            }
            field.unit = Some(unit);
        }
        field.must_be_yes |= must_be_yes;
        let mut parsed = self.parsed(field);
        parsed.guessed = meaning.is_none();
        parsed.needs_head = needs_head;
        if let Some(range) = range {
            constraint::apply_words(&range, &mut parsed);
        }
        if optional {
            parsed.field.required = false;
        }
        Some(parsed)
    }

    /// Whether it is a clause instead of a name. "Thank you card" is a name.
    fn has_clause_word(&self) -> bool {
        (0..self.words.len()).any(|index| {
            let thanks = index > 0 && self.words[index - 1] == "thank";
            is_clause_word(&self.words[index]) && !thanks
        })
    }

    /// What the words mean: the lexicon, and what endings and beginnings tell.
    fn meaning(&self) -> Option<Meaning> {
        let (first, last) = (self.words.first()?.as_str(), self.words.last()?.as_str());
        let known = lexicon::meaning(&self.words);
        match first {
            "agree" | "accept" | "consent" => return Some(Meaning::Consent),
            "number" | "no" if self.words.get(1).is_some_and(|word| word == "of") => {
                return Some(Meaning::Count);
            }
            "min" | "max" | "minimum" | "maximum" if known.is_none() => return Some(Meaning::Count),
            // "last played", "next payment": a day. "last name" is not.
            "last" | "next"
                if self.words.len() > 1
                    && !matches!(
                        known,
                        Some(Meaning::Text | Meaning::Number | Meaning::Count | Meaning::Long)
                    ) =>
            {
                return Some(Meaning::Date);
            }
            _ => {}
        }
        if last == "on" && self.words.len() > 1 {
            return Some(Meaning::Date);
        }
        // "fixed", "answered": either it is or it is not.
        let participle = self.words.len() == 1 && last.len() > 4 && last.ends_with("ed");
        known.or(participle.then_some(Meaning::YesNo))
    }

    /// "in km", "(kg)", a "%" at the end.
    fn take_unit(&mut self) -> Option<String> {
        const UNITS: Words = Words(
            "km kilometres kilometers miles m metres meters cm mm kg g grams lbs pounds litres liters l \
            ml minutes min hours seconds days °c celsius euros € $ % kwh kcal bpm mmhg percent",
        );
        let last = self.words.last()?.clone();
        let before = self.words.len().checked_sub(2).map(|at| self.words[at].clone());
        if before.as_deref() == Some("in") && UNITS.contains(last.as_str()) && self.words.len() > 2 {
            let unit = self.written.last().cloned();
            self.truncate(self.words.len() - 2);
            return unit;
        }
        if last == "%" && self.words.len() > 1 {
            self.truncate(self.words.len() - 1);
            return Some("%".into());
        }
        None
    }

    /// "A1-H12" or "0-100" at the end, "from 0 to 100".
    fn take_range(&mut self) -> Option<Vec<String>> {
        let last = self.written.last()?.clone();
        if self.words.len() > 1 && last.contains('-') && last.chars().any(|c| c.is_ascii_digit()) {
            let sides: Vec<String> = last.split('-').map(str::to_owned).collect();
            if sides.len() == 2 && sides.iter().all(|side| !side.is_empty() && side.len() <= 6) {
                self.truncate(self.words.len() - 1);
                return Some(vec![sides[0].clone(), "to".into(), sides[1].clone()]);
            }
        }
        let from = self
            .position("from")
            .filter(|at| *at > 0 && self.words.len() == at + 4 && self.words[at + 2] == "to")?;
        let range = self.written[from + 1..].to_vec();
        range[0].chars().any(|c| c.is_ascii_digit()).then(|| {
            self.truncate(from);
            range
        })
    }

    /// "categories" → "Category", "priority levels" → "Priority".
    fn tidy_label(&mut self, meaning: Option<Meaning>) {
        if meaning == Some(Meaning::Priority) && self.words.len() == 2 && self.words[1].starts_with("level") {
            self.truncate(1);
        }
        let counts_one = matches!(
            meaning,
            Some(
                Meaning::Category
                    | Meaning::Date
                    | Meaning::PastDate
                    | Meaning::Priority
                    | Meaning::Money
                    | Meaning::Positive
                    | Meaning::Status
                    | Meaning::Rating
                    | Meaning::Email
                    | Meaning::Phone
                    | Meaning::Url
                    | Meaning::Time
                    | Meaning::Colour
            )
        );
        if let (true, Some(word), Some(written)) = (counts_one, self.words.last(), self.written.last_mut()) {
            let singular = words::singular(word);
            if singular != *word && written.to_lowercase() == *word {
                *written = singular;
            }
        }
    }
}
