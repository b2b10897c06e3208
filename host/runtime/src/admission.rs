//! Who may be in the house now: so many calls in the whole host, so many of each app, and a bounded queue for
//! each app, in which nobody waits for long.
//!
//! A place that becomes free goes to the apps that wait in turn, not to the call that waited longest: an app with a
//! long queue keeps nobody waiting but itself. An app is counted by its name, so that a new revision does not
//! get the places of the old one on top.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use atoll_model::{AppName, Limits};
use tokio::sync::oneshot;

use crate::{
    CallError,
    scheduler::{Share, Shares},
};

/// What callers that are turned away are told to wait, in turn, so that those who were turned away together do
/// not come back together.
const RETRY_AFTER_S: [u64; 3] = [1, 2, 3];

/// The door of one app.
pub(crate) struct Gate {
    id: u64,
    /// What it has of the CPU.
    pub(crate) share: Arc<Share>,
}

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
    app_concurrency_max: u32,
    app_queue_max: u32,
    queue_wait: Duration,
}

#[derive(Default)]
struct Gates {
    by_name: HashMap<AppName, (u64, Weak<Gate>)>,
    next_id: u64,
}

struct Places {
    free: u32,
    /// As many as there are gates.
    apps: BTreeMap<u64, OfApp>,
    /// Apps that have a call waiting and a place of their own left for it, each once.
    round: VecDeque<u64>,
    next_waiter: u64,
}

#[derive(Default)]
struct OfApp {
    taken: u32,
    waiting: VecDeque<Waiter>,
    in_round: bool,
}

struct Waiter {
    id: u64,
    granted: oneshot::Sender<()>,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: AdmissionLimits {
                instances_max: limits.instances_max,
                app_concurrency_max: limits.app_concurrency_max,
                app_queue_max: limits.app_queue_max,
                queue_wait: Duration::from_millis(limits.app_queue_wait_ms),
            },
            shares: Shares::new(),
            gates: Mutex::default(),
            places: Mutex::new(Places {
                free: limits.instances_max,
                apps: BTreeMap::new(),
                round: VecDeque::new(),
                next_waiter: 0,
            }),
            refusals: AtomicU64::new(0),
        }
    }

    /// The gate of an app; the same one for all its revisions that are loaded.
    pub(crate) fn gate(&self, app: &AppName) -> Arc<Gate> {
        // A panic cannot leave the maps half changed, here and below.
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.by_name.get(app).and_then(|(_, gate)| gate.upgrade()) {
            return gate;
        }
        let mut places = self.places();
        gates.by_name.retain(|_, (id, gate)| {
            let lives = gate.strong_count() > 0;
            if !lives {
                places.apps.remove(id);
            }
            lives
        });
        let id = gates.next_id;
        gates.next_id += 1;
        places.apps.insert(id, OfApp::default());
        let gate = Arc::new(Gate { id, share: self.shares.add() });
        gates.by_name.insert(app.clone(), (id, Arc::downgrade(&gate)));
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
        let taken = self.places().apps.get(&gate.id).map_or(0, |app| app.taken);
        if taken >= limits.app_concurrency_max {
            return Err(self.overloaded("app_concurrency_max", limits.app_concurrency_max.into()));
        }
        Err(self.overloaded("instances_max", limits.instances_max.into()))
    }

    /// `None`: the place is taken.
    fn take_or_queue(&self, gate: &Gate) -> Result<Option<Queued<'_>>, CallError> {
        let mut places = self.places();
        let places = &mut *places;
        let app = places.apps.entry(gate.id).or_default();
        // Whoever waits while there are places waits for one of the app's own.
        if places.free > 0 && app.taken < self.limits.app_concurrency_max {
            places.free -= 1;
            app.taken += 1;
            return Ok(None);
        }
        if app.waiting.len() >= self.limits.app_queue_max as usize {
            return Err(self.overloaded("app_queue_max", self.limits.app_queue_max.into()));
        }
        let (granted, receiver) = oneshot::channel();
        let id = places.next_waiter;
        places.next_waiter += 1;
        app.waiting.push_back(Waiter { id, granted });
        places.join_round(gate.id, self.limits.app_concurrency_max);
        Ok(Some(Queued { admission: self, gate: gate.id, waiter: id, receiver, left: false }))
    }

    /// Gives a place back.
    pub(crate) fn leave(&self, gate: &Gate) {
        self.leave_by_id(gate.id);
    }

    fn leave_by_id(&self, gate: u64) {
        let app_max = self.limits.app_concurrency_max;
        let mut places = self.places();
        places.free += 1;
        if let Some(app) = places.apps.get_mut(&gate) {
            app.taken = app.taken.saturating_sub(1);
        }
        places.join_round(gate, app_max);
        places.grant(app_max);
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

impl Places {
    /// An app takes part in the round when it has a call waiting and may have another one running.
    fn join_round(&mut self, gate: u64, app_max: u32) {
        if let Some(app) = self.apps.get_mut(&gate)
            && !app.in_round
            && !app.waiting.is_empty()
            && app.taken < app_max
        {
            app.in_round = true;
            self.round.push_back(gate);
        }
    }

    /// Gives free places to the apps in turn.
    fn grant(&mut self, app_max: u32) {
        while self.free > 0
            && let Some(gate) = self.round.pop_front()
        {
            let Some(app) = self.apps.get_mut(&gate) else { continue };
            app.in_round = false;
            if app.taken < app_max
                && let Some(waiter) = app.waiting.pop_front()
            {
                self.free -= 1;
                app.taken += 1;
                // Whoever is gone gives it back when it is dropped.
                let _ = waiter.granted.send(());
            }
            self.join_round(gate, app_max);
        }
    }
}

/// A call in the queue. Dropped before it has its place, it leaves the queue, or passes the place on.
struct Queued<'a> {
    admission: &'a Admission,
    gate: u64,
    waiter: u64,
    receiver: oneshot::Receiver<()>,
    left: bool,
}

