//! What parentheses and ranges say about a field: options, patterns, bounds, units, "unique", "optional".

use std::ops::Range;

use super::{phrase::Parsed, prompt::Prompt, words};
use crate::{
    Field, FieldKind, Pattern, Rule,
    words::{Words, capitalized},
};

/// Reads what is in parentheses after the name of a field.
pub(super) fn apply(prompt: &Prompt, range: Range<usize>, parsed: &mut Parsed) {
    if required_when(prompt, range.clone(), parsed) {
        return;
    }
    let text: Vec<String> = range
        .clone()
        .filter(|index| prompt.token(*index).is_some_and(|token| token.is_word()))
        .map(|index| prompt.word(index).to_owned())
        .collect();
    if spelled_pattern(prompt, range.clone(), parsed) {
        flags(&text, &mut parsed.field);
        return;
    }
    let items = items(prompt, range);
    let written: Vec<String> = items.iter().map(|item| prompt.written(item.clone()).to_owned()).collect();
    let is_rule = |item: &Range<usize>| {
        let words: Vec<String> = prompt.words(item.clone()).iter().map(|word| (*word).to_owned()).collect();
        is_constraint(&words)
    };
    if items.len() >= 2
        && !items.iter().any(is_rule)
        && written.iter().all(|item| item.split_whitespace().count() <= 4)
    {
        options(written, &mut parsed.field);
        return;
    }
    flags(&text, &mut parsed.field);
    for item in items {
        let words: Vec<String> = item
            .clone()
            .filter(|index| !prompt.word(*index).is_empty())
            .filter_map(|index| prompt.token(index).map(|token| token.text.clone()))
            .collect();
        apply_words(&words, parsed);
    }
}

/// Ranges between commas, "or" and "and", inside parentheses.
fn items(prompt: &Prompt, range: Range<usize>) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut start = range.start;
    for index in range.clone() {
        let separates =
            prompt.token(index).is_some_and(|token| {
                matches!(token.kind, super::prompt::Kind::Mark(',' | '|' | '/' | '、' | ';'))
            }) || matches!(prompt.word(index), "or" | "and" | "o" | "y" | "oder" | "und" | "ou" | "et");
        if separates {
            items.push(start..index);
            start = index + 1;
        }
    }
    items.push(start..range.end);
    items.retain(|item| !item.is_empty());
    items
}

/// "no duplicates", "max 12" and "A1 to F12" are rules; "in progress" and "not started" are options.
fn is_constraint(words: &[String]) -> bool {
    const ANYWHERE: &[&str] = &[
        "unique",
        "optional",
        "required",
        "mandatory",
        "maximum",
        "minimum",
        "digits",
        "characters",
        "letters",
        "duplicates",
        "positive",
    ];
    const FIRST: &[&str] =
        &["max", "min", "only", "at", "like", "e.g", "eg", "between", "up", "must", "never"];
    let range = words.windows(3).any(|three| {
        three[1] == "to" && three[0].chars().chain(three[2].chars()).any(|c| c.is_ascii_digit())
    });
    range
        || words.iter().any(|word| ANYWHERE.contains(&word.as_str()))
        || words.first().is_some_and(|word| FIRST.contains(&word.as_str()) && words.len() > 1)
}

/// Options that differ by more than their case, without quotes around them; the first 50.
pub(super) fn distinct(written: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    let mut options: Vec<String> = Vec::new();
    for option in written {
        let option = option.trim_matches(['"', '\'']).trim();
        let lower = option.to_lowercase();
        if !option.is_empty() && !seen.contains(&lower) && options.len() < 50 {
            options.push(option.to_owned());
            seen.push(lower);
        }
    }
    options
}

