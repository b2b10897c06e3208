//! The counters of one app: its revisions, and its samples.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use atoll_model::Revision;
use atoll_runtime::CallRecord;

use super::{
    calls::{CallSeries, KindTotals},
    recent::{Recent, Sample},
};

pub(crate) struct AppSeries {
    revisions_max: usize,
    /// Told apart; a handful.
    revisions: Vec<(Revision, CallSeries)>,
    /// All that are not told apart any more: those up to this one.
    older: Option<(Revision, CallSeries)>,
    /// The sample that the last call belongs to.
    minute: AtomicU64,
    /// The most memory that a call of this sample had.
    memory_bytes: AtomicU64,
    recent: Mutex<Recent>,
}

impl AppSeries {
    pub(crate) fn new(revisions_max: usize, samples_max: usize, minute: u64) -> Self {
        Self {
            revisions_max,
            revisions: Vec::new(),
            older: None,
            minute: AtomicU64::new(minute),
            memory_bytes: AtomicU64::new(0),
            recent: Mutex::new(Recent::new(samples_max)),
        }
    }

    /// Counts a call; `false` when its revision has no series yet.
    pub(crate) fn add(&self, record: &CallRecord<'_>, minute: u64) -> bool {
        let Some(series) = self.series(record.revision) else { return false };
        if self.minute.load(Ordering::Relaxed) < minute {
            self.rotate(minute);
        }
        series.add(record);
        let memory = record.usage.memory_bytes;
        if memory > self.memory_bytes.load(Ordering::Relaxed) {
            self.memory_bytes.fetch_max(memory, Ordering::Relaxed);
        }
        true
    }

    fn series(&self, revision: Revision) -> Option<&CallSeries> {
        // The newest comes last, and is the one that is called.
        if let Some((_, series)) = self.revisions.iter().rev().find(|(known, _)| *known == revision) {
            return Some(series);
        }
        self.older.as_ref().filter(|(through, _)| revision <= *through).map(|(_, series)| series)
    }

    /// Tells a revision apart from now on; the oldest ones give way.
    pub(crate) fn add_revision(&mut self, revision: Revision) {
        if self.series(revision).is_some() {
            return;
        }
        let at = self.revisions.partition_point(|(known, _)| *known < revision);
        self.revisions.insert(at, (revision, CallSeries::default()));
        while self.revisions.len() > self.revisions_max {
            let (folded, series) = self.revisions.remove(0);
            let (through, older) = self.older.get_or_insert_with(|| (folded, CallSeries::default()));
            *through = folded.max(*through);
            older.absorb(&series);
        }
    }

    /// All revisions, `None` for those that are not told apart.
    pub(crate) fn revisions(&self) -> impl Iterator<Item = (Option<Revision>, &CallSeries)> {
        let older = self.older.iter().map(|(_, series)| (None, series));
        older.chain(self.revisions.iter().map(|(revision, series)| (Some(*revision), series)))
    }

    pub(crate) fn fold_into(&self, others: &CallSeries) {
        for (_, series) in self.revisions() {
            others.absorb(series);
        }
    }

    pub(crate) fn last_minute(&self) -> u64 {
        self.minute.load(Ordering::Relaxed)
    }

    /// All revisions and kinds together.
    pub(crate) fn totals(&self) -> KindTotals {
        let mut all = KindTotals::default();
        for (_, series) in self.revisions() {
            for kind in series.totals().iter().flatten() {
                all.add(kind);
            }
        }
        all
    }

    /// The first call of a new sample closes the one before.
    fn rotate(&self, minute: u64) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let last = self.minute.load(Ordering::Relaxed);
        if last < minute {
            let memory_bytes = self.memory_bytes.swap(0, Ordering::Relaxed);
            recent.close(last, &self.totals(), memory_bytes);
            self.minute.store(minute, Ordering::Relaxed);
        }
    }

    /// The samples that are not too old, oldest first; the last one may still grow.
    pub(crate) fn samples(&self, minute: u64) -> Vec<Sample> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let memory_bytes = self.memory_bytes.load(Ordering::Relaxed);
        recent.samples(self.last_minute(), &self.totals(), memory_bytes, minute)
    }
}
