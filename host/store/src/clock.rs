//! The time, as something a test can set.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

/// Where the store reads the time: stamps of revisions, expiration of keys. Limits on running time do not
/// use it; they are monotonic.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock of one's own.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// Seconds since the epoch; 0 before it.
    pub(crate) fn now_s(&self) -> u64 {
        u64::try_from(self.now().as_second()).unwrap_or(0)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
