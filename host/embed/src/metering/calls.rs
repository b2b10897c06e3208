//! The counters of one app's revision, for each kind of call.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

use atoll_runtime::{CallKind, CallOutcome, CallRecord};

use super::{
    Outcome,
    histogram::{CPU_NS, Histogram, HistogramTotals, MEMORY_BYTES, WALL_NS},
};

/// The kinds of calls, and their labels.
pub(crate) const KINDS: [(CallKind, &str); 5] = [
    (CallKind::Http, "http"),
    (CallKind::Event, "event"),
    (CallKind::Schedule, "schedule"),
    (CallKind::Test, "test"),
    (CallKind::Command, "command"),
];

fn index(kind: CallKind) -> usize {
    match kind {
        CallKind::Http => 0,
        CallKind::Event => 1,
        CallKind::Schedule => 2,
        CallKind::Test => 3,
        CallKind::Command => 4,
    }
}

/// All kinds; a kind that never came takes no room.
#[derive(Default)]
pub(crate) struct CallSeries {
    kinds: [OnceLock<Box<KindSeries>>; KINDS.len()],
}

impl CallSeries {
    pub(crate) fn add(&self, record: &CallRecord<'_>) {
        if let Some(kind) = self.kinds.get(index(record.kind)) {
            kind.get_or_init(Box::default).add(record);
        }
    }

    /// In the order of [`KINDS`].
    pub(crate) fn totals(&self) -> Vec<Option<KindTotals>> {
        self.kinds.iter().map(|kind| kind.get().map(|kind| kind.totals())).collect()
    }

    /// Adds what another one has counted.
    pub(crate) fn absorb(&self, other: &Self) {
        for (kind, other) in self.kinds.iter().zip(&other.kinds) {
            if let Some(other) = other.get() {
                kind.get_or_init(Box::default).absorb(&other.totals());
            }
        }
    }
}

struct KindSeries {
    outcomes: [AtomicU64; Outcome::ALL.len()],
    cpu: Histogram,
    wall: Histogram,
    queued: Histogram,
    memory: Histogram,
    sums: [AtomicU64; SUMS],
}

/// Fuel, host calls, bytes in, bytes out, outbound requests.
const SUMS: usize = 5;

impl Default for KindSeries {
    fn default() -> Self {
        Self {
            outcomes: [const { AtomicU64::new(0) }; Outcome::ALL.len()],
            cpu: Histogram::new(CPU_NS),
            wall: Histogram::new(WALL_NS),
            queued: Histogram::new(WALL_NS),
            memory: Histogram::new(MEMORY_BYTES),
            sums: [const { AtomicU64::new(0) }; SUMS],
        }
    }
}

/// A duration in nanoseconds.
pub(crate) fn nanos(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl KindSeries {
    fn add(&self, record: &CallRecord<'_>) {
        let usage = &record.usage;
        if let Some(count) = self.outcomes.get(Outcome::of(record.outcome) as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.queued.observe(nanos(usage.queued));
        let never_ran = matches!(record.outcome, CallOutcome::Refused(_))
            || (matches!(record.outcome, CallOutcome::Cancelled) && usage.wall.is_zero());
        if never_ran {
            return;
        }
        self.cpu.observe(nanos(usage.cpu));
        self.wall.observe(nanos(usage.wall));
        self.memory.observe(usage.memory_bytes);
        for (sum, more) in self.sums.iter().zip([
            usage.fuel,
            usage.host_calls.into(),
            usage.bytes_in,
            usage.bytes_out,
            usage.outbound_requests.into(),
        ]) {
            if more > 0 {
                sum.fetch_add(more, Ordering::Relaxed);
            }
        }
    }

    fn totals(&self) -> KindTotals {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let [fuel, host_calls, bytes_in, bytes_out, outbound_requests] = &self.sums;
        KindTotals {
            outcomes: self.outcomes.iter().map(load).collect(),
            cpu: self.cpu.totals(),
            wall: self.wall.totals(),
            queued: self.queued.totals(),
            memory: self.memory.totals(),
            fuel: load(fuel),
            host_calls: load(host_calls),
            bytes_in: load(bytes_in),
            bytes_out: load(bytes_out),
            outbound_requests: load(outbound_requests),
        }
    }

    fn absorb(&self, other: &KindTotals) {
        for (count, more) in self.outcomes.iter().zip(&other.outcomes) {
            count.fetch_add(*more, Ordering::Relaxed);
        }
        self.cpu.absorb(&other.cpu);
        self.wall.absorb(&other.wall);
        self.queued.absorb(&other.queued);
        self.memory.absorb(&other.memory);
        for (sum, more) in self.sums.iter().zip([
            other.fuel,
            other.host_calls,
            other.bytes_in,
            other.bytes_out,
            other.outbound_requests,
        ]) {
            sum.fetch_add(more, Ordering::Relaxed);
        }
    }
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KindTotals {
    /// In the order of [`Outcome::ALL`].
    pub(crate) outcomes: Vec<u64>,
    pub(crate) cpu: HistogramTotals,
    pub(crate) wall: HistogramTotals,
    pub(crate) queued: HistogramTotals,
    pub(crate) memory: HistogramTotals,
    pub(crate) fuel: u64,
    pub(crate) host_calls: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) outbound_requests: u64,
}

impl Default for KindTotals {
    fn default() -> Self {
        Self {
            outcomes: vec![0; Outcome::ALL.len()],
            cpu: HistogramTotals::empty(CPU_NS),
            wall: HistogramTotals::empty(WALL_NS),
            queued: HistogramTotals::empty(WALL_NS),
            memory: HistogramTotals::empty(MEMORY_BYTES),
            fuel: 0,
            host_calls: 0,
            bytes_in: 0,
            bytes_out: 0,
            outbound_requests: 0,
        }
    }
}

impl KindTotals {
    pub(crate) fn add(&mut self, other: &Self) {
        for (count, more) in self.outcomes.iter_mut().zip(&other.outcomes) {
            *count += more;
        }
        self.cpu.add(&other.cpu);
        self.wall.add(&other.wall);
        self.queued.add(&other.queued);
        self.memory.add(&other.memory);
        self.fuel = self.fuel.wrapping_add(other.fuel);
        self.host_calls += other.host_calls;
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        self.outbound_requests += other.outbound_requests;
    }

    /// How often each class came that came at all.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (Outcome, u64)> {
        Outcome::ALL.into_iter().zip(self.outcomes.iter().copied()).filter(|(_, count)| *count > 0)
    }

    pub(crate) fn calls(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    pub(crate) fn failures(&self) -> u64 {
        self.outcomes().filter(|(outcome, _)| outcome.is_failure()).map(|(_, count)| count).sum()
    }
}
