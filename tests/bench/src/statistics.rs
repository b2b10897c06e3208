//! Medians and tails of durations.

use std::time::Duration;

use serde::Serialize;

/// A distribution, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Distribution {
    pub(crate) count: usize,
    pub(crate) p50_us: f64,
    pub(crate) p90_us: f64,
    pub(crate) p99_us: f64,
}

impl Distribution {
    /// Of any number of durations; all zero for none.
    pub(crate) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        let at = |share: f64| {
            let index = (durations.len() as f64 * share) as usize;
            let duration = durations.get(index.min(durations.len().saturating_sub(1)));
            duration.map_or(0.0, |d| d.as_secs_f64() * 1e6)
        };
        Self { count: durations.len(), p50_us: at(0.50), p90_us: at(0.90), p99_us: at(0.99) }
    }
}
