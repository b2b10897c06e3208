//! Small hostile and friendly guests for the tests: WebAssembly text against the real WIT, made into
//! components as any tool would; and a host around them that keeps its state in memory.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use atoll_image::JsEngine;
use atoll_model::{
    AppName, Artifact, Backend, CapabilityError, Event, EventType, KvEntry, KvList, KvListKey, KvPut, Limits,
    LogLine, Manifest, Revision, SqlRows, SqlStatement,
};
use atoll_runtime::{
    AppCode, Capabilities, KvStore, LoadedApp, LogSink, RecordingPublisher, Runtime, RuntimeError, SqlStore,
};
use bytes::Bytes;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Worlds of guests that export less, or import more, than those of `wit/`.
const WORLDS: &str = "
    package test:worlds;
    interface secrets { steal: func(); }
    world event-app { include atoll:app/imports@0.1.0; export atoll:app/event-handler@0.1.0; }
    world thief { import secrets; export atoll:app/http-handler@0.1.0; }
    world mute { include atoll:app/imports@0.1.0; }
";

/// What every guest here has: a memory, a bump allocator that grows it, and places for answers.
/// `$respond` answers status and body; the response is a `result<response, failure>` at 1024.
const PRELUDE: &str = r#"
    (memory (export "memory") 1)
    (global $free (mut i32) (i32.const 8192))
    (func $realloc (export "cabi_realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
        (global.set $free (i32.add (local.get $at) (local.get $new)))
        (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
            (then (if (i32.eq (i32.const -1) (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $new) (i32.const 16)))))
                (then unreachable))))
        (if (local.get $size) (then (memory.copy (local.get $at) (local.get $old) (local.get $size))))
        (local.get $at))
    (func $respond (param $status i32) (param $body i32) (param $length i32) (result i32)
        (i32.store (i32.const 1024) (i32.const 0))
        (i32.store16 (i32.const 1028) (local.get $status))
        (i32.store (i32.const 1032) (i32.const 0))
        (i32.store (i32.const 1036) (i32.const 0))
        (i32.store (i32.const 1040) (local.get $body))
        (i32.store (i32.const 1044) (local.get $length))
        (i32.const 1024))
"#;

/// Encodes a core module, given as text without its `(module …)`, as a component of a world.
pub(crate) fn component(world: &str, text: &str) -> Bytes {
    let mut resolve = Resolve::default();
    let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
    let (package, _) = resolve.push_dir(wit).expect("the WIT parses");
    let worlds = resolve.push_source("worlds.wit", WORLDS).expect("the worlds parse");
    let world = resolve.select_world(&[package, worlds], Some(world)).expect("the world exists");
    let mut module = wat::parse_str(format!("(module {text})")).expect("the text parses");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
    let encoder = ComponentEncoder::default().validate(true).module(&module);
    encoder.expect("a module").encode().expect("a component").into()
}

/// An HTTP guest. `parts` are imports and functions, `body` is what the handler does.
pub(crate) fn http_guest(parts: &str, body: &str) -> Bytes {
    component("atoll:app/http-app", &handler(parts, body))
}

/// The text of an HTTP guest. Imports must come first in a module, so `parts` starts with them.
pub(crate) fn handler(parts: &str, body: &str) -> String {
    format!(
        r#"{parts} {PRELUDE}
        (func (export "atoll:app/http-handler@0.1.0#handle")
            (param $method i32) (param $method_len i32) (param $url i32) (param $url_len i32)
            (param $headers i32) (param $headers_len i32) (param $has_body i32) (param $body i32) (param $body_len i32)
            (result i32)
            (local $n i32)
            {body})"#
    )
}

/// An event guest; the answer is an `outcome` at 1024.
pub(crate) fn event_guest(parts: &str, body: &str) -> Bytes {
    let text = format!(
        r#"{parts} {PRELUDE}
        (func (export "atoll:app/event-handler@0.1.0#handle")
            (param $id i32) (param $id_len i32) (param $source i32) (param $source_len i32)
            (param $type i32) (param $type_len i32) (param $time i32) (param $time_len i32)
            (param $has_subject i32) (param $subject i32) (param $subject_len i32)
            (param $data i32) (param $data_len i32) (param $hops i32) (param $attempt i32)
            (result i32)
            {body})"#
    );
    component("test:worlds/event-app", &text)
}

/// Answers 200 and the URL.
pub(crate) const ECHO: &str = "(call $respond (i32.const 200) (local.get $url) (local.get $url_len))";

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
        (Self::in_engine(engine, Some(Arc::clone(&js)), &limits()), js)
    }

    pub(crate) fn with(limits: &Limits) -> Self {
        Self::in_engine(atoll_runtime::engine(limits).expect("an engine"), None, limits)
    }

    fn in_engine(engine: wasmtime::Engine, js: Option<Arc<JsEngine>>, limits: &Limits) -> Self {
        let (memory, published) = (Arc::new(Memory::default()), Arc::new(RecordingPublisher::default()));
        let capabilities = Capabilities {
            kv: Arc::clone(&memory) as _,
            sql: Arc::new(NoSql),
            bus: Arc::clone(&published) as _,
            logs: Arc::clone(&memory) as _,
        };
        let runtime = Runtime::new(engine, js, limits, None, capabilities).expect("a runtime");
        Self { runtime: Arc::new(runtime), memory, published }
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
        let text = format!("name = \"{name}\"\n[backend]\ncomponent = \"a.wasm\"\n{manifest}");
        let manifest = Manifest::parse(&text).expect("a manifest");
        self.runtime.load(AppCode {
            app: manifest.name.clone(),
            revision: Revision(1),
            manifest,
            backend,
            variables: BTreeMap::new(),
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
        sequence: 1,
    }
}

pub(crate) fn text(body: &Bytes) -> &str {
    std::str::from_utf8(body).expect("text")
}
