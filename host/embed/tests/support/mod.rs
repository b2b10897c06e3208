//! A host on a folder of its own, and short ways to talk to it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its set-up fails")]

use std::path::{Path, PathBuf};

use atoll::{
    AppName, Bytes, GenerateRequest, GenerationEvent, GenerationResult, Host, Limits, SourcePath, SourceTree,
    http::Request,
};
use futures::StreamExt as _;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Running {
    pub(crate) host: Host,
    dir: TempDir,
}

async fn host(dir: &Path) -> Host {
    // Tests share compiled code: the engine is the same for all.
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    Host::builder().data_dir(dir).cache_dir(cache).build().await.unwrap()
}

impl Running {
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { host: host(dir.path()).await, dir }
    }

    pub(crate) async fn restart(self) -> Self {
        self.restart_after(async |_: &Path| ()).await
    }

    /// Does something with the data directory while no host runs on it.
    pub(crate) async fn restart_after(self, meanwhile: impl AsyncFnOnce(&Path)) -> Self {
        self.host.shutdown().await;
        drop(self.host);
        meanwhile(self.dir.path()).await;
        Self { host: host(self.dir.path()).await, dir: self.dir }
    }

    async fn call(&self, name: &str, request: Request<Bytes>) -> (u16, String) {
        let response = self.host.handle(&app(name), request).await.unwrap().response;
        let status = response.status().as_u16();
        let body = response.into_body().collect(16 << 20).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    pub(crate) async fn text(&self, name: &str, path: &str) -> String {
        self.call(name, Request::get(format!("http://{name}{path}")).body(Bytes::new()).unwrap()).await.1
    }

    pub(crate) async fn get(&self, name: &str, path: &str) -> (u16, Value) {
        let request = Request::get(format!("http://{name}{path}")).body(Bytes::new()).unwrap();
        let (status, text) = self.call(name, request).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) async fn post(&self, name: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = Request::post(format!("http://{name}{path}"))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let (status, text) = self.call(name, request).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}

pub(crate) fn app(name: &str) -> AppName {
    AppName::parse(name).unwrap()
}

pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// An app with one module.
pub(crate) fn folder(name: &str, manifest: &str, code: &str) -> SourceTree {
    let limits = Limits::default();
    let mut tree = SourceTree::new();
    let text = format!("name = \"{name}\"\n[backend]\nentry = \"backend/index.ts\"\n{manifest}");
    tree.insert(SourcePath::parse("atoll.toml").unwrap(), text, &limits).unwrap();
    tree.insert(SourcePath::parse("backend/index.ts").unwrap(), code.to_owned(), &limits).unwrap();
    tree
}

/// Every event of a generation.
pub(crate) async fn generate_all(host: &Host, prompt: &str) -> Vec<GenerationEvent> {
    let id = host.generate(GenerateRequest { prompt: prompt.into(), app: None, deploy: true }).unwrap();
    host.generation_events(&id, 0).unwrap().map(|(_, event)| event).collect().await
}

/// The result of a generation that must work.
pub(crate) async fn generate(host: &Host, prompt: &str) -> GenerationResult {
    let events = generate_all(host, prompt).await;
    let result = events.iter().find_map(|event| match event {
        GenerationEvent::Result(result) => Some((**result).clone()),
        _ => None,
    });
    result.unwrap_or_else(|| panic!("{prompt:?} gave no app: {:#?}", events.last()))
}
