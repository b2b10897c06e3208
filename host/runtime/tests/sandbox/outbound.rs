//! Requests to the world, as far as the sandbox is concerned: grants, counts, overlap, streams. What the world
//! answers is made up here.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use atoll_model::{AppName, CapabilityError, Grants, Limits};
use atoll_runtime::{Body, BodyError, CallError, ClientRequest, ClientResponse, HttpClient};
use bytes::Bytes;
use http::StatusCode;
use tokio::sync::{Barrier, Notify};

use crate::{
    guests::streaming_guest_with,
    support::{TestHost, get, limits, text},
};

/// A world that answers every request with its own body, when so many are there together.
struct World {
    together: Barrier,
    running: AtomicUsize,
    running_max: AtomicUsize,
    asked: Mutex<Vec<String>>,
    given_up: Arc<Notify>,
}

impl World {
    fn new(together: usize) -> Arc<Self> {
        Arc::new(Self {
            together: Barrier::new(together),
            running: AtomicUsize::new(0),
            running_max: AtomicUsize::new(0),
            asked: Mutex::default(),
            given_up: Arc::default(),
        })
    }
}

/// Says when a request was dropped before its answer.
struct Watch(Option<Arc<Notify>>);

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(notify) = &self.0 {
            notify.notify_one();
        }
    }
}

#[async_trait]
impl HttpClient for World {
    async fn send(
        &self,
        app: &AppName,
        grants: &Grants,
        request: ClientRequest,
    ) -> Result<ClientResponse, CapabilityError> {
        let mut watch = Watch(Some(Arc::clone(&self.given_up)));
        assert!(request.url.path() != "/panic", "a client that panics");
        assert_eq!(grants.http.len(), 1);
        self.asked.lock().unwrap().push(format!("{app}: {} {}", request.method, request.url));
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.running_max.fetch_max(running, Ordering::SeqCst);
        self.together.wait().await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        watch.0 = None;
        if request.url.path() == "/down" {
            return Err(CapabilityError::Unavailable("api.example refused the connection".into()));
        }
        let body = if request.url.path() == "/slow" {
            let late = async {
                tokio::time::sleep(Duration::from_millis(60)).await;
                Ok::<_, BodyError>(Bytes::from_static(b"late"))
            };
            Body::from_stream(futures::stream::once(late))
        } else {
            request.body
        };
        Ok(ClientResponse {
            status: StatusCode::OK,
            url: request.url,
            redirected: false,
            headers: request.headers,
            body,
        })
    }
}

