//! Apps are loaded once, forgotten in time, and changed under running calls without harm.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use atoll_model::{AppName, Artifact, Backend, Manifest, Revision};
use atoll_runtime::{AppCache, AppCode, AppSource, LoadedApp, Runtime, RuntimeError};
use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::{
    guests::{ECHO, http_guest},
    support::{TestHost, get},
};

/// Loads an echo app of any name but `nobody`, when a permit is there.
struct Source {
    runtime: Arc<Runtime>,
    wasm: Bytes,
    loads: AtomicUsize,
    revision: AtomicU64,
    permits: Semaphore,
    failure: Mutex<Option<RuntimeError>>,
}

impl Source {
    fn new(permits: usize) -> Arc<Self> {
        let host = TestHost::new();
        Arc::new(Self {
            runtime: host.runtime,
            wasm: http_guest("", ECHO),
            loads: AtomicUsize::new(0),
            revision: AtomicU64::new(1),
            permits: Semaphore::new(permits),
            failure: Mutex::new(None),
        })
    }

    fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl AppSource for Source {
    async fn load(&self, app: &AppName) -> Result<Option<Arc<LoadedApp>>, RuntimeError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let revision = Revision(self.revision.load(Ordering::SeqCst));
        self.permits.acquire().await.unwrap().forget();
        if let Some(failure) = self.failure.lock().unwrap().take() {
            return Err(failure);
        }
        if app.as_str() == "nobody" {
            return Ok(None);
        }
        let code = AppCode {
            app: app.clone(),
            revision,
            manifest: Manifest::named(app.clone()),
            backend: Backend::Component { wasm: Artifact::new(self.wasm.clone()) },
            variables: [].into(),
            secrets: [].into(),
        };
        self.runtime.load(code).await.map(Some)
    }
}

fn name(name: &str) -> AppName {
    AppName::parse(name).unwrap()
}

async fn revision(cache: &AppCache, app: &str) -> u64 {
    cache.get(&name(app)).await.unwrap().unwrap().revision().0
}

#[tokio::test]
async fn many_callers_load_an_app_once() {
    let source = Source::new(1);
    let cache = AppCache::new(Arc::clone(&source) as _, 10);
    let app = name("a");
    let all = futures::future::join_all((0..50).map(|_| cache.get(&app))).await;
    assert!(all.into_iter().all(|answer| answer.unwrap().is_some()));
    assert_eq!((source.loads(), cache.len()), (1, 1));
}

#[tokio::test]
async fn the_least_recently_used_goes_first() {
    let source = Source::new(100);
    let cache = AppCache::new(Arc::clone(&source) as _, 2);
    for app in ["a", "b", "a", "c", "a"] {
        revision(&cache, app).await;
    }
    assert_eq!((source.loads(), cache.len()), (3, 2));
    revision(&cache, "b").await;
    assert_eq!(source.loads(), 4);
}

#[tokio::test]
async fn names_that_do_not_exist_push_nothing_out() {
    let source = Source::new(100);
    let cache = AppCache::new(Arc::clone(&source) as _, 1);
    revision(&cache, "a").await;
    for _ in 0..5 {
        assert!(cache.get(&name("nobody")).await.unwrap().is_none());
    }
    revision(&cache, "a").await;
    assert_eq!((source.loads(), cache.len()), (6, 1));
}

#[tokio::test]
async fn a_failed_load_is_tried_again_by_the_next_caller() {
    let source = Source::new(100);
    let cache = AppCache::new(Arc::clone(&source) as _, 1);
    *source.failure.lock().unwrap() = Some(RuntimeError::Source("no disk".into()));
    assert_eq!(cache.get(&name("a")).await.unwrap_err(), RuntimeError::Source("no disk".into()));
    assert_eq!(revision(&cache, "a").await, 1);
}

#[tokio::test]
async fn a_new_revision_takes_over_and_running_calls_finish_with_the_old() {
    let source = Source::new(100);
    let cache = AppCache::new(Arc::clone(&source) as _, 10);
    let old = cache.get(&name("a")).await.unwrap().unwrap();
    source.revision.store(2, Ordering::SeqCst);
    cache.evict(&name("a"));
    assert_eq!(revision(&cache, "a").await, 2);
    source.runtime.fetch(&old, get("/")).await.unwrap();
    assert_eq!(old.revision().0, 1);
}

#[tokio::test]
async fn a_load_that_an_eviction_overtakes_is_not_kept() {
    let source = Source::new(0);
    let cache = AppCache::new(Arc::clone(&source) as _, 10);
    let app = name("a");
    let mut slow = Box::pin(cache.get(&app));
    assert!(futures::poll!(slow.as_mut()).is_pending());
    source.revision.store(2, Ordering::SeqCst);
    cache.evict(&app);
    source.permits.add_permits(10);
    assert_eq!(slow.await.unwrap().unwrap().revision().0, 1);
    assert_eq!(cache.len(), 0);
    assert_eq!(revision(&cache, "a").await, 2);
}

#[tokio::test]
async fn a_caller_who_gives_up_leaves_the_load_to_the_next() {
    let source = Source::new(0);
    let cache = AppCache::new(Arc::clone(&source) as _, 10);
    let app = name("a");
    let mut first = Box::pin(cache.get(&app));
    assert!(futures::poll!(first.as_mut()).is_pending());
    drop(first);
    source.permits.add_permits(1);
    assert_eq!(revision(&cache, "a").await, 1);
    assert_eq!(cache.len(), 1);
}
