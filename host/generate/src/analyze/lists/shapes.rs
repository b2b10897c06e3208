//! Enumerations that are no list of fields: the shape of data in braces, steps with arrows, columns of a board,
//! options in parentheses or after "choose".

use std::ops::Range;

use super::{Found, parts};
use crate::{
    Field, FieldKind, InitialValue,
    analyze::{
        constraint,
        lexicon::{self, Meaning},
        phrase::Parsed,
        prompt::{Prompt, Token},
        words,
    },
    words::capitalized,
};

/// `{repo, branch, status: passed|failed, seconds}`: the shape of data that is sent.
pub(super) fn braces(prompt: &mut Prompt, sentence: Range<usize>, found: &mut Found) {
    let Some(open) = sentence.clone().find(|index| prompt.is_mark(*index, '{') && !prompt.is_hidden(*index))
    else {
        return;
    };
    let Some(close) = (open + 1..sentence.end.min(open + 200)).find(|index| prompt.is_mark(*index, '}'))
    else {
        return;
    };
    let mut start = open + 1;
    while start < close {
        let end = (start..close).find(|index| prompt.is_mark(*index, ',')).unwrap_or(close);
        let words: Vec<usize> =
            (start..end).filter(|index| prompt.token(*index).is_some_and(Token::is_word)).collect();
        if let Some((key, values)) = words.split_first() {
            let label = prompt.token(*key).map(|token| token.text.replace('_', " ")).unwrap_or_default();
            let meaning = lexicon::meaning(&[prompt.word(*key).to_owned()]);
            let first = values.first().map(|index| prompt.word(*index).to_owned()).unwrap_or_default();
            let mut field = match meaning {
                _ if values.len() > 1 && (start..end).any(|index| prompt.is_mark(index, '|')) => {
                    let tokens = values.iter().filter_map(|index| prompt.token(*index));
                    let options = constraint::distinct(tokens.map(|token| token.text.clone()));
                    let mut field = lexicon::field(&capitalized(&label), Meaning::Text);
                    field.kind = FieldKind::Choice { options };
                    field
                }
                Some(meaning) => lexicon::field(&capitalized(&label), meaning),
                None if words::decimal(&first).is_some() => {
                    lexicon::field(&capitalized(&label), Meaning::Number)
                }
                None if first.len() > 9
                    && first.contains('-')
                    && first.starts_with(|c: char| c.is_ascii_digit()) =>
                {
                    lexicon::field(&capitalized(&label), Meaning::Moment)
                }
                None => lexicon::field(&capitalized(&label), Meaning::Text),
            };
            field.required = true;
            found.fields.push(field);
        }
        start = end + 1;
    }
    prompt.use_tokens(open..close + 1);
}

/// "Kanban board: Backlog, Ready, In progress (max 3), Done": the columns of a board are a status.
pub(super) fn columns(prompt: &mut Prompt, found: &mut Found) {
    let Some(colon) = (0..prompt.len()).find(|index| prompt.is_mark(*index, ':')) else { return };
    let sentence = prompt.sentence_of(colon);
    let parts = parts(prompt, colon + 1..sentence.end);
    let options: Vec<String> = parts
        .iter()
        .map(|part| prompt.written(part.words.clone()).to_owned())
        .filter(|option| option.chars().count() <= 30)
        .collect();
    let every = options.len() == parts.len();
    let options = constraint::distinct(options);
    if options.len() >= 2 && every {
        let mut field = lexicon::field("Status", Meaning::Status);
        field.initial = options.first().cloned().map(InitialValue::Text);
        field.kind = FieldKind::Choice { options };
        found.fields.push(field);
        for part in &parts {
            prompt.use_tokens(part.words.clone());
        }
        prompt.use_tokens(colon..colon + 1);
    }
}

/// "New -> Cooking -> Ready -> Served": the steps of a status.
pub(super) fn arrows(prompt: &mut Prompt, sentence: Range<usize>, found: &mut Found) {
    let marks: Vec<usize> = sentence.clone().filter(|index| prompt.is_mark(*index, '→')).collect();
    let (Some(first), Some(last)) = (marks.first().copied(), marks.last().copied()) else { return };
    let mut options: Vec<String> = Vec::new();
    let mut bounds: Vec<usize> = marks.iter().map(|mark| mark + 1).collect();
    bounds.insert(0, first.saturating_sub(1).max(sentence.start));
    for start in bounds {
        let end = (start..sentence.end.min(start + 3))
            .find(|index| {
                !prompt.token(*index).is_some_and(Token::is_word)
                    || matches!(prompt.word(*index), "with" | "by" | "and")
            })
            .unwrap_or((start + 3).min(sentence.end));
        let option = prompt.written(start..end).to_owned();
        options.push(option);
        if start > last {
            prompt.use_tokens(first.saturating_sub(1)..end);
        }
    }
    let options = constraint::distinct(options);
    if options.len() >= 2 {
        let mut field = lexicon::field("Status", Meaning::Status);
        field.initial = options.first().cloned().map(InitialValue::Text);
        field.kind = FieldKind::Choice { options };
        found.fields.push(field);
    }
}

