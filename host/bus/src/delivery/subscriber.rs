//! A subscribed app: what it hears, and how far it is known to be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atoll_model::{AppName, Event, EventPattern};
use tokio::sync::{Notify, watch};

use crate::Waiting;

/// One app's entry. It costs nothing while there is nothing for it.
pub(crate) struct Subscriber {
    pub(crate) app: AppName,
    inbox: Mutex<Inbox>,
    /// Tells the courier that the inbox has changed.
    pub(crate) changed: Notify,
    /// Whether a courier is at work. Changed only while the inbox is locked.
    busy: watch::Sender<bool>,
}

/// What a courier should know.
pub(crate) struct Inbox {
    pub(crate) patterns: Arc<[EventPattern]>,
    /// With no courier: everything up to here is settled.
    position: u64,
    /// There is something up to here.
    pub(crate) target: u64,
    /// What waits besides, from before a restart; the first courier takes it.
    waiting: Vec<Waiting>,
    /// Stop: start nothing, finish what runs.
    pub(crate) stopping: bool,
    /// Stop at once: the app is gone.
    pub(crate) removed: bool,
    /// A courier was stopped before it was done: what the disk says of this app is all that is known.
    cut_off: bool,
}

impl Subscriber {
    pub(crate) fn new(app: AppName, patterns: &[EventPattern], position: u64, waiting: Vec<Waiting>) -> Self {
        let inbox = Inbox {
            patterns: patterns.into(),
            position,
            target: position,
            waiting,
            stopping: false,
            removed: false,
            cut_off: false,
        };
        Self { app, inbox: Mutex::new(inbox), changed: Notify::new(), busy: watch::Sender::new(false) }
    }

    /// Changes what a courier should know. `true` when there is work and no courier: the caller sends one.
    #[must_use]
    pub(crate) fn tell(&self, change: impl FnOnce(&mut Inbox)) -> bool {
        let mut inbox = self.lock();
        change(&mut inbox);
        if *self.busy.borrow() {
            self.changed.notify_one();
            return false;
        }
        let work = inbox.target > inbox.position || !inbox.waiting.is_empty();
        let start = work && !inbox.stopping && !inbox.removed;
        if start {
            self.busy.send_replace(true);
        }
        start
    }

    /// There is an event for the app at this place. `true` when the caller must send a courier.
    #[must_use]
    pub(crate) fn wake(&self, sequence: u64) -> bool {
        self.tell(|inbox| {
            if sequence > inbox.position.max(inbox.target) {
                if !self.is_busy() {
                    // The router passes every event in order: nothing between the two was for this app.
                    inbox.position = sequence - 1;
                }
                inbox.target = sequence;
            }
        })
    }

    /// For a courier that starts: where, and with what.
    pub(crate) fn begin(&self) -> (u64, Vec<Waiting>) {
        let mut inbox = self.lock();
        (inbox.position, std::mem::take(&mut inbox.waiting))
    }

    /// For a courier that has settled everything up to `fetched`, and written that down. `true`: there is
    /// nothing more, and it ends.
    pub(crate) fn retire(&self, fetched: u64) -> bool {
        let mut inbox = self.lock();
        if inbox.target > fetched {
            return false;
        }
        inbox.position = fetched;
        self.busy.send_replace(false);
        true
    }

    /// For a courier that ends with something left.
    pub(crate) fn cut_off(&self) {
        let mut inbox = self.lock();
        inbox.cut_off = true;
        self.busy.send_replace(false);
    }

    /// For an idle subscriber whose patterns change: what came before is not for them.
    pub(crate) fn skip_to(&self, sequence: u64, patterns: &[EventPattern]) {
        let mut inbox = self.lock();
        inbox.patterns = patterns.into();
        if !self.is_busy() {
            inbox.position = inbox.position.max(sequence);
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether everything that was routed up to a place is settled: nobody is at work, and nothing waits.
    pub(crate) fn is_settled(&self) -> bool {
        let inbox = self.lock();
        !self.is_busy() && !inbox.cut_off && inbox.target <= inbox.position && inbox.waiting.is_empty()
    }

    pub(crate) fn is_busy(&self) -> bool {
        *self.busy.borrow()
    }

    /// Waits until no courier is at work.
    pub(crate) async fn idle(&self) {
        // The sender is `self`, so it cannot be gone.
        let _ = self.busy.subscribe().wait_for(|busy| !busy).await;
    }
}

/// Whether an app gets an event. Its own only where a pattern is exactly the type: `*` of an app that
/// publishes would otherwise be a circle.
pub(crate) fn wants(app: &AppName, patterns: &[EventPattern], event: &Event) -> bool {
    let own = event.source.strip_prefix("/apps/") == Some(app.as_str());
    patterns.iter().any(|pattern| {
        if own { pattern.as_str() == event.event_type.as_str() } else { pattern.matches(&event.event_type) }
    })
}
