//! Apps that run by themselves: `[[schedule]]`.
//!
//! What is due when is the [`Plan`]'s to say. Each run is claimed in the store before it begins, so it happens at
//! most once, whatever crashes. A run that fails is a line in the app's log, and is not repeated.

mod info;
mod plan;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use atoll_model::{AppName, Limits, Manifest};
use atoll_runtime::{AppCache, CallTrace, Runtime};
use atoll_store::{AppRecord, ScheduleRecord, Store};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::HostError;

pub use info::{LastRun, RunOutcome, ScheduleInfo};
use plan::{Act, Due, Plan};

/// The clock is looked at this often whatever is due: it may be set.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Apps whose schedules are written down at the same time.
const SET_AT_ONCE: usize = 64;

/// The schedules of all apps.
pub(crate) struct Schedules {
    store: Arc<Store>,
    apps: Arc<AppCache>,
    runtime: Arc<Runtime>,
    plan: Mutex<Plan>,
    changed: Notify,
    places: Semaphore,
    drain: Duration,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Schedules {
    /// All apps' schedules; nothing runs before [`Schedules::run`].
    pub(crate) fn new(
        store: Arc<Store>,
        apps: Arc<AppCache>,
        runtime: Arc<Runtime>,
        limits: &Limits,
        stopping: CancellationToken,
        tasks: TaskTracker,
    ) -> Arc<Self> {
        let places = Semaphore::new(limits.schedules_concurrent_max.clamp(1, Semaphore::MAX_PERMITS));
        let drain = Duration::from_millis(limits.drain_ms);
        let (plan, changed) = (Mutex::default(), Notify::new());
        Arc::new(Self { store, apps, runtime, plan, changed, places, drain, stopping, tasks })
    }

    /// Takes over the schedules of an app's new active revision.
    pub(crate) async fn set(&self, app: &AppName, manifest: &Manifest) -> Result<(), HostError> {
        if manifest.schedule.is_empty() && !self.plan().has(app) {
            return Ok(());
        }
        let keys = manifest.schedule.iter().map(atoll_model::Schedule::key).collect();
        let records = self.store.set_schedules(app, keys).await?;
        let place = |key: &str| records.iter().find(|r| r.key == key).map_or(Timestamp::now(), |r| r.place);
        let schedules = manifest.schedule.iter().map(|s| (s.clone(), place(&s.key()))).collect();
        self.plan().set(app, schedules);
        self.changed.notify_one();
        Ok(())
    }

    /// The same for all apps, when the host starts.
    pub(crate) async fn set_all(&self, apps: Vec<AppRecord>) -> Result<(), HostError> {
        let scheduled = apps.into_iter().filter(|app| !app.manifest.schedule.is_empty());
        // Side by side, so that they share the disk's commits.
        stream::iter(scheduled)
            .map(|app| async move { self.set(&app.name, &app.manifest).await })
            .buffer_unordered(SET_AT_ONCE)
            .try_collect()
            .await
    }

    /// Lets an app's schedules go.
    pub(crate) fn forget(&self, app: &AppName) {
        self.plan().set(app, Vec::new());
    }

    /// Runs what is due until the host stops.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            let now = Timestamp::now();
            let due = self.plan().take_due(now);
            for due in due {
                let schedules = Arc::clone(&self);
                self.tasks.spawn(async move { schedules.take(due).await });
            }
            let until = self.plan().next_wake().map_or(LOOK_AGAIN, |wake| {
                Duration::try_from(wake.duration_since(now)).unwrap_or_default().min(LOOK_AGAIN)
            });
            tokio::select! {
                () = tokio::time::sleep(until) => {}
                () = self.changed.notified() => {}
                () = self.stopping.cancelled() => return,
            }
        }
    }

    /// Claims what is due, and runs it.
    async fn take(&self, due: Due) {
        let place = tokio::select! {
            place = self.places.acquire() => place,
            () = self.stopping.cancelled() => return,
        };
        let Ok(_place) = place else { return };
        let claimed = self.store.claim_run(&due.app, &due.key, due.from, due.due).await;
        match (claimed, due.act) {
            (Ok(true), Act::Run) => {
                let error = self.run_claimed(&due).await.err();
                self.write_end(&due, error.as_deref()).await;
            }
            (Ok(true), Act::LeaveOut) => {
                self.write_end(&due, Some("left out: the run before it was still going")).await;
            }
            (Ok(true), Act::Miss) => {
                self.write_end(&due, Some("missed: the host was away when it was due")).await;
            }
            (Ok(false), _) => {
                tracing::debug!(app = %due.app, cron = due.cron, "another has taken the run, or it is gone");
            }
            (Err(error), _) => {
                tracing::error!(app = %due.app, cron = due.cron, %error, "a run cannot be claimed; trying again");
                self.plan().put_back(&due, Timestamp::now());
                self.changed.notify_one();
            }
        }
        if due.act == Act::Run {
            self.plan().ended(&due);
        }
    }

    async fn run_claimed(&self, due: &Due) -> Result<(), String> {
        let cut_off = async {
            self.stopping.cancelled().await;
            tokio::time::sleep(self.drain).await;
        };
        tokio::select! {
            ran = self.call(&due.app, &due.cron, due.due) => ran,
            () = cut_off => Err("cut off: the host was stopped".to_owned()),
        }
    }

    /// Calls the handler; an error says why it did not end well.
    pub(crate) async fn call(&self, app: &AppName, cron: &str, due: Timestamp) -> Result<(), String> {
        let loaded = self.apps.get(app).await.map_err(|error| error.to_string())?;
        let loaded = loaded.ok_or_else(|| "the app is gone, or has no backend".to_owned())?;
        let trace = CallTrace::default();
        match self.runtime.run_scheduled(&loaded, cron, due, trace).await {
            Ok(handled) => handled.value.map_err(|failure| failure.message),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn write_end(&self, due: &Due, error: Option<&str>) {
        // What the handler says is for the app's log.
        if error.is_some() {
            tracing::warn!(app = %due.app, cron = due.cron, due = %due.due, "a scheduled run did not end well");
        }
        if let Err(failure) = self.store.end_run(&due.app, &due.key, due.due, error).await {
            tracing::error!(app = %due.app, cron = due.cron, %failure, "how a run ended cannot be written down");
        }
    }

    /// What is known of an app's schedules.
    pub(crate) async fn records(&self, app: &AppName) -> Result<Vec<ScheduleRecord>, HostError> {
        Ok(self.store.schedules(app).await?)
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
