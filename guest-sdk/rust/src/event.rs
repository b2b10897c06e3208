//! An event that the app subscribes to.

use serde::de::DeserializeOwned;

use crate::{Error, bindings::event::exports::atoll::app::event_handler as wit};

/// An event. All its attributes are the host's: no publisher can forge them.
#[derive(Debug)]
pub struct Event(wit::Event);

/// What becomes of an event that was not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// It never will be; it goes to the dead letters with this reason.
    Reject(String),
}

impl Event {
    pub(crate) fn new(event: wit::Event) -> Self {
        Self(event)
    }

    /// Its id, the same at every delivery.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Its type, e.g. `todo.created`.
    pub fn event_type(&self) -> &str {
        &self.0.type_
    }

    /// Who published it: `/apps/{app}` for an app.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// When the host took it, RFC 3339.
    pub fn time(&self) -> &str {
        &self.0.time
    }

    /// The CloudEvents `subject`.
    pub fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// Which delivery this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// Its data.
    ///
    /// # Errors
    /// When it is not of this shape.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(&self.0.data)
            .map_err(|error| Error::new(format!("the event's data is not as expected: {error}")))
    }
}
