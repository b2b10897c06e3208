//! A run that the app's manifest schedules.

use crate::{
    Error,
    bindings::schedule::exports::atoll::app::schedule_handler as wit,
    block_on,
    handler::{Async, Sync},
};

/// A run that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    cron: String,
    scheduled_time_ms: f64,
}

impl Tick {
    pub(crate) fn from_host(tick: wit::Tick) -> Self {
        Self { cron: tick.cron, scheduled_time_ms: tick.scheduled_time_ms }
    }

    /// A run of one's own, for tests: of which expression, and when it was due, in milliseconds since 1970.
    pub fn new(cron: &str, scheduled_time_ms: f64) -> Self {
        Self { cron: cron.into(), scheduled_time_ms }
    }

    /// The expression, as it stands in the manifest: what tells an app's schedules apart.
    pub fn cron(&self) -> &str {
        &self.cron
    }

    /// When it was due, in milliseconds since 1970-01-01T00:00:00Z; earlier than now when the host was away.
    pub fn scheduled_time_ms(&self) -> f64 {
        self.scheduled_time_ms
    }
}

/// What a handler of scheduled runs may answer with: nothing, or a `Result`, whose error is a line in the app's
/// log. The run is not repeated.
pub trait IntoEnd {
    /// How it ended.
    ///
    /// # Errors
    /// What it failed with.
    fn into_end(self) -> Result<(), Error>;
}

impl IntoEnd for () {
    fn into_end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl<E: Into<Error>> IntoEnd for Result<(), E> {
    fn into_end(self) -> Result<(), Error> {
        self.map_err(Into::into)
    }
}

/// A function that handles scheduled runs: `fn(Tick) -> impl IntoEnd`, or an async one. The parameter only tells
/// them apart.
pub trait ScheduleHandler<Kind> {
    /// Calls it, and waits for its end.
    ///
    /// # Errors
    /// What it failed with.
    fn call(self, tick: Tick) -> Result<(), Error>;
}

impl<F, R> ScheduleHandler<Sync> for F
where
    F: FnOnce(Tick) -> R,
    R: IntoEnd,
{
    fn call(self, tick: Tick) -> Result<(), Error> {
        self(tick).into_end()
    }
}

impl<F, R> ScheduleHandler<Async> for F
where
    F: FnOnce(Tick) -> R,
    R: Future<Output: IntoEnd>,
{
    fn call(self, tick: Tick) -> Result<(), Error> {
        block_on(self(tick)).into_end()
    }
}
