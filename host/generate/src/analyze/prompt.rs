//! A prompt as tokens that remember where they stand and whether a rule has understood them.
//!
//! Rules work on lower-case words and mark what they used. What is not used at the end is what was not
//! understood, and is reported in the person's own words: nothing is dropped in silence.

use crate::words::Words;
use std::ops::Range;

use super::words;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word or a number; apostrophes, hyphens, slashes and colons inside belong to it.
    Word,
    /// One character that separates.
    Mark(char),
}

/// A word or a mark.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// As it was written.
    pub(super) text: String,
    /// In lower case, with well-known typing errors corrected.
    pub(super) word: String,
    /// Bytes in the prompt.
    pub(super) place: Range<usize>,
}

impl Token {
    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

/// A text without full stops is read in pieces of this many tokens: what a rule does for each word of a sentence
/// stays little work, whatever was pasted.
const SENTENCE_TOKENS_MAX: usize = 400;
/// The most places of one pattern that are looked at.
const PLACES_MAX: usize = 40;

/// The tokens of a prompt.
pub(super) struct Prompt {
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
    sentences: Vec<Range<usize>>,
    used: Vec<bool>,
    /// Left out of every rule: examples in quotes, and what was declined.
    hidden: Vec<bool>,
}

impl Prompt {
    pub(super) fn new(text: &str) -> Self {
        let tokens = tokenize(text);
        let count = tokens.len();
        let ends = |token: &Token| {
            matches!(token.kind, Kind::Mark('.' | '!' | '?' | ';' | '\n' | '。' | '！' | '？'))
        };
        let sentences = split(&tokens, ends, 0..count)
            .into_iter()
            .flat_map(|range| {
                range
                    .clone()
                    .step_by(SENTENCE_TOKENS_MAX)
                    .map(move |start| start..range.end.min(start + SENTENCE_TOKENS_MAX))
            })
            .collect();
        Self {
            text: text.to_owned(),
            tokens,
            sentences,
            used: vec![false; count],
            hidden: vec![false; count],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn token(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    /// The word at an index; empty for a mark, for what is hidden, and past the end.
    pub(super) fn word(&self, index: usize) -> &str {
        match self.tokens.get(index) {
            Some(token) if token.is_word() && !self.hidden[index] => &token.word,
            _ => "",
        }
    }

    pub(super) fn is_mark(&self, index: usize, mark: char) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is_mark(mark))
    }

    pub(super) fn use_tokens(&mut self, range: Range<usize>) {
        for used in self.used.iter_mut().take(range.end).skip(range.start) {
            *used = true;
        }
    }

    pub(super) fn is_used(&self, index: usize) -> bool {
        self.used.get(index).copied().unwrap_or(true)
    }

    pub(super) fn hide(&mut self, range: Range<usize>) {
        for hidden in self.hidden.iter_mut().take(range.end).skip(range.start) {
            *hidden = true;
        }
    }

    pub(super) fn show(&mut self, range: Range<usize>) {
        for hidden in self.hidden.iter_mut().take(range.end).skip(range.start) {
            *hidden = false;
        }
    }

    pub(super) fn is_hidden(&self, index: usize) -> bool {
        self.hidden.get(index).copied().unwrap_or(false)
    }

    /// The words of a range, in lower case.
    pub(super) fn words(&self, range: Range<usize>) -> Vec<&str> {
        range.map(|index| self.word(index)).filter(|word| !word.is_empty()).collect()
    }

    /// The text of a range as it was written.
    pub(super) fn written(&self, range: Range<usize>) -> &str {
        let (Some(first), Some(last)) =
            (self.tokens.get(range.start), self.tokens.get(range.end.wrapping_sub(1)))
        else {
            return "";
        };
        self.text.get(first.place.start..last.place.end).unwrap_or("")
    }

    /// Ranges between full stops, question marks, semicolons and line ends.
    pub(super) fn sentences(&self) -> Vec<Range<usize>> {
        self.sentences.clone()
    }

    /// Ranges between commas and the like, inside a sentence.
    pub(super) fn clauses(&self, sentence: Range<usize>) -> Vec<Range<usize>> {
        let mut clauses = Vec::new();
        let ends = |token: &Token| {
            matches!(token.kind, Kind::Mark(',' | ':' | '(' | ')' | '-' | '、' | '（' | '）' | '：'))
        };
        for part in split(&self.tokens, ends, sentence) {
            let mut start = part.start;
            for index in part.start + 1..part.end {
                // "and see at once …", "and I want …" begin a clause; "name and phone" does not.
                if matches!(self.word(index), "and" | "but") && BEGINS_A_CLAUSE.contains(self.word(index + 1))
                {
                    clauses.push(start..index);
                    start = index;
                }
            }
            clauses.push(start..part.end);
        }
        clauses
    }

    /// The sentence that holds an index.
    pub(super) fn sentence_of(&self, index: usize) -> Range<usize> {
        let after = self.sentences.partition_point(|sentence| sentence.end <= index);
        let sentence = self.sentences.get(after).filter(|sentence| sentence.contains(&index));
        sentence.cloned().unwrap_or(index..index + 1)
    }

    /// The clause that holds an index.
    pub(super) fn clause_of(&self, index: usize) -> Range<usize> {
        let sentence = self.sentence_of(index);
        self.clauses(sentence).into_iter().find(|clause| clause.contains(&index)).unwrap_or(index..index + 1)
    }

    /// The range between commas and the like that holds an index, whatever it says.
    pub(super) fn between_marks(&self, index: usize) -> Range<usize> {
        let sentence = self.sentence_of(index);
        let ends = |at: &usize| {
            self.tokens
                .get(*at)
                .is_some_and(|token| matches!(token.kind, Kind::Mark(',' | ':' | '(' | ')' | '-')))
        };
        let start = (sentence.start..index).rev().find(ends).map_or(sentence.start, |at| at + 1);
        let end = (index..sentence.end).find(ends).unwrap_or(sentence.end);
        start..end
    }

    /// The first place of a pattern; see [`matches_at`](Self::matches_at).
    pub(super) fn find(&self, pattern: &str) -> Option<Range<usize>> {
        self.find_in(pattern, 0..self.len())
    }

    pub(super) fn find_in(&self, pattern: &str, range: Range<usize>) -> Option<Range<usize>> {
        let parts: Vec<&str> = pattern.split(' ').collect();
        range.clone().find_map(|start| {
            let end = self.matches_at(&parts, start, range.end)?;
            Some(start..end)
        })
    }

    /// The first places of a pattern that do not overlap, [`PLACES_MAX`] at most.
    pub(super) fn find_all(&self, pattern: &str) -> Vec<Range<usize>> {
        let parts: Vec<&str> = pattern.split(' ').collect();
        let mut found = Vec::new();
        let mut start = 0;
        while start < self.len() && found.len() < PLACES_MAX {
            match self.matches_at(&parts, start, self.len()) {
                Some(end) if end > start => {
                    found.push(start..end);
                    start = end;
                }
                _ => start += 1,
            }
        }
        found
    }

    /// Marks the first place of any of the patterns as used.
    pub(super) fn take(&mut self, patterns: &[&str]) -> Option<Range<usize>> {
        let found = patterns.iter().find_map(|pattern| self.find(pattern))?;
        self.use_tokens(found.clone());
        Some(found)
    }

    /// Where a pattern that starts here ends. A pattern is words with spaces between: `a|b` is either, `a?`
    /// may be missing, `*` is any word, `#` a whole number. Quotes between words are passed over.
    fn matches_at(&self, pattern: &[&str], start: usize, end: usize) -> Option<usize> {
        let Some((first, rest)) = pattern.split_first() else { return Some(start) };
        let optional = first.len() > 1 && first.ends_with('?');
        let options = first.trim_end_matches('?');
        let mut at = start;
        while at < end && matches!(self.tokens.get(at).map(|token| token.kind), Some(Kind::Mark('\'' | '"')))
        {
            at += 1;
        }
        let word = if at < end { self.word(at) } else { "" };
        let fits = !word.is_empty()
            && options.split('|').any(|option| match option {
                "*" => true,
                "#" => words::number(word).is_some(),
                _ => word == option,
            });
        if fits && let Some(after) = self.matches_at(rest, at + 1, end) {
            return Some(after);
        }
        if optional { self.matches_at(rest, start, end) } else { None }
    }

    pub(super) fn has(&self, pattern: &str) -> bool {
        self.find(pattern).is_some()
    }
}

const BEGINS_A_CLAUSE: Words = Words(
    "see show shows let lets tell tells keep keeps put i we you they he she then make give mark send book \
    sort also announce get have warn add lock highlight calculate how who can should must start moving \
    never when if while there it everyone everybody",
);

/// The ranges between tokens that end one; none is empty.
fn split(tokens: &[Token], ends: impl Fn(&Token) -> bool, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = range.start;
    for index in range.clone() {
        if tokens.get(index).is_some_and(&ends) {
            parts.push(start..index);
            start = index + 1;
        }
    }
    parts.push(start..range.end);
    parts.retain(|part| !part.is_empty());
    parts
}

fn tokenize(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |index: usize| chars.get(index).map_or(text.len(), |(at, _)| *at);
    let mut tokens = Vec::new();
    let mut index = 0;
    while let Some((at, c)) = chars.get(index).copied() {
        let start = index;
        if is_word_char(c) || is_minus(&chars, index) {
            index += 1;
            while chars.get(index).is_some_and(|(_, c)| is_word_char(*c)) || joins(&chars, index) {
                index += 1;
            }
            let place = at..end_of(index);
            let text = text.get(place.clone()).unwrap_or("").to_owned();
            let word = words::corrected(&text.to_lowercase().replace('’', "'"));
            tokens.push(Token { kind: Kind::Word, text, word, place });
            continue;
        }
        index += 1;
        if c.is_whitespace() && c != '\n' {
            continue;
        }
        let mark = match c {
            '“' | '”' | '„' | '«' | '»' | '「' | '」' => '"',
            '‘' | '’' | '`' => '\'',
            '–' | '—' => '-',
            '⇒' | '➔' => '→',
            '，' => ',',
            '･' | '・' => '、',
            c => c,
        };
        // "->" and "=>" are arrows.
        if mark == '>'
            && let Some(last) =
                tokens.last_mut().filter(|token: &&mut Token| token.is_mark('-') || token.is_mark('='))
        {
            last.kind = Kind::Mark('→');
            continue;
        }
        let place = at..end_of(start + 1);
        tokens.push(Token { kind: Kind::Mark(mark), text: c.to_string(), word: String::new(), place });
    }
    tokens
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '%' | '°' | '€' | '$' | '£' | 'ー' | '々')
}

/// The sign of a number: "-20", but not the dash of "A-20" or "- 20".
fn is_minus(chars: &[(usize, char)], index: usize) -> bool {
    let at = |index: usize| chars.get(index).map(|(_, c)| *c);
    let after_space = index.checked_sub(1).and_then(at).is_none_or(|c| c.is_whitespace() || c == '(');
    after_space && at(index) == Some('-') && at(index + 1).is_some_and(|c| c.is_ascii_digit())
}

/// A mark between two characters of words belongs to the word: "owner's", "e-mail", "yes/no", "h:mm", "0.50".
fn joins(chars: &[(usize, char)], index: usize) -> bool {
    let Some((_, mark)) = chars.get(index) else { return false };
    let at = |index: Option<usize>| index.and_then(|index| chars.get(index)).map(|(_, c)| *c);
    let (Some(before), Some(after)) = (at(index.checked_sub(1)), at(Some(index + 1))) else { return false };
    let digits = before.is_ascii_digit() && after.is_ascii_digit();
    let words = is_word_char(before) && is_word_char(after);
    match mark {
        '\'' | '’' | '-' | '/' | '@' => words,
        ':' => words && (before.is_ascii_digit() || before == 'h' || before == 'm'),
        '.' | ',' => {
            digits || (*mark == '.' && words && after.is_ascii_lowercase() && before.is_ascii_lowercase())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_what_belongs_to_them() {
        let prompt =
            Prompt::new("owner's phone: can swim yes/no, A1-H12 (0.50) at h:mm:ss, api.example.com.");
        let words: Vec<&str> =
            prompt.tokens.iter().filter(|t| t.is_word()).map(|t| t.text.as_str()).collect();
        assert_eq!(
            words,
            [
                "owner's",
                "phone",
                "can",
                "swim",
                "yes/no",
                "A1-H12",
                "0.50",
                "at",
                "h:mm:ss",
                "api.example.com"
            ]
        );
    }

    #[test]
    fn patterns_have_alternatives_and_optional_words() {
        let prompt = Prompt::new("sort them by due date");
        assert_eq!(prompt.find("sort|order them? by"), Some(0..3));
        assert_eq!(prompt.find("sort by"), None);
        assert_eq!(prompt.find("due *"), Some(3..5));
    }

    #[test]
    fn a_sign_belongs_to_its_number_and_a_dash_does_not() {
        let words = |text: &str| -> Vec<String> {
            Prompt::new(text).tokens.into_iter().filter(Token::is_word).map(|token| token.text).collect()
        };
        assert_eq!(words("from -20 to 50 (-3)"), ["from", "-20", "to", "50", "-3"]);
        assert_eq!(words("A-20 - 20"), ["A-20", "20"]);
    }

    #[test]
    fn a_text_without_full_stops_is_read_in_pieces() {
        let prompt = Prompt::new(&"find ".repeat(1000));
        assert_eq!(prompt.sentences(), [0..400, 400..800, 800..1000]);
        assert_eq!(prompt.sentence_of(799), 400..800);
        assert_eq!(prompt.find_all("find").len(), PLACES_MAX);
    }
}
