//! Pattern strings to parts: the URL Pattern Standard, section 2.2.

use super::{
    canonical::Encode,
    tokenizer::{self, Kind, Policy, Token},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    FixedText,
    Regexp,
    SegmentWildcard,
    FullWildcard,
}

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    pub(super) value: String,
    /// `""`, `"?"`, `"*"` or `"+"`.
    pub(super) modifier: &'static str,
    pub(super) name: String,
    pub(super) prefix: String,
    pub(super) suffix: String,
}

/// How a component is cut into segments.
#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) delimiter: &'static str,
    pub(super) prefix: &'static str,
}

impl Options {
    pub(super) const DEFAULT: Self = Self { delimiter: "", prefix: "" };
    pub(super) const HOSTNAME: Self = Self { delimiter: ".", prefix: "" };
    pub(super) const PATHNAME: Self = Self { delimiter: "/", prefix: "/" };

    /// What matches one segment.
    pub(super) fn segment(self) -> String {
        format!("[^{}]+?", super::generate::escape_regexp(self.delimiter))
    }
}

pub(super) const FULL_WILDCARD: &str = ".*";

struct Parser<'e> {
    tokens: Vec<Token>,
    encode: &'e Encode,
    segment: String,
    parts: Vec<Part>,
    pending: String,
    index: usize,
    next_name: usize,
}

/// Parses a component's pattern; fixed text is made canonical on the way.
pub(super) fn parse(input: &str, options: Options, encode: &Encode) -> Result<Vec<Part>, String> {
    let input: Vec<char> = input.chars().collect();
    let tokens = tokenizer::tokenize(&input, Policy::Strict)?;
    let mut parser = Parser {
        tokens,
        encode,
        segment: options.segment(),
        parts: Vec::new(),
        pending: String::new(),
        index: 0,
        next_name: 0,
    };
    while parser.index < parser.tokens.len() {
        parser.step(options)?;
    }
    Ok(parser.parts)
}

impl Parser<'_> {
    fn take(&mut self, kind: Kind) -> Option<Token> {
        let token = self.tokens.get(self.index).filter(|token| token.kind == kind)?.clone();
        self.index += 1;
        Some(token)
    }

    fn require(&mut self, kind: Kind) -> Result<(), String> {
        let at = self.tokens.get(self.index).map_or(0, |token| token.index);
        self.take(kind).map(|_| ()).ok_or_else(|| format!("unexpected text at character {at}"))
    }

    fn take_matcher(&mut self, name: Option<&Token>) -> Option<Token> {
        let regexp = self.take(Kind::Regexp);
        if regexp.is_none() && name.is_none() { self.take(Kind::Asterisk) } else { regexp }
    }

    fn take_modifier(&mut self) -> &'static str {
        let token = self.take(Kind::OtherModifier).or_else(|| self.take(Kind::Asterisk));
        match token.as_ref().map(|token| token.value.as_str()) {
            Some("?") => "?",
            Some("+") => "+",
            Some(_) => "*",
            None => "",
        }
    }

    fn take_text(&mut self) -> String {
        let mut text = String::new();
        while let Some(token) = self.take(Kind::Char).or_else(|| self.take(Kind::EscapedChar)) {
            text.push_str(&token.value);
        }
        text
    }

    fn step(&mut self, options: Options) -> Result<(), String> {
        let char = self.take(Kind::Char);
        let name = self.take(Kind::Name);
        let matcher = self.take_matcher(name.as_ref());
        if name.is_some() || matcher.is_some() {
            let mut prefix = char.map(|token| token.value).unwrap_or_default();
            if !prefix.is_empty() && prefix != options.prefix {
                self.pending.push_str(&prefix);
                prefix.clear();
            }
            self.flush()?;
            let modifier = self.take_modifier();
            return self.add(prefix, name, matcher, String::new(), modifier);
        }
        if let Some(fixed) = char.or_else(|| self.take(Kind::EscapedChar)) {
            self.pending.push_str(&fixed.value);
            return Ok(());
        }
        if self.take(Kind::Open).is_some() {
            let prefix = self.take_text();
            let name = self.take(Kind::Name);
            let matcher = self.take_matcher(name.as_ref());
            let suffix = self.take_text();
            self.require(Kind::Close)?;
            let modifier = self.take_modifier();
            return self.add(prefix, name, matcher, suffix, modifier);
        }
        self.flush()?;
        self.require(Kind::End)
    }

    fn fixed(&mut self, text: &str, modifier: &'static str) -> Result<(), String> {
        let value = (self.encode)(text)?;
        let (name, prefix, suffix) = Default::default();
        self.parts.push(Part { kind: PartKind::FixedText, value, modifier, name, prefix, suffix });
        Ok(())
    }

    fn flush(&mut self) -> Result<(), String> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() { Ok(()) } else { self.fixed(&pending, "") }
    }

    fn add(
        &mut self,
        prefix: String,
        name: Option<Token>,
        matcher: Option<Token>,
        suffix: String,
        modifier: &'static str,
    ) -> Result<(), String> {
        if name.is_none() && matcher.is_none() && modifier.is_empty() {
            self.pending.push_str(&prefix);
            return Ok(());
        }
        self.flush()?;
        if name.is_none() && matcher.is_none() {
            return if prefix.is_empty() { Ok(()) } else { self.fixed(&prefix, modifier) };
        }
        let value = match matcher {
            None => self.segment.clone(),
            Some(token) if token.kind == Kind::Asterisk => FULL_WILDCARD.to_owned(),
            Some(token) => token.value,
        };
        let (kind, value) = if value == self.segment {
            (PartKind::SegmentWildcard, String::new())
        } else if value == FULL_WILDCARD {
            (PartKind::FullWildcard, String::new())
        } else {
            (PartKind::Regexp, value)
        };
        let name = name.map(|token| token.value).unwrap_or_else(|| {
            self.next_name += 1;
            (self.next_name - 1).to_string()
        });
        if self.parts.iter().any(|part| part.name == name) {
            return Err(format!("the name {name:?} is there twice"));
        }
        let (prefix, suffix) = ((self.encode)(&prefix)?, (self.encode)(&suffix)?);
        self.parts.push(Part { kind, value, modifier, name, prefix, suffix });
        Ok(())
    }
}
