//! A real server on a real socket, with a real host behind it.

use std::{net::SocketAddr, path::Path, time::Duration};

use atoll::{Host, Limits};
use atoll_server::ServerConfig;
use flate2::{Compression, write::GzEncoder};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

/// Nothing in these tests takes this long unless it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
    _data: tempfile::TempDir,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let data = tempfile::tempdir().unwrap();
        // The compiled engine is shared by all tests; only the first one pays for it.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine");
        let host =
            Host::builder().data_dir(data.path()).cache_dir(cache).limits(limits).build().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let config =
            ServerConfig { allowed_hosts: vec!["atoll.example.com".into()], ..ServerConfig::default() };
        let task = tokio::spawn(async move {
            let shutdown = async { drop(stopped.await) };
            atoll_server::run(listener, host, config, shutdown).await.unwrap();
        });
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self { address, http, stop: Some(stop), task: Some(task), _data: data }
    }

    /// Tells the server to stop, without waiting for it.
    pub(crate) fn begin_stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until the server has stopped.
    pub(crate) async fn stopped(&mut self) {
        timeout(PATIENCE, self.task.take().unwrap()).await.expect("the server stops").unwrap();
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.origin()))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path).json(&body).send().await.unwrap()
    }

    pub(crate) async fn put(&self, name: &str, archive: Vec<u8>) -> Response {
        self.request(Method::PUT, &format!("/api/v1/apps/{name}")).body(archive).send().await.unwrap()
    }

    /// Deploys a folder, which must go well.
    pub(crate) async fn deploy(&self, name: &str, files: &[(&str, &str)]) -> Value {
        let response = self.put(name, tar_gz(files)).await;
        let status = response.status();
        let body: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{status}: {body:#}");
        body
    }

    /// Deploys an app with a backend only.
    pub(crate) async fn backend(&self, name: &str, code: &str) -> Value {
        self.deploy(name, &[("atoll.toml", &manifest(name, "")), ("backend/index.ts", code)]).await
    }

    /// Deploys a component as an app.
    pub(crate) async fn component(&self, name: &str, limits: &str, wasm: &[u8]) {
        let manifest =
            format!("name = \"{name}\"\n[backend]\ncomponent = \"a.wasm\"\n[backend.limits]\n{limits}");
        let files = [("atoll.toml", manifest.as_bytes()), ("a.wasm", wasm)];
        let response = self.put(name, tar_gz(&files)).await;
        let status = response.status();
        assert!(status.is_success(), "{status}: {}", response.text().await.unwrap());
    }

    /// Sends bytes as they are, and reads until the server closes.
    pub(crate) async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // A server that has refused already does not take the rest.
        let _ = stream.write_all(bytes.as_ref()).await;
        read_to_close(&mut stream).await
    }
}

/// Reads until the other side closes; a reset counts as one.
pub(crate) async fn read_to_close(stream: &mut TcpStream) -> String {
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match timeout(PATIENCE, stream.read(&mut buffer)).await.expect("the server closes") {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&received).into_owned(),
            Ok(read) => received.extend_from_slice(&buffer[..read]),
        }
    }
}

pub(crate) fn manifest(name: &str, more: &str) -> String {
    format!("name = \"{name}\"\n[backend]\nentry = \"backend/index.ts\"\n{more}")
}

pub(crate) fn tar_gz<C: AsRef<[u8]>>(files: &[(&str, C)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        let content = content.as_ref();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// The status and the problem document of an answer that must be one.
pub(crate) async fn problem(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json", "status {status}");
    let document: Value = response.json().await.unwrap();
    assert_eq!(document["status"], status);
    (status, document)
}

/// A reader of server-sent events: `(id, event, data)`.
pub(crate) struct SseReader {
    response: Response,
    buffer: String,
}

impl SseReader {
    pub(crate) fn new(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, buffer: String::new() }
    }

    /// The next event, or `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let field = |name: &str| {
                    block
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(str::trim)
                        .unwrap_or_default()
                        .to_owned()
                };
                let (id, event, data) = (field("id:"), field("event:"), field("data:"));
                self.buffer = rest.to_owned();
                if data.is_empty() {
                    continue;
                }
                return Some((id, event, serde_json::from_str(&data).unwrap()));
            }
            let chunk = timeout(PATIENCE, self.response.chunk()).await.expect("an event comes").unwrap()?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
