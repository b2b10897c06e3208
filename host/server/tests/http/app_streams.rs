//! Bodies that come bit by bit, through the whole server: what an app sends reaches its client as it is sent,
//! what a client sends reaches the app, and neither side waits for one that is gone.

use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::{Method, StatusCode};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};
use tokio_stream::wrappers::ReceiverStream;

use crate::{
    guests::{ECHO, http_guest, streaming_guest, streaming_guest_with},
    support::{PATIENCE, TestServer, manifest, problem, read_to_close},
};
use atoll::Limits;

const MUCH: &str = "cpu_ms = 1000\nwall_ms = 30000\nfuel = 10_000_000_000\nmemory_mib = 2\nbody_mib = 100\n";

/// Server-sent events: sends back what it reads, as it comes.
fn repeater() -> Bytes {
    let parts = r#"(data (i32.const 1600) "content-type") (data (i32.const 1620) "text/event-stream")"#;
    let body = "(i32.store (i32.const 1640) (i32.const 1600)) (i32.store (i32.const 1644) (i32.const 12))
        (i32.store (i32.const 1648) (i32.const 1620)) (i32.store (i32.const 1652) (i32.const 17))
        (call $start (i32.const 200) (i32.const 1640) (i32.const 1) (i32.const 1320))
        (local.set $s (i32.load (i32.const 1324)))
        (block $done (loop $more
            (local.set $t (call $next (local.get $body) (i32.const 65536)))
            (br_if $done (i32.lt_s (local.get $t) (i32.const 0)))
            (call $put (local.get $s) (global.get $chunk) (local.get $t))
            (br $more)))
        (call $end (local.get $s))
        (call $sent)";
    streaming_guest_with("", parts, body)
}

/// A request body that is fed by the test.
fn fed() -> (mpsc::Sender<Result<Bytes, std::io::Error>>, reqwest::Body) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, reqwest::Body::wrap_stream(ReceiverStream::new(receiver)))
}

#[tokio::test]
async fn events_of_an_app_arrive_one_by_one_while_the_request_is_still_being_sent() {
    let server = TestServer::start().await;
    server.component("app", MUCH, &repeater()).await;
    events_come_one_by_one(server).await;
}

/// The same in JavaScript.
#[tokio::test]
async fn events_of_an_app_in_javascript_arrive_one_by_one_too() {
    let server = TestServer::start().await;
    let code = "export default { fetch(request) {
        return new Response(request.body, { headers: { 'content-type': 'text/event-stream' } });
    } };";
    let manifest = manifest("app", "[backend.limits]\nwall_ms = 30000\n");
    server.deploy("app", &[("atoll.toml", manifest.as_str()), ("backend/index.ts", code)]).await;
    events_come_one_by_one(server).await;
}

async fn events_come_one_by_one(mut server: TestServer) {
    let (sender, body) = fed();
    let mut response = server.request(Method::POST, "/apps/app/api/").body(body).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["x-atoll-revision"], "1");
    assert!(response.headers()["server-timing"].to_str().unwrap().starts_with("cpu;dur="));
    assert!(!response.headers().contains_key("content-length"));
    for event in ["data: 1\n\n", "data: 2\n\n"] {
        sender.send(Ok(event.into())).await.unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap(), event);
    }
    // What is being sent when the server stops is finished first.
    server.begin_stop();
    sender.send(Ok("data: last\n\n".into())).await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "data: last\n\n");
    drop(sender);
    assert!(response.chunk().await.unwrap().is_none());
    server.stopped().await;
}

/// Writes 32 KiB again and again.
const FLOOD: &str = "(drop (memory.grow (i32.const 1)))
    (local.set $s (call $head (i32.const 200)))
    (loop $more (call $put (local.get $s) (i32.const 32768) (i32.const 32768)) (br $more))
    unreachable";

/// Sends a little, and then nothing more.
const SILENT: &str = "(local.set $s (call $head (i32.const 200)))
    (call $put (local.get $s) (i32.const 700) (i32.const 7))
    (call $sleep (i64.const 600000000000)) unreachable";

