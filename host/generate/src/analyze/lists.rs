//! Finds the enumerations of a prompt and turns them into fields and lists inside an entry.

mod inner;
mod shapes;

use std::ops::Range;

use super::{
    lexicon::{self, Meaning},
    phrase::{self, Parsed},
    prompt::{Kind, Prompt},
    words,
};
use crate::{
    Field, InitialValue, Rule,
    words::{Words, capitalized},
};

pub(super) use shapes::choices;

/// A list inside an entry, as it was named: "lines with description, quantity and unit price".
#[derive(Debug)]
pub(super) struct Inner {
    /// Singular.
    pub(super) label: String,
    pub(super) plural_label: String,
    pub(super) fields: Vec<Field>,
}

/// What the enumerations of a prompt gave.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) fields: Vec<Field>,
    pub(super) inner: Vec<Inner>,
    pub(super) rules: Vec<Rule>,
    /// What the entries are, when an enumeration says so: "items with a price".
    pub(super) noun: Option<String>,
}

/// A part of an enumeration.
struct Part {
    words: Range<usize>,
    parentheses: Option<Range<usize>>,
    end: usize,
}

/// Looks for enumerations in every sentence.
pub(super) fn find(prompt: &mut Prompt, is_board: bool) -> Found {
    let mut found = Found::default();
    if is_board {
        shapes::columns(prompt, &mut found);
    }
    for sentence in prompt.sentences() {
        shapes::braces(prompt, sentence.clone(), &mut found);
        shapes::arrows(prompt, sentence.clone(), &mut found);
        if !bare_list(prompt, sentence.clone(), &mut found) {
            named_list(prompt, sentence, &mut found);
        }
    }
    found
}

/// After a colon, a dash, "with", "including", "track" …
fn named_list(prompt: &mut Prompt, sentence: Range<usize>, found: &mut Found) {
    let mut start = sentence.start;
    while let Some((anchor, from, least)) = anchor(prompt, sentence.start, start..sentence.end, found) {
        let parts = parts(prompt, from..sentence.end);
        let before = found.fields.len() + found.inner.len();
        let end = take(prompt, parts, least, found);
        if found.fields.len() + found.inner.len() > before {
            prompt.use_tokens(anchor..from);
        }
        start = end.max(from).max(anchor + 1);
    }
}

/// The next word or mark that announces a list: where it is, where the list starts, and how many parts it
/// must have to be one.
fn anchor(
    prompt: &Prompt,
    sentence: usize,
    range: Range<usize>,
    found: &Found,
) -> Option<(usize, usize, usize)> {
    let first = found.fields.is_empty() && found.inner.is_empty();
    range.clone().find_map(|index| {
        let token = prompt.token(index)?;
        if prompt.is_used(index) {
            return None;
        }
        match token.kind {
            Kind::Mark(':' | '：') => Some((index, index + 1, 1)),
            // A dash, but not the first of a line and not an arrow between steps.
            Kind::Mark('-') if index > sentence => Some((index, index + 1, 3)),
            Kind::Word => match prompt.word(index) {
                // "with a reason", "with their name": more often how something is done than what is kept.
                "with" | "including" | "includes" | "containing" | "contains" | "con" | "mit" | "avec" => {
                    let how = matches!(
                        prompt.word(index + 1),
                        "their" | "his" | "her" | "how" | "one" | "two" | "no"
                    );
                    (first || !how).then_some((index, index + 1, if first { 1 } else { 2 }))
                }
                "has" | "have" | "having" if prompt.word(index + 1) != "to" => Some((index, index + 1, 2)),
                "track" | "tracks" | "tracking" | "record" | "records" | "store" | "stores" | "log"
                | "logs" | "enter" | "enters" | "save" | "saves" | "capture" | "collect" | "collects"
                | "asks" | "registrar" | "fields" | "columns" | "keeps"
                    if is_verb(prompt, sentence, index) =>
                {
                    Some((index, index + 1, 2))
                }
                _ => None,
            },
            _ => None,
        }
    })
}

/// "we log", "to record", but not "training log".
fn is_verb(prompt: &Prompt, sentence: usize, index: usize) -> bool {
    const SUBJECTS: Words = Words(
        "to i we they you he she and can should must will let me us people users members it that which \
        waiter waiters staff teachers everyone just app also would want",
    );
    index == sentence
        || SUBJECTS.contains(prompt.word(index - 1))
        || matches!(prompt.word(index), "fields" | "columns" | "enters" | "asks" | "keeps" | "collects")
}

