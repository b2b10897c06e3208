//! The host: one handle over the wired rooms. Calling an app, and what a host has as a whole; what else can be done with
//! deployed apps is in `apps`, their events in `events`.

mod apps;
mod events;
mod secrets;

use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};

use atoll_bus::Bus;
use atoll_model::{AppName, Limits, Revision, Usage};
use atoll_runtime::{AppCache, Body, CallError, LoadedApp, Runtime};
use atoll_store::{AppRecord, Store};
use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

pub use secrets::SecretInfo;

use crate::{
    Change, HostBuilder, HostError, adapters::Secrets, event_schemas::EventSchemas, generation::Generations,
    logs::LogBook, metering::Metering, schedules::Schedules, spans::Spans, stack_traces::StackTraces,
};

/// A running host. Cheap to clone; the last clone to go ends it, but call [`Host::shutdown`] to end it well.
#[derive(Clone)]
pub struct Host {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) limits: Limits,
    pub(crate) builder: Arc<atoll_build::Builder>,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) apps: Arc<AppCache>,
    pub(crate) store: Arc<Store>,
    pub(crate) bus: Arc<Bus>,
    pub(crate) logs: Arc<LogBook>,
    pub(crate) traces: Arc<StackTraces>,
    pub(crate) metering: Arc<Metering>,
    pub(crate) spans: Spans,
    pub(crate) schedules: Arc<Schedules>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) event_schemas: Arc<EventSchemas>,
    /// Ends the schedules' task with the host.
    pub(crate) _scheduling: DropGuard,
    /// Where compiled code is kept.
    pub(crate) cache_dir: PathBuf,
    pub(crate) generations: Generations,
    pub(crate) changes: broadcast::Sender<Change>,
    /// One deploy or delete at a time from the migration to the switch, so that revisions and data agree.
    pub(crate) switching: tokio::sync::Mutex<()>,
    /// Generations that run.
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: CancellationToken,
}

/// What an app answered.
#[derive(Debug)]
pub struct Handled {
    /// The answer. Its body may still be coming; dropping it stops the app's handler.
    pub response: http::Response<Body>,
    /// The revision that gave it.
    pub revision: Revision,
    /// What it cost; when the body is still coming, until its head was sent.
    pub usage: Usage,
}

impl Host {
    /// Describes a host to build.
    #[must_use]
    pub fn builder() -> HostBuilder {
        HostBuilder::new()
    }

    /// The limits of this host.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Passes a request to an app's backend, in a fresh sandbox. The path is the app's own: without any
    /// prefix of the host. Large bodies are streams in both directions; see [`Body`]. A trace that the headers
    /// `traceparent` and `tracestate` name goes on in what the app sends and publishes.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`]; [`HostError::Call`] when the app failed or was stopped by a limit.
    pub async fn handle<B: Into<Body>>(
        &self,
        app: &AppName,
        mut request: http::Request<B>,
    ) -> Result<Handled, HostError> {
        let span = self.inner.spans.http(app, &mut request);
        let loaded = match self.loaded(app).await {
            Ok(loaded) => loaded,
            Err(error) => {
                let unknown = matches!(&error, HostError::NoSuchApp(_) | HostError::Call(_));
                span.end_unserved(if unknown { 404 } else { 500 });
                return Err(error);
            }
        };
        let handled = match self.inner.runtime.fetch(&loaded, request).await {
            Ok(handled) => handled,
            Err(error) => {
                // One that never became a call; of any other the span has ended.
                span.end_unserved(404);
                return Err(self.inner.traces.error(app, loaded.revision(), error).await.into());
            }
        };
        Ok(Handled { response: handled.value, revision: loaded.revision(), usage: handled.usage })
    }

    /// Passes the same request to an app again and again in one instance, as no host does: for benchmarks, to
    /// show what a fresh sandbox costs.
    #[doc(hidden)]
    pub async fn handle_in_one_instance(
        &self,
        app: &AppName,
        request: &http::Request<Bytes>,
        times: usize,
    ) -> Result<Vec<Duration>, HostError> {
        let loaded = self.loaded(app).await?;
        Ok(self.inner.runtime.fetch_in_one_instance(&loaded, request, times).await?)
    }

    async fn loaded(&self, app: &AppName) -> Result<Arc<LoadedApp>, HostError> {
        if let Some(loaded) = self.inner.apps.get(app).await? {
            return Ok(loaded);
        }
        // Either there is no such app, or it is a page without a backend.
        self.record(app).await?;
        Err(HostError::Call(CallError::NoHandler { app: app.clone(), handler: "fetch" }))
    }

    async fn record(&self, app: &AppName) -> Result<AppRecord, HostError> {
        self.inner.store.active(app).await?.ok_or_else(|| HostError::NoSuchApp(app.clone()))
    }

    /// What changes in the host from now on. A reader that falls behind misses some.
    #[must_use]
    pub fn changes(&self) -> BoxStream<'static, Change> {
        BroadcastStream::new(self.inner.changes.subscribe()).filter_map(async |change| change.ok()).boxed()
    }

    pub(crate) fn tell(&self, change: Change) {
        // Nobody listening is no error.
        let _ = self.inner.changes.send(change);
    }

    /// The saved layout of the canvas; `None` before the first save.
    ///
    /// # Errors
    /// [`HostError::Store`].
    pub async fn layout(&self) -> Result<Option<serde_json::Value>, HostError> {
        Ok(self.inner.store.layout().await?)
    }

    /// Saves the layout of the canvas.
    ///
    /// # Errors
    /// [`HostError::Store`], also when it is over `layout_bytes_max`.
    pub async fn set_layout(&self, layout: serde_json::Value) -> Result<(), HostError> {
        self.inner.store.set_layout(layout).await?;
        self.tell(Change::Layout);
        Ok(())
    }

    /// A secret of this data directory, for signing what a page carries. The same after a restart.
    ///
    /// # Errors
    /// [`HostError::Store`].
    pub async fn signing_key(&self) -> Result<[u8; 32], HostError> {
        Ok(self.inner.store.signing_key().await?)
    }

    pub(crate) fn generations(&self) -> &Generations {
        &self.inner.generations
    }

    /// Runs a task that shutdown waits for; `None` when the host is shutting down.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Option<()> {
        if self.inner.stopping.is_cancelled() {
            return None;
        }
        let stopping = self.inner.stopping.clone();
        self.inner.tasks.spawn(async move {
            tokio::select! {
                () = task => {}
                () = stopping.cancelled() => {}
            }
        });
        Some(())
    }

    /// Ends the host: no new generations, running ones are cut short, deliveries are finished or left for
    /// the next start, what apps do after their responses is finished within `drain_ms`, and everything is on
    /// disk when it returns.
    pub async fn shutdown(&self) {
        self.inner.stopping.cancel();
        self.inner.runtime.drain(Duration::from_millis(self.inner.limits.drain_ms)).await;
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        self.inner.bus.shutdown().await;
        self.inner.store.shutdown().await;
    }
}
