//! The parser of `new URLPattern("https://*.example.com/:id")`: the URL Pattern Standard, section 1.5.

use super::{
    Special,
    init::{HASH, HOSTNAME, Init, PASSWORD, PATHNAME, PORT, PROTOCOL, SEARCH, USERNAME},
    tokenizer::{self, Kind, Policy, Token},
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Init,
    Protocol,
    Authority,
    Username,
    Password,
    Hostname,
    Port,
    Pathname,
    Search,
    Hash,
    Done,
}

impl State {
    fn component(self) -> Option<usize> {
        Some(match self {
            Self::Protocol => PROTOCOL,
            Self::Username => USERNAME,
            Self::Password => PASSWORD,
            Self::Hostname => HOSTNAME,
            Self::Port => PORT,
            Self::Pathname => PATHNAME,
            Self::Search => SEARCH,
            Self::Hash => HASH,
            Self::Init | Self::Authority | Self::Done => return None,
        })
    }
}

struct Parser<'p> {
    input: &'p [char],
    tokens: Vec<Token>,
    special: &'p Special<'p>,
    result: Init,
    start: usize,
    index: usize,
    increment: usize,
    group_depth: usize,
    bracket_depth: usize,
    is_special: bool,
    state: State,
}

/// The components that a pattern in one string has.
pub(super) fn parse(input: &str, special: &Special<'_>) -> Result<Init, String> {
    let input: Vec<char> = input.chars().collect();
    let mut parser = Parser {
        input: &input,
        tokens: tokenizer::tokenize(&input, Policy::Lenient)?,
        special,
        result: Init::default(),
        start: 0,
        index: 0,
        increment: 1,
        group_depth: 0,
        bracket_depth: 0,
        is_special: false,
        state: State::Init,
    };
    while parser.index < parser.tokens.len() && parser.state != State::Done {
        parser.increment = 1;
        parser.step()?;
        parser.index += parser.increment;
    }
    if parser.result[HOSTNAME].is_some() && parser.result[PORT].is_none() {
        parser.result[PORT] = Some(String::new());
    }
    Ok(parser.result)
}

impl Parser<'_> {
    fn token(&self, index: usize) -> &Token {
        // There is always an end token.
        self.tokens.get(index).unwrap_or(&self.tokens[self.tokens.len() - 1])
    }

    fn step(&mut self) -> Result<(), String> {
        match self.token(self.index).kind {
            Kind::End => {
                self.end();
                return Ok(());
            }
            Kind::Open => {
                self.group_depth += 1;
                return Ok(());
            }
            Kind::Close if self.group_depth > 0 => self.group_depth -= 1,
            _ if self.group_depth > 0 => return Ok(()),
            _ => {}
        }
        self.in_state()
    }

    fn end(&mut self) {
        match self.state {
            State::Init => {
                self.rewind(State::Init);
                if self.is(self.index, "#") {
                    self.change(State::Hash, 1);
                } else if self.is_search_prefix() {
                    self.change(State::Search, 1);
                } else {
                    self.change(State::Pathname, 0);
                }
            }
            State::Authority => self.rewind(State::Hostname),
            _ => self.change(State::Done, 0),
        }
    }

    fn in_state(&mut self) -> Result<(), String> {
        match self.state {
            State::Init if self.is(self.index, ":") => self.rewind(State::Protocol),
            State::Protocol if self.is(self.index, ":") => {
                self.is_special = (self.special)(&self.component_text())?;
                if self.is(self.index + 1, "/") && self.is(self.index + 2, "/") {
                    self.change(State::Authority, 3);
                } else if self.is_special {
                    self.change(State::Authority, 1);
                } else {
                    self.change(State::Pathname, 1);
                }
            }
            State::Authority if self.is(self.index, "@") => self.rewind(State::Username),
            State::Authority
                if self.is(self.index, "/") || self.is_search_prefix() || self.is(self.index, "#") =>
            {
                self.rewind(State::Hostname);
            }
            State::Username if self.is(self.index, ":") => self.change(State::Password, 1),
            State::Username | State::Password if self.is(self.index, "@") => self.change(State::Hostname, 1),
            State::Hostname if self.is(self.index, "[") => self.bracket_depth += 1,
            State::Hostname if self.is(self.index, "]") => {
                self.bracket_depth = self.bracket_depth.saturating_sub(1);
            }
            State::Hostname if self.is(self.index, ":") && self.bracket_depth == 0 => {
                self.change(State::Port, 1);
            }
            State::Hostname | State::Port if self.is(self.index, "/") => self.change(State::Pathname, 0),
            State::Hostname | State::Port | State::Pathname if self.is_search_prefix() => {
                self.change(State::Search, 1);
            }
            State::Hostname | State::Port | State::Pathname | State::Search if self.is(self.index, "#") => {
                self.change(State::Hash, 1);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a token is this character and means itself.
    fn is(&self, index: usize, value: &str) -> bool {
        let token = self.token(index);
        token.value == value && matches!(token.kind, Kind::Char | Kind::EscapedChar | Kind::InvalidChar)
    }

    /// A `?` begins the search unless it makes what stands before it optional.
    fn is_search_prefix(&self) -> bool {
        if self.is(self.index, "?") {
            return true;
        }
        let before = self.index.checked_sub(1).map(|index| self.token(index).kind);
        self.token(self.index).value == "?"
            && !matches!(before, Some(Kind::Name | Kind::Regexp | Kind::Close | Kind::Asterisk))
    }

    fn component_text(&self) -> String {
        let range = self.token(self.start).index..self.token(self.index).index;
        self.input.get(range).unwrap_or_default().iter().collect()
    }

    fn rewind(&mut self, state: State) {
        self.index = self.start;
        self.increment = 0;
        self.state = state;
    }

    fn change(&mut self, state: State, skip: usize) {
        if let Some(component) = self.state.component() {
            self.result[component] = Some(self.component_text());
        }
        if self.state != State::Init && state != State::Done {
            self.fill_between(state);
        }
        self.state = state;
        self.index += skip;
        self.start = self.index;
        self.increment = 0;
    }

    /// What is skipped on the way to a later component is empty, not anything.
    fn fill_between(&mut self, state: State) {
        let from = self.state;
        if from < State::Hostname && state >= State::Port {
            self.result[HOSTNAME].get_or_insert_default();
        }
        if from < State::Pathname && state >= State::Search {
            let path = if self.is_special { "/" } else { "" };
            self.result[PATHNAME].get_or_insert_with(|| path.to_owned());
        }
        if from < State::Search && state == State::Hash {
            self.result[SEARCH].get_or_insert_default();
        }
    }
}
