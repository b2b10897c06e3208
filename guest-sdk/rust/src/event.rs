//! An event that the app subscribes to, and what becomes of it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{CapabilityError, Error, bindings::event::exports::atoll::app::event_handler as wit};

/// An event. All its attributes are the host's: no publisher can forge them. Its data is what the handler says
/// that it is; a handler of several types of events takes `Event` and looks at [`Event::event_type`] before it
/// calls [`Event::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<T = Value> {
    id: String,
    source: String,
    event_type: String,
    time: String,
    subject: Option<String>,
    hops: u32,
    attempt: u32,
    data: T,
}

impl Event {
    pub(crate) fn from_host(event: wit::Event) -> Result<Self, CapabilityError> {
        let data = serde_json::from_str(&event.data)
            .map_err(|error| CapabilityError::data("the event's data", error))?;
        Ok(Self {
            id: event.id,
            source: event.source,
            event_type: event.type_,
            time: event.time,
            subject: event.subject,
            hops: event.hops,
            attempt: event.attempt,
            data,
        })
    }

    /// An event of one's own, for tests: the first delivery of what an app named `publisher` published.
    pub fn new(publisher: &str, event_type: &str, data: Value) -> Self {
        Self {
            id: "1".into(),
            source: format!("/apps/{publisher}"),
            event_type: event_type.into(),
            time: "2026-01-01T00:00:00Z".into(),
            subject: None,
            hops: 0,
            attempt: 1,
            data,
        }
    }

    /// The same with data of a type.
    ///
    /// # Errors
    /// [`CapabilityError::Data`] when it is not of this form.
    pub fn parse<T: DeserializeOwned>(self) -> Result<Event<T>, CapabilityError> {
        let data = serde_json::from_value(self.data)
            .map_err(|error| CapabilityError::data("the event's data", error))?;
        Ok(Event {
            id: self.id,
            source: self.source,
            event_type: self.event_type,
            time: self.time,
            subject: self.subject,
            hops: self.hops,
            attempt: self.attempt,
            data,
        })
    }
}

impl<T> Event<T> {
    /// Its id, the same at every delivery: with it, a handler can see what it has done already.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its type, e.g. `todo.created`.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// Who published it: `/apps/{app}` for an app.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// When the host took it, RFC 3339.
    pub fn time(&self) -> &str {
        &self.time
    }

    /// The CloudEvents `subject`.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// How many handlers it came through before this one.
    pub fn hops(&self) -> u32 {
        self.hops
    }

    /// Which delivery this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Its data.
    pub fn data(&self) -> &T {
        &self.data
    }

    /// Its data, taken.
    pub fn into_data(self) -> T {
        self.data
    }
}

/// What becomes of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done; it is not delivered again.
    Done,
    /// Not done, for this reason; it is delivered again later, a limited number of times.
    Retry(String),
    /// It never will be; it goes to the dead letters with this reason.
    Reject(String),
}

impl Outcome {
    pub(crate) fn into_host(self) -> wit::Outcome {
        match self {
            Self::Done => wit::Outcome::Done,
            Self::Retry(message) => wit::Outcome::Retry(Error::new(message).into_failure()),
            Self::Reject(reason) => wit::Outcome::Reject(reason),
        }
    }
}

/// To be tried again.
impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Retry(error.to_string())
    }
}

/// What an event handler may answer with: nothing, an [`Outcome`], or a `Result`, whose error means that it is
/// to be tried again. With `Result<(), Outcome>`, `?` on an `Outcome` rejects.
pub trait IntoOutcome {
    /// The outcome.
    fn into_outcome(self) -> Outcome;
}

impl IntoOutcome for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Outcome {
        Outcome::Done
    }
}

impl<T: IntoOutcome, E: Into<Outcome>> IntoOutcome for Result<T, E> {
    fn into_outcome(self) -> Outcome {
        match self {
            Ok(outcome) => outcome.into_outcome(),
            Err(error) => error.into(),
        }
    }
}

impl<E: std::error::Error + 'static> From<E> for Outcome {
    fn from(error: E) -> Self {
        Error::from(error).into()
    }
}
