//! Who may run now: so many calls in the whole host, so many of each app, and a bounded queue for each app.
//!
//! An app is counted by its name, so that a new revision does not get the places of the old one on top.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use atoll_model::{AppName, Limits};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::CallError;

/// What a caller that is turned away is told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The places of one app.
pub(crate) struct Gate {
    places: Semaphore,
    waiting: AtomicU32,
}

/// The places of the host.
pub(crate) struct Admission {
    instances: Semaphore,
    instances_max: u32,
    app_concurrency_max: u32,
    app_queue_max: u32,
    gates: Mutex<HashMap<AppName, Weak<Gate>>>,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            instances: Semaphore::new(limits.instances_max as usize),
            instances_max: limits.instances_max,
            app_concurrency_max: limits.app_concurrency_max,
            app_queue_max: limits.app_queue_max,
            gates: Mutex::default(),
        }
    }

    /// The gate of an app; the same one for all its revisions that are loaded.
    pub(crate) fn gate(&self, app: &AppName) -> Arc<Gate> {
        // A panic cannot leave the map half changed.
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.get(app).and_then(Weak::upgrade) {
            return gate;
        }
        gates.retain(|_, gate| gate.strong_count() > 0);
        let places = Semaphore::new(self.app_concurrency_max as usize);
        let gate = Arc::new(Gate { places, waiting: AtomicU32::new(0) });
        gates.insert(app.clone(), Arc::downgrade(&gate));
        gate
    }

    /// Waits for a place, and answers how long it took. Whoever got one gives it back with
    /// [`Admission::leave`].
    pub(crate) async fn enter(&self, gate: &Gate, wait_max: Duration) -> Result<Duration, CallError> {
        if let Ok(of_app) = gate.places.try_acquire()
            && let Ok(of_host) = self.instances.try_acquire()
        {
            keep(of_app, of_host);
            return Ok(Duration::ZERO);
        }
        let _waiting = Waiting::start(&gate.waiting, self.app_queue_max)?;
        let since = Instant::now();
        let both = async {
            let of_app = gate.places.acquire().await;
            (of_app, self.instances.acquire().await)
        };
        match tokio::time::timeout(wait_max, both).await {
            Ok((Ok(of_app), Ok(of_host))) => {
                keep(of_app, of_host);
                Ok(since.elapsed())
            }
            // The semaphores are never closed, so this is the time running out.
            _ if gate.places.available_permits() == 0 => {
                Err(overloaded("app_concurrency_max", self.app_concurrency_max))
            }
            _ => Err(overloaded("instances_max", self.instances_max)),
        }
    }

    /// Gives a place back.
    pub(crate) fn leave(&self, gate: &Gate) {
        self.instances.add_permits(1);
        gate.places.add_permits(1);
    }
}

/// A place outlives the borrow of the semaphores: a call may move into a task of its own.
fn keep(of_app: SemaphorePermit<'_>, of_host: SemaphorePermit<'_>) {
    of_app.forget();
    of_host.forget();
}

struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn start(count: &'a AtomicU32, max: u32) -> Result<Self, CallError> {
        let waiting = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) >= max {
            return Err(overloaded("app_queue_max", max));
        }
        Ok(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn overloaded(limit: &'static str, value: u32) -> CallError {
    CallError::Overloaded { retry_after: RETRY_AFTER, limit, value: value.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(instances_max: u32, app_concurrency_max: u32, app_queue_max: u32) -> Admission {
        Admission::new(&Limits { instances_max, app_concurrency_max, app_queue_max, ..Limits::default() })
    }
    fn name(name: &str) -> AppName {
        AppName::parse(name).unwrap()
    }
    const SOON: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_full_queue_turns_callers_away_at_once() {
        let admission = admission(10, 1, 0);
        let gate = admission.gate(&name("a"));
        admission.enter(&gate, LONG).await.unwrap();
        let refused = admission.enter(&gate, LONG).await.err().unwrap();
        assert!(
            matches!(refused, CallError::Overloaded { limit: "app_queue_max", value: 0, .. }),
            "{refused:?}"
        );
        admission.leave(&gate);
        assert!(admission.enter(&gate, LONG).await.is_ok());
    }

    #[tokio::test]
    async fn a_loud_app_leaves_places_to_others() {
        let admission = admission(10, 1, 5);
        let (loud, quiet) = (admission.gate(&name("loud")), admission.gate(&name("quiet")));
        admission.enter(&loud, LONG).await.unwrap();
        assert!(admission.enter(&loud, SOON).await.is_err());
        assert!(admission.enter(&quiet, LONG).await.is_ok());
    }

    #[tokio::test]
    async fn waiting_ends_with_the_place_of_another() {
        let admission = admission(1, 1, 1);
        let gate = admission.gate(&name("a"));
        admission.enter(&gate, LONG).await.unwrap();
        let second = admission.enter(&gate, LONG);
        let (second, ()) = tokio::join!(second, async { admission.leave(&gate) });
        assert!(second.is_ok());
    }

    #[test]
    fn two_revisions_share_one_gate() {
        let admission = admission(1, 1, 1);
        let gate = admission.gate(&name("a"));
        assert!(Arc::ptr_eq(&gate, &admission.gate(&name("a"))));
        assert!(!Arc::ptr_eq(&gate, &admission.gate(&name("b"))));
    }
}
