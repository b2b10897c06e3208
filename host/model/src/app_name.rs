//! The name of an app: a DNS label that starts with a letter, so that it can be a host name, a folder and a
//! URL segment without quoting.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest name, in bytes: the length of a DNS label (RFC 1035).
pub const APP_NAME_LENGTH_MAX: usize = 63;

/// A valid app name: `[a-z][a-z0-9-]{0,62}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppName(String);

/// Why a text is not an [`AppName`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name:?} is not an app name: {problem}. A name is 1 to 63 of a-z, 0-9 and '-', and starts with a letter{}",
    suggestion.as_ref().map(|s| format!("; {s:?} would do")).unwrap_or_default()
)]
pub struct AppNameError {
    /// What was given, cut to 80 characters.
    pub name: String,
    /// What is wrong with it.
    pub problem: &'static str,
    /// The nearest valid name, where there is one.
    pub suggestion: Option<String>,
}

impl AppName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`AppNameError`] for anything but `[a-z][a-z0-9-]{0,62}`; no Unicode folding, no trimming.
    pub fn parse(text: &str) -> Result<Self, AppNameError> {
        let problem = if text.is_empty() {
            "it is empty"
        } else if text.len() > APP_NAME_LENGTH_MAX {
            "it is longer than 63 bytes"
        } else if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            "it does not start with a lower-case letter"
        } else if !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            "it holds a character other than a-z, 0-9 and '-'"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(AppNameError {
            name: text.chars().take(80).collect(),
            problem,
            suggestion: Self::nearest(text).map(|n| n.0).filter(|n| n != text),
        })
    }

    /// The nearest valid name to free text: lower case, other characters as single hyphens. `None` when no
    /// letter is left.
    #[must_use]
    pub fn nearest(text: &str) -> Option<Self> {
        let mut name = String::new();
        for c in text.chars().map(|c| c.to_ascii_lowercase()) {
            match c {
                'a'..='z' => name.push(c),
                '0'..='9' if !name.is_empty() => name.push(c),
                _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
                _ => {}
            }
            if name.len() == APP_NAME_LENGTH_MAX {
                break;
            }
        }
        let name = name.trim_end_matches('-');
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AppName {
    type Err = AppNameError;
    fn from_str(text: &str) -> Result<Self, AppNameError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AppName {
    type Error = AppNameError;
    fn try_from(text: String) -> Result<Self, AppNameError> {
        Self::parse(&text)
    }
}

impl From<AppName> for String {
    fn from(name: AppName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_could_leave_a_folder_or_fool_an_eye_are_refused() {
        for bad in ["", "..", "a/b", "%2e", "a\0b", "Todo", "1st", "-a", "tоdo", "a_b", &"a".repeat(64)] {
            assert!(AppName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_error_offers_the_nearest_name() {
        let error = AppName::parse("My Todo List!").unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("my-todo-list"));
    }

    proptest! {
        #[test]
        fn nearest_is_always_valid(text in ".{0,200}") {
            if let Some(name) = AppName::nearest(&text) {
                prop_assert!(AppName::parse(name.as_str()).is_ok());
            }
        }

        #[test]
        fn parse_accepts_exactly_the_grammar(text in "[a-zA-Z0-9./%_-]{0,70}") {
            let bytes = text.as_bytes();
            let valid = !bytes.is_empty() && bytes.len() <= 63 && bytes[0].is_ascii_lowercase()
                && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
            prop_assert_eq!(AppName::parse(&text).is_ok(), valid);
        }
    }
}
