//! The way to a place: calls that wait are counted, and those that never get one are reported too.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use atoll_model::Usage;

use crate::{CallError, CallKind, CallOutcome, CallRecord, CallTrace, LoadedApp, Runtime, place::Place};

/// How many calls a runtime has now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Calls that have an instance.
    pub running: u32,
    /// Calls that wait for a place to run.
    pub waiting: u32,
}

/// The same, as it is counted.
#[derive(Default)]
pub(crate) struct ActivityCounts {
    pub(crate) running: AtomicU32,
    pub(crate) waiting: AtomicU32,
}

impl ActivityCounts {
    /// Whether no more than one call runs, and none waits.
    pub(crate) fn is_alone(&self) -> bool {
        self.running.load(Ordering::Relaxed) <= 1 && self.waiting.load(Ordering::Relaxed) == 0
    }
}

impl Runtime {
    /// How many calls run and wait now.
    #[must_use]
    pub fn activity(&self) -> Activity {
        let load = |count: &AtomicU32| count.load(Ordering::Relaxed);
        Activity { running: load(&self.activity.running), waiting: load(&self.activity.waiting) }
    }

    /// Waits for a place to run, and reports a call that does not get one.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        kind: CallKind,
        trace: &CallTrace,
    ) -> Result<Place, CallError> {
        let mut entering = Entering::start(self, app, kind, trace);
        let place = Place::enter(self, app).await;
        entering.done = true;
        if let Err(error) = &place {
            entering.report(CallOutcome::Refused(error));
        }
        place
    }

    /// Reports a call that was refused before it had a place.
    pub(crate) fn refused(
        &self,
        app: &LoadedApp,
        kind: CallKind,
        trace: &CallTrace,
        error: CallError,
    ) -> CallError {
        let (outcome, usage) = (CallOutcome::Refused(&error), Usage::default());
        let record =
            CallRecord { app: &app.name, revision: app.revision, kind, outcome, status: None, usage };
        self.report(&record, trace);
        error
    }

    /// Tells whoever observes.
    pub(crate) fn report(&self, record: &CallRecord<'_>, trace: &CallTrace) {
        for observer in self.observer.iter().chain(&trace.observer) {
            if catch_unwind(AssertUnwindSafe(|| observer.ended(record))).is_err() {
                tracing::error!(app = %record.app, "the observer of calls panicked");
            }
        }
    }
}

/// A call that waits; dropped before it is done, its caller has gone away.
struct Entering<'a> {
    runtime: &'a Runtime,
    app: &'a LoadedApp,
    kind: CallKind,
    trace: &'a CallTrace,
    since: Instant,
    done: bool,
}

impl<'a> Entering<'a> {
    fn start(runtime: &'a Runtime, app: &'a LoadedApp, kind: CallKind, trace: &'a CallTrace) -> Self {
        runtime.activity.waiting.fetch_add(1, Ordering::Relaxed);
        Self { runtime, app, kind, trace, since: Instant::now(), done: false }
    }

    fn report(&self, outcome: CallOutcome<'_>) {
        let usage = Usage { queued: self.since.elapsed(), ..Usage::default() };
        let Self { app, kind, .. } = *self;
        let record =
            CallRecord { app: &app.name, revision: app.revision, kind, outcome, status: None, usage };
        self.runtime.report(&record, self.trace);
    }
}

impl Drop for Entering<'_> {
    fn drop(&mut self) {
        self.runtime.activity.waiting.fetch_sub(1, Ordering::Relaxed);
        if !self.done {
            self.report(CallOutcome::Cancelled);
        }
    }
}
