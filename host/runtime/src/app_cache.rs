//! Apps that are loaded: a bounded number of them, the least recently used going first.
//!
//! However many callers want an app that is not loaded, it is loaded once. A load that an eviction overtakes
//! (a new revision was deployed meanwhile) still answers those who waited for it, and is not kept. Calls that
//! run keep their revision until they end.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use atoll_model::AppName;
use lru::LruCache;
use tokio::sync::OnceCell;

use crate::{LoadedApp, RuntimeError};

/// Supplies apps that are not loaded.
#[async_trait]
pub trait AppSource: Send + Sync {
    /// Loads the active revision of an app; `None` when there is no such app, or it has no backend.
    async fn load(&self, app: &AppName) -> Result<Option<Arc<LoadedApp>>, RuntimeError>;
}

type Answer = Option<Arc<LoadedApp>>;
type Loading = Arc<OnceCell<Answer>>;

/// Keeps apps loaded.
pub struct AppCache {
    source: Arc<dyn AppSource>,
    apps: Mutex<Apps>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How often an app that was asked for was loaded already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppCacheCounts {
    /// It was.
    pub hits: u64,
    /// It was not; names of no app counted.
    pub misses: u64,
}

struct Apps {
    loaded: LruCache<AppName, Arc<LoadedApp>>,
    /// Apart from `loaded`, so that a flood of names that do not exist pushes nothing out. As many entries
    /// as there are callers who wait.
    loading: HashMap<AppName, Loading>,
}

impl AppCache {
    /// Keeps at most `loaded_apps_max` apps (see `Limits`) from a source.
    #[must_use]
    pub fn new(source: Arc<dyn AppSource>, loaded_apps_max: usize) -> Self {
        let capacity = NonZeroUsize::new(loaded_apps_max).unwrap_or(NonZeroUsize::MIN);
        let apps = Apps { loaded: LruCache::new(capacity), loading: HashMap::new() };
        Self { source, apps: Mutex::new(apps), hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    fn apps(&self) -> MutexGuard<'_, Apps> {
        // The maps are never half changed.
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An app, loaded if need be. `None` when there is no such app, or it has no backend.
    ///
    /// # Errors
    /// What the source says. It is asked again by the next caller.
    pub async fn get(&self, app: &AppName) -> Result<Option<Arc<LoadedApp>>, RuntimeError> {
        let loading = {
            let mut apps = self.apps();
            if let Some(loaded) = apps.loaded.get(app) {
                self.hits.fetch_add(1, Ordering::Relaxed);
                return Ok(Some(Arc::clone(loaded)));
            }
            self.misses.fetch_add(1, Ordering::Relaxed);
            Arc::clone(apps.loading.entry(app.clone()).or_default())
        };
        let done = Done { cache: self, app, loading: &loading };
        let answer = loading.get_or_try_init(|| self.source.load(app)).await.cloned();
        done.keep(answer.as_ref().ok().and_then(Option::as_ref));
        answer
    }

    /// Puts an app in place of its earlier revision. Calls that run finish with the one they have.
    pub fn insert(&self, app: Arc<LoadedApp>) {
        let mut apps = self.apps();
        apps.loading.remove(app.name());
        apps.loaded.put(app.name().clone(), app);
    }

    /// Forgets an app: the next caller loads it anew. Calls that run finish with the one they have.
    pub fn evict(&self, app: &AppName) {
        let mut apps = self.apps();
        apps.loading.remove(app);
        apps.loaded.pop(app);
    }

    /// How often an app was there, since the start.
    #[must_use]
    pub fn counts(&self) -> AppCacheCounts {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        AppCacheCounts { hits: load(&self.hits), misses: load(&self.misses) }
    }

    /// How many apps are loaded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.apps().loaded.len()
    }

    /// Whether no app is loaded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for AppCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppCache").field("loaded", &self.len()).finish_non_exhaustive()
    }
}

/// Takes a load out of the list when it is over: answered, failed, or given up by its last caller.
struct Done<'a> {
    cache: &'a AppCache,
    app: &'a AppName,
    loading: &'a Loading,
}

impl Done<'_> {
    fn keep(&self, loaded: Option<&Arc<LoadedApp>>) {
        let mut apps = self.cache.apps();
        // Not ours any more: evicted meanwhile, or another waiter has done this.
        if apps.loading.get(self.app).is_some_and(|loading| Arc::ptr_eq(loading, self.loading)) {
            apps.loading.remove(self.app);
            if let Some(loaded) = loaded {
                apps.loaded.put(self.app.clone(), Arc::clone(loaded));
            }
        }
    }
}

impl Drop for Done<'_> {
    fn drop(&mut self) {
        let mut apps = self.cache.apps();
        let ours = apps.loading.get(self.app).is_some_and(|loading| Arc::ptr_eq(loading, self.loading));
        // The map's and ours: nobody else waits for it.
        if ours && Arc::strong_count(self.loading) <= 2 {
            apps.loading.remove(self.app);
        }
    }
}