impl Queued<'_> {
    /// Waits, and answers whether there is a place.
    async fn granted(mut self, wait_max: Duration) -> bool {
        self.left = matches!(tokio::time::timeout(wait_max, &mut self.receiver).await, Ok(Ok(())));
        self.left
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        if self.left {
            return;
        }
        {
            let mut places = self.admission.places();
            if let Some(app) = places.apps.get_mut(&self.gate)
                && let Some(at) = app.waiting.iter().position(|waiter| waiter.id == self.waiter)
            {
                app.waiting.remove(at);
                return;
            }
        }
        // It was granted a place in the same moment.
        self.admission.leave_by_id(self.gate);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

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
    async fn nobody_waits_for_long() {
        let limits = Limits { app_concurrency_max: 1, app_queue_wait_ms: 1, ..Limits::default() };
        let admission = Admission::new(&limits);
        let gate = admission.gate(&name("a"));
        admission.enter(&gate, LONG).await.unwrap();
        let mut told = Vec::new();
        for _ in 0..3 {
            match admission.enter(&gate, LONG).await {
                Err(CallError::Overloaded { retry_after, limit: "app_queue_wait_ms", value: 1 }) => {
                    told.push(retry_after.as_secs());
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(told, [1, 2, 3], "they do not come back together");
        // Those who gave up are not in the queue any more.
        admission.leave(&gate);
        assert_eq!(admission.enter(&gate, LONG).await.unwrap(), Duration::ZERO);
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

    #[tokio::test]
    async fn apps_get_the_hosts_places_in_turn() {
        let admission = admission(1, 8, 100);
        let gates = ["loud", "second", "third"].map(|app| admission.gate(&name(app)));
        admission.enter(&gates[0], LONG).await.unwrap();
        let mut waiting: Vec<_> = [0, 0, 0, 0, 1, 1, 2]
            .into_iter()
            .map(|app| (app, Box::pin(admission.enter(&gates[app], LONG))))
            .collect();
        // Into the queue, in this order.
        assert!(waiting.iter_mut().all(|(_, enter)| enter.as_mut().now_or_never().is_none()));
        let (mut order, mut last) = (Vec::new(), 0);
        while !waiting.is_empty() {
            admission.leave(&gates[last]);
            let granted: Vec<usize> = (0..waiting.len())
                .filter(|at| waiting[*at].1.as_mut().now_or_never().is_some_and(|result| result.is_ok()))
                .collect();
            assert_eq!(granted.len(), 1, "one place, one call");
            last = waiting.remove(granted[0]).0;
            order.push(last);
        }
        assert_eq!(order, [0, 1, 2, 0, 1, 0, 0]);
    }

    #[tokio::test]
    async fn an_app_at_its_own_limit_stands_in_nobodys_way() {
        let admission = admission(2, 1, 100);
        let (loud, quiet) = (admission.gate(&name("loud")), admission.gate(&name("quiet")));
        admission.enter(&loud, LONG).await.unwrap();
        admission.enter(&quiet, LONG).await.unwrap();
        let mut loud_waits = Box::pin(admission.enter(&loud, LONG));
        let mut quiet_waits = Box::pin(admission.enter(&quiet, LONG));
        assert!(loud_waits.as_mut().now_or_never().is_none());
        assert!(quiet_waits.as_mut().now_or_never().is_none());
        admission.leave(&quiet);
        assert!(quiet_waits.as_mut().now_or_never().is_some());
        assert!(loud_waits.as_mut().now_or_never().is_none());
    }

    #[tokio::test]
    async fn whoever_goes_passes_its_place_on() {
        let admission = admission(1, 1, 100);
        let gate = admission.gate(&name("a"));
        admission.enter(&gate, LONG).await.unwrap();
        let [mut first, mut second, mut third] = [(); 3].map(|()| Box::pin(admission.enter(&gate, LONG)));
        for waiting in [&mut first, &mut second, &mut third] {
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        // One goes while it waits; one after it was granted a place, which it has not seen yet.
        drop(first);
        admission.leave(&gate);
        drop(second);
        assert!(third.as_mut().now_or_never().is_some());
        admission.leave(&gate);
        assert_eq!(admission.places().free, 1);
    }

    #[test]
    fn two_revisions_share_one_gate() {
        let admission = admission(1, 1, 1);
        let gate = admission.gate(&name("a"));
        assert!(Arc::ptr_eq(&gate, &admission.gate(&name("a"))));
        assert!(!Arc::ptr_eq(&gate, &admission.gate(&name("b"))));
        assert!(admission.places().apps.len() <= 2);
    }
}
