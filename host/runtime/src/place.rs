//! A place to run: counted in the whole host and for the app, and the epoch is raised for as long as it is
//! held.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use crate::{CallError, LoadedApp, Runtime};

/// A place of one app's call, given back when dropped. Whatever runs in it must be gone by then.
pub(crate) struct Place {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) app: Arc<LoadedApp>,
    /// How long it was waited for.
    pub(crate) queued: Duration,
    /// Since when it is held.
    pub(crate) since: Instant,
}

impl Place {
    /// Waits for a place, at most as long as the call may take.
    pub(crate) async fn enter(runtime: &Arc<Runtime>, app: &Arc<LoadedApp>) -> Result<Self, CallError> {
        let wall = Duration::from_millis(app.limits.wall_ms.into());
        let queued = runtime.admission.enter(&app.gate, wall).await?;
        runtime.ticker.enter();
        runtime.activity.running.fetch_add(1, Ordering::Relaxed);
        let (runtime, app, since) = (Arc::clone(runtime), Arc::clone(app), Instant::now());
        Ok(Self { runtime, app, queued, since })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.runtime.activity.running.fetch_sub(1, Ordering::Relaxed);
        self.runtime.ticker.leave();
        self.runtime.admission.leave(&self.app.gate);
    }
}