/// "book title, copy number, pupil, class, date out": a sentence that is nothing but a list.
fn bare_list(prompt: &mut Prompt, sentence: Range<usize>, found: &mut Found) -> bool {
    let parts = parts(prompt, sentence.clone());
    let whole = parts.last().is_some_and(|part| part.end >= sentence.end);
    // What says what the app is, is no field: "Gift tracker, who gave what, card sent yes/no".
    let subject = parts.first().is_some_and(|part| part.words.clone().any(|index| prompt.is_used(index)));
    let anchored = parts.first().is_some_and(|part| {
        prompt.find_in("with|including|containing|has|have", part.words.clone()).is_some()
    });
    if !whole || (subject && anchored) {
        return false;
    }
    let mut parts = parts;
    if subject {
        parts.remove(0);
    }
    let is_inner = |part: &Part| {
        inner::inner_head(prompt, part.words.clone()).is_some()
            || inner::history_of(prompt, part.words.clone()).is_some()
    };
    let (mut readable, mut known) = (0, 0);
    for part in &parts {
        let parsed = phrase::parse(prompt, part.words.clone(), None);
        if !is_inner(part) && parsed.is_none() {
            break;
        }
        readable += 1;
        known += usize::from(is_inner(part) || parsed.is_some_and(|parsed| !parsed.guessed));
    }
    // After the subject a list may end in a wish; a sentence of its own is a list to the end.
    let enough = if subject {
        readable >= 3 || (readable == parts.len() && readable >= 2)
    } else {
        readable == parts.len() && readable >= 3
    };
    if !enough || known * 2 < readable {
        return false;
    }
    parts.truncate(readable);
    let before = found.fields.len() + found.inner.len();
    take(prompt, parts, 2, found);
    found.fields.len() + found.inner.len() > before
}

/// Splits at commas, "and" and the like; parentheses belong to the part before them.
fn parts(prompt: &Prompt, range: Range<usize>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut start = range.start;
    let mut parentheses: Option<Range<usize>> = None;
    let mut words_end: Option<usize> = None;
    let mut index = range.start;
    let mut finish =
        |start: usize, words_end: Option<usize>, parentheses: &mut Option<Range<usize>>, end: usize| {
            let words = start..words_end.unwrap_or(end);
            if !words.is_empty() {
                parts.push(Part { words, parentheses: parentheses.take(), end });
            }
        };
    while index < range.end && index - range.start < LIST_TOKENS_MAX && index - start < phrase::TOKENS_MAX {
        let opens = prompt.is_mark(index, '(') || prompt.is_mark(index, '（');
        if opens {
            let close = (index + 1..range.end)
                .find(|at| prompt.is_mark(*at, ')') || prompt.is_mark(*at, '）'))
                .unwrap_or(range.end);
            words_end.get_or_insert(index);
            parentheses.get_or_insert(index + 1..close);
            index = close + 1;
            continue;
        }
        if separates(prompt, index) {
            finish(start, words_end.take(), &mut parentheses, index);
            start = index + 1;
        } else if prompt
            .token(index)
            .is_some_and(|token| matches!(token.kind, Kind::Mark('-' | ':' | '{' | '}' | '→')))
            || prompt.is_hidden(index)
        {
            break;
        }
        index += 1;
    }
    finish(start, words_end, &mut parentheses, index.min(range.end));
    parts
}

/// The longest list: the rest of a prompt of any size is not read as one.
const LIST_TOKENS_MAX: usize = 400;

fn separates(prompt: &Prompt, index: usize) -> bool {
    match prompt.token(index).map(|token| token.kind) {
        Some(Kind::Mark(',' | '&' | '+' | '/' | '、' | '|')) => true,
        Some(Kind::Word) => match prompt.word(index) {
            "plus" => !matches!(prompt.word(index + 1), "one" | "ones"),
            "and" | "y" | "und" | "et" => !joined(prompt, index),
            "well" => false,
            _ => false,
        },
        _ => false,
    }
}

/// "date and time" and "terms and conditions" are one thing.
fn joined(prompt: &Prompt, and: usize) -> bool {
    let (Some(before), after) = (and.checked_sub(1), and + 1) else { return false };
    matches!(
        (prompt.word(before), prompt.word(after)),
        ("date", "time") | ("terms", "conditions") | ("day", "time" | "hour")
    )
}