fn options(written: Vec<String>, field: &mut Field) {
    let mut options = distinct(written);
    if options.is_empty() {
        return;
    }
    let numbers = options.iter().all(|option| words::decimal(option).is_some());
    if numbers && options.last().is_some_and(|option| option.ends_with('%')) {
        for option in &mut options {
            if !option.ends_with('%') {
                option.push('%');
            }
        }
    }
    field.unit = None;
    field.minimum = None;
    field.maximum = None;
    field.initial = None;
    field.kind = FieldKind::Choice { options };
}

fn flags(words: &[String], field: &mut Field) {
    let has = |word: &str| words.iter().any(|candidate| candidate == word);
    if has("unique") || has("duplicates") {
        field.unique = true;
        field.required = true;
    }
    if (has("required") || has("mandatory")) && !has("not") {
        field.required = true;
    }
    if has("quarter") && has("hours") {
        field.step = Some(0.25);
    }
}

/// "only required when 'has allergies' is ticked".
fn required_when(prompt: &Prompt, range: Range<usize>, parsed: &mut Parsed) -> bool {
    let Some(when) = prompt.find_in("required|needed|mandatory when|if", range.clone()) else { return false };
    let words: Vec<usize> = (when.end..range.end)
        .filter(|index| !prompt.word(*index).is_empty())
        .filter(|index| !Words("is are was ticked checked yes true the set").contains(prompt.word(*index)))
        .collect();
    let label: Vec<&str> =
        words.iter().filter_map(|index| prompt.token(*index)).map(|token| token.text.as_str()).collect();
    if label.is_empty() || label.len() > 5 {
        return false;
    }
    let tick = super::lexicon::field(&capitalized(&label.join(" ")), super::lexicon::Meaning::YesNo);
    parsed.rules.push(Rule::RequiredWhen { field: parsed.field.name.clone(), when: tick.name.clone() });
    parsed.before.push(tick);
    true
}

/// "two capital letters, a dash and four digits like BP-0042", "8 digits".
fn spelled_pattern(prompt: &Prompt, range: Range<usize>, parsed: &mut Parsed) -> bool {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut index = range.start;
    while index < range.end {
        let word = prompt.word(index);
        let next = prompt.word(index + 1);
        let after = prompt.word(index + 2);
        if let Some(count) = words::number(word).filter(|count| (1..=40).contains(count)) {
            let capitals = matches!(next, "capital" | "uppercase" | "upper-case" | "big");
            match if capitals { after } else { next } {
                "letter" | "letters" => pieces.push(Piece::Letters(count, capitals)),
                "capitals" => pieces.push(Piece::Letters(count, true)),
                "digit" | "digits" | "numbers" | "figures" => pieces.push(Piece::Digits(count)),
                _ => {}
            }
        }
        match word {
            "dash" | "hyphen" => pieces.push(Piece::Mark('-')),
            "slash" => pieces.push(Piece::Mark('/')),
            "dot" => pieces.push(Piece::Mark('.')),
            "like" => break,
            _ => {}
        }
        index += 1;
    }
    if !pieces.iter().any(|piece| matches!(piece, Piece::Digits(_) | Piece::Letters(..))) {
        return false;
    }
    // "like BP-0042": the person's own example, when it is one.
    let given = prompt
        .find_in("like|e.g *", range.clone())
        .and_then(|found| prompt.token(found.end - 1))
        .map(|token| token.text.clone())
        .filter(|text| fits(&pieces, text));
    let sample = |shift: u8| pieces.iter().map(|piece| piece.sample(shift)).collect::<String>();
    let example = given.unwrap_or_else(|| sample(0));
    parsed.field.kind = FieldKind::Text;
    parsed.field.pattern = Some(Pattern {
        expression: format!("^{}$", pieces.iter().map(Piece::expression).collect::<String>()),
        counterexample: format!("?{example}"),
        other_example: if sample(1) == example { sample(0) } else { sample(1) },
        shown: example.clone(),
        example,
    });
    true
}

