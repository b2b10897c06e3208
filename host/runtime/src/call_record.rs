//! What is known about a call when it has ended, for whoever meters.

use atoll_model::{AppName, Revision, Usage};

use crate::CallError;

/// Told of every call of an app, once, when it has ended; also of one that was turned away before it ran. A response may be long gone by then: work goes on
/// after it. Must not block.
pub trait CallObserver: Send + Sync {
    /// A call has ended.
    fn ended(&self, record: &CallRecord<'_>);
}

/// A call that has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallRecord<'a> {
    /// Whose call it was.
    pub app: &'a AppName,
    /// Of which revision.
    pub revision: Revision,
    /// What called it.
    pub kind: CallKind,
    /// How it ended.
    pub outcome: CallOutcome<'a>,
    /// The status of the response, if one was sent.
    pub status: Option<u16>,
    /// What it used in all.
    pub usage: Usage,
}

impl<'a> CallRecord<'a> {
    /// A record, for tests of observers: the runtime makes those of real calls.
    #[must_use]
    pub fn new(
        app: &'a AppName,
        revision: Revision,
        kind: CallKind,
        outcome: CallOutcome<'a>,
        status: Option<u16>,
        usage: Usage,
    ) -> Self {
        Self { app, revision, kind, outcome, status, usage }
    }
}

/// What called an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// An HTTP request.
    Http,
    /// An event.
    Event,
    /// Its schedule.
    Schedule,
    /// One of its own tests, or the list of them.
    Test,
    /// Whoever runs a command.
    Command,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome<'a> {
    /// The handler is done.
    Done,
    /// The handler ended and says that it failed: an event to deliver again, a test.
    HandlerFailed,
    /// It was stopped, or it failed without an answer.
    Failed(&'a CallError),
    /// It was turned away before it ran: the app is overloaded, or its request cannot be taken.
    Refused(&'a CallError),
    /// Nobody waits for it any more: the client went away, or the host shuts down.
    Cancelled,
}
