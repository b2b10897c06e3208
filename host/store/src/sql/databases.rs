//! The apps' databases that are open: the most recently used ones.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use atoll_model::{AppName, Limits};
use lru::LruCache;

use super::AppDatabase;
use crate::{Clock, Migration, StoreError, data_dir::DataDir};

/// Opens databases and closes those not used for longest.
pub(crate) struct Databases {
    dir: Arc<DataDir>,
    clock: Clock,
    limits: Arc<Limits>,
    open: Mutex<LruCache<AppName, Arc<AppDatabase>>>,
    /// Nothing is opened any more. Changed only while `open` is locked.
    closed: AtomicBool,
}

impl Databases {
    pub(crate) fn new(dir: Arc<DataDir>, clock: Clock, limits: Arc<Limits>) -> Self {
        let max = NonZeroUsize::new(limits.sql_open_databases_max).unwrap_or(NonZeroUsize::MIN);
        Self { dir, clock, limits, open: Mutex::new(LruCache::new(max)), closed: AtomicBool::new(false) }
    }

    pub(crate) fn get(&self, app: &AppName) -> Arc<AppDatabase> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = open.get(app) {
            return Arc::clone(database);
        }
        let database =
            Arc::new(AppDatabase::on_disk(Arc::clone(&self.dir), app.clone(), Arc::clone(&self.limits)));
        if self.closed.load(Ordering::Relaxed) {
            database.close();
            return database;
        }
        if let Some((_, oldest)) = open.push(app.clone(), Arc::clone(&database)) {
            // Closing the last connection copies the log into the file: not on an async thread.
            tokio::task::spawn_blocking(move || drop(oldest));
        }
        database
    }

    pub(crate) async fn migrate(
        &self,
        app: &AppName,
        migrations: Vec<Migration>,
    ) -> Result<Vec<String>, StoreError> {
        if self.has_nothing(app, &migrations) {
            return Ok(Vec::new());
        }
        self.get(app).migrate(migrations, self.clock.now()).await
    }

    /// The names of the migrations that have not run yet.
    pub(crate) async fn pending(
        &self,
        app: &AppName,
        migrations: &[Migration],
    ) -> Result<Vec<String>, StoreError> {
        if self.has_nothing(app, migrations) {
            return Ok(Vec::new());
        }
        self.get(app).pending(migrations.to_vec()).await
    }

    pub(crate) async fn rehearse(
        &self,
        app: &AppName,
        migrations: Vec<Migration>,
    ) -> Result<Vec<String>, StoreError> {
        if self.dir.has_database(app) {
            return self.get(app).rehearse(migrations, self.clock.now()).await;
        }
        // Nothing is kept of an app that does not exist yet.
        AppDatabase::in_memory(Arc::clone(&self.limits)).migrate(migrations, self.clock.now()).await
    }

    /// An app that never had a database needs none to be told that nothing is pending.
    fn has_nothing(&self, app: &AppName, migrations: &[Migration]) -> bool {
        migrations.is_empty() && !self.dir.has_database(app)
    }

    /// Closes an app's database and removes its files.
    pub(crate) async fn remove(&self, app: &AppName) -> Result<(), StoreError> {
        let database = self.open.lock().unwrap_or_else(PoisonError::into_inner).pop(app);
        let (dir, app) = (Arc::clone(&self.dir), app.clone());
        let task = tokio::task::spawn_blocking(move || {
            if let Some(database) = database {
                database.close();
            }
            dir.remove_app(app.as_str())
        });
        task.await.map_err(|error| StoreError::task(&error))?
    }

    /// Finishes what runs and closes all databases. Later calls are refused.
    pub(crate) async fn close(&self) {
        let databases: Vec<_> = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            self.closed.store(true, Ordering::Relaxed);
            std::iter::from_fn(|| open.pop_lru()).map(|(_, database)| database).collect()
        };
        let task =
            tokio::task::spawn_blocking(move || databases.iter().for_each(|database| database.finish()));
        if let Err(error) = task.await {
            tracing::error!(%error, "the apps' databases were not closed cleanly");
        }
    }
}
