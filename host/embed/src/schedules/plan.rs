//! Which schedule is due when. It knows no clock, disk or task: the time is an argument.

use std::collections::{BTreeMap, BTreeSet};

use atoll_model::{AppName, MissedRuns, Overlap, Schedule};
use jiff::{SignedDuration, Timestamp};

/// How late a run may begin and still be the one that was due, and not one that was missed.
const LATE_MAX: SignedDuration = SignedDuration::from_secs(60);
/// When to try again what the disk refused.
const TRY_AGAIN: SignedDuration = SignedDuration::from_secs(5);

type Key = (AppName, String);

#[derive(Default)]
pub(super) struct Plan {
    entries: BTreeMap<Key, Entry>,
    /// When to look at which entry.
    queue: BTreeSet<(Timestamp, Key)>,
}

struct Entry {
    schedule: Schedule,
    /// What was due up to here was taken.
    place: Timestamp,
    wake: Option<Timestamp>,
    running: u32,
}

/// A schedule that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) app: AppName,
    pub(super) key: String,
    pub(super) cron: String,
    /// Where the schedule stood.
    pub(super) from: Timestamp,
    /// The latest time at which it was due.
    pub(super) due: Timestamp,
    pub(super) act: Act,
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Run,
    /// The run before it is still going.
    LeaveOut,
    /// It was due while the host was away, and is not wanted later.
    Miss,
}

impl Plan {
    /// Sets the schedules of an app, each with its place.
    pub(super) fn set(&mut self, app: &AppName, schedules: Vec<(Schedule, Timestamp)>) {
        let of_app = |key: &Key| key.0 == *app;
        self.queue.retain(|(_, key)| !of_app(key));
        let mut before: BTreeMap<Key, Entry> = std::mem::take(&mut self.entries);
        let old: BTreeMap<Key, Entry> = before.extract_if(.., |key, _| of_app(key)).collect();
        self.entries = before;
        for (schedule, place) in schedules {
            let key = (app.clone(), schedule.key());
            let known = old.get(&key);
            let place = known.map_or(place, |known| known.place.max(place));
            let running = known.map_or(0, |known| known.running);
            let wake = schedule.next_after(place);
            self.queue.extend(wake.map(|wake| (wake, key.clone())));
            self.entries.insert(key, Entry { schedule, place, wake, running });
        }
    }

    /// Whether an app has schedules.
    pub(super) fn has(&self, app: &AppName) -> bool {
        let first = self.entries.range((app.clone(), String::new())..).next();
        first.is_some_and(|(key, _)| key.0 == *app)
    }

    /// When to look again; `None` when nothing is ever due.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        self.queue.first().map(|(wake, _)| *wake)
    }

    /// What is due now. A run is [over](Plan::ended) when its caller says so.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<Due> {
        let mut all = Vec::new();
        while let Some((wake, _)) = self.queue.first()
            && *wake <= now
            && let Some((_, key)) = self.queue.pop_first()
        {
            let Some(entry) = self.entries.get_mut(&key) else { continue };
            if let Some(due) = entry.schedule.latest_due(entry.place, now) {
                let act = entry.act(due, now);
                entry.running += u32::from(act == Act::Run);
                let (cron, from) = (entry.schedule.cron.as_str().to_owned(), entry.place);
                entry.place = due;
                all.push(Due { app: key.0.clone(), key: key.1.clone(), cron, from, due, act });
            }
            // Later than both: a clock that goes back brings nothing twice.
            entry.wake = entry.schedule.next_after(entry.place.max(now));
            self.queue.extend(entry.wake.map(|wake| (wake, key)));
        }
        all
    }

    /// A run has ended.
    pub(super) fn ended(&mut self, due: &Due) {
        if let Some(entry) = self.entries.get_mut(&(due.app.clone(), due.key.clone())) {
            entry.running = entry.running.saturating_sub(1);
        }
    }

    /// What was due could not be taken: it is due again a little later.
    pub(super) fn put_back(&mut self, due: &Due, now: Timestamp) {
        let key = (due.app.clone(), due.key.clone());
        let Some(entry) = self.entries.get_mut(&key) else { return };
        if entry.place != due.due {
            return;
        }
        entry.place = due.from;
        if let Some(wake) = entry.wake.take() {
            self.queue.remove(&(wake, key.clone()));
        }
        entry.wake = now.checked_add(TRY_AGAIN).ok();
        self.queue.extend(entry.wake.map(|wake| (wake, key)));
    }
}

