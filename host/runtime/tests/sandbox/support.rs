//! A host around the guests of these tests that keeps its state in memory.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use atoll_image::JsEngine;
use atoll_model::{
    AppName, Artifact, Backend, CapabilityError, Event, EventType, KvEntry, KvList, KvListKey, KvPut, Limits,
    LogLine, Manifest, Revision, SqlRows, SqlStatement, Usage,
};
use atoll_runtime::{
    AppCode, Body, CallError, CallKind, CallObserver, CallOutcome, CallRecord, Capabilities, HttpClient,
    KvStore, LoadedApp, LogSink, NoNetwork, RecordingPublisher, Runtime, RuntimeError, SqlStore,
};
use bytes::Bytes;
use tokio::sync::Notify;

/// State in memory, and what was logged.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) values: Mutex<BTreeMap<(AppName, String), KvEntry>>,
    pub(crate) lines: Mutex<Vec<LogLine>>,
}

#[async_trait]
impl KvStore for Memory {
    async fn get(&self, app: &AppName, key: &str) -> Result<Option<KvEntry>, CapabilityError> {
        Ok(self.values.lock().unwrap().get(&(app.clone(), key.to_owned())).cloned())
    }
    async fn put(&self, app: &AppName, key: &str, put: KvPut) -> Result<(), CapabilityError> {
        assert_ne!(key, "panic", "a store that panics");
        let entry = KvEntry { value: put.value, metadata: put.metadata };
        self.values.lock().unwrap().insert((app.clone(), key.to_owned()), entry);
        Ok(())
    }
    async fn compare_and_set(
        &self,
        app: &AppName,
        key: &str,
        expected: Option<Bytes>,
        put: KvPut,
    ) -> Result<bool, CapabilityError> {
        let mut values = self.values.lock().unwrap();
        let key = (app.clone(), key.to_owned());
        if values.get(&key).map(|entry| &entry.value) != expected.as_ref() {
            return Ok(false);
        }
        values.insert(key, KvEntry { value: put.value, metadata: put.metadata });
        Ok(true)
    }
    async fn delete(&self, app: &AppName, key: &str) -> Result<(), CapabilityError> {
        self.values.lock().unwrap().remove(&(app.clone(), key.to_owned()));
        Ok(())
    }
    async fn list(
        &self,
        app: &AppName,
        prefix: &str,
        _: Option<&str>,
        _: u32,
    ) -> Result<KvList, CapabilityError> {
        let values = self.values.lock().unwrap();
        let keys = values.keys().filter(|(owner, key)| owner == app && key.starts_with(prefix));
        let key = |(_, name): &(AppName, String)| KvListKey {
            name: name.clone(),
            expiration_s: None,
            metadata: None,
        };
        Ok(KvList { keys: keys.map(key).collect(), cursor: None })
    }
}

/// A call that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) kind: CallKind,
    /// `Ok(false)`: cancelled.
    pub(crate) outcome: Result<bool, Option<CallError>>,
    pub(crate) status: Option<u16>,
    pub(crate) usage: Usage,
}

/// The calls that have ended, in order.
#[derive(Default)]
pub(crate) struct Calls {
    ended: Mutex<Vec<Ended>>,
    changed: Notify,
}

impl CallObserver for Calls {
    fn ended(&self, record: &CallRecord<'_>) {
        let outcome = match record.outcome {
            CallOutcome::Done => Ok(true),
            CallOutcome::Cancelled => Ok(false),
            CallOutcome::HandlerFailed => Err(None),
            CallOutcome::Failed(error) | CallOutcome::Refused(error) => Err(Some(error.clone())),
        };
        let (kind, status, usage) = (record.kind, record.status, record.usage);
        self.ended.lock().unwrap().push(Ended { kind, outcome, status, usage });
        self.changed.notify_one();
    }
}

impl Calls {
    /// All of them.
    pub(crate) fn all(&self) -> Vec<Ended> {
        self.ended.lock().unwrap().clone()
    }

    /// The first one, as soon as it has ended.
    pub(crate) async fn first(&self) -> Ended {
        loop {
            if let Some(ended) = self.all().into_iter().next() {
                return ended;
            }
            self.changed.notified().await;
        }
    }
}

/// SQL without a database behind it: these tests are about what reaches it.
pub(crate) struct NoSql;

#[async_trait]
impl SqlStore for NoSql {
    async fn query(&self, _: &AppName, _: SqlStatement) -> Result<SqlRows, CapabilityError> {
        Err(CapabilityError::Unavailable("the disk at /secret/place is full".into()))
    }
    async fn batch(&self, _: &AppName, _: Vec<SqlStatement>) -> Result<Vec<SqlRows>, CapabilityError> {
        Ok(Vec::new())
    }
    async fn exec(&self, _: &AppName, _: &str) -> Result<u32, CapabilityError> {
        Ok(0)
    }
}

