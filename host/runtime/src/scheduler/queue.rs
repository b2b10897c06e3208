//! Who is next: start-time fair queuing over apps.
//!
//! Each app has a clock that runs as it uses CPU time. The app whose clock is furthest behind is next; within an app,
//! who waits longest. An app that was away starts where the others are: having been idle is no credit, and having
//! used much is forgotten once the others have caught up. Plain data; the threads are [`super::back`]'s.

use std::collections::{BTreeMap, VecDeque};

/// What waits, by app.
pub(super) struct FairQueue<T> {
    apps: BTreeMap<u64, App<T>>,
    /// The clock of the app that was picked last: where newcomers start.
    now_ns: u64,
    picks: u64,
    /// What waits and what runs, together.
    busy: u64,
    /// What one turn is expected to take, so that an app does not get all threads before it has used any of them.
    turn_ns: u64,
}

struct App<T> {
    waiting: VecDeque<T>,
    running: u64,
    used_ns: u64,
    /// Among equals, the one that had no turn for longest.
    last_pick: u64,
}

impl<T> FairQueue<T> {
    pub(super) fn new(turn_ns: u64) -> Self {
        Self { apps: BTreeMap::new(), now_ns: 0, picks: 0, busy: 0, turn_ns }
    }

    /// Adds something that wants a turn.
    pub(super) fn push(&mut self, app: u64, item: T) {
        let now_ns = self.now_ns;
        if !self.apps.contains_key(&app) {
            // Whoever is idle and not ahead would start where a newcomer does.
            self.apps.retain(|_, app| !app.is_idle() || app.used_ns > now_ns);
        }
        let app = self.apps.entry(app).or_insert_with(|| App {
            waiting: VecDeque::new(),
            running: 0,
            used_ns: now_ns,
            last_pick: 0,
        });
        if app.is_idle() {
            app.used_ns = app.used_ns.max(now_ns);
        }
        app.waiting.push_back(item);
        self.busy += 1;
    }

    /// Takes what is next, with its app. It runs until [`FairQueue::done`].
    pub(super) fn pick(&mut self) -> Option<(u64, T)> {
        let turn_ns = self.turn_ns;
        let expected = |app: &App<T>| app.used_ns.saturating_add(app.running.saturating_mul(turn_ns));
        let waiting = self.apps.iter_mut().filter(|(_, app)| !app.waiting.is_empty());
        let (id, app) = waiting.min_by_key(|(_, app)| (expected(app), app.last_pick))?;
        let item = app.waiting.pop_front()?;
        self.picks += 1;
        app.last_pick = self.picks;
        app.running += 1;
        self.now_ns = self.now_ns.max(app.used_ns);
        Some((*id, item))
    }

    /// A turn of an app is over, and took so much CPU time. What wants another is pushed before.
    pub(super) fn done(&mut self, app: u64, cpu_ns: u64) {
        if let Some(app) = self.apps.get_mut(&app) {
            app.running = app.running.saturating_sub(1);
            app.used_ns = app.used_ns.saturating_add(cpu_ns);
        }
        self.busy = self.busy.saturating_sub(1);
        if self.busy == 0 {
            // Nobody is about: whoever comes next starts level with whoever was there last.
            self.now_ns = self.apps.values().map(|app| app.used_ns).fold(self.now_ns, u64::max);
        }
    }
}

impl<T> App<T> {
    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.running == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn queue(waiting: &[(u64, usize)]) -> FairQueue<u64> {
        let mut queue = FairQueue::new(5 * MS);
        for &(app, count) in waiting {
            (0..count).for_each(|_| queue.push(app, app));
        }
        queue
    }

    /// Turns of one thread, in which everybody computes for a whole turn and wants another.
    fn turns(queue: &mut FairQueue<u64>, count: usize) -> Vec<u64> {
        let mut order = Vec::new();
        for _ in 0..count {
            let (app, item) = queue.pick().unwrap();
            queue.push(app, item);
            queue.done(app, 5 * MS);
            order.push(app);
        }
        order
    }

    #[test]
    fn apps_alternate_however_many_calls_they_have() {
        let mut queue = queue(&[(1, 60), (2, 1), (3, 1)]);
        assert_eq!(turns(&mut queue, 9), [1, 2, 3, 1, 2, 3, 1, 2, 3]);
    }

    #[test]
    fn what_takes_little_has_more_turns() {
        let mut queue = queue(&[(1, 2), (2, 2)]);
        let (mut of_long, mut of_short) = (0, 0);
        for _ in 0..120 {
            let (app, item) = queue.pick().unwrap();
            if app == 1 {
                of_long += 1
            } else {
                of_short += 1
            }
            queue.push(app, item);
            queue.done(app, if app == 1 { 5 * MS } else { MS });
        }
        assert_eq!((of_long, of_short), (20, 100));
    }

    #[test]
    fn a_newcomer_is_next_but_has_no_credit() {
        let mut queue = queue(&[(1, 10)]);
        turns(&mut queue, 100);
        queue.push(2, 2);
        let order = turns(&mut queue, 6);
        assert!(order.iter().take(2).any(|app| *app == 2), "{order:?}");
        assert_eq!(order.iter().filter(|app| **app == 2).count(), 3, "{order:?}");
    }

    #[test]
    fn having_used_much_is_remembered_until_the_others_catch_up() {
        let mut queue = queue(&[(1, 1), (2, 1)]);
        // App 1 computes for long in one go, and goes.
        assert_eq!(queue.pick(), Some((1, 1)));
        queue.done(1, 50 * MS);
        assert_eq!(turns(&mut queue, 3), [2, 2, 2]);
        // Back again, it waits until app 2 has had as much.
        queue.push(1, 1);
        assert_eq!(turns(&mut queue, 9), [2, 2, 2, 2, 2, 2, 2, 1, 2]);
    }

    #[test]
    fn an_app_does_not_get_all_threads_while_another_waits() {
        let mut queue = queue(&[(1, 4), (2, 1)]);
        let both: Vec<u64> = [queue.pick(), queue.pick()].into_iter().flatten().map(|(app, _)| app).collect();
        assert_eq!(both, [1, 2]);
        // Nobody else wants the third.
        assert_eq!(queue.pick(), Some((1, 1)));
    }

    #[test]
    fn within_an_app_the_longest_waiting_is_next() {
        let mut queue = FairQueue::new(MS);
        for item in ["first", "second", "third"] {
            queue.push(7, item);
        }
        let order: Vec<&str> = std::iter::from_fn(|| queue.pick()).map(|(_, item)| item).collect();
        assert_eq!(order, ["first", "second", "third"]);
        assert_eq!(queue.pick(), None);
    }

    #[test]
    fn apps_that_went_are_forgotten() {
        let mut queue = FairQueue::new(MS);
        for app in 0..1_000 {
            queue.push(app, ());
            let (picked, ()) = queue.pick().unwrap();
            queue.done(picked, MS);
        }
        assert!(queue.apps.len() <= 2, "{}", queue.apps.len());
    }
}