/// Lists of options that stand outside an enumeration of fields: "three rooms (Oslo, Lima, Kyoto)", "choose
/// beef, fish or vegan".
pub(in crate::analyze) fn choices(prompt: &mut Prompt, found: &mut Found) {
    for open in 0..prompt.len() {
        let opens = prompt.is_mark(open, '(') && !prompt.is_used(open) && !prompt.is_hidden(open);
        let Some(close) = (open + 1..prompt.len().min(open + 60)).find(|at| prompt.is_mark(*at, ')')) else {
            continue;
        };
        let noun = open.checked_sub(1).map(|before| prompt.word(before).to_owned()).unwrap_or_default();
        if !opens || noun.is_empty() || words::is_filler(&noun) {
            continue;
        }
        let mut parsed = Parsed {
            field: lexicon::field(&capitalized(&words::singular(&noun)), Meaning::Text),
            before: Vec::new(),
            rules: Vec::new(),
            guessed: true,
            needs_head: false,
        };
        constraint::apply(prompt, open + 1..close, &mut parsed);
        if fields_in_parentheses(prompt, open + 1..close, &parsed.field, found) {
            continue;
        }
        if matches!(parsed.field.kind, FieldKind::Choice { .. }) {
            let count = open
                .checked_sub(2)
                .filter(|at| words::number(prompt.word(*at)).is_some())
                .unwrap_or(open - 1);
            parsed.field.required = true;
            prompt.use_tokens(count..close + 1);
            found.fields.push(parsed.field);
        }
    }
    choose(prompt, found);
}

/// "places I save (name, latitude, longitude)": what each has, and not a choice.
fn fields_in_parentheses(prompt: &mut Prompt, range: Range<usize>, field: &Field, found: &mut Found) -> bool {
    let FieldKind::Choice { options } = &field.kind else { return false };
    let meanings: Vec<Option<Meaning>> = options
        .iter()
        .map(|option| {
            lexicon::meaning(&option.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        })
        .collect();
    if meanings.iter().flatten().count() * 2 <= options.len() {
        return false;
    }
    for (option, meaning) in options.iter().zip(meanings) {
        found.fields.push(lexicon::field(&capitalized(option), meaning.unwrap_or(Meaning::Text)));
    }
    prompt.use_tokens(range.start - 1..range.end + 1);
    true
}

/// "choose beef, fish or vegan for each person".
fn choose(prompt: &mut Prompt, found: &mut Found) {
    let Some(verb) = prompt.find("choose|chooses|pick|picks|select|selects|answers|answer") else { return };
    let sentence = prompt.sentence_of(verb.start);
    let mut options: Vec<String> = Vec::new();
    let mut current: Vec<String> = Vec::new();
    let mut end = verb.end;
    let mut last = false;
    for index in verb.end..sentence.end.min(verb.end + 24) {
        let ends_option =
            prompt.is_mark(index, ',') || prompt.is_mark(index, '/') || prompt.word(index) == "or";
        if ends_option {
            if !current.is_empty() {
                options.push(current.join(" "));
                current.clear();
            }
            last |= prompt.word(index) == "or" || prompt.is_mark(index, '/');
            continue;
        }
        let Some(token) = prompt.token(index).filter(|token| token.is_word()) else { break };
        if matches!(token.word.as_str(), "for" | "per" | "and" | "on" | "when" | "to" | "in" | "from") {
            break;
        }
        if matches!(token.word.as_str(), "between" | "from" | "either" | "a" | "an" | "the" | "one" | "of")
            && current.is_empty()
        {
            continue;
        }
        current.push(token.text.clone());
        end = index + 1;
        if current.len() > 3 {
            return;
        }
    }
    if !current.is_empty() {
        options.push(current.join(" "));
    }
    let options = constraint::distinct(options);
    if options.len() < 2 || !last {
        return;
    }
    let label = prompt
        .find("count|number|total per *")
        .map_or("Choice".to_owned(), |found| capitalized(prompt.word(found.end - 1)));
    let mut field = lexicon::field(&label, Meaning::Text);
    field.kind = FieldKind::Choice { options };
    prompt.use_tokens(verb.start..end);
    found.fields.push(field);
}
