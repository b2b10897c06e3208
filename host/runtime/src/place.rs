//! A place to run: counted in the whole host and for the app, and the epoch is raised for as long as it is
//! held.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use crate::{CallError, LoadedApp, Runtime, shared::CallShared};

/// A place of one app's call, given back when dropped. Whatever runs in it must be gone by then.
pub(crate) struct Place {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) app: Arc<LoadedApp>,
    /// How long it was waited for.
    pub(crate) queued: Duration,
    /// Since when it is held.
    pub(crate) since: Instant,
    /// For its CPU time, which its app is charged with when it ends.
    pub(crate) shared: Arc<CallShared>,
}

impl Place {
    /// Waits for a place, at most as long as the call may take.
    pub(crate) async fn enter(runtime: &Arc<Runtime>, app: &Arc<LoadedApp>) -> Result<Self, CallError> {
        let wall = Duration::from_millis(app.limits.wall_ms.into());
        let queued = runtime.admission.enter(&app.gate, wall).await?;
        runtime.ticker.enter();
        runtime.activity.running.fetch_add(1, Ordering::Relaxed);
        let (runtime, app, since) = (Arc::clone(runtime), Arc::clone(app), Instant::now());
        Ok(Self { runtime, app, queued, since, shared: Arc::default() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.runtime.activity.running.fetch_sub(1, Ordering::Relaxed);
        self.runtime.ticker.leave();
        let admission = &self.runtime.admission;
        admission.shares.charge(&self.app.gate.share, self.shared.meter.total());
        admission.leave(&self.app.gate);
    }
}