impl LogSink for Memory {
    fn write(&self, _: &AppName, mut lines: Vec<LogLine>) {
        self.lines.lock().unwrap().append(&mut lines);
    }
}

/// A runtime with its state.
pub(crate) struct TestHost {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) published: Arc<RecordingPublisher>,
    pub(crate) calls: Arc<Calls>,
}

fn no_network() -> Arc<dyn HttpClient> {
    Arc::new(NoNetwork("there is no network in this test"))
}

/// Few places in the pool: each test process reserves address space for all of them.
pub(crate) fn limits() -> Limits {
    Limits { instances_max: 16, ..Limits::default() }
}

impl TestHost {
    pub(crate) fn new() -> Self {
        Self::with(&limits())
    }

    /// With the JavaScript engine.
    pub(crate) fn javascript() -> (Self, Arc<JsEngine>) {
        let engine = atoll_runtime::engine(&limits()).expect("an engine");
        // Shared by all tests: compiling the engine takes seconds.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("runtime-cache");
        let js = Arc::new(JsEngine::load(&engine, Some(&cache)).expect("the JavaScript engine"));
        (Self::in_engine(engine, Some(Arc::clone(&js)), &limits(), no_network()), js)
    }

    pub(crate) fn with(limits: &Limits) -> Self {
        Self::with_http(limits, no_network())
    }

    pub(crate) fn with_http(limits: &Limits, http: Arc<dyn HttpClient>) -> Self {
        Self::in_engine(atoll_runtime::engine(limits).expect("an engine"), None, limits, http)
    }

    fn in_engine(
        engine: wasmtime::Engine,
        js: Option<Arc<JsEngine>>,
        limits: &Limits,
        http: Arc<dyn HttpClient>,
    ) -> Self {
        let (memory, published) = (Arc::new(Memory::default()), Arc::new(RecordingPublisher::default()));
        let capabilities = Capabilities {
            kv: Arc::clone(&memory) as _,
            sql: Arc::new(NoSql),
            bus: Arc::clone(&published) as _,
            http,
            logs: Arc::clone(&memory) as _,
        };
        let calls = Arc::new(Calls::default());
        let runtime = Runtime::new(engine, js, limits, None, capabilities).expect("a runtime");
        let runtime = Arc::new(runtime.with_observer(Arc::clone(&calls) as _));
        Self { runtime, memory, published, calls }
    }

    /// Loads a component with the rest of a manifest.
    pub(crate) fn try_load(
        &self,
        name: &str,
        manifest: &str,
        wasm: Bytes,
    ) -> Result<Arc<LoadedApp>, RuntimeError> {
        self.try_load_backend(name, manifest, Backend::Component { wasm: Artifact::new(wasm) })
    }

    pub(crate) fn try_load_backend(
        &self,
        name: &str,
        manifest: &str,
        backend: Backend,
    ) -> Result<Arc<LoadedApp>, RuntimeError> {
        let code = code(name, manifest, backend);
        // Tests load before they begin, with or without an executor of their own.
        std::thread::scope(|scope| {
            let load = || {
                let executor = tokio::runtime::Builder::new_current_thread().build().expect("an executor");
                executor.block_on(self.runtime.load(code))
            };
            scope.spawn(load).join().expect("loading does not panic")
        })
    }

    pub(crate) fn load(&self, manifest: &str, wasm: Bytes) -> Arc<LoadedApp> {
        self.try_load("app", manifest, wasm).expect("the app loads")
    }

    /// All log lines so far, joined.
    pub(crate) fn log(&self) -> String {
        self.memory.lines.lock().unwrap().iter().map(|line| format!("{}\n", line.message)).collect()
    }
}

/// An app's code with the rest of a manifest.
pub(crate) fn code(name: &str, manifest: &str, backend: Backend) -> AppCode {
    let text = format!("name = \"{name}\"\n[backend]\ncomponent = \"a.wasm\"\n{manifest}");
    let manifest = Manifest::parse(&text).expect("a manifest");
    AppCode {
        app: manifest.name.clone(),
        revision: Revision(1),
        manifest,
        backend,
        variables: BTreeMap::new(),
        secrets: BTreeMap::new(),
    }
}

pub(crate) fn get(path: &str) -> http::Request<Bytes> {
    http::Request::get(format!("http://app.example{path}")).body(Bytes::new()).unwrap()
}

pub(crate) fn event(hops: u32) -> Event {
    Event {
        id: "e1".into(),
        source: "/apps/other".into(),
        event_type: EventType::parse("todo.created").unwrap(),
        time: "2026-01-02T03:04:05Z".parse().unwrap(),
        subject: None,
        data: serde_json::json!({"title": "milk"}),
        hops,
        trace: None,
        sequence: 1,
    }
}

/// The text of a body that is there as a whole.
pub(crate) fn text(body: &Body) -> &str {
    std::str::from_utf8(body.as_bytes().expect("a whole body")).expect("text")
}
