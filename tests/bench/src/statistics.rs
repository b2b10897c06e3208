//! Medians and tails of durations.

use std::time::Duration;

/// A distribution, in microseconds.
#[derive(Clone, Copy, Debug)]
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

/// The middle one; of an even number the upper of the two. 0 for none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_durations() {
        let d = Distribution::of((1..=100).rev().map(Duration::from_micros).collect());
        assert_eq!((d.count, d.p50_us, d.p90_us, d.p99_us), (100, 51.0, 91.0, 100.0));
        assert_eq!(Distribution::of(vec![]).p99_us, 0.0);
    }

    #[test]
    fn a_median_ignores_what_stands_out() {
        assert_eq!(median([3.0, 1000.0, 1.0]), 3.0);
        assert_eq!(median([]), 0.0);
    }
}
