//! Errors: what the host answered, and what a handler gives up with.

use std::fmt;

use crate::bindings::http::atoll::app::types;

/// Why the host did not do what it was asked. Nothing was half done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CapabilityError {
    /// The manifest does not grant it; the text says what to write there.
    NotGranted(String),
    /// What was given is wrong; the text says how.
    Invalid(String),
    /// A limit was reached; the text names it.
    OverLimit(String),
    /// The host could not do it now.
    Unavailable(String),
}

impl fmt::Display for CapabilityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::NotGranted(text) | Self::Invalid(text) | Self::OverLimit(text) | Self::Unavailable(text)) =
            self;
        f.write_str(text)
    }
}

impl std::error::Error for CapabilityError {}

impl From<types::Error> for CapabilityError {
    fn from(error: types::Error) -> Self {
        match error {
            types::Error::NotGranted(text) => Self::NotGranted(text),
            types::Error::Invalid(text) => Self::Invalid(text),
            types::Error::OverLimit(text) => Self::OverLimit(text),
            types::Error::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

/// What a handler gives up with: any error, or a text. A caller gets a 500, the app's log gets the text.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// An error of a text.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    pub(crate) fn into_failure(self) -> types::Failure {
        types::Failure { message: self.0, stack: String::new() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// No `impl std::error::Error for Error`, as it would overlap with this.
impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        Self(text)
    }
}
