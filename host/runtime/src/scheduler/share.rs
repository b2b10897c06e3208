//! Which apps use more than their share of the CPU while others are about.
//!
//! Looked at every [`LOOK_NS`] by whichever call has had a turn then. An app is *loud* when it used half as much again
//! as the average of the apps that are about, and more than a twentieth of a core; it stays loud until it uses less than
//! a fiftieth. (A busy machine gives the whole host little, so the average says more than the core does.) With nobody
//! else about nobody is loud: there is no one to be fair to.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How often shares are looked at.
const LOOK_NS: u64 = 50_000_000;

/// An app is about for so long after it last used any.
const ABOUT_NS: u64 = 1_000_000_000;

/// Of one core, to become loud and to stay so, in percent.
const BECOMES_LOUD_PERCENT: u64 = 5;
const STAYS_LOUD_PERCENT: u64 = 2;

/// What one app used.
pub(crate) struct Share {
    id: u64,
    /// Since the last look.
    used_ns: AtomicU64,
    /// When a call of it last had a turn, since [`Shares::start`].
    seen_ns: AtomicU64,
    loud: AtomicBool,
}

impl Share {
    /// Tells apps apart in the queue.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Whether its calls are to run where they are in nobody's way.
    pub(super) fn is_loud(&self) -> bool {
        self.loud.load(Ordering::Relaxed)
    }
}

/// The shares of all apps.
pub(crate) struct Shares {
    start: Instant,
    looked_ns: AtomicU64,
    ids: AtomicU64,
    apps: Mutex<Vec<Weak<Share>>>,
}

impl Shares {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            looked_ns: AtomicU64::new(0),
            ids: AtomicU64::new(0),
            apps: Mutex::default(),
        }
    }

    /// A new app's.
    pub(crate) fn add(&self) -> Arc<Share> {
        let share = Arc::new(Share {
            id: self.ids.fetch_add(1, Ordering::Relaxed),
            used_ns: AtomicU64::new(0),
            seen_ns: AtomicU64::new(0),
            loud: AtomicBool::new(false),
        });
        let mut apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        apps.retain(|share| share.strong_count() > 0);
        apps.push(Arc::downgrade(&share));
        share
    }

    /// A call of an app has had a turn, and used so much CPU time.
    pub(crate) fn charge(&self, share: &Share, cpu: Duration) {
        let now_ns = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.charge_at(share, u64::try_from(cpu.as_nanos()).unwrap_or(u64::MAX), now_ns);
    }

    fn charge_at(&self, share: &Share, cpu_ns: u64, now_ns: u64) {
        share.used_ns.fetch_add(cpu_ns, Ordering::Relaxed);
        // Never 0, which means that it was not seen yet.
        share.seen_ns.store(now_ns.max(1), Ordering::Relaxed);
        let looked_ns = self.looked_ns.load(Ordering::Relaxed);
        let passed_ns = now_ns.saturating_sub(looked_ns);
        if passed_ns >= LOOK_NS {
            let order = Ordering::Relaxed;
            if self.looked_ns.compare_exchange(looked_ns, now_ns, order, order).is_ok() {
                self.look(now_ns, passed_ns);
            }
        }
    }

    fn look(&self, now_ns: u64, passed_ns: u64) {
        let apps: Vec<Arc<Share>> = {
            let apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
            apps.iter().filter_map(Weak::upgrade).collect()
        };
        let used: Vec<u64> = apps.iter().map(|app| app.used_ns.swap(0, Ordering::Relaxed)).collect();
        let is_about = |app: &&Arc<Share>| {
            let seen_ns = app.seen_ns.load(Ordering::Relaxed);
            seen_ns > 0 && now_ns.saturating_sub(seen_ns) <= ABOUT_NS
        };
        let about = apps.iter().filter(is_about).count() as u64;
        let average_ns = used.iter().sum::<u64>() / about.max(1);
        for (app, used_ns) in apps.iter().zip(used) {
            let percent = if app.is_loud() { STAYS_LOUD_PERCENT } else { BECOMES_LOUD_PERCENT };
            let is_much = used_ns.saturating_mul(100) > passed_ns.saturating_mul(percent);
            let is_more = used_ns.saturating_mul(2) > average_ns.saturating_mul(3);
            app.loud.store(about > 1 && is_much && is_more, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    /// For so many looks, app by app, CPU time used between two of them.
    fn pass(shares: &Shares, now_ns: &mut u64, looks: u64, used: &[(&Arc<Share>, u64)]) {
        for _ in 0..looks {
            *now_ns += LOOK_NS;
            // The charge that looks comes last in its window.
            for (share, cpu_ns) in used {
                share.used_ns.fetch_add(*cpu_ns, Ordering::Relaxed);
                share.seen_ns.store(*now_ns, Ordering::Relaxed);
            }
            if let Some((share, _)) = used.first() {
                shares.charge_at(share, 0, *now_ns);
            }
        }
    }

    #[test]
    fn alone_nobody_is_loud() {
        let (shares, mut now_ns) = (Shares::new(), 0);
        let app = shares.add();
        pass(&shares, &mut now_ns, 50, &[(&app, 100 * MS)]);
        assert!(!app.is_loud());
    }

    #[test]
    fn beside_a_quiet_app_a_loud_one_is_loud_until_it_is_not() {
        let (shares, mut now_ns) = (Shares::new(), 0);
        let (loud, quiet) = (shares.add(), shares.add());
        pass(&shares, &mut now_ns, 1, &[(&loud, 40 * MS), (&quiet, MS)]);
        assert!(loud.is_loud() && !quiet.is_loud());
        // In the back it gets less, and is loud all the same.
        pass(&shares, &mut now_ns, 5, &[(&loud, 2 * MS), (&quiet, MS / 5)]);
        assert!(loud.is_loud());
        pass(&shares, &mut now_ns, 1, &[(&loud, MS), (&quiet, MS / 5)]);
        assert!(!loud.is_loud());
        // What was not enough to stay is not enough to become it either.
        pass(&shares, &mut now_ns, 1, &[(&loud, 2 * MS), (&quiet, MS / 5)]);
        assert!(!loud.is_loud());
    }

    #[test]
    fn a_neighbour_that_calls_now_and_then_counts_for_a_while() {
        let (shares, mut now_ns) = (Shares::new(), 0);
        let (loud, quiet) = (shares.add(), shares.add());
        pass(&shares, &mut now_ns, 1, &[(&loud, 40 * MS), (&quiet, MS)]);
        pass(&shares, &mut now_ns, 20, &[(&loud, 40 * MS)]);
        assert!(loud.is_loud());
        pass(&shares, &mut now_ns, 1, &[(&loud, 40 * MS)]);
        assert!(!loud.is_loud());
    }

    #[test]
    fn apps_that_share_fairly_evenly_are_not_loud() {
        let (shares, mut now_ns) = (Shares::new(), 0);
        let (one, other) = (shares.add(), shares.add());
        pass(&shares, &mut now_ns, 5, &[(&one, 50 * MS), (&other, 30 * MS)]);
        assert!(!one.is_loud() && !other.is_loud());
    }

    #[test]
    fn apps_that_are_unloaded_are_forgotten() {
        let shares = Shares::new();
        drop(shares.add());
        let _kept = shares.add();
        assert_eq!(shares.apps.lock().unwrap().len(), 1);
    }
}
