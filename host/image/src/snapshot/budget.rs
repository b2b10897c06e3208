//! How long an app's top level may run: CPU time of this thread, looked at whenever the engine's epoch moves
//! on, and fuel, which ends it also in an engine whose epoch nobody moves.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use wasmtime::{Store, UpdateDeadline};

/// Fuel for each millisecond: more than any machine burns in it (a GHz or two, about one a cycle), so that
/// time is up first where there is a ticker.
const FUEL_PER_MS: u64 = 10_000_000;

/// Marks the trap that the budget causes.
#[derive(Debug, thiserror::Error)]
#[error("the CPU time is used up")]
pub(super) struct CpuTimeUp;

/// What is left to one snapshot, from now on, on one thread; its instances share it, one after the other.
pub(super) struct Budget {
    pub(super) cpu_ms: u64,
    until: Duration,
    fuel: u64,
}

/// An amount of a budget, on no thread in particular: each has a clock of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    cpu_ms: u64,
    cpu: Duration,
    fuel: u64,
}

impl Budget {
    pub(super) fn new(cpu_ms: u64) -> Self {
        let until = thread_cpu().saturating_add(Duration::from_millis(cpu_ms));
        Self { cpu_ms, until, fuel: cpu_ms.saturating_mul(FUEL_PER_MS) }
    }

    /// Puts a store under this budget.
    pub(super) fn give<T: 'static>(&self, store: &mut Store<T>) -> wasmtime::Result<()> {
        store.set_fuel(self.fuel)?;
        let until = self.until;
        store.epoch_deadline_callback(move |_| {
            if thread_cpu() > until {
                return Err(CpuTimeUp.into());
            }
            Ok(UpdateDeadline::Continue(1))
        });
        store.set_epoch_deadline(1);
        Ok(())
    }

    /// What is left now.
    pub(super) fn rest(&self) -> Rest {
        Rest { cpu_ms: self.cpu_ms, cpu: self.until.saturating_sub(thread_cpu()), fuel: self.fuel }
    }

    /// A budget of so much on this thread.
    pub(super) fn of(rest: Rest) -> Self {
        let Rest { cpu_ms, cpu, fuel } = rest;
        Self { cpu_ms, until: thread_cpu().saturating_add(cpu), fuel }
    }

    /// Takes off what another thread has used, which had `given` and has `left`.
    pub(super) fn take_off(&mut self, given: Rest, left: Rest) {
        self.until = self.until.saturating_sub(given.cpu.saturating_sub(left.cpu));
        self.fuel = self.fuel.saturating_sub(given.fuel.saturating_sub(left.fuel));
    }

    /// Takes note of what a store has used.
    pub(super) fn take_back<T: 'static>(&mut self, store: &Store<T>) -> wasmtime::Result<()> {
        self.fuel = store.get_fuel()?;
        Ok(())
    }
}

/// CPU time of this thread. A snapshot is synchronous: it stays on it.
fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
