//! Wires the rooms.

use std::{path::PathBuf, sync::Arc};

use atoll_bus::{Bus, EmbeddedLog};
use atoll_image::JsEngine;
use atoll_model::Limits;
use atoll_runtime::{AppCache, Capabilities, Runtime};
use atoll_store::Store;
use tokio::sync::broadcast;

use crate::{
    Host, HostError,
    adapters::{Deliveries, PublishToBus, StoreKv, StoreSource, StoreSql},
    generation::Generations,
    host::Inner,
    logs::LogBook,
};

/// Changes a reader may be behind before it misses some.
const CHANGES_LAG_MAX: usize = 256;

/// Describes a host. See [`Host::builder`].
#[derive(Clone, Debug)]
pub struct HostBuilder {
    data_dir: PathBuf,
    cache_dir: Option<PathBuf>,
    limits: Limits,
}

impl HostBuilder {
    pub(crate) fn new() -> Self {
        Self { data_dir: ".atoll".into(), cache_dir: None, limits: Limits::default() }
    }

    /// Where everything is kept; `.atoll` when not set. Made when absent. One host at a time.
    #[must_use]
    pub fn data_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.data_dir = dir.into();
        self
    }

    /// Where compiled code is kept; `cache` in the data directory when not set. What lies there is run as
    /// machine code: only this user may be able to write it. Several hosts may share it.
    #[must_use]
    pub fn cache_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.cache_dir = Some(dir.into());
        self
    }

    /// The limits; [`Limits::default`] when not set.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Opens the data directory, compiles the JavaScript engine (or loads it from the cache), and starts
    /// delivering events.
    ///
    /// # Errors
    /// [`HostError`] when the data directory cannot be opened or is in use, or the engine cannot be loaded.
    pub async fn build(self) -> Result<Host, HostError> {
        let Self { data_dir, cache_dir, limits } = self;
        let store = Store::open(&data_dir, &limits).await?;
        let cache = cache_dir.unwrap_or_else(|| data_dir.join("cache"));
        let (js, engine) = {
            let (limits, cache) = (limits.clone(), cache.clone());
            tokio::task::spawn_blocking(move || -> Result<_, HostError> {
                let engine = atoll_runtime::engine(&limits)?;
                Ok((Arc::new(JsEngine::load(&engine, Some(&cache))?), engine))
            })
            .await
            .map_err(|error| HostError::Internal(error.to_string()))??
        };

        let logs = Arc::new(LogBook::new(limits.log_lines_per_app_max));
        let publisher = Arc::new(PublishToBus::default());
        let capabilities = Capabilities {
            kv: Arc::new(StoreKv(Arc::clone(&store))),
            sql: Arc::new(StoreSql(Arc::clone(&store))),
            bus: Arc::clone(&publisher) as _,
            logs: Arc::clone(&logs) as _,
        };
        let runtime = Arc::new(Runtime::new(engine, Arc::clone(&js), &limits, Some(cache), capabilities)?);
        let hash = js.hash();
        let builder = Arc::new(atoll_build::Builder::new(js, limits.clone()));
        let source = StoreSource::new(Arc::clone(&store), Arc::clone(&runtime), Arc::clone(&builder), hash);
        let apps = Arc::new(AppCache::new(Arc::new(source), limits.loaded_apps_max));

        let log = EmbeddedLog::open_with_limits(data_dir.join("events.db"), &limits).await?;
        let deliveries = Deliveries { apps: Arc::clone(&apps), runtime: Arc::clone(&runtime) };
        let bus = Arc::new(Bus::start(Arc::new(log), Arc::new(deliveries), &limits).await?);
        publisher.connect(&bus);

        let (changes, _) = broadcast::channel(CHANGES_LAG_MAX);
        Ok(Host {
            inner: Arc::new(Inner {
                limits,
                builder,
                runtime,
                apps,
                store,
                bus,
                logs,
                generations: Generations::default(),
                changes,
                switching: tokio::sync::Mutex::new(()),
                tasks: tokio_util::task::TaskTracker::new(),
                stopping: tokio_util::sync::CancellationToken::new(),
            }),
        })
    }
}
