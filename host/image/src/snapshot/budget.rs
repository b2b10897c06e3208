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

/// Gives a store its budget, from now on.
pub(super) fn set<T: 'static>(store: &mut Store<T>, cpu_ms: u64) -> wasmtime::Result<()> {
    store.set_fuel(cpu_ms.saturating_mul(FUEL_PER_MS))?;
    let limit = thread_cpu().saturating_add(Duration::from_millis(cpu_ms));
    store.epoch_deadline_callback(move |_| {
        if thread_cpu() > limit {
            return Err(CpuTimeUp.into());
        }
        Ok(UpdateDeadline::Continue(1))
    });
    store.set_epoch_deadline(1);
    Ok(())
}

/// CPU time of this thread. A snapshot is synchronous: it stays on it.
fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
