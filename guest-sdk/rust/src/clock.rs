//! Time. The standard library's clocks do not run in a guest: `SystemTime::now()` panics there, these do not.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use crate::{host::clock as wit, task};

/// The time of day.
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(wit::now_us() as u64)
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    (wit::now_us() / 1_000.0) as u64
}

/// A moment, to measure from. It knows nothing of the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

impl Instant {
    /// This moment.
    pub fn now() -> Self {
        Self(wit::monotonic_ns())
    }

    /// How long ago it was.
    pub fn elapsed(self) -> Duration {
        Duration::from_nanos(wit::monotonic_ns().saturating_sub(self.0))
    }
}

/// Waits. Costs wall-clock time and no CPU time; other work of the call goes on. In a handler that is not
/// async: `block_on(sleep(…))`.
pub fn sleep(duration: Duration) -> Sleep {
    let duration_ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    Sleep(task::Timer::new(wit::monotonic_ns().saturating_add(duration_ns)))
}

/// A wait for a moment. See [`sleep`].
#[derive(Debug)]
#[must_use = "waits only when awaited"]
pub struct Sleep(task::Timer);

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll(cx)
    }
}
