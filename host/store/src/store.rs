//! The store: one data directory, opened.

use std::{path::Path, sync::Arc};

use atoll_model::Limits;

use crate::{
    Clock, StoreError, artifacts::Artifacts, data_dir::DataDir, kv::Kv, registry::Registry, sql::Databases,
};

/// Everything one host keeps on disk, except its events. See the crate's documentation for the layout.
pub struct Store {
    pub(crate) limits: Arc<Limits>,
    pub(crate) clock: Clock,
    pub(crate) registry: Arc<Registry>,
    pub(crate) artifacts: Arc<Artifacts>,
    pub(crate) kv: Kv,
    pub(crate) databases: Databases,
    /// One deploy or delete at a time: what is being written must not be swept as garbage.
    pub(crate) deploying: tokio::sync::Mutex<()>,
    /// Last, so that the lock is released after everything else is closed.
    pub(crate) dir: Arc<DataDir>,
}

impl Store {
    /// Opens a data directory, and makes it when it is absent. What a crash left half done is finished or
    /// undone.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another host runs on it; [`StoreError::Io`] or [`StoreError::Database`]
    /// when it cannot be read.
    pub async fn open(dir: impl AsRef<Path>, limits: &Limits) -> Result<Arc<Self>, StoreError> {
        Self::open_with_clock(dir, limits, Clock::default()).await
    }

    /// The same, with a clock of one's own.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with_clock(
        dir: impl AsRef<Path>,
        limits: &Limits,
        clock: Clock,
    ) -> Result<Arc<Self>, StoreError> {
        let (dir, limits) = (dir.as_ref().to_owned(), Arc::new(limits.clone()));
        let task = tokio::task::spawn_blocking(move || Self::open_blocking(&dir, limits, clock));
        let store = Arc::new(task.await.map_err(|error| StoreError::task(&error))??);
        store.recover().await?;
        Ok(store)
    }

    fn open_blocking(dir: &Path, limits: Arc<Limits>, clock: Clock) -> Result<Self, StoreError> {
        let dir = Arc::new(DataDir::open(dir)?);
        let artifacts = Arc::new(Artifacts::new(dir.artifacts()?));
        let registry = Arc::new(Registry::open(&dir.file("registry.db"), &limits)?);
        let kv = Kv::open(&dir.file("kv.db"), registry.known(), clock.clone(), &limits)?;
        let databases = Databases::new(Arc::clone(&dir), clock.clone(), Arc::clone(&limits));
        let deploying = tokio::sync::Mutex::new(());
        Ok(Self { limits, clock, registry, artifacts, kv, databases, deploying, dir })
    }

    /// Finishes what is queued and closes the databases. Later calls are refused.
    pub async fn shutdown(&self) {
        let _deploying = self.deploying.lock().await;
        self.databases.close().await;
        self.kv.close().await;
        self.registry.writer.close().await;
    }
}