#[tokio::test]
async fn a_client_that_goes_away_gives_the_apps_place_back() {
    let server = TestServer::with_limits(Limits { app_concurrency_max: 1, ..Limits::default() }).await;
    for streams in [FLOOD, SILENT] {
        server.component("app", MUCH, &streaming_guest(streams)).await;
        let mut response = server.get("/apps/app/api/").await;
        assert!(!response.chunk().await.unwrap().unwrap().is_empty());
        server.component("app", MUCH, &http_guest("", ECHO)).await;
        let waiting = server.request(Method::GET, "/apps/app/api/").send();
        let mut waiting = Box::pin(waiting);
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        drop(response);
        assert_eq!(waiting.await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn a_client_that_goes_away_before_the_answer_does_so_too() {
    let server = TestServer::with_limits(Limits { app_concurrency_max: 1, ..Limits::default() }).await;
    let sleeps = "(call $sleep (i64.const 600000000000)) unreachable";
    server.component("app", MUCH, &streaming_guest(sleeps)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    server.component("app", MUCH, &http_guest("", ECHO)).await;
    drop(stream);
    assert_eq!(server.get("/apps/app/api/").await.status(), 200);
}

#[tokio::test]
async fn a_response_that_breaks_off_is_no_complete_one() {
    let server = TestServer::start().await;
    for (name, ends) in [("unfinished", "(call $sent)"), ("fails", "(call $fail)"), ("traps", "unreachable")]
    {
        let body = format!(
            "(local.set $s (call $head (i32.const 200)))
            (call $put (local.get $s) (i32.const 700) (i32.const 7))
            (call $sleep (i64.const 1000000)) {ends}"
        );
        server.component(name, MUCH, &streaming_guest(&body)).await;
        let answer = server.raw(format!("GET /apps/{name}/api/ HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.contains("7\r\nno milk\r\n"),
            "{name}: {answer}"
        );
        assert!(!answer.ends_with("0\r\n\r\n"), "{name}: {answer}");
        let response = server.get(&format!("/apps/{name}/api/")).await;
        assert!(response.bytes().await.is_err(), "{name}");
    }
}

/// Reads to the end, and answers how many bytes there were.
const COUNT: &str = "(block $done (loop $more
        (local.set $t (call $next (local.get $body) (i32.const 65536)))
        (br_if $done (i32.lt_s (local.get $t) (i32.const 0)))
        (local.set $n (i32.add (local.get $n) (local.get $t)))
        (br $more)))
    (if (i32.eq (local.get $t) (i32.const -2)) (then (return (call $fail))))
    (call $answer (local.get $n))";

#[tokio::test]
async fn an_upload_larger_than_the_apps_memory_is_counted() {
    let server = TestServer::start().await;
    server.component("app", MUCH, &streaming_guest(COUNT)).await;
    let post = |body: reqwest::Body| server.request(Method::POST, "/apps/app/api/").body(body).send();
    let counted = async |body| {
        let bytes = post(body).await.unwrap().bytes().await.unwrap();
        i32::from_le_bytes(bytes[..].try_into().unwrap())
    };
    assert_eq!(counted(vec![b'x'; 24 << 20].into()).await, 24 << 20);
    let chunks = futures::stream::iter((0..240).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100_000])));
    assert_eq!(counted(reqwest::Body::wrap_stream(chunks)).await, 24_000_000);
    let (status, document) = problem(post(vec![b'x'; (100 << 20) + 1].into()).await.unwrap()).await;
    assert_eq!((status, document["limit"]["name"].as_str().unwrap()), (413, "body_mib"));
}

#[tokio::test]
async fn a_body_that_an_app_does_not_read_does_not_hold_the_connection() {
    let server = TestServer::start().await;
    server.component("app", MUCH, &http_guest("", ECHO)).await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let sending = tokio::spawn(async move {
        let size = 8 << 20;
        let head = format!(
            "POST /apps/app/api/unread HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
        );
        writer.write_all(head.as_bytes()).await.unwrap();
        writer.write_all(&vec![b'x'; size]).await.unwrap();
        let next = "GET /apps/app/api/next HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        writer.write_all(next.as_bytes()).await.unwrap();
        writer
    });
    let mut answers = String::new();
    timeout(PATIENCE, reader.read_to_string(&mut answers)).await.expect("an end").unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert!(
        answers.contains("http://localhost/unread") && answers.ends_with("http://localhost/next"),
        "{answers}"
    );
    drop(sending.await.unwrap());

    // One that waits to be asked for its body is not asked.
    let expecting = "POST /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\nExpect: 100-continue\r\n\r\n";
    let answer = server.raw(expecting).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn a_client_that_stops_sending_is_told_so() {
    let server = TestServer::with_limits(Limits { http_idle_ms: 200, ..Limits::default() }).await;
    server.component("app", MUCH, &streaming_guest(COUNT)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = b"POST /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\nab";
    stream.write_all(head).await.unwrap();
    let answer = read_to_close(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("http_idle_ms"), "{answer}");
}

#[tokio::test]
async fn responses_that_have_no_body_have_none() {
    let server = TestServer::start().await;
    let streams = |status: u16| {
        let body = format!(
            "(local.set $s (call $head (i32.const {status})))
            (call $write (local.get $s) (i32.const 700) (i32.const 7) (i32.const 1340))
            (call $finish (local.get $s) (i32.const 1360)) (call $sent)"
        );
        streaming_guest(&body)
    };
    for (name, status) in [("ok", 200), ("none", 204), ("same", 304)] {
        server.component(name, MUCH, &streams(status)).await;
        for method in ["HEAD", "GET"] {
            let request = format!(
                "{method} /apps/{name}/api/ HTTP/1.1\r\nHost: localhost\r\n\r\n\
                 GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            );
            let answer = server.raw(request).await;
            let (first, rest) = answer.split_once("\r\n\r\n").unwrap();
            assert!(first.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {name}: {answer}");
            let body = rest.split_once("HTTP/1.1 200 OK").unwrap().0;
            let expected = if (method, status) == ("GET", 200) { "7\r\nno milk\r\n0\r\n\r\n" } else { "" };
            let whole = if expected.is_empty() { "" } else { "no milk" };
            assert!(body == expected || body == whole, "{method} {name}: {answer}");
        }
    }
}

#[tokio::test]
async fn an_endless_response_ends_with_the_drain() {
    let limits = Limits { drain_ms: 300, ..Limits::default() };
    let mut server = TestServer::with_limits(limits).await;
    server.component("app", MUCH, &streaming_guest(SILENT)).await;
    let response = server.get("/apps/app/api/").await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.bytes_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), "no milk");
    server.begin_stop();
    server.stopped().await;
    assert!(body.next().await.unwrap().is_err());
}
