//! Errors: what the host answered, and what a handler gives up with.

use std::{error, fmt};

use crate::{Response, bindings::http::atoll::app::types};

/// Why something was not done. Nothing was half done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CapabilityError {
    /// The manifest does not grant it; the text says what to write there.
    NotGranted(String),
    /// What was given is wrong; the text says how. For SQL it is SQLite's own message.
    Invalid(String),
    /// A limit was reached; the text names it.
    OverLimit(String),
    /// The host could not do it now, or the other side has gone.
    Unavailable(String),
    /// What was read is not of the form that was asked for, or what was to be written has no such form. This
    /// is the guest's own judgement, not the host's.
    Data(String),
}

impl CapabilityError {
    pub(crate) fn data(what: &str, why: impl fmt::Display) -> Self {
        Self::Data(format!("{what} is not as expected: {why}"))
    }
}

impl fmt::Display for CapabilityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::NotGranted(text)
        | Self::Invalid(text)
        | Self::OverLimit(text)
        | Self::Unavailable(text)
        | Self::Data(text)) = self;
        f.write_str(text)
    }
}

impl error::Error for CapabilityError {}

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

/// What a handler gives up with: any error, a text, or a status for the caller.
///
/// Of an HTTP handler, an error with a status is the response: `{"error": "…"}`. Any other one is a 500 that
/// tells the caller nothing, and a line in the app's log that tells all. Of an event handler, every error means
/// that the event is delivered again.
#[derive(Debug)]
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Message(String),
    Status(u16, String),
    Source(Box<dyn error::Error>),
}

impl Error {
    /// An error of a text.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Kind::Message(message.into())))
    }

    /// An error that is a response: 400 to 599 (500 otherwise), with a text for the caller.
    pub fn status(status: u16, message: impl Into<String>) -> Self {
        let status = if (400..=599).contains(&status) { status } else { 500 };
        Self(Box::new(Kind::Status(status, message.into())))
    }

    /// 400, with a text for the caller.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::status(400, message)
    }

    /// 404, with a text for the caller.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::status(404, message)
    }

    /// The status that the caller gets, if this is a response.
    pub fn status_code(&self) -> Option<u16> {
        match *self.0 {
            Kind::Status(status, _) => Some(status),
            _ => None,
        }
    }

    /// The error that this was made from, if it is of that type.
    pub fn downcast_ref<E: error::Error + 'static>(&self) -> Option<&E> {
        match &*self.0 {
            Kind::Source(source) => source.downcast_ref(),
            _ => None,
        }
    }

    /// The response of an error with a status; any other error is given back.
    pub(crate) fn into_response(self) -> Result<Response, Self> {
        match *self.0 {
            Kind::Status(status, message) => {
                let body = serde_json::json!({ "error": message }).to_string();
                Ok(Response::of("application/json", body.into_bytes()).with_status(status))
            }
            other => Err(Self(Box::new(other))),
        }
    }

    pub(crate) fn into_failure(self) -> types::Failure {
        types::Failure { message: self.to_string(), stack: String::new() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Message(text) | Kind::Status(_, text) => f.write_str(text),
            Kind::Source(source) => {
                write!(f, "{source}")?;
                let mut cause = source.source();
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
        }
    }
}

// No `impl std::error::Error for Error`, as it would overlap with this.
impl<E: error::Error + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Self(Box::new(Kind::Source(Box::new(error))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(CapabilityError);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no notes")
        }
    }

    impl error::Error for Outer {
        fn source(&self) -> Option<&(dyn error::Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn an_error_says_its_causes_and_can_be_looked_into() {
        let error = Error::from(Outer(CapabilityError::Unavailable("the disk is full".into())));
        assert_eq!(error.to_string(), "no notes: the disk is full");
        assert!(error.downcast_ref::<Outer>().is_some() && error.downcast_ref::<fmt::Error>().is_none());
        assert!(error.into_response().is_err());
    }

    #[test]
    fn an_error_with_a_status_is_a_response() {
        let error = Error::not_found("no such note");
        assert_eq!((error.status_code(), error.to_string().as_str()), (Some(404), "no such note"));
        assert!(error.into_response().is_ok());
        assert_eq!(Error::status(200, "odd").status_code(), Some(500));
        assert_eq!(Error::new("odd").status_code(), None);
    }
}
