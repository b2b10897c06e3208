//! A histogram of fixed buckets, counted with atomics, and percentiles estimated from it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Upper bounds of buckets, rising, in the unit that is counted.
pub(crate) type Bounds = &'static [u64];

/// CPU time, in nanoseconds: from what a cached hello takes to the host's maximum.
pub(crate) const CPU_NS: Bounds = &[
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    1_000_000_000,
];

/// Wall-clock time and waiting, in nanoseconds.
pub(crate) const WALL_NS: Bounds = &[
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    10_000_000_000,
    30_000_000_000,
];

/// Memory, in bytes: powers of two around the limits that apps have.
pub(crate) const MEMORY_BYTES: Bounds =
    &[1 << 20, 2 << 20, 4 << 20, 8 << 20, 16 << 20, 32 << 20, 64 << 20, 128 << 20];

/// Counts observations.
pub(crate) struct Histogram {
    bounds: Bounds,
    /// One more than there are bounds.
    buckets: Box<[AtomicU64]>,
    sum: AtomicU64,
    max: AtomicU64,
}

impl Histogram {
    pub(crate) fn new(bounds: Bounds) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, buckets, sum: AtomicU64::new(0), max: AtomicU64::new(0) }
    }

    pub(crate) fn observe(&self, value: u64) {
        // A bucket's bound belongs to it, as Prometheus' `le` says.
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
        // Mostly it is not the largest, and looking costs less than writing.
        if value > self.max.load(Ordering::Relaxed) {
            self.max.fetch_max(value, Ordering::Relaxed);
        }
    }

    /// Adds what another histogram of the same bounds has counted.
    pub(crate) fn absorb(&self, other: &HistogramTotals) {
        for (bucket, count) in self.buckets.iter().zip(&other.counts) {
            bucket.fetch_add(*count, Ordering::Relaxed);
        }
        self.sum.fetch_add(other.sum, Ordering::Relaxed);
        self.max.fetch_max(other.max, Ordering::Relaxed);
    }

    pub(crate) fn totals(&self) -> HistogramTotals {
        HistogramTotals {
            bounds: self.bounds,
            counts: self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect(),
            sum: self.sum.load(Ordering::Relaxed),
            max: self.max.load(Ordering::Relaxed),
        }
    }
}

/// What a histogram has counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HistogramTotals {
    pub(crate) bounds: Bounds,
    /// Observations in each bucket alone; the last one has no bound.
    pub(crate) counts: Vec<u64>,
    pub(crate) sum: u64,
    pub(crate) max: u64,
}

impl HistogramTotals {
    pub(crate) fn empty(bounds: Bounds) -> Self {
        Self { bounds, counts: vec![0; bounds.len() + 1], sum: 0, max: 0 }
    }

    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.sum = self.sum.wrapping_add(other.sum);
        self.max = self.max.max(other.max);
    }

    /// What has been counted since an earlier look. The largest stays that of all time.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let counts = self.counts.iter().zip(&earlier.counts).map(|(now, then)| now.saturating_sub(*then));
        Self { counts: counts.collect(), sum: self.sum.wrapping_sub(earlier.sum), ..*self }
    }

    /// The value that `quantile` (0 to 1) of the observations do not exceed, taken as spread evenly over their
    /// bucket; never more than the largest that was seen. `None` when there were none.
    pub(crate) fn quantile(&self, quantile: f64) -> Option<f64> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let rank = quantile.clamp(0.0, 1.0) * count as f64;
        let mut below = 0;
        for (index, in_bucket) in self.counts.iter().copied().enumerate() {
            if in_bucket > 0 && (below + in_bucket) as f64 >= rank {
                let lower = index.checked_sub(1).and_then(|i| self.bounds.get(i)).copied().unwrap_or(0);
                let upper = self.bounds.get(index).copied().unwrap_or(self.max).min(self.max).max(lower);
                let share = ((rank - below as f64) / in_bucket as f64).clamp(0.0, 1.0);
                return Some((lower as f64 + (upper - lower) as f64 * share).min(self.max as f64));
            }
            below += in_bucket;
        }
        Some(self.max as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let histogram = Histogram::new(&[10, 20]);
        for value in [0, 10, 11, 20, 21, 5_000] {
            histogram.observe(value);
        }
        let totals = histogram.totals();
        assert_eq!((totals.counts.as_slice(), totals.sum, totals.max), ([2, 2, 2].as_slice(), 5_062, 5_000));
    }

    #[test]
    fn percentiles_are_estimated_within_their_bucket() {
        let histogram = Histogram::new(CPU_NS);
        assert_eq!(histogram.totals().quantile(0.5), None);
        // 100 observations from 1 to 100 µs, one for each.
        for microseconds in 1..=100 {
            histogram.observe(microseconds * 1_000);
        }
        let totals = histogram.totals();
        for (quantile, exact) in [(0.1, 10_000.0), (0.25, 25_000.0), (0.5, 50_000.0), (0.99, 99_000.0)] {
            let estimate = totals.quantile(quantile).unwrap();
            assert!((estimate - exact).abs() <= 2_000.0, "{quantile}: {estimate} for {exact}");
        }
        assert_eq!(totals.quantile(1.0), Some(100_000.0));
    }

    #[test]
    fn no_estimate_is_over_the_largest_that_was_seen() {
        let histogram = Histogram::new(&[10, 20]);
        histogram.observe(12);
        assert_eq!(histogram.totals().quantile(0.99).unwrap(), 10.0 + 2.0 * 0.99);
        histogram.observe(1_000);
        assert_eq!(histogram.totals().quantile(1.0), Some(1_000.0));
    }

    #[test]
    fn since_is_the_difference() {
        let histogram = Histogram::new(&[10]);
        histogram.observe(5);
        let earlier = histogram.totals();
        histogram.observe(50);
        let since = histogram.totals().since(&earlier);
        assert_eq!((since.counts.as_slice(), since.sum), ([0, 1].as_slice(), 50));
    }
}
