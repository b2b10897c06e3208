//! Components that know only WASI, built by a real toolchain: `tests/wasi/guest-p2` (0.2) and `guest-p3` (0.3).
//! What both can do is asked of both.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use atoll_model::{AppName, CapabilityError, Grants, Limits};
use atoll_runtime::{
    Body, BodyError, CallError, ClientRequest, ClientResponse, HttpClient, LoadedApp, RuntimeError,
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};

use crate::support::{TestHost, get, limits};

const VERSIONS: [&str; 2] = ["guest-p2", "guest-p3"];
const MIB: usize = 1 << 20;

pub(crate) fn guest(name: &str) -> Bytes {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/wasi/{name}/{name}.wasm"));
    std::fs::read(path).expect("tests/wasi is built; `cargo xtask guests` does it").into()
}

/// Each version of WASI in a host of its own.
fn hosts(manifest: &str) -> impl Iterator<Item = (TestHost, Arc<LoadedApp>)> {
    hosts_with(manifest, Arc::new(World::default()))
}

fn hosts_with(manifest: &str, world: Arc<World>) -> impl Iterator<Item = (TestHost, Arc<LoadedApp>)> {
    VERSIONS.into_iter().map(move |version| {
        let host = TestHost::with_http(&limits(), Arc::clone(&world) as _);
        // The guest of 0.2 imports wasi:keyvalue, which must be granted.
        let grants = if manifest.contains("[grants]") { "" } else { "\n[grants]\nkv = true" };
        let app = host.load(&format!("{manifest}{grants}"), guest(version));
        (host, app)
    })
}

fn one(version: &str, manifest: &str) -> (TestHost, Arc<LoadedApp>) {
    let place = VERSIONS.iter().position(|name| *name == version).unwrap();
    hosts(manifest).nth(place).unwrap()
}

/// A world that answers with what it was asked.
#[derive(Default)]
pub(crate) struct World(Mutex<Vec<String>>);

#[async_trait]
impl HttpClient for World {
    async fn send(
        &self,
        app: &AppName,
        _: &Grants,
        request: ClientRequest,
    ) -> Result<ClientResponse, CapabilityError> {
        self.0.lock().unwrap().push(format!("{app}: {} {}", request.method, request.url));
        Ok(ClientResponse {
            status: StatusCode::CREATED,
            body: Body::from(format!("this is {}", request.url)),
            url: request.url,
            redirected: false,
            headers: HeaderMap::new(),
        })
    }
}

async fn fetch(host: &TestHost, app: &Arc<LoadedApp>, path: &str) -> Result<(u16, String), CallError> {
    let answer = host.runtime.fetch(app, get(path)).await?.value;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect(64 * MIB).await.map_err(|error| match error {
        BodyError::Call(error) => *error,
        other => CallError::BodyBroke(other.to_string()),
    })?;
    Ok((status, String::from_utf8(body.to_vec()).unwrap()))
}