const IMPORTS: &str = r#"
    (import "atoll:app/http-client@0.1.0" "send"
        (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "atoll:app/http-client@0.1.0" "receive" (func $receive (param i32 i32)))
"#;

/// `$go body-kind → operation` starts a request to the URL at 800; the stream for its body is at 1512. The
/// `result` of `send` lies at 1500, that of `receive` at 1520: `$got operation → stream` takes an answer.
fn parts(url: &str) -> String {
    format!(
        r#"(data (i32.const 780) "POST") (data (i32.const 800) "{url}")
        (func $try_go (param $kind i32)
            (call $send (i32.const 780) (i32.const 4) (i32.const 800) (i32.const {}) (i32.const 0) (i32.const 0)
                (local.get $kind) (i32.const 700) (i32.const 7) (i32.const 0) (i32.const 1500)))
        (func $go (param $kind i32) (result i32)
            (call $try_go (local.get $kind))
            (if (i32.load8_u (i32.const 1500)) (then unreachable))
            (i32.load (i32.const 1504)))
        (func $got (param $operation i32) (result i32)
            (call $receive (local.get $operation) (i32.const 1520))
            (if (i32.load8_u (i32.const 1520)) (then unreachable))
            (i32.load (i32.const 1548)))
        (func $error (param $at i32) (result i32)
            (call $respond (i32.add (i32.const 400) (i32.load8_u (local.get $at)))
                (i32.load offset=4 (local.get $at)) (i32.load offset=8 (local.get $at))))"#,
        url.len()
    )
}

const GRANT: &str = "[grants]\nhttp = [\"https://api.example\"]";
const URL: &str = "https://api.example/v1";

fn guest(url: &str, body: &str) -> Bytes {
    streaming_guest_with(IMPORTS, &parts(url), body)
}

async fn ask(host: &TestHost, url: &str, body: &str) -> Result<(u16, String), CallError> {
    let app = host.load(GRANT, guest(url, body));
    let answer = host.runtime.fetch(&app, get("/")).await?.value;
    Ok((answer.status().as_u16(), text(answer.body()).to_owned()))
}

/// Sends, waits, and answers with what came.
const ECHO: &str = "(local.set $s (call $go (i32.const 1)))
    (call $wait1 (local.get $s))
    (local.set $t (call $next (call $got (local.get $s)) (i32.const 99)))
    (call $respond (i32.const 200) (global.get $chunk) (local.get $t))";

#[tokio::test]
async fn a_request_is_sent_in_the_name_of_the_app_and_its_answer_is_read() {
    let world = World::new(1);
    let host = TestHost::with_http(&limits(), Arc::clone(&world) as _);
    assert_eq!(ask(&host, URL, ECHO).await.unwrap(), (200, "no milk".into()));
    assert_eq!(*world.asked.lock().unwrap(), ["app: POST https://api.example/v1"]);
    assert_eq!(host.calls.all()[0].usage.outbound_requests, 1);
}

#[tokio::test]
async fn an_origin_that_is_not_granted_is_not_asked() {
    let world = World::new(1);
    let host = TestHost::with_http(&limits(), Arc::clone(&world) as _);
    let refused = "(call $try_go (i32.const 0)) (call $error (i32.const 1504))";
    let (status, text) = ask(&host, "https://evil.example/v1", refused).await.unwrap();
    assert_eq!(status, 400);
    assert!(text.contains("add `http = [\"https://evil.example\"]` below [grants] in atoll.toml"), "{text}");
    for bad in ["http://api.example:99999/", "/v1", "https://u:p@api.example/", "file:///etc/passwd"] {
        assert_eq!(ask(&host, bad, refused).await.unwrap().0, 401, "{bad}");
    }
    assert!(world.asked.lock().unwrap().is_empty());
    // Without any grant the component does not even load.
    let error = host.try_load("app", "", guest(URL, ECHO)).unwrap_err().to_string();
    assert!(error.contains("atoll:app/http-client@0.1.0") && error.contains("below [grants]"), "{error}");
}

#[tokio::test]
async fn how_long_the_world_may_be_silent_is_not_for_the_sandbox_to_say() {
    let host = TestHost::with_http(&Limits { http_idle_ms: 10, ..limits() }, World::new(1));
    assert_eq!(ask(&host, "https://api.example/slow", ECHO).await.unwrap(), (200, "late".into()));
}

#[tokio::test]
async fn two_requests_overlap() {
    // Neither is answered before both are there.
    let host = TestHost::with_http(&limits(), World::new(2));
    let both = "(i32.store (i32.const 1560) (call $go (i32.const 1)))
        (i32.store (i32.const 1564) (call $go (i32.const 1)))
        (call $wait (i32.const 1560) (i32.const 2) (i32.const 0) (i64.const 0) (i32.const 1568))
        (call $wait1 (i32.load (i32.const 1560)))
        (call $wait1 (i32.load (i32.const 1564)))
        (drop (call $got (i32.load (i32.const 1560)))) (drop (call $got (i32.load (i32.const 1564))))
        (call $respond (i32.const 200) (i32.const 700) (i32.const 7))";
    assert_eq!(ask(&host, URL, both).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_call_has_so_many_requests_and_so_many_at_a_time() {
    let world = World::new(2);
    let limits =
        Limits { outbound_requests_per_call_max: 4, outbound_concurrent_per_call_max: 2, ..limits() };
    let host = TestHost::with_http(&limits, Arc::clone(&world) as _);
    let five = "(local.set $n (i32.const 4))
        (loop $more
            (i32.store (i32.add (i32.const 1560) (i32.mul (i32.const 4) (local.get $n))) (call $go (i32.const 1)))
            (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.set $n (i32.const 4))
        (loop $more
            (call $wait1 (i32.load (i32.add (i32.const 1560) (i32.mul (i32.const 4) (local.get $n)))))
            (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (call $try_go (i32.const 0)) (call $error (i32.const 1504))";
    let (status, text) = ask(&host, URL, five).await.unwrap();
    assert_eq!(status, 402, "{text}");
    assert!(text.contains("outbound_requests_per_call_max = 4"), "{text}");
    assert_eq!(world.running_max.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn bodies_that_wait_for_their_answers_are_bounded_together() {
    // Each body has seven bytes. The first answer is taken, and what it held is free again; then two wait.
    let limits = Limits { outbound_held_body_bytes_max: 14, ..limits() };
    let host = TestHost::with_http(&limits, World::new(1));
    let four = "(local.set $s (call $go (i32.const 1)))
        (call $wait1 (local.get $s))
        (drop (call $got (local.get $s)))
        (drop (call $go (i32.const 1))) (drop (call $go (i32.const 1)))
        (call $try_go (i32.const 1)) (call $error (i32.const 1504))";
    let (status, text) = ask(&host, URL, four).await.unwrap();
    assert_eq!(status, 402, "{text}");
    assert!(
        text.contains("request bodies of 21") && text.contains("outbound_held_body_bytes_max = 14"),
        "{text}"
    );
    // A request without a body, or with one that is written later, is not concerned.
    let others = "(drop (call $go (i32.const 1))) (drop (call $go (i32.const 1)))
        (drop (call $go (i32.const 0))) (drop (call $go (i32.const 2)))
        (call $respond (i32.const 200) (i32.const 700) (i32.const 7))";
    assert_eq!(ask(&host, URL, others).await.unwrap().0, 200);
}

#[tokio::test]
async fn what_the_world_says_is_told_and_what_breaks_in_the_host_is_not() {
    let host = TestHost::with_http(&limits(), World::new(1));
    let fails = "(local.set $s (call $go (i32.const 1)))
        (call $wait1 (local.get $s))
        (call $receive (local.get $s) (i32.const 1520))
        (call $error (i32.const 1524))";
    let (status, text) = ask(&host, "https://api.example/down", fails).await.unwrap();
    assert_eq!((status, text.as_str()), (403, "api.example refused the connection"));
    let (status, text) = ask(&host, "https://api.example/panic", fails).await.unwrap();
    assert_eq!((status, text.as_str()), (403, "the host failed"));
}

#[tokio::test]
async fn an_answer_is_taken_once_and_not_before_it_is_there() {
    // The world waits for a second request that does not come.
    let host = TestHost::with_http(&limits(), World::new(2));
    let early = "(call $receive (call $go (i32.const 0)) (i32.const 1520)) (call $error (i32.const 1524))";
    let (status, text) = ask(&host, URL, early).await.unwrap();
    assert_eq!(status, 401, "{text}");
    assert!(text.contains("wait for its operation"), "{text}");
    let host = TestHost::with_http(&limits(), World::new(1));
    let twice = "(local.set $s (call $go (i32.const 0))) (call $wait1 (local.get $s))
        (drop (call $got (local.get $s))) (drop (call $got (local.get $s))) unreachable";
    let error = ask(&host, URL, twice).await.unwrap_err().to_string();
    assert!(error.contains("1 is no operation of this call"), "{error}");
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_any_more_is_given_up() {
    let world = World::new(2);
    let host = TestHost::with_http(&limits(), Arc::clone(&world) as _);
    // Long enough for the request's task to begin.
    let cancel = "(local.set $s (call $go (i32.const 0))) (call $sleep (i64.const 1000000))
        (call $cancel (local.get $s)) (call $respond (i32.const 200) (i32.const 700) (i32.const 7))";
    assert_eq!(ask(&host, URL, cancel).await.unwrap().0, 200);
    world.given_up.notified().await;
    // So is one that the call leaves behind.
    let world = World::new(2);
    let host = TestHost::with_http(&limits(), Arc::clone(&world) as _);
    let end = "(local.set $s (call $go (i32.const 0))) (call $sleep (i64.const 1000000))
        (call $respond (i32.const 200) (i32.const 700) (i32.const 7))";
    assert_eq!(ask(&host, URL, end).await.unwrap().0, 200);
    world.given_up.notified().await;
}

#[tokio::test]
async fn the_body_of_a_request_is_written_while_the_answer_is_read() {
    let host = TestHost::with_http(&limits(), World::new(1));
    // The world answers with the request's own body: what is written comes back before more is written.
    let duplex = "(local $back i32)
        (local.set $s (call $go (i32.const 2)))
        (if (i32.eqz (i32.load8_u (i32.const 1508))) (then unreachable))
        (local.set $t (i32.load (i32.const 1512)))
        (call $put (local.get $t) (i32.const 700) (i32.const 7))
        (call $wait1 (local.get $s))
        (local.set $back (call $got (local.get $s)))
        (if (i32.ne (call $next (local.get $back) (i32.const 99)) (i32.const 7)) (then unreachable))
        (call $put (local.get $t) (i32.const 703) (i32.const 4))
        (if (i32.ne (call $next (local.get $back) (i32.const 99)) (i32.const 4)) (then unreachable))
        (call $end (local.get $t))
        (if (i32.ne (call $next (local.get $back) (i32.const 99)) (i32.const -1)) (then unreachable))
        (call $respond (i32.const 200) (i32.const 700) (i32.const 7))";
    assert_eq!(ask(&host, URL, duplex).await.unwrap().0, 200);
}