/// Whether a text is made of these pieces.
fn fits(pieces: &[Piece], text: &str) -> bool {
    let mut chars = text.chars();
    let all = pieces.iter().all(|piece| match piece {
        Piece::Letters(count, capital) => (0..*count).all(|_| {
            chars
                .next()
                .is_some_and(|c| if *capital { c.is_ascii_uppercase() } else { c.is_ascii_alphabetic() })
        }),
        Piece::Digits(count) => (0..*count).all(|_| chars.next().is_some_and(|c| c.is_ascii_digit())),
        Piece::Mark(mark) => chars.next() == Some(*mark),
    });
    all && chars.next().is_none()
}

/// A piece of a pattern that was described in words.
enum Piece {
    Letters(u32, bool),
    Digits(u32),
    Mark(char),
}

impl Piece {
    fn expression(&self) -> String {
        match self {
            Self::Letters(count, true) => format!("[A-Z]{{{count}}}"),
            Self::Letters(count, false) => format!("[A-Za-z]{{{count}}}"),
            Self::Digits(count) => format!("\\d{{{count}}}"),
            Self::Mark('/') => "\\/".into(),
            Self::Mark('.') => "\\.".into(),
            Self::Mark(mark) => mark.to_string(),
        }
    }

    fn sample(&self, shift: u8) -> String {
        match self {
            Self::Letters(count, _) => {
                (0..*count).map(|n| char::from(b'A' + (u8::try_from(n % 20).unwrap_or(0)) + shift)).collect()
            }
            Self::Digits(count) => {
                (1..=*count).map(|n| char::from(b'0' + (u8::try_from(n % 9).unwrap_or(0)) + shift)).collect()
            }
            Self::Mark(mark) => mark.to_string(),
        }
    }
}

/// Bounds in words: "A1 to F12", "0-100", "max 12", "up to 500 characters", "kg".
pub(super) fn apply_words(given: &[String], parsed: &mut Parsed) {
    let mut list: Vec<String> = Vec::new();
    for word in given {
        // "A1-H12" as one word.
        match word.split_once('-') {
            Some((from, to))
                if [from, to]
                    .iter()
                    .all(|side| side.chars().any(|c| c.is_ascii_digit()) && side.len() <= 6) =>
            {
                list.extend([from.to_owned(), "to".to_owned(), to.to_owned()]);
            }
            _ => list.push(word.clone()),
        }
    }
    let field = &mut parsed.field;
    if let Some(at) =
        list.iter().position(|word| matches!(word.to_lowercase().as_str(), "to" | "through" | "bis"))
        && let (Some(from), Some(to)) =
            (at.checked_sub(1).and_then(|before| list.get(before)), list.get(at + 1))
    {
        if let (Some(from), Some(to)) = (words::decimal(from), words::decimal(to)) {
            bounds(field, Some(from), Some(to));
        } else if let Some(pattern) = cells(from, to) {
            field.kind = FieldKind::Text;
            field.pattern = Some(pattern);
        }
        return;
    }
    let lower: Vec<String> = list.iter().map(|word| word.to_lowercase()).collect();
    for (index, word) in lower.iter().enumerate() {
        let Some(number) = lower.get(index + 1).and_then(|next| words::decimal(next)) else { continue };
        match word.as_str() {
            "max" | "maximum" | "most" => bounds(field, None, Some(number)),
            "min" | "minimum" | "least" | "from" => bounds(field, Some(number), None),
            _ => {}
        }
    }
    const UNITS: Words = Words("km kg g cm m mm l ml min minutes hours °c % € $ miles kwh lbs");
    if let [only] = lower.as_slice()
        && UNITS.contains(only.as_str())
    {
        field.unit = list.first().cloned();
        if matches!(field.kind, FieldKind::Text | FieldKind::LongText) {
            field.kind = FieldKind::Number;
        }
    }
}

/// The longest text that anybody can ask for.
pub(super) const TEXT_MAX: f64 = 20_000.0;