fn post(path: &str, body: Body) -> http::Request<Body> {
    http::Request::post(format!("http://app.example{path}")).body(body).unwrap()
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_answer_with_their_variables_and_the_requests_target() {
    for (host, app) in hosts("vars = { NAME = \"Ada\" }") {
        let answer = fetch(&host, &app, "/?x=1").await.unwrap();
        assert_eq!(answer, (200, "Hello, Ada, from http://app.example".into()));
        assert_eq!(fetch(&host, &app, "/nowhere").await.unwrap().0, 404);
        let ended = host.calls.first().await;
        assert_eq!((ended.outcome, ended.status), (Ok(true), Some(200)));
        assert!(ended.usage.fuel > 0 && ended.usage.bytes_out == 35, "{:?}", ended.usage);
    }
}

/// Tokio lets a task that has done much at once wait, even for what is there.
#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_answer_many_requests_of_one_task() {
    for (host, app) in hosts("") {
        for _ in 0..300 {
            assert_eq!(fetch(&host, &app, "/").await.unwrap().0, 200);
        }
    }
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_pass_more_than_their_memory_through_and_the_trailers_too() {
    for (host, app) in hosts("limits = { memory_mib = 4, cpu_ms = 1000 }") {
        let chunks = (0..64).map(|_| Ok::<_, BodyError>(Frame::data(Bytes::from(vec![b'x'; 128 << 10]))));
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", HeaderValue::from_static("8"));
        let all = stream::iter(chunks).chain(stream::once(async { Ok(Frame::trailers(trailers)) }));
        let request = post("/echo", Body::new(StreamBody::new(all)));
        let answer = host.runtime.fetch(&app, request).await.unwrap().value;
        let collected = answer.into_body().collect_frames().await;
        assert_eq!(collected.trailers().unwrap()["x-sum"], "8");
        assert_eq!(collected.to_bytes().len(), 8 * MIB);
        let ended = host.calls.first().await;
        assert_eq!((ended.usage.bytes_in, ended.usage.bytes_out), (8 << 20, 8 << 20));
    }
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_stream_as_fast_as_they_are_read_and_end_when_nobody_reads() {
    for (host, app) in hosts("limits = { memory_mib = 4, cpu_ms = 1000 }") {
        let (status, body) = fetch(&host, &app, "/stream?8388608").await.unwrap();
        assert_eq!((status, body.len()), (200, 8 * MIB));
    }
    for (host, app) in hosts("") {
        let answer = host.runtime.fetch(&app, get("/stream?4000000000")).await.unwrap().value;
        let mut body = answer.into_body();
        assert!(body.frame().await.unwrap().unwrap().into_data().is_ok());
        drop(body);
        let ended = host.calls.first().await;
        assert_eq!(ended.outcome, Ok(false));
        assert!(ended.usage.bytes_out < 4 << 20, "{:?}", ended.usage);
    }
}

/// A reader that needs longer for one piece of a guest than `http_idle_ms`, and takes a part of it ever so often.
#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_are_read_slowly_as_long_as_they_are_read() {
    let idle = Duration::from_secs(1);
    let limits = Limits { http_idle_ms: 1_000, stream_buffer_bytes_max: MIB, ..limits() };
    for version in VERSIONS {
        let host = TestHost::with(&limits);
        let manifest = "limits = { memory_mib = 8, cpu_ms = 1000 }\n[grants]\nkv = true";
        let app = host.load(manifest, guest(version));
        // On a busy machine the reader itself may stand still for too long: then it tries again.
        let read = loop {
            let mut body = host.runtime.fetch(&app, get("/stream?3145728")).await.unwrap().value.into_body();
            let (mut read, mut slowest) = (0, Duration::ZERO);
            let ended = loop {
                let since = Instant::now();
                tokio::time::sleep(idle / 10).await;
                match body.frame().await {
                    Some(Ok(frame)) => read += frame.into_data().map_or(0, |bytes| bytes.len()),
                    ended => break ended,
                }
                slowest = slowest.max(since.elapsed());
            };
            if slowest < idle / 2 {
                assert!(ended.is_none(), "{version}: cut after {read} bytes: {ended:?}");
                break read;
            }
        };
        assert_eq!(read, 3 * MIB, "{version}");
    }
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_answer_head_without_a_body() {
    for (host, app) in hosts("") {
        let head = http::Request::head("http://app.example/").body(Bytes::new()).unwrap();
        let answer = host.runtime.fetch(&app, head).await.unwrap().value;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.into_body().collect(0).await.unwrap(), "");
    }
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_reach_the_world_by_their_grants_only() {
    let world = Arc::new(World::default());
    let granted = "[grants]\nkv = true\nhttp = [\"http://api.example\"]";
    for (host, app) in hosts_with(granted, Arc::clone(&world)) {
        let answer = fetch(&host, &app, "/forward?api.example/x").await.unwrap();
        assert_eq!(answer, (201, "this is http://api.example/x".into()));
        let (status, code) = fetch(&host, &app, "/forward?api.example.evil/x").await.unwrap();
        assert!(status == 502 && code.contains("HttpRequestDenied"), "{code}");
        assert!(host.log().contains("a request to http://api.example.evil is not granted"), "{}", host.log());
        let ended = host.calls.first().await;
        assert_eq!(ended.usage.outbound_requests, 1);
    }
    for (host, app) in hosts_with("", Arc::clone(&world)) {
        let (status, code) = fetch(&host, &app, "/forward?api.example/x").await.unwrap();
        assert!(status == 502 && code.contains("HttpRequestDenied"), "{code}");
    }
    assert_eq!(*world.0.lock().unwrap(), ["app: GET http://api.example/x"; 2]);
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_print_into_the_apps_log_also_after_the_response() {
    for (host, app) in hosts("") {
        assert_eq!(fetch(&host, &app, "/print").await.unwrap().0, 200);
        assert!(host.log().starts_with("to standard output\n"), "{}", host.log());
        assert_eq!(fetch(&host, &app, "/later").await.unwrap().1, "early");
        host.runtime.drain(Duration::from_secs(60)).await;
        let lines = host.memory.lines.lock().unwrap();
        assert!(lines.iter().any(|line| line.message == "after the response"), "{lines:?}");
    }
    let (host, app) = one("guest-p2", "");
    assert_eq!(fetch(&host, &app, "/print").await.unwrap().0, 200);
    assert_eq!(fetch(&host, &app, "/log").await.unwrap().0, 200);
    assert_eq!(
        host.log(),
        "to standard output\nin two lines\nto standard error\nguest: through wasi:logging\n"
    );
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_are_stopped_at_their_limits() {
    for (host, app) in hosts("limits = { cpu_ms = 20 }") {
        assert_eq!(fetch(&host, &app, "/spin").await, Err(CallError::OutOfCpu { limit_ms: 20 }));
        assert_eq!(fetch(&host, &app, "/").await.unwrap().0, 200);
    }
    let (host, app) = one("guest-p2", "limits = { memory_mib = 8, cpu_ms = 1000 }");
    assert_eq!(fetch(&host, &app, "/grow").await, Err(CallError::OutOfMemory { limit_mib: 8 }));
    let handles = fetch(&host, &app, "/handles").await;
    assert!(matches!(handles, Err(CallError::Trapped { .. })), "{handles:?}");
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_guests_that_fail_leave_no_response_that_looks_whole() {
    for (host, app) in hosts("") {
        match host.runtime.fetch(&app, get("/broken")).await {
            // Nobody had seen the head yet.
            Err(error) => assert!(matches!(error, CallError::Trapped { .. }), "{error}"),
            Ok(answer) => {
                let body = answer.value.into_body().collect(MIB).await;
                assert!(matches!(body, Err(BodyError::Call(_))), "{body:?}");
            }
        }
    }
    let (host, app) = one("guest-p2", "");
    let none = fetch(&host, &app, "/none").await;
    assert!(matches!(none, Err(CallError::InvalidResponse(_))), "{none:?}");
    let (host, app) = one("guest-p3", "");
    let Err(CallError::Failed { message, .. }) = fetch(&host, &app, "/error").await else {
        panic!("no error")
    };
    assert!(message.contains("on purpose"), "{message}");
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_requests_may_be_too_large() {
    for (host, app) in hosts("limits = { body_mib = 1, cpu_ms = 1000 }") {
        let chunks = (0..20).map(|_| Ok::<_, BodyError>(Bytes::from(vec![b'x'; 128 << 10])));
        let request = post("/echo", Body::from_stream(stream::iter(chunks)));
        match host.runtime.fetch(&app, request).await {
            Err(error) => assert_eq!(error, CallError::BodyTooLarge { limit_mib: 1 }),
            Ok(answer) => assert!(answer.value.into_body().collect(64 * MIB).await.is_err()),
        }
    }
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn wasi_config_and_keyvalue_are_the_apps_own() {
    let (host, app) = one("guest-p2", "vars = { COLOUR = \"green\" }");
    assert_eq!(fetch(&host, &app, "/config?COLOUR").await.unwrap().1, "Some(\"green\") of 1");
    assert_eq!(fetch(&host, &app, "/config?OTHER").await.unwrap().1, "None of 1");
    assert_eq!(fetch(&host, &app, "/kv").await.unwrap().1, "a c [true, false] true true");
    let error = host.try_load("app", "", guest("guest-p2")).unwrap_err().to_string();
    assert!(error.contains("wasi:keyvalue") && error.contains("kv = true"), "{error}");
    let (host, app) = one("guest-p3", "vars = { COLOUR = \"green\" }");
    assert_eq!(fetch(&host, &app, "/config?COLOUR").await.unwrap().1, "Some(\"green\")");
}

#[test]
fn what_is_no_handler_is_refused_with_what_to_do() {
    let host = TestHost::with(&Limits { instances_max: 1, ..Limits::default() });
    let load = |text: &str| host.try_load("app", "", wat::parse_str(text).unwrap().into()).unwrap_err();
    let command = load("(component (instance $run) (export \"wasi:cli/run@0.2.3\" (instance $run)))");
    assert_eq!(command, RuntimeError::Command { export: "wasi:cli/run@0.2.3".into() });
    let network = load("(component (import \"wasi:nn/tensor@0.2.0\" (instance)))").to_string();
    assert!(network.contains("wasi:nn/tensor@0.2.0") && network.contains("it offers"), "{network}");
    assert_eq!(load("(component (import \"wasi:io/poll@0.2.0\" (instance)))"), RuntimeError::NothingToCall);
}

/// A body with what follows it.
trait CollectFrames {
    async fn collect_frames(self) -> http_body_util::Collected<Bytes>;
}

impl CollectFrames for Body {
    async fn collect_frames(self) -> http_body_util::Collected<Bytes> {
        http_body_util::BodyExt::collect(self).await.unwrap()
    }
}
