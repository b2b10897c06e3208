//! Who may be in the house now: so many calls in the whole host, so many of each app, and a bounded queue for
//! each app, in which nobody waits for long.
//!
//! A place that becomes free goes to the apps that wait in turn, not to the call that waited longest: an app with a
//! long queue keeps nobody waiting but itself. Some places are kept for apps that hold few: however many calls a
//! handful of apps leave open, such as streams on which nothing happens, whoever comes next gets a place. An app
//! is counted by its name, so that a new revision does not get the places of the old one on top.
//!
//! [`gates`] tells apps apart, [`places`] says who is next, and [`queued`] waits.

mod gates;
mod places;
mod queued;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use atoll_model::{AppName, Limits};

pub(crate) use self::gates::Gate;
use self::{
    gates::Gates,
    places::{Places, Rules},
    queued::Queued,
};
use crate::{CallError, scheduler::Shares};

/// What callers that are turned away are told to wait, in turn, so that those who were turned away together do
/// not come back together.
const RETRY_AFTER_S: [u64; 3] = [1, 2, 3];

/// The places of the host.
pub(crate) struct Admission {
    limits: AdmissionLimits,
    pub(crate) shares: Shares,
    gates: Mutex<Gates>,
    places: Mutex<Places>,
    refusals: AtomicU64,
}

struct AdmissionLimits {
    instances_max: u32,
    instances_reserved_percent: u32,
    app_concurrency_max: u32,
    app_queue_max: u32,
    queue_wait: Duration,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: AdmissionLimits {
                instances_max: limits.instances_max,
                instances_reserved_percent: limits.instances_reserved_percent,
                app_concurrency_max: limits.app_concurrency_max,
                app_queue_max: limits.app_queue_max,
                queue_wait: Duration::from_millis(limits.app_queue_wait_ms),
            },
            shares: Shares::new(),
            gates: Mutex::default(),
            places: Mutex::new(Places::new(Rules::of(limits))),
            refusals: AtomicU64::new(0),
        }
    }

    /// The gate of an app; the same one for all its revisions that are loaded.
    pub(crate) fn gate(&self, app: &AppName) -> Arc<Gate> {
        // A panic cannot leave the maps half changed, here and below.
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.find(app) {
            return gate;
        }
        let mut places = self.places();
        gates.forget_unloaded(|id| places.forget(id));
        let gate = gates.add(app, self.shares.add());
        places.add(gate.id);
        gate
    }

    /// Waits for a place, and answers how long it took. Whoever got one gives it back with
    /// [`Admission::leave`]. `wait_max` is the caller's; the host's own limit may be lower.
    pub(crate) async fn enter(&self, gate: &Gate, wait_max: Duration) -> Result<Duration, CallError> {
        let Some(queued) = self.take_or_queue(gate)? else { return Ok(Duration::ZERO) };
        let since = Instant::now();
        if queued.granted(wait_max.min(self.limits.queue_wait)).await {
            return Ok(since.elapsed());
        }
        let limits = &self.limits;
        if limits.queue_wait <= wait_max {
            let wait_ms = u64::try_from(limits.queue_wait.as_millis()).unwrap_or(u64::MAX);
            return Err(self.overloaded("app_queue_wait_ms", wait_ms));
        }
        let (taken, free) = self.places().taken_and_free(gate.id);
        let (limit, value) = if taken >= limits.app_concurrency_max {
            ("app_concurrency_max", limits.app_concurrency_max)
        } else if free > 0 {
            ("instances_reserved_percent", limits.instances_reserved_percent)
        } else {
            ("instances_max", limits.instances_max)
        };
        Err(self.overloaded(limit, value.into()))
    }

    /// `None`: the place is taken.
    fn take_or_queue(&self, gate: &Gate) -> Result<Option<Queued<'_>>, CallError> {
        let mut places = self.places();
        if places.take(gate.id) {
            return Ok(None);
        }
        if places.waiting(gate.id) >= self.limits.app_queue_max as usize {
            return Err(self.overloaded("app_queue_max", self.limits.app_queue_max.into()));
        }
        let (waiter, granted) = places.queue(gate.id);
        Ok(Some(Queued::new(self, gate.id, waiter, granted)))
    }

    /// Gives a place back.
    pub(crate) fn leave(&self, gate: &Gate) {
        self.places().give_back(gate.id);
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn overloaded(&self, limit: &'static str, value: u64) -> CallError {
        let number = self.refusals.fetch_add(1, Ordering::Relaxed);
        let seconds = RETRY_AFTER_S[(number % RETRY_AFTER_S.len() as u64) as usize];
        CallError::Overloaded { retry_after: Duration::from_secs(seconds), limit, value }
    }
}

#[cfg(test)]
mod tests;
