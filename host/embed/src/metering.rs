//! What calls cost: counted for each app, revision and kind of call, and told as Prometheus-like families
//! ([`MetricFamily`]), or for one app ([`AppMetrics`]).
//!
//! In: every call when it has ended ([`CallObserver`]). Out: sums, counts and histograms since the host was
//! started, and samples of the last hour. A call costs a read lock that only a new app or revision ever
//! contends with, and some relaxed atomic additions; nothing is allocated but for the first call of a revision.
//!
//! Bounded: at most `metrics_apps_max` apps have a series of their own, and the one that was called longest ago
//! gives way to a new one; of each app `metrics_revisions_per_app_max` revisions are told apart. What gives way is
//! added to what stands for the rest, so that sums stay true. Deliberately absent: storage. A restart starts at
//! zero, as Prometheus expects.

mod app_metrics;
mod app_series;
mod calls;
mod family;
mod histogram;
mod host_families;
mod outcome;
mod process;
mod recent;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, Instant},
};

use atoll_model::{AppName, Limits};
use atoll_runtime::{CallKind, CallObserver, CallRecord};

pub use app_metrics::{AppMetrics, CallTotals, Distribution, MinuteSample, RevisionMetrics};
pub use family::{HistogramPoint, MetricFamily, MetricPoint, MetricValue};
pub(crate) use outcome::Outcome;

use app_series::AppSeries;
use calls::{CallSeries, KINDS};
use family::call_families;

/// How long one sample is.
const SAMPLE: Duration = Duration::from_secs(60);
/// Deleted apps that are remembered, so that a call of theirs that ends late makes no series again.
const DELETED_MAX: usize = 64;

/// Counts the calls of all apps.
pub(crate) struct Metering {
    apps_max: usize,
    revisions_max: usize,
    samples_max: usize,
    start: Instant,
    started: jiff::Timestamp,
    apps: RwLock<Apps>,
    /// Calls of apps that have no series, or none any more.
    others: CallSeries,
    /// Runs of apps' own tests: the apps may never be deployed.
    tests: CallSeries,
    /// Who else is told.
    next: Option<Arc<dyn CallObserver>>,
}

#[derive(Default)]
struct Apps {
    series: HashMap<AppName, AppSeries>,
    deleted: VecDeque<AppName>,
}

impl Metering {
    pub(crate) fn new(limits: &Limits, next: Option<Arc<dyn CallObserver>>) -> Self {
        Self {
            apps_max: limits.metrics_apps_max.max(1),
            revisions_max: limits.metrics_revisions_per_app_max.max(1),
            samples_max: limits.metrics_samples_per_app_max,
            start: Instant::now(),
            started: jiff::Timestamp::now(),
            apps: RwLock::default(),
            others: CallSeries::default(),
            tests: CallSeries::default(),
            next,
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Apps> {
        // Whoever panicked left counters behind, and those are always whole.
        self.apps.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Apps> {
        self.apps.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the sample that a call which ends now belongs to.
    fn minute(&self) -> u64 {
        self.start.elapsed().as_secs() / SAMPLE.as_secs()
    }

    /// When a sample began.
    fn minute_start(&self, minute: u64) -> jiff::Timestamp {
        let since = Duration::from_secs(minute.saturating_mul(SAMPLE.as_secs()));
        self.started.checked_add(since).unwrap_or(self.started)
    }

    fn count(&self, record: &CallRecord<'_>, minute: u64) {
        if record.kind == CallKind::Test {
            self.tests.add(record);
            return;
        }
        if let Some(app) = self.read().series.get(record.app)
            && app.add(record, minute)
        {
            return;
        }
        let mut apps = self.write();
        if apps.deleted.contains(record.app) {
            self.others.add(record);
            return;
        }
        if !apps.series.contains_key(record.app) {
            self.make_room(&mut apps);
        }
        let app = apps
            .series
            .entry(record.app.clone())
            .or_insert_with(|| AppSeries::new(self.revisions_max, self.samples_max, minute));
        app.add_revision(record.revision);
        app.add(record, minute);
    }

    /// Adds the app that was called longest ago to the others.
    fn make_room(&self, apps: &mut Apps) {
        while apps.series.len() >= self.apps_max {
            let oldest = apps.series.iter().min_by_key(|(_, app)| app.last_minute());
            let Some(name) = oldest.map(|(name, _)| name.clone()) else { return };
            if let Some(gone) = apps.series.remove(&name) {
                gone.fold_into(&self.others);
            }
        }
    }

    /// An app of this name is there (again).
    pub(crate) fn deployed(&self, app: &AppName) {
        if self.read().deleted.contains(app) {
            self.write().deleted.retain(|name| name != app);
        }
    }

    /// Forgets a deleted app.
    pub(crate) fn forget(&self, app: &AppName) {
        let mut apps = self.write();
        if let Some(gone) = apps.series.remove(app) {
            gone.fold_into(&self.others);
        }
        apps.deleted.retain(|name| name != app);
        apps.deleted.push_back(app.clone());
        let excess = apps.deleted.len().saturating_sub(DELETED_MAX);
        apps.deleted.drain(..excess);
    }

    /// What is known about an app's calls; the app may have had none.
    pub(crate) fn app(&self, app: &AppName) -> AppMetrics {
        let (apps, minute) = (self.read(), self.minute());
        AppMetrics::new(apps.series.get(app), self.started, |number| self.minute_start(number), minute)
    }

    /// When the host was started.
    pub(crate) fn started(&self) -> jiff::Timestamp {
        self.started
    }

    /// Everything about calls.
    pub(crate) fn families(&self) -> Vec<MetricFamily> {
        let apps = self.read();
        let mut all = Vec::new();
        for (name, app) in &apps.series {
            for (revision, series) in app.revisions() {
                let revision = revision.map_or_else(|| "older".to_owned(), |revision| revision.to_string());
                all.push((name.to_string(), revision, series.totals()));
            }
        }
        for (name, series) in [("_others", &self.others), ("_tests", &self.tests)] {
            all.push((name.to_owned(), String::new(), series.totals()));
        }
        // Scraped texts that keep their order are easier to read and to compress.
        all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let metered = apps.series.len();
        drop(apps);
        call_families(&all, &KINDS, metered)
    }
}

impl CallObserver for Metering {
    fn ended(&self, record: &CallRecord<'_>) {
        self.count(record, self.minute());
        if let Some(next) = &self.next {
            next.ended(record);
        }
    }
}

#[cfg(test)]
mod tests;
