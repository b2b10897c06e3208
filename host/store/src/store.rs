//! The store: one data directory, opened.

use std::{path::Path, sync::Arc};

use atoll_model::Limits;

use crate::{
    Clock, SecretKey, StoreError, artifacts::Artifacts, data_dir::DataDir, kv::Kv, registry::Registry,
    secrets, sql::Databases,
};

/// Everything one host keeps on disk, except its events. See the crate's documentation for the layout.
pub struct Store {
    pub(crate) limits: Arc<Limits>,
    pub(crate) clock: Clock,
    pub(crate) registry: Arc<Registry>,
    pub(crate) artifacts: Arc<Artifacts>,
    pub(crate) kv: Kv,
    pub(crate) databases: Databases,
    pub(crate) secret_key: SecretKey,
    /// One deploy or delete at a time: what is being written must not be swept as garbage.
    pub(crate) deploying: tokio::sync::Mutex<()>,
    /// Last, so that the lock is released after everything else is closed.
    pub(crate) dir: Arc<DataDir>,
}

/// What a store may be given besides its folder and limits.
#[derive(Clone, Debug, Default)]
pub struct StoreOptions {
    /// A clock of one's own.
    pub clock: Clock,
    /// The key for secrets; when absent, the one in the file `secret.key`, which is made at the first start.
    pub secret_key: Option<SecretKey>,
}

impl Store {
    /// Opens a data directory, and makes it when it is absent. What a crash left half done is finished or
    /// undone.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another host runs on it; [`StoreError::WrongSecretKey`] when its secrets do not
    /// open; [`StoreError::Io`] or [`StoreError::Database`] when it cannot be read.
    pub async fn open(dir: impl AsRef<Path>, limits: &Limits) -> Result<Arc<Self>, StoreError> {
        Self::open_with(dir, limits, StoreOptions::default()).await
    }

    /// The same, with a clock or a key of one's own.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(
        dir: impl AsRef<Path>,
        limits: &Limits,
        options: StoreOptions,
    ) -> Result<Arc<Self>, StoreError> {
        let (dir, limits) = (dir.as_ref().to_owned(), Arc::new(limits.clone()));
        let task = tokio::task::spawn_blocking(move || Self::open_blocking(&dir, limits, options));
        let store = Arc::new(task.await.map_err(|error| StoreError::task(&error))??);
        store.recover().await?;
        Ok(store)
    }

    fn open_blocking(dir: &Path, limits: Arc<Limits>, options: StoreOptions) -> Result<Self, StoreError> {
        let StoreOptions { clock, secret_key } = options;
        let dir = Arc::new(DataDir::open(dir)?);
        let artifacts = Arc::new(Artifacts::new(dir.artifacts()?));
        let registry = Arc::new(Registry::open(&dir.file("registry.db"), &limits)?);
        let secret_key = key_for_secrets(&dir, &registry, secret_key)?;
        let kv = Kv::open(&dir.file("kv.db"), registry.known(), clock.clone(), &limits)?;
        let databases = Databases::new(Arc::clone(&dir), clock.clone(), Arc::clone(&limits));
        let deploying = tokio::sync::Mutex::new(());
        Ok(Self { limits, clock, registry, artifacts, kv, databases, secret_key, deploying, dir })
    }

    /// Finishes what is queued and closes the databases. Later calls are refused.
    pub async fn shutdown(&self) {
        let _deploying = self.deploying.lock().await;
        self.databases.close().await;
        self.kv.close().await;
        self.registry.writer.close().await;
    }
}

/// The key that is given, or the file's. A new file only where nothing is sealed yet: beside secrets of another key
/// it would hide what is wrong.
fn key_for_secrets(
    dir: &DataDir,
    registry: &Registry,
    given: Option<SecretKey>,
) -> Result<SecretKey, StoreError> {
    let (key, from) = match (given, dir.secret_key()) {
        (Some(key), _) => (Some(key), "the one that was given"),
        (None, Ok(Some(key))) => (Some(key), "the one in secret.key"),
        (None, Ok(None)) => (None, "a new one would be (the file secret.key is missing)"),
        (None, Err(error)) => return Err(error),
    };
    if !registry.readers.point(|c| secrets::check_key(c, key.as_ref()))? {
        return Err(StoreError::WrongSecretKey { key: from });
    }
    key.map_or_else(|| dir.make_secret_key(), Ok)
}
