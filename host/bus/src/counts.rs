//! What the bus has done since it was started, for whoever meters it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{DeadLetterReason, Delivery};

/// What a bus has done since it was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusCounts {
    /// Events that were taken; one that was in the log already is counted again.
    pub published: u64,
    /// Deliveries that the handler was done with.
    pub delivered: u64,
    /// Deliveries that failed, the last attempts counted.
    pub failed: u64,
    /// Deliveries that are made again later.
    pub retried: u64,
    /// Events that a handler rejected.
    pub dead_rejected: u64,
    /// Events that failed `delivery_attempts_max` times.
    pub dead_exhausted: u64,
    /// Events that came through `event_hops_max` handlers.
    pub dead_too_many_hops: u64,
    /// Apps that are subscribed now.
    pub subscribers: u64,
    /// Deliveries that run now.
    pub delivering: u64,
}

/// The same, as it is counted.
#[derive(Default)]
pub(crate) struct Counts {
    published: AtomicU64,
    delivered: AtomicU64,
    failed: AtomicU64,
    retried: AtomicU64,
    dead: [AtomicU64; 3],
    delivering: AtomicU64,
}

/// A delivery that runs.
pub(crate) struct Delivering<'a>(&'a Counts);

impl Counts {
    pub(crate) fn published(&self) {
        add(&self.published);
    }

    pub(crate) fn start_delivery(&self) -> Delivering<'_> {
        add(&self.delivering);
        Delivering(self)
    }

    pub(crate) fn handled(&self, delivery: &Delivery) {
        add(match delivery {
            Delivery::Done => &self.delivered,
            Delivery::Retry(_) | Delivery::Reject(_) => &self.failed,
        });
    }

    pub(crate) fn retried(&self) {
        add(&self.retried);
    }

    pub(crate) fn dead(&self, reason: DeadLetterReason) {
        let [rejected, exhausted, too_many_hops] = &self.dead;
        add(match reason {
            DeadLetterReason::Rejected => rejected,
            DeadLetterReason::Exhausted => exhausted,
            DeadLetterReason::TooManyHops => too_many_hops,
        });
    }

    pub(crate) fn read(&self, subscribers: usize) -> BusCounts {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let [rejected, exhausted, too_many_hops] = &self.dead;
        BusCounts {
            published: load(&self.published),
            delivered: load(&self.delivered),
            failed: load(&self.failed),
            retried: load(&self.retried),
            dead_rejected: load(rejected),
            dead_exhausted: load(exhausted),
            dead_too_many_hops: load(too_many_hops),
            subscribers: subscribers as u64,
            delivering: load(&self.delivering),
        }
    }
}

impl Drop for Delivering<'_> {
    fn drop(&mut self) {
        self.0.delivering.fetch_sub(1, Ordering::Relaxed);
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}