/// Reads parts until one is no name of a field. Answers where the list ended.
fn take(prompt: &mut Prompt, parts: Vec<Part>, least: usize, found: &mut Found) -> usize {
    let mut read: Vec<(Parsed, Range<usize>)> = Vec::new();
    let mut inner: Option<(Inner, usize)> = None;
    let mut inners: Vec<(Inner, Range<usize>)> = Vec::new();
    let mut noun: Option<String> = None;
    let mut end = parts.first().map_or(0, |part| part.words.start);
    for part in parts {
        let whole = part.words.start..part.end;
        let plain: Vec<&str> =
            prompt.words(part.words.clone()).into_iter().filter(|word| !words::is_filler(word)).collect();
        let feature = !plain.is_empty()
            && phrase::is_feature(&plain)
            && lexicon::lookup(plain[plain.len() - 1]).is_none();
        if let Some((with, label)) = inner::inner_head(prompt, part.words.clone()) {
            let first = phrase::parse(prompt, with + 1..part.words.end, part.parentheses.clone())
                .map(|parsed| parsed.field);
            let first = first.or_else(|| inner::clause_field(prompt, with + 1..part.words.end));
            let main = read.is_empty() && inners.is_empty() && inner.is_none();
            if let (Some(first), true) = (&first, main) {
                // "items with a start price and an end time": what each entry has.
                let parsed = Parsed {
                    field: first.clone(),
                    before: Vec::new(),
                    rules: Vec::new(),
                    guessed: false,
                    needs_head: false,
                };
                read.push((parsed, whole));
                noun = Some(label);
                end = part.end;
                continue;
            }
            if let Some(first) = first {
                inners.extend(inner.take().map(|(inner, start)| (inner, start..whole.start)));
                inner = Some((
                    Inner { plural_label: words::plural(&label), label, fields: vec![first] },
                    whole.start,
                ));
                end = part.end;
                continue;
            }
        }
        if let Some(label) = inner::history_of(prompt, part.words.clone()) {
            let mut value =
                lexicon::field(&capitalized(&label), lexicon::lookup(&label).unwrap_or(Meaning::Text));
            value.required = true;
            let mut date = lexicon::field("Date", Meaning::Date);
            date.required = true;
            date.initial = Some(InitialValue::Today);
            inners.push((
                Inner { plural_label: format!("{label} history"), label, fields: vec![date, value] },
                whole.clone(),
            ));
            end = part.end;
            continue;
        }
        if feature {
            end = part.end;
            continue;
        }
        match phrase::parse(prompt, part.words.clone(), part.parentheses.clone()) {
            Some(parsed) => {
                match &mut inner {
                    Some((inner, _)) => inner.fields.push(parsed.field),
                    None => read.push((parsed, whole)),
                }
                end = part.end;
            }
            None => break,
        }
    }
    inners.extend(inner.map(|(inner, start)| (inner, start..end)));
    let known = read.iter().any(|(parsed, _)| !parsed.guessed);
    if inners.is_empty() && (read.len() < least || (!known && read.len() < 2)) {
        return end;
    }
    complete_heads(&mut read);
    if found.noun.is_none() {
        found.noun = noun;
    }
    for (inner, range) in inners {
        prompt.use_tokens(range.start..range.end + usize::from(prompt.is_mark(range.end, ')')));
        found.inner.push(inner);
    }
    for (parsed, range) in read {
        prompt.use_tokens(range);
        found.fields.extend(parsed.before);
        found.fields.push(parsed.field);
        found.rules.extend(parsed.rules);
    }
    end
}

/// "first and last name": the first has the head of the second.
fn complete_heads(read: &mut [(Parsed, Range<usize>)]) {
    for index in 1..read.len() {
        let (before, after) = read.split_at_mut(index);
        let (Some((first, _)), Some((second, _))) = (before.last_mut(), after.first()) else { continue };
        let head = second.field.label.split_whitespace().last().unwrap_or_default().to_lowercase();
        if first.needs_head
            && second.field.label.contains(' ')
            && !first.field.label.to_lowercase().ends_with(&head)
        {
            let label = format!("{} {head}", first.field.label);
            // "child's first and last name": the owner belongs to both, and says little in a label.
            let meaning = lexicon::meaning(&[head]).unwrap_or(Meaning::Text);
            first.field = lexicon::field(&label, meaning);
            first.guessed = false;
        }
    }
}
