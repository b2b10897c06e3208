//! The tokenizer of the URL Pattern Standard, section 2.1.

/// What a piece of a pattern is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    Regexp,
    Name,
    Char,
    EscapedChar,
    OtherModifier,
    Asterisk,
    End,
    InvalidChar,
}

/// A piece of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Where it begins, in characters.
    pub(super) index: usize,
    pub(super) value: String,
}

/// Whether what fits no rule is an error, or a token like any other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Strict,
    Lenient,
}

struct Tokenizer<'i> {
    input: &'i [char],
    policy: Policy,
    tokens: Vec<Token>,
    index: usize,
}

/// Whether a name may hold a character, or begin with it: an identifier of JavaScript.
pub(super) fn is_name_char(c: char, first: bool) -> bool {
    matches!(c, '$' | '_')
        || c.is_alphabetic()
        || (!first && (c.is_alphanumeric() || matches!(c, '\u{200C}' | '\u{200D}')))
}

/// Cuts a pattern. The last token is [`Kind::End`].
pub(super) fn tokenize(input: &[char], policy: Policy) -> Result<Vec<Token>, String> {
    let mut tokenizer = Tokenizer { input, policy, tokens: Vec::new(), index: 0 };
    while let Some(c) = input.get(tokenizer.index) {
        tokenizer.step(*c)?;
    }
    tokenizer.push(Kind::End, input.len(), input.len()..input.len());
    Ok(tokenizer.tokens)
}

impl Tokenizer<'_> {
    fn push(&mut self, kind: Kind, next: usize, value: std::ops::Range<usize>) {
        let value = self.input.get(value).unwrap_or_default().iter().collect();
        self.tokens.push(Token { kind, index: self.index, value });
        self.index = next;
    }

    fn one(&mut self, kind: Kind) {
        self.push(kind, self.index + 1, self.index..self.index + 1);
    }

    fn wrong(&mut self, next: usize, what: &str) -> Result<(), String> {
        if self.policy == Policy::Strict {
            return Err(format!("{what} at character {}", self.index));
        }
        self.push(Kind::InvalidChar, next, self.index..next);
        Ok(())
    }

    fn step(&mut self, c: char) -> Result<(), String> {
        let next = self.index + 1;
        match c {
            '*' => self.one(Kind::Asterisk),
            '+' | '?' => self.one(Kind::OtherModifier),
            '{' => self.one(Kind::Open),
            '}' => self.one(Kind::Close),
            '\\' if next < self.input.len() => self.push(Kind::EscapedChar, next + 1, next..next + 1),
            '\\' => return self.wrong(next, "nothing to escape"),
            ':' => {
                let rest = self.input[next..].iter().enumerate();
                let length = rest.take_while(|(i, c)| is_name_char(**c, *i == 0)).count();
                if length == 0 {
                    return self.wrong(next, "a name is missing");
                }
                self.push(Kind::Name, next + length, next..next + length);
            }
            '(' => match self.regexp_end(next) {
                Ok(end) => self.push(Kind::Regexp, end + 1, next..end),
                Err(what) => return self.wrong(next, what),
            },
            _ => self.one(Kind::Char),
        }
        Ok(())
    }

    /// Where the bracket is closed.
    fn regexp_end(&self, start: usize) -> Result<usize, &'static str> {
        let mut depth = 1;
        let mut at = start;
        while let Some(&c) = self.input.get(at) {
            if !c.is_ascii() {
                return Err("a regular expression with characters that are not ASCII");
            }
            match c {
                '?' if at == start => return Err("a regular expression that begins with ?"),
                '\\' => {
                    at += 1;
                    if !self.input.get(at).is_some_and(char::is_ascii) {
                        return Err("a regular expression with a wrong escape");
                    }
                }
                ')' => {
                    depth -= 1;
                    if depth == 0 {
                        return if at == start { Err("an empty regular expression") } else { Ok(at) };
                    }
                }
                '(' => {
                    depth += 1;
                    if self.input.get(at + 1) != Some(&'?') {
                        return Err("a capturing group in a regular expression");
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Err("a regular expression without an end")
    }
}
