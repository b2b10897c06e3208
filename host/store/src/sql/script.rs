//! Just enough of SQL's grammar to cut a script into statements and to guess whether a statement reads. What
//! a statement means is SQLite's to say; a wrong guess costs time, never safety.

/// The statements of a script, each with the offset of its first word. Comments and empty statements between
/// them are left out; a trigger's body is part of its statement.
///
/// The states are those of SQLite's own `sqlite3_complete` (complete.c).
pub(super) fn statements(script: &str) -> Vec<(usize, &str)> {
    use State as S;
    let mut found = Vec::new();
    let (mut state, mut start) = (S::Start, 0);
    let mut at = 0;
    while let Some((token, length)) = next_token(script.as_bytes(), at) {
        let next = match (state, token) {
            (S::Trigger | S::TriggerSemicolon, Token::Semicolon) => S::TriggerSemicolon,
            (_, Token::Semicolon) => S::Start,
            (state, Token::Space) => state,
            (S::Start, Token::Explain) => S::Explain,
            (S::Start | S::Explain, Token::Create) => S::Create,
            (S::Explain, Token::Explain) => S::Normal,
            (S::Explain, _) => S::Explain,
            (S::Create, Token::Temporary) => S::Create,
            (S::Create, Token::Trigger) => S::Trigger,
            (S::TriggerSemicolon, Token::End) => S::TriggerEnd,
            (S::Trigger | S::TriggerSemicolon | S::TriggerEnd, _) => S::Trigger,
            _ => S::Normal,
        };
        if state == S::Start && next != S::Start {
            start = at;
        }
        if state != S::Start && next == S::Start {
            found.push((start, &script[start..at]));
        }
        state = next;
        at += length;
    }
    if state != S::Start {
        found.push((start, &script[start..]));
    }
    found
}

/// Whether a statement begins as those do that only read. A `WITH` may still write, and is found out later.
pub(super) fn looks_read_only(sql: &str) -> bool {
    let bytes = sql.as_bytes();
    let mut at = 0;
    while let Some((token, length)) = next_token(bytes, at) {
        if token != Token::Space {
            let word = &bytes[at..at + length];
            return [&b"SELECT"[..], b"WITH", b"VALUES", b"EXPLAIN", b"PRAGMA"]
                .iter()
                .any(|keyword| word.eq_ignore_ascii_case(keyword));
        }
        at += length;
    }
    false
}

/// The line, from 1, of an offset.
pub(super) fn line_of(script: &str, offset: usize) -> usize {
    script.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Normal,
    Explain,
    Create,
    Trigger,
    TriggerSemicolon,
    TriggerEnd,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Semicolon,
    Space,
    Explain,
    Create,
    Temporary,
    Trigger,
    End,
    Other,
}

/// The token that starts at an offset, with its length (at least 1). A quote or comment that never ends
/// reaches to the end.
fn next_token(bytes: &[u8], at: usize) -> Option<(Token, usize)> {
    let rest = bytes.get(at..)?;
    let first = *rest.first()?;
    let until = |end: &[u8], from: usize| {
        let tail = rest.get(from..).unwrap_or_default();
        let found = tail.windows(end.len()).position(|window| window == end);
        found.map_or(rest.len(), |position| from + position + end.len())
    };
    Some(match first {
        b';' => (Token::Semicolon, 1),
        b' ' | b'\t' | b'\n' | b'\r' | 0x0c => (Token::Space, 1),
        b'-' if rest.starts_with(b"--") => (Token::Space, until(b"\n", 2)),
        b'/' if rest.starts_with(b"/*") => (Token::Space, until(b"*/", 2)),
        b'\'' | b'"' | b'`' => (Token::Other, until(&[first], 1)),
        b'[' => (Token::Other, until(b"]", 1)),
        byte if is_word(byte) => {
            let length = rest.iter().take_while(|byte| is_word(**byte)).count();
            (keyword(&rest[..length]), length)
        }
        _ => (Token::Other, 1),
    })
}

/// SQLite takes every byte above ASCII as part of a name, so a cut never falls inside a character.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn keyword(word: &[u8]) -> Token {
    let known = [
        (&b"explain"[..], Token::Explain),
        (b"create", Token::Create),
        (b"temp", Token::Temporary),
        (b"temporary", Token::Temporary),
        (b"trigger", Token::Trigger),
        (b"end", Token::End),
    ];
    known
        .into_iter()
        .find(|(text, _)| word.eq_ignore_ascii_case(text))
        .map_or(Token::Other, |(_, token)| token)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(script: &str) -> Vec<&str> {
        statements(script).into_iter().map(|(_, text)| text.trim_end()).collect()
    }

    #[test]
    fn quotes_comments_and_triggers_do_not_cut() {
        assert_eq!(
            texts("SELECT ';' -- ;\n, \";\", [;], `;` /* ; */; ;; SELECT 'it''s;'"),
            ["SELECT ';' -- ;\n, \";\", [;], `;` /* ; */", "SELECT 'it''s;'",]
        );
        let trigger =
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT CASE x WHEN 1 THEN 2 END; END";
        assert_eq!(texts(&format!("{trigger}; SELECT 2;")), [trigger, "SELECT 2"]);
        assert_eq!(texts(" -- nothing\n ; /* open"), Vec::<&str>::new());
    }

    #[test]
    fn a_statement_begins_at_its_first_word() {
        let script = "-- a comment\n\nCREATE TABLE a (x);\n-- another\nSELECT 1";
        let lines: Vec<usize> = statements(script).iter().map(|(at, _)| line_of(script, *at)).collect();
        assert_eq!(lines, [3, 5]);
    }

    #[test]
    fn reads_are_told_by_their_first_word() {
        for read in
            ["select 1", " -- x\n SELECT 1", "/* a */with t as (select 1) select * from t", "values(1)"]
        {
            assert!(looks_read_only(read), "{read}");
        }
        for write in ["INSERT INTO t VALUES (1)", "", "selects", "-- SELECT 1"] {
            assert!(!looks_read_only(write), "{write}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_without_a_panic_and_nothing_but_separators_is_lost(script in ".{0,200}") {
            for (at, text) in statements(&script) {
                prop_assert_eq!(script.get(at..at + text.len()), Some(text));
            }
        }
    }
}
