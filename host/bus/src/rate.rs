//! How fast one publisher may publish: a token bucket for each, kept as the time at which it will be full again (the
//! "generic cell rate algorithm"), so that a publisher that is quiet costs nothing.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use atoll_model::Limits;

use crate::BusError;

/// The buckets of all publishers that have published lately.
pub(crate) struct PublishRates {
    per_second: u32,
    /// How much of the future a publisher may take at once.
    burst: Duration,
    burst_events: u32,
    publishers_max: usize,
    full_again: Mutex<HashMap<String, Instant>>,
}

impl PublishRates {
    pub(crate) fn new(limits: &Limits) -> Self {
        let per_second = limits.events_per_second_max.max(1);
        let burst_events = limits.events_burst_max.max(1);
        Self {
            per_second,
            burst: Duration::from_secs_f64(f64::from(burst_events) / f64::from(per_second)),
            burst_events,
            publishers_max: limits.apps_max.max(1),
            full_again: Mutex::default(),
        }
    }

    /// Takes one event out of a publisher's bucket.
    pub(crate) fn take(&self, source: &str, now: Instant) -> Result<(), BusError> {
        let cost = Duration::from_secs_f64(1.0 / f64::from(self.per_second));
        let mut buckets = self.full_again.lock().unwrap_or_else(PoisonError::into_inner);
        let next = buckets.get(source).copied().unwrap_or(now).max(now) + cost;
        // A nanosecond for what the division rounds.
        if next.duration_since(now) > self.burst + Duration::from_nanos(self.burst_events.into()) {
            let what = format!("publishing so fast, after a burst of {} events,", self.burst_events);
            return Err(BusError::over(what, "events_per_second_max", self.per_second as usize));
        }
        if let Some(full_again) = buckets.get_mut(source) {
            *full_again = next;
            return Ok(());
        }
        if buckets.len() >= self.publishers_max {
            // A bucket that is full is as good as none.
            buckets.retain(|_, full_again| *full_again > now);
        }
        buckets.insert(source.to_owned(), next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates() -> PublishRates {
        PublishRates::new(&Limits {
            events_per_second_max: 3,
            events_burst_max: 6,
            apps_max: 2,
            ..Limits::default()
        })
    }

    #[test]
    fn a_burst_is_allowed_and_then_so_many_a_second() {
        let (rates, start) = (rates(), Instant::now());
        let taken = |now| (0..100).take_while(|_| rates.take("/apps/a", now).is_ok()).count();
        assert_eq!(taken(start), 6);
        assert_eq!(taken(start + Duration::from_millis(1_001)), 3);
        assert_eq!(taken(start + Duration::from_secs(100)), 6);
        let refused = rates.take("/apps/a", start + Duration::from_secs(100)).unwrap_err().to_string();
        assert_eq!(
            refused,
            "publishing so fast, after a burst of 6 events, is over the limit events_per_second_max = 3"
        );
    }

    #[test]
    fn publishers_do_not_take_from_each_other_and_quiet_ones_are_forgotten() {
        let (rates, start) = (rates(), Instant::now());
        while rates.take("/apps/a", start).is_ok() {}
        assert!(rates.take("/apps/b", start).is_ok());
        for number in 0..10 {
            assert!(rates.take(&format!("/apps/{number}"), start + Duration::from_secs(10 * number)).is_ok());
        }
        assert!(rates.full_again.lock().unwrap().len() <= 3);
    }
}
