//! Apps that are deployed: what is known of them, their sources and logs, and deleting them.

use std::sync::Arc;

use atoll_model::{AppName, FrontendModule, LogLine, Manifest, Revision, SourceTree};
use atoll_store::RevisionRecord;
use futures::stream::{BoxStream, StreamExt as _};
use tokio_stream::wrappers::BroadcastStream;

use crate::{AppInfo, AppMetrics, Change, Host, HostError};

impl Host {
    /// All apps, by name.
    ///
    /// # Errors
    /// [`HostError::Store`].
    pub async fn apps(&self) -> Result<Vec<AppInfo>, HostError> {
        let records = self.inner.store.apps().await?;
        Ok(records.iter().map(|record| AppInfo::new(record, self.limits())).collect())
    }

    /// One app.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::Store`].
    pub async fn app(&self, app: &AppName) -> Result<AppInfo, HostError> {
        Ok(AppInfo::new(&self.record(app).await?, self.limits()))
    }

    /// The manifest of an app's active revision.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::Store`].
    pub async fn manifest(&self, app: &AppName) -> Result<Manifest, HostError> {
        Ok(self.record(app).await?.manifest)
    }

    /// What an app's calls have cost since the host was started.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::Store`].
    pub async fn app_metrics(&self, app: &AppName) -> Result<AppMetrics, HostError> {
        self.record(app).await?;
        Ok(self.inner.metering.app(app))
    }

    /// The revisions of an app that are kept, newest first.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::Store`].
    pub async fn revisions(&self, app: &AppName) -> Result<Vec<RevisionRecord>, HostError> {
        self.record(app).await?;
        Ok(self.inner.store.revisions(app).await?)
    }

    /// The source of a revision, or of the active one.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::NoSuchRevision`], [`HostError::Store`].
    pub async fn source(&self, app: &AppName, revision: Option<Revision>) -> Result<SourceTree, HostError> {
        let active = self.record(app).await?.revision;
        let revision = revision.unwrap_or(active);
        self.inner
            .store
            .source(app, revision)
            .await?
            .ok_or_else(|| HostError::NoSuchRevision { app: app.clone(), revision })
    }

    /// A module of an app's page.
    ///
    /// # Errors
    /// [`HostError::NoSuchFile`] when the app, revision or path is not there; [`HostError::Store`].
    pub async fn frontend_module(
        &self,
        app: &AppName,
        revision: Revision,
        path: &str,
    ) -> Result<FrontendModule, HostError> {
        let missing = || HostError::NoSuchFile { app: app.clone(), path: path.chars().take(240).collect() };
        self.inner.store.frontend_module(app, revision, path).await?.ok_or_else(missing)
    }

    /// Removes an app with its revisions, data, logs and subscriptions.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::Store`], [`HostError::Bus`].
    pub async fn delete(&self, app: &AppName) -> Result<(), HostError> {
        let _switching = self.inner.switching.lock().await;
        self.record(app).await?;
        self.inner.bus.forget_app(app).await?;
        self.inner.schedules.forget(app);
        self.inner.event_schemas.set(app, None);
        self.inner.store.delete(app).await?;
        self.inner.apps.evict(app);
        self.inner.logs.forget(app);
        self.inner.metering.forget(app);
        self.tell(Change::Deleted { app: app.clone() });
        Ok(())
    }

    /// The latest log lines of an app, oldest first.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::Store`].
    pub async fn logs(&self, app: &AppName, count: usize) -> Result<Vec<LogLine>, HostError> {
        self.record(app).await?;
        let mut lines = Vec::new();
        for line in self.inner.logs.latest(app, count) {
            lines.push(self.inner.traces.line(app, line).await);
        }
        Ok(lines)
    }

    /// The log lines of an app from now on. A reader that falls behind misses some.
    #[must_use]
    pub fn follow_logs(&self, app: &AppName) -> BoxStream<'static, LogLine> {
        let app = app.clone();
        let traces = Arc::clone(&self.inner.traces);
        BroadcastStream::new(self.inner.logs.follow())
            .filter_map(move |line| {
                let line = line.ok().filter(|(of, _)| *of == app);
                let traces = Arc::clone(&traces);
                async move {
                    let (app, line) = line?;
                    Some(traces.line(&app, line).await)
                }
            })
            .boxed()
    }
}
