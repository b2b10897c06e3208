//! How long a failed delivery waits: doubled each time, up to a limit, with jitter, so that what failed
//! together does not come back together.

use std::time::Duration;

use atoll_model::Limits;

/// The wait after `attempts` failures (from 1): between half and all of the doubled time, by `random`.
pub(super) fn wait(attempts: u32, random: u32, limits: &Limits) -> Duration {
    let doublings = attempts.saturating_sub(1).min(32);
    let whole = limits.delivery_backoff_ms.saturating_mul(1 << doublings).min(limits.delivery_backoff_ms_max);
    let half = Duration::from_millis(whole) / 2;
    half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// A random number; jitter does without one when the system has none.
pub(super) fn random() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_a_limit_and_spread_over_their_upper_half() {
        let limits = Limits { delivery_backoff_ms: 200, delivery_backoff_ms_max: 1_000, ..Limits::default() };
        let longest: Vec<u128> = (1..=5).map(|n| wait(n, u32::MAX, &limits).as_millis()).collect();
        assert_eq!(longest, [200, 400, 800, 1_000, 1_000]);
        let shortest: Vec<u128> = (1..=5).map(|n| wait(n, 0, &limits).as_millis()).collect();
        assert_eq!(shortest, [100, 200, 400, 500, 500]);
        assert_eq!(wait(u32::MAX, u32::MAX, &limits).as_millis(), 1_000);
        let day = 24 * 60 * 60 * 1_000;
        let patient = Limits { delivery_backoff_ms: day, delivery_backoff_ms_max: day, ..limits };
        assert_eq!(wait(1, u32::MAX, &patient).as_secs(), day / 1_000);
    }
}
