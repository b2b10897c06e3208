//! The examples in Rust, as `cargo xtask guests` builds them, deployed and called from the outside: real state, real
//! events, real requests over a socket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod service;

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use atoll::{
    AppName, Body, BodyError, Bytes, CallKind, CallObserver, CallOutcome, CallRecord, DeadLetter,
    DeployOptions, EventDraft, EventType, Host, SourcePath, SourceTree,
    http::{Request, Response},
    outbound::{OutboundConfig, SecretLookup, SecretValue},
};
use serde_json::{Value, json};
use service::Service;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// The calls that have ended: what called, whether it went well.
type Ended = (CallKind, bool);

struct Observer(mpsc::UnboundedSender<Ended>);

impl CallObserver for Observer {
    fn ended(&self, record: &CallRecord<'_>) {
        let _ = self.0.send((record.kind, matches!(record.outcome, CallOutcome::Done)));
    }
}

/// Knows the one secret.
struct Secrets;

#[async_trait]
impl SecretLookup for Secrets {
    async fn secret(&self, app: &AppName, name: &str) -> Result<Option<SecretValue>, String> {
        assert_eq!((app.as_str(), name), ("rust-notes", "SUMMARY_KEY"));
        Ok(Some(SecretValue::new("the-real-key")))
    }
}

struct Running {
    host: Host,
    service: Service,
    ended: Mutex<mpsc::UnboundedReceiver<Ended>>,
    _dir: TempDir,
}

fn app() -> AppName {
    AppName::parse("rust-notes").unwrap()
}

/// The example's folder, with the service's address in the place of the one in the manifest.
fn source(host: &Host, service: &Service) -> SourceTree {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/rust-notes");
    let found = atoll::read_folder(&folder, host.limits()).unwrap();
    let mut source = SourceTree::new();
    for (path, content) in found.iter() {
        let content = if path.as_str() == "atoll.toml" {
            let text = String::from_utf8(content.to_vec()).unwrap();
            let origin = format!("http://{}", service.address);
            Bytes::from(text.replace("https://summaries.example.com", &origin))
        } else {
            content.clone()
        };
        source.insert(SourcePath::parse(path.as_str()).unwrap(), content, host.limits()).unwrap();
    }
    source
}

impl Running {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (sender, ended) = mpsc::unbounded_channel();
        let service = Service::start().await;
        let outbound = OutboundConfig {
            allowed_ranges: vec!["127.0.0.0/8".parse().unwrap()],
            secrets: Arc::new(Secrets),
            ..OutboundConfig::default()
        };
        let host = Host::builder()
            .data_dir(dir.path())
            .cache_dir(Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
            .call_observer(Arc::new(Observer(sender)))
            .outbound(outbound)
            .build()
            .await
            .unwrap();
        host.deploy(source(&host, &service), DeployOptions::default()).await.unwrap();
        Self { host, service, ended: Mutex::new(ended), _dir: dir }
    }

    async fn send(&self, method: &str, path: &str, body: impl Into<Body>) -> Response<Body> {
        let request = Request::builder().method(method).uri(format!("http://rust-notes{path}"));
        self.host.handle(&app(), request.body(body.into()).unwrap()).await.unwrap().response
    }

    async fn json(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let response = self.send(method, path, body.to_string()).await;
        let status = response.status().as_u16();
        let text = response.into_body().collect(16 << 20).await.unwrap();
        (status, serde_json::from_slice(&text).unwrap_or(Value::Null))
    }

    async fn add(&self, text: &str) -> Value {
        let (status, note) = self.json("POST", "/notes", &json!({ "text": text, "tags": ["a"] })).await;
        assert_eq!(status, 201, "{note}");
        // With the work after the response.
        assert_eq!(self.ended().await, (CallKind::Http, true));
        note
    }