fn bounds(field: &mut Field, least: Option<f64>, most: Option<f64>) {
    // "from 5 to 1" is the same range as "from 1 to 5".
    let (least, most) = match (least, most) {
        (Some(least), Some(most)) if most < least => (Some(most), Some(least)),
        both => both,
    };
    let whole = [least, most].into_iter().flatten().all(|bound| bound.fract() == 0.0);
    if matches!(field.kind, FieldKind::Text | FieldKind::Category) && least.is_some() {
        field.kind = FieldKind::Integer;
    }
    if field.kind == FieldKind::Integer && !whole {
        field.kind = FieldKind::Number;
    }
    if field.kind.is_number() {
        field.minimum = least.or(field.minimum);
        field.maximum = most.or(field.maximum);
    } else if matches!(field.kind, FieldKind::Text | FieldKind::LongText | FieldKind::Category)
        && let Some(most) = most.filter(|most| *most >= 10.0)
    {
        // "Review (max 2)" speaks of something else than letters.
        field.maximum = Some(most.floor().min(TEXT_MAX));
    }
}

/// The pattern of cells from one to another: A1 to F12, 1A to 6C.
fn cells(from: &str, to: &str) -> Option<Pattern> {
    let (from, to) = (cell(from)?, cell(to)?);
    if from.letter_first != to.letter_first
        || from.letter > to.letter
        || from.number > to.number
        || to.number > CELL_NUMBER_MAX
        || (from.letter, from.number) == (to.letter, to.number)
    {
        return None;
    }
    let letters = if from.letter == to.letter {
        from.letter.to_string()
    } else {
        format!("[{}-{}]", from.letter, to.letter)
    };
    let numbers = number_range(from.number, to.number);
    let write = |letter: char, number: u32| {
        if from.letter_first { format!("{letter}{number}") } else { format!("{number}{letter}") }
    };
    let next_letter =
        char::from_u32(u32::from(to.letter) + 1).filter(char::is_ascii_uppercase).unwrap_or('0');
    let other = if from.number < to.number {
        write(from.letter, from.number + 1)
    } else {
        write(to.letter, from.number)
    };
    Some(Pattern {
        expression: if from.letter_first {
            format!("^{letters}{numbers}$")
        } else {
            format!("^{numbers}{letters}$")
        },
        shown: format!("{} … {}", write(from.letter, from.number), write(to.letter, to.number)),
        example: write(from.letter, from.number),
        other_example: other,
        counterexample: write(next_letter, from.number),
    })
}

/// The last number of a cell: its pattern lists one decade after the other.
const CELL_NUMBER_MAX: u32 = 999;

struct Cell {
    letter: char,
    number: u32,
    letter_first: bool,
}

fn cell(text: &str) -> Option<Cell> {
    let text = text.to_uppercase();
    let letter_first = text.starts_with(|c: char| c.is_ascii_uppercase());
    let (letter, number) = if letter_first {
        (text.chars().next()?, text.get(1..)?)
    } else {
        (text.chars().last()?, text.get(..text.len().checked_sub(1)?)?)
    };
    let number = number.parse().ok().filter(|_| letter.is_ascii_uppercase())?;
    Some(Cell { letter, number, letter_first })
}

/// An expression for the whole numbers of a range, up to [`CELL_NUMBER_MAX`].
fn number_range(from: u32, to: u32) -> String {
    if to <= 9 {
        return if from == to { from.to_string() } else { format!("[{from}-{to}]") };
    }
    let mut parts: Vec<String> = Vec::new();
    let mut low = from;
    while low <= to {
        let decade = low / 10;
        let high = (decade * 10 + 9).min(to);
        let tens = if decade == 0 { String::new() } else { decade.to_string() };
        let (a, b) = (low % 10, high % 10);
        parts.push(if a == b { format!("{tens}{a}") } else { format!("{tens}[{a}-{b}]") });
        low = high + 1;
    }
    format!("(?:{})", parts.join("|"))
}
