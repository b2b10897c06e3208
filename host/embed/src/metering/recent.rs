//! The last hour of an app in samples of a minute each. A minute without calls has none.

use std::collections::VecDeque;

use super::calls::KindTotals;

/// One minute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) minute: u64,
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    /// Calls that never ran.
    pub(crate) not_run: u64,
    pub(crate) cpu_ns: u64,
    pub(crate) wall_p50_ns: f64,
    pub(crate) wall_p95_ns: f64,
    pub(crate) fuel: u64,
    pub(crate) memory_bytes_max: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}

pub(crate) struct Recent {
    samples_max: usize,
    closed: VecDeque<Sample>,
    /// All that the closed ones have counted.
    counted: KindTotals,
}

impl Recent {
    pub(crate) fn new(samples_max: usize) -> Self {
        Self { samples_max, closed: VecDeque::new(), counted: KindTotals::default() }
    }

    /// Ends a sample: what is in `now` and was not counted before belongs to it.
    pub(crate) fn close(&mut self, minute: u64, now: &KindTotals, memory_bytes: u64) {
        let sample = self.sample(minute, now, memory_bytes);
        self.counted = now.clone();
        if sample.calls > 0 {
            self.closed.push_back(sample);
        }
        let excess = self.closed.len().saturating_sub(self.samples_max);
        self.closed.drain(..excess);
    }

    /// The closed ones and the open one, without those that are older than the samples reach.
    pub(crate) fn samples(&self, open: u64, now: &KindTotals, memory_bytes: u64, minute: u64) -> Vec<Sample> {
        let open = Some(self.sample(open, now, memory_bytes)).filter(|sample| sample.calls > 0);
        let oldest = (minute + 1).saturating_sub(self.samples_max as u64);
        self.closed.iter().cloned().chain(open).filter(|sample| sample.minute >= oldest).collect()
    }

    fn sample(&self, minute: u64, now: &KindTotals, memory_bytes_max: u64) -> Sample {
        let before = &self.counted;
        let wall = now.wall.since(&before.wall);
        let calls = now.calls().saturating_sub(before.calls());
        Sample {
            minute,
            calls,
            failures: now.failures().saturating_sub(before.failures()),
            not_run: calls.saturating_sub(wall.count()),
            cpu_ns: now.cpu.sum.wrapping_sub(before.cpu.sum),
            wall_p50_ns: wall.quantile(0.5).unwrap_or(0.0),
            wall_p95_ns: wall.quantile(0.95).unwrap_or(0.0),
            fuel: now.fuel.wrapping_sub(before.fuel),
            memory_bytes_max,
            bytes_in: now.bytes_in.saturating_sub(before.bytes_in),
            bytes_out: now.bytes_out.saturating_sub(before.bytes_out),
        }
    }
}