impl Entry {
    fn act(&self, due: Timestamp, now: Timestamp) -> Act {
        if self.running > 0 && self.schedule.overlap == Overlap::Skip {
            Act::LeaveOut
        } else if self.schedule.missed == MissedRuns::Skip && now.duration_since(due) > LATE_MAX {
            Act::Miss
        } else {
            Act::Run
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> AppName {
        AppName::parse("digest").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-03-01T{text}Z").parse().unwrap()
    }

    fn schedule(cron: &str) -> Schedule {
        serde_json::from_value(serde_json::json!({ "cron": cron })).unwrap()
    }

    fn plan(schedule: Schedule, place: &str) -> Plan {
        let mut plan = Plan::default();
        plan.set(&app(), vec![(schedule, at(place))]);
        plan
    }

    fn taken(plan: &mut Plan, now: &str) -> Vec<(String, Act)> {
        let due = plan.take_due(at(now));
        due.iter().map(|due| (due.due.strftime("%H:%M").to_string(), due.act)).collect()
    }

    fn run(due: &str) -> Vec<(String, Act)> {
        vec![(due.to_owned(), Act::Run)]
    }

    #[test]
    fn each_run_is_due_once() {
        let mut plan = plan(Schedule { overlap: Overlap::Allow, ..schedule("*/5 * * * *") }, "00:00:00");
        assert_eq!(plan.next_wake(), Some(at("00:05:00")));
        assert_eq!(taken(&mut plan, "00:04:59"), []);
        assert_eq!(taken(&mut plan, "00:05:00"), run("00:05"));
        assert_eq!(taken(&mut plan, "00:05:01"), []);
        assert_eq!(taken(&mut plan, "00:10:00"), run("00:10"));
    }

    #[test]
    fn of_what_was_missed_the_latest_is_run_once_or_nothing() {
        let mut once = plan(schedule("0 * * * *"), "00:00:00");
        assert_eq!(taken(&mut once, "07:30:00"), run("07:00"));
        assert_eq!(once.next_wake(), Some(at("08:00:00")));
        let mut skip = plan(Schedule { missed: MissedRuns::Skip, ..schedule("0 * * * *") }, "00:00:00");
        assert_eq!(taken(&mut skip, "07:30:00"), [("07:00".to_owned(), Act::Miss)]);
        assert_eq!(taken(&mut skip, "08:00:02"), run("08:00"));
    }

    #[test]
    fn a_run_that_is_still_going_keeps_the_next_one_out_unless_both_may_run() {
        let mut plan_ = plan(schedule("* * * * *"), "00:00:00");
        let first = plan_.take_due(at("00:01:00")).remove(0);
        assert_eq!(taken(&mut plan_, "00:02:00"), [("00:02".to_owned(), Act::LeaveOut)]);
        plan_.ended(&first);
        assert_eq!(taken(&mut plan_, "00:03:00"), run("00:03"));
        let mut both = plan(Schedule { overlap: Overlap::Allow, ..schedule("* * * * *") }, "00:00:00");
        assert_eq!(taken(&mut both, "00:01:00"), run("00:01"));
        assert_eq!(taken(&mut both, "00:02:00"), run("00:02"));
    }

    #[test]
    fn a_clock_that_goes_back_brings_nothing_twice() {
        let mut plan = plan(Schedule { overlap: Overlap::Allow, ..schedule("0 * * * *") }, "00:00:00");
        assert_eq!(taken(&mut plan, "05:00:00"), run("05:00"));
        assert_eq!(taken(&mut plan, "04:59:00"), []);
        assert_eq!(taken(&mut plan, "05:00:30"), []);
        assert_eq!(plan.next_wake(), Some(at("06:00:00")));
    }

    #[test]
    fn what_the_disk_refused_is_due_again() {
        let mut plan = plan(schedule("0 * * * *"), "00:00:00");
        let due = plan.take_due(at("01:00:00")).remove(0);
        plan.ended(&due);
        plan.put_back(&due, at("01:00:00"));
        assert_eq!(plan.next_wake(), Some(at("01:00:05")));
        assert_eq!(taken(&mut plan, "01:00:05"), run("01:00"));
        assert_eq!(plan.next_wake(), Some(at("02:00:00")));
    }

    #[test]
    fn a_new_revision_goes_on_where_the_schedule_stands() {
        let mut plan = plan(schedule("0 * * * *"), "00:00:00");
        let due = plan.take_due(at("01:00:00")).remove(0);
        let (same, other) = (schedule("0 * * * *"), schedule("30 * * * *"));
        plan.set(&app(), vec![(same, at("00:00:00")), (other, at("01:10:00"))]);
        assert_eq!(plan.next_wake(), Some(at("01:30:00")));
        // The run of before is still going.
        assert_eq!(
            taken(&mut plan, "02:00:00"),
            [run("01:30"), vec![("02:00".to_owned(), Act::LeaveOut)]].concat()
        );
        plan.ended(&due);
        plan.set(&app(), Vec::new());
        assert_eq!(plan.next_wake(), None);
    }
}
