//! CPU time of one call: the thread's own CPU clock, summed over the polls in which the guest ran.
//!
//! Waiting is not charged: not for the host (the future is pending), not for a turn on a busy machine (the
//! thread's clock stands still), unlike epoch ticks or wall time.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

/// Written in the poll and read in the epoch callback, which run on the same thread: the atomics are for the
/// compiler, since a call may move between threads from one poll to the next.
#[derive(Default)]
pub(crate) struct CpuMeter {
    before_ns: AtomicU64,
    poll_started_ns: AtomicU64,
}

impl CpuMeter {
    /// CPU time used until now. Called in a poll of [`CpuMeter::measure`].
    pub(crate) fn so_far(&self) -> Duration {
        let this_poll = thread_cpu_ns().saturating_sub(self.poll_started_ns.load(Ordering::Relaxed));
        Duration::from_nanos(self.before_ns.load(Ordering::Relaxed).saturating_add(this_poll))
    }

    /// CPU time of all polls that have ended.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.before_ns.load(Ordering::Relaxed))
    }

    /// Runs a future and measures what its polls cost. `charge` is told of each.
    pub(crate) async fn measure<F: Future>(&self, future: F, charge: impl Fn(Duration)) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| {
            self.poll_started_ns.store(thread_cpu_ns(), Ordering::Relaxed);
            let poll = future.as_mut().poll(context);
            let (before, spent) = (self.total(), self.so_far());
            charge(spent.saturating_sub(before));
            self.before_ns.store(u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
            poll
        })
        .await
    }
}

/// The calling thread's own CPU clock.
pub(crate) fn thread_cpu_ns() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanos) = (u64::try_from(now.tv_sec).unwrap_or(0), u64::try_from(now.tv_nsec).unwrap_or(0));
    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spin_for(cpu: Duration) {
        let start = thread_cpu_ns();
        while thread_cpu_ns() - start < u64::try_from(cpu.as_nanos()).unwrap() {
            std::hint::spin_loop();
        }
    }

    #[tokio::test]
    async fn work_is_charged_and_waiting_is_not() {
        let meter = CpuMeter::default();
        let ms = Duration::from_millis;
        let charges = std::cell::RefCell::new(Vec::new());
        let work = async {
            spin_for(ms(5));
            tokio::time::sleep(ms(200)).await;
            spin_for(ms(5));
            assert!(meter.so_far() >= ms(10));
        };
        meter.measure(work, |cpu| charges.borrow_mut().push(cpu)).await;
        let charges = charges.into_inner();
        assert!(charges.len() == 2 && charges.iter().all(|cpu| *cpu >= ms(5)), "{charges:?}");
        assert_eq!(charges.iter().sum::<Duration>(), meter.total());
        assert!(meter.total() >= ms(10), "{:?}", meter.total());
        assert!(meter.total() < ms(150), "the sleep was charged: {:?}", meter.total());
    }
}