    /// The dead letters, as soon as there are any: they are written some time after the call has ended, and nobody
    /// tells when.
    async fn dead_letters(&self) -> Vec<DeadLetter> {
        let written = async {
            loop {
                let letters = self.host.dead_letters(Some(&app()), None, 100).await.unwrap().letters;
                if !letters.is_empty() {
                    return letters;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), written).await.unwrap()
    }

    /// The next call that has ended.
    async fn ended(&self) -> Ended {
        std::future::poll_fn(|cx| self.ended.lock().unwrap().poll_recv(cx)).await.unwrap()
    }
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn notes_in_rust_are_kept_published_and_summarised() {
    let running = Running::start().await;
    let milk = running.add("Milk").await;
    let asked = running.service.asked();
    assert_eq!(asked.len(), 1, "the summary is made after the response");
    assert!(asked[0].to_lowercase().contains("authorization: bearer the-real-key"), "{}", asked[0]);
    let path = format!("/notes/{}", milk["id"].as_str().unwrap());
    assert_eq!(running.json("GET", &path, &Value::Null).await, (200, milk.clone()));
    let summary = running.json("GET", &format!("{path}/summary"), &Value::Null).await;
    assert_eq!(summary, (200, json!({ "summary": "MILK" })));
    assert_eq!(running.service.asked().len(), 1, "it was kept");
    let (status, pinned) = running.json("PATCH", &path, &json!({ "pinned": true })).await;
    assert_eq!((status, &pinned["pinned"]), (200, &json!(true)));
    assert_eq!(running.json("GET", "/notes?q=mil", &Value::Null).await.1, json!([pinned]));
    assert_eq!(running.json("DELETE", &path, &Value::Null).await.0, 204);
    let (status, error) = running.json("GET", &path, &Value::Null).await;
    assert!(status == 404 && error["error"].as_str().unwrap().contains("no note"), "{error}");
    let (status, error) = running.json("POST", "/notes", &json!({ "txt": 1 })).await;
    assert!(status == 400 && error["error"].as_str().unwrap().contains("`text`"), "{error}");
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn the_heap_of_an_app_in_rust_grows() {
    let running = Running::start().await;
    // Each is held twice: as it came, and as the text that it is.
    for chars in [50_000, 500_000, 5_000_000] {
        let new = json!({ "text": "m".repeat(chars), "tags": [] });
        let (status, error) = running.json("POST", "/notes", &new).await;
        let counted = format!("this one has {chars}");
        assert!(status == 400 && error["error"].as_str().unwrap().contains(&counted), "{error}");
    }
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn requests_of_an_app_in_rust_overlap() {
    let running = Running::start().await;
    let lines = "{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":\"three\"}\n{\"text\":\"four\"}";
    let imported = running.send("POST", "/import", lines.to_owned()).await;
    assert_eq!(imported.status(), 200);
    // Were they sent one after another, the first would wait for ever.
    running.service.answer_together(4);
    let (status, digest) = running.json("GET", "/digest", &Value::Null).await;
    assert_eq!((status, digest.as_object().unwrap().len()), (200, 4));
    assert!(digest.as_object().unwrap().values().any(|summary| summary == "THREE"));
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn bodies_of_an_app_in_rust_stream_both_ways() {
    let running = Running::start().await;
    let text = "x".repeat(500);
    let lines = (0..1_000)
        .map(move |number| Ok::<_, BodyError>(Bytes::from(format!("{{\"text\":\"{number} {text}\"}}\n"))));
    let body = Body::from_stream(futures::stream::iter(lines));
    let imported = running.send("POST", "/import", body).await;
    let answer = imported.into_body().collect(1_000).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "{\"added\":1000}");
    let exported = running.send("GET", "/export", ()).await;
    assert_eq!(exported.headers()["content-type"], "application/x-ndjson");
    assert!(exported.body().as_bytes().is_none(), "it comes bit by bit");
    let all = exported.into_body().collect(16 << 20).await.unwrap();
    assert_eq!(all.iter().filter(|byte| **byte == b'\n').count(), 1_000);
    // A line that is none: what the caller did wrong is told, and names the line.
    let (status, error) = running.json("POST", "/import", &json!({ "text": 3 })).await;
    assert!(status == 400 && error["error"].as_str().unwrap().contains("note 1"), "{error}");
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn an_event_reaches_an_app_in_rust_and_one_it_rejects_is_a_dead_letter() {
    let running = Running::start().await;
    let publish = |title: &str| {
        let draft = EventDraft {
            event_type: EventType::parse("todo.created").unwrap(),
            id: None,
            subject: None,
            data: json!({ "title": title }),
            hops: 0,
            trace: None,
        };
        running.host.publish("/apps/todo", draft)
    };
    publish("Buy milk").await.unwrap();
    assert_eq!(running.ended().await, (CallKind::Event, true));
    let (_, notes) = running.json("GET", "/notes", &Value::Null).await;
    assert_eq!((&notes[0]["text"], &notes[0]["tags"]), (&json!("Buy milk"), &json!(["todo"])));
    assert_eq!(running.ended().await.0, CallKind::Http);
    publish(" ").await.unwrap();
    assert_eq!(running.ended().await, (CallKind::Event, true));
    let dead = running.dead_letters().await;
    assert_eq!(dead.len(), 1);
    assert!(format!("{:?}", dead[0]).contains("a todo without a title is no note"), "{:?}", dead[0]);
}
