//! Bodies that come bit by bit, both ways; responses that are sent while their handler runs; and waiting.

use std::{sync::Arc, time::Duration};

use atoll_model::Limits;
use atoll_runtime::{Body, BodyError, CallError, CallKind, LoadedApp};
use bytes::Bytes;
use futures::{StreamExt as _, poll};
use http_body_util::BodyExt as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::{
    guests::{ECHO, STREAMING, event_guest, http_guest, streaming_guest, streaming_guest_with},
    support::{TestHost, event, get, limits, text},
};

fn post(body: Body) -> http::Request<Body> {
    http::Request::post("http://app.example/").body(body).unwrap()
}

/// A body that is fed by the test.
fn fed() -> (mpsc::Sender<Result<Bytes, BodyError>>, Body) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, Body::from_stream(ReceiverStream::new(receiver)))
}

/// A body that nobody feeds, and that does not end.
fn silent() -> Body {
    Body::from_stream(futures::stream::pending::<Result<Bytes, BodyError>>())
}

/// So many chunks of 64 KiB, without a stated length.
fn chunks(count: usize) -> Body {
    let chunk = Bytes::from(vec![b'x'; 64 << 10]);
    Body::from_stream(futures::stream::iter((0..count).map(move |_| Ok::<_, BodyError>(chunk.clone()))))
}

async fn next(body: &mut Body) -> Option<Result<Bytes, BodyError>> {
    Some(body.frame().await?.map(|frame| frame.into_data().unwrap()))
}

/// Runs a handler, which must answer a number.
async fn number(host: &TestHost, manifest: &str, body: &str, request: http::Request<Body>) -> i32 {
    let app = host.load(manifest, streaming_guest(body));
    let answer = host.runtime.fetch(&app, request).await.unwrap().value;
    i32::from_le_bytes(answer.body().as_bytes().unwrap().try_into().unwrap())
}

async fn refused(host: &TestHost, manifest: &str, body: &str, request: http::Request<Body>) -> CallError {
    let app = host.load(manifest, streaming_guest(body));
    host.runtime.fetch(&app, request).await.unwrap_err()
}

const MUCH: &str = "[backend.limits]\ncpu_ms = 1000\nwall_ms = 30000\nfuel = 10_000_000_000\n";

/// Reads to the end, and answers how many bytes there were, or the negative reason.
const COUNT: &str = "(block $done (loop $more
        (local.set $t (call $next (local.get $body) (i32.const 65536)))
        (br_if $done (i32.lt_s (local.get $t) (i32.const 0)))
        (local.set $n (i32.add (local.get $n) (local.get $t)))
        (br $more)))
    (if (i32.eq (local.get $t) (i32.const -2)) (then (return (call $fail))))
    (call $answer (local.get $n))";

#[tokio::test]
async fn an_upload_larger_than_the_memory_is_read_piece_by_piece() {
    let host = TestHost::new();
    let manifest = format!("{MUCH}memory_mib = 2\nbody_mib = 100");
    let request = post(chunks(1024));
    assert_eq!(number(&host, &manifest, COUNT, request).await, 64 << 20);
    let usage = host.calls.all()[0].usage;
    assert_eq!((usage.bytes_in, usage.bytes_out), (64 << 20, 4));
    assert!(usage.memory_bytes <= 2 << 20, "{usage:?}");
}

#[tokio::test]
async fn a_small_body_comes_in_one_piece_and_others_as_streams() {
    let host = TestHost::new();
    let kind = "(call $answer (local.get $body_kind))";
    for (body, kind_of) in
        [(Body::empty(), 0), ("ab".into(), 1), (vec![0; (64 << 10) + 1].into(), 2), (chunks(1), 2)]
    {
        assert_eq!(number(&host, "", kind, post(body)).await, kind_of);
    }
}

#[tokio::test]
async fn an_upload_over_the_limit_of_its_app_is_refused() {
    let host = TestHost::new();
    let manifest = format!("{MUCH}body_mib = 1");
    let too_large = CallError::BodyTooLarge { limit_mib: 1 };
    assert_eq!(refused(&host, &manifest, COUNT, post(chunks(17))).await, too_large);
    assert_eq!(number(&host, &manifest, COUNT, post(chunks(16))).await, 1 << 20);
    assert_eq!(host.calls.all().len(), 2);
    // One that says so beforehand does not even get a place.
    assert_eq!(refused(&host, &manifest, COUNT, post(vec![0; (1 << 20) + 1].into())).await, too_large);
    let calls = host.calls.all();
    assert_eq!((calls.len(), &calls[2].outcome), (3, &Err(Some(too_large))));
    assert_eq!((calls[2].usage.fuel, calls[2].usage.memory_bytes), (0, 0));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_clients_fault_unless_the_app_can_do_without() {
    let host = TestHost::new();
    let broken = || {
        let gone = Err(BodyError::BrokeOff("the client went".into()));
        Body::from_stream(futures::stream::iter([Ok(Bytes::from_static(b"ab")), gone]))
    };
    let error = refused(&host, "", COUNT, post(broken())).await;
    assert!(matches!(&error, CallError::BodyBroke(why) if why.contains("the client went")), "{error}");
    let content = "(drop (call $next (local.get $body) (i32.const 9)))
        (call $answer (call $next (local.get $body) (i32.const 9)))";
    assert_eq!(number(&host, "", content, post(broken())).await, -2);
}

#[tokio::test]
async fn a_client_that_stops_sending_is_not_waited_for_for_ever() {
    let host = TestHost::with(&Limits { http_idle_ms: 30, ..limits() });
    assert_eq!(refused(&host, "", COUNT, post(silent())).await, CallError::BodyStalled { limit_ms: 30 });
}

/// Sends back what it reads, as it comes.
const REPEAT: &str = "(local.set $s (call $head (i32.const 200)))
    (block $done (loop $more
        (local.set $t (call $next (local.get $body) (i32.const 65536)))
        (br_if $done (i32.lt_s (local.get $t) (i32.const 0)))
        (call $put (local.get $s) (global.get $chunk) (local.get $t))
        (br $more)))
    (call $end (local.get $s))
    (call $sent)";

#[tokio::test]
async fn a_response_is_read_while_its_request_is_still_being_sent() {
    let host = TestHost::new();
    let app = host.load("", streaming_guest(REPEAT));
    let (sender, body) = fed();
    let answer = host.runtime.fetch(&app, post(body)).await.unwrap();
    let (head, mut body) = answer.value.into_parts();
    assert_eq!(head.status, 200);
    for word in ["one", "two", "three"] {
        sender.send(Ok(word.into())).await.unwrap();
        assert_eq!(next(&mut body).await.unwrap().unwrap(), word);
    }
    assert!(host.calls.all().is_empty(), "the handler runs on");
    drop(sender);
    assert!(next(&mut body).await.is_none());
    let ended = host.calls.first().await;
    assert_eq!((ended.kind, ended.outcome, ended.status), (CallKind::Http, Ok(true), Some(200)));
    assert_eq!((ended.usage.bytes_in, ended.usage.bytes_out), (11, 11));
}

/// Writes chunks of 32 KiB, as many as `$n` says.
const WRITE: &str = "(drop (memory.grow (i32.const 1)))
    (local.set $s (call $head (i32.const 200)))
    (loop $more
        (call $put (local.get $s) (i32.const 32768) (i32.const 32768))
        (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $end (local.get $s))
    (call $sent)";

fn write_chunks(count: u32) -> Bytes {
    streaming_guest(&format!("(local.set $n (i32.const {count})) {WRITE}"))
}

#[tokio::test]
async fn a_slow_reader_holds_the_writer_back_and_gets_everything() {
    let host = TestHost::new();
    let app = host.load(MUCH, write_chunks(200));
    let mut body = host.runtime.fetch(&app, get("/")).await.unwrap().value.into_body();
    let mut bytes = 0;
    while let Some(chunk) = next(&mut body).await {
        bytes += chunk.unwrap().len();
        // What was taken makes room for as much again, and no more.
        tokio::task::yield_now().await;
    }
    assert_eq!(bytes, 200 * 32768);
}

#[tokio::test]
async fn a_client_that_goes_stops_the_handler_and_its_place_is_free_again() {
    let host = TestHost::with(&Limits { app_concurrency_max: 1, ..limits() });
    let app = host.load(MUCH, write_chunks(1_000_000));
    let answer = host.runtime.fetch(&app, get("/")).await.unwrap();
    let echo = host.load("", http_guest("", ECHO));
    let mut waiting = Box::pin(host.runtime.fetch(&echo, get("/next")));
    assert!(poll!(waiting.as_mut()).is_pending(), "the app's only place is taken");
    drop(answer);
    assert_eq!(text(waiting.await.unwrap().value.body()), "http://app.example/next");
    let ended = host.calls.first().await;
    assert_eq!((ended.outcome, ended.status), (Ok(false), Some(200)));
    // What a writer without a reader may have written: the buffer, and one write on top.
    assert_eq!(ended.usage.bytes_out, (64 << 10) + (32 << 10));
}

#[tokio::test]
async fn a_handler_that_computes_is_stopped_when_the_client_goes() {
    let host = TestHost::new();
    let spin = "(drop (call $head (i32.const 200))) (loop $again (br $again)) unreachable";
    let app = host.load(MUCH, streaming_guest(spin));
    drop(host.runtime.fetch(&app, get("/")).await.unwrap());
    assert_eq!(host.calls.first().await.outcome, Ok(false));
}

#[tokio::test]
async fn a_reader_that_stalls_is_not_waited_for_for_ever() {
    let host = TestHost::with(&Limits { http_idle_ms: 30, ..limits() });
    // Answers whether the write after the wait failed, by finishing only then.
    let write_on = "(drop (memory.grow (i32.const 1)))
        (local.set $s (call $head (i32.const 200)))
        (call $put (local.get $s) (i32.const 0) (i32.const 65536))
        (call $put (local.get $s) (i32.const 0) (i32.const 1))
        (call $write (local.get $s) (i32.const 0) (i32.const 1) (i32.const 1340))
        (if (i32.ne (i32.load8_u (i32.const 1344)) (i32.const 3)) (then unreachable))
        (call $sent)";
    let app = host.load("", streaming_guest(write_on));
    let mut body = host.runtime.fetch(&app, get("/")).await.unwrap().value.into_body();
    assert_eq!(host.calls.first().await.outcome, Ok(true), "{}", host.log());
    let broken = loop {
        match next(&mut body).await.expect("not an end") {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(broken, BodyError::Stalled { limit: "http_idle_ms", value: 30 });
}

#[tokio::test]
async fn a_response_that_is_not_finished_breaks_off() {
    let host = TestHost::new();
    let unfinished = "(local.set $s (call $head (i32.const 200)))
        (call $put (local.get $s) (i32.const 700) (i32.const 7)) (call $sent)";
    let app = host.load("", streaming_guest(unfinished));
    let mut body = host.runtime.fetch(&app, get("/")).await.unwrap().value.into_body();
    assert_eq!(next(&mut body).await.unwrap().unwrap(), "no milk");
    assert!(matches!(next(&mut body).await, Some(Err(BodyError::BrokeOff(_)))));
    assert!(host.log().contains("the response broke off"), "{}", host.log());
}

#[tokio::test]
async fn a_failure_after_the_head_breaks_off_and_before_anybody_saw_it_is_a_failure() {
    let host = TestHost::new();
    let fail = |pause: &str| {
        let body = format!("(drop (call $head (i32.const 200))) {pause} (call $fail)");
        host.load("", streaming_guest(&body))
    };
    let failed = CallError::Failed { message: "no milk".into(), stack: String::new() };
    assert_eq!(host.runtime.fetch(&fail(""), get("/")).await.unwrap_err(), failed);
    let late = fail("(call $sleep (i64.const 1000000))");
    let mut body = host.runtime.fetch(&late, get("/")).await.unwrap().value.into_body();
    assert_eq!(next(&mut body).await, Some(Err(BodyError::Call(Box::new(failed.clone())))));
    assert_eq!(host.log(), "the app failed: no milk\nthe app failed: no milk\n");
    assert!(host.calls.all().iter().all(|call| call.outcome == Err(Some(failed.clone()))));
}

/// Finishes its response, and then works on for so long.
fn works_on(ns: u64) -> Bytes {
    let imports = r#"(import "atoll:app/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#;
    let body = format!(
        "(local.set $s (call $head (i32.const 202)))
        (call $put (local.get $s) (i32.const 700) (i32.const 7)) (call $end (local.get $s))
        (call $sleep (i64.const {ns}))
        (call $log (i32.const 1) (i32.const 700) (i32.const 7)) (call $sent)"
    );
    streaming_guest_with(imports, "", &body)
}

#[tokio::test]
async fn work_after_the_response_goes_on_without_the_client() {
    let host = TestHost::new();
    let app = host.load("", works_on(20_000_000));
    let answer = host.runtime.fetch(&app, get("/")).await.unwrap().value;
    assert_eq!(answer.status(), 202);
    assert_eq!(answer.into_body().collect(100).await.unwrap(), "no milk");
    assert_eq!(host.log(), "");
    host.runtime.drain(Duration::from_secs(60)).await;
    assert_eq!(host.log(), "no milk\n");
    assert_eq!(host.calls.all()[0].outcome, Ok(true));
}

#[tokio::test]
async fn work_after_the_response_ends_with_the_wall_clock_limit_and_with_the_drain() {
    let host = TestHost::new();
    let app = host.load("[backend.limits]\nwall_ms = 50", works_on(u64::MAX / 2));
    let body = host.runtime.fetch(&app, get("/")).await.unwrap().value.into_body();
    assert_eq!(body.collect(100).await.unwrap(), "no milk", "the response is complete all the same");
    assert_eq!(host.calls.first().await.outcome, Err(Some(CallError::OutOfWallTime { limit_ms: 50 })));

    let host = TestHost::new();
    let app = host.load(MUCH, works_on(u64::MAX / 2));
    host.runtime.fetch(&app, get("/")).await.unwrap();
    host.runtime.drain(Duration::from_millis(1)).await;
    assert_eq!(host.calls.all()[0].outcome, Ok(false));
}

#[tokio::test]
async fn an_endless_response_ends_with_the_wall_clock_limit() {
    let host = TestHost::new();
    let app = host
        .load("[backend.limits]\nwall_ms = 50\ncpu_ms = 1000\nfuel = 10_000_000_000", write_chunks(u32::MAX));
    let mut body = host.runtime.fetch(&app, get("/")).await.unwrap().value.into_body();
    let error = loop {
        match next(&mut body).await.expect("not an end") {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => break error,
        }
    };
    assert!(
        matches!(&error, BodyError::Call(why) if matches!(**why, CallError::OutOfWallTime { .. } | CallError::OutOfCpu { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn a_response_without_a_body_can_only_be_finished() {
    let host = TestHost::new();
    // 204 for any method, and any status for HEAD: a write finds nobody.
    let unwanted = |status: u16| {
        let body = format!(
            "(local.set $s (call $head (i32.const {status})))
            (call $write (local.get $s) (i32.const 700) (i32.const 7) (i32.const 1340))
            (if (i32.ne (i32.load8_u (i32.const 1344)) (i32.const 3)) (then unreachable))
            (call $end (local.get $s)) (call $sent)"
        );
        host.load("", streaming_guest(&body))
    };
    let head = http::Request::head("http://app.example/").body(Body::empty()).unwrap();
    for (app, request) in [(unwanted(204), get("/").map(Body::from)), (unwanted(200), head)] {
        let answer = host.runtime.fetch(&app, request).await.unwrap().value;
        assert_eq!(answer.into_body().collect(0).await.unwrap(), "");
    }
}

#[tokio::test]
async fn a_head_is_sent_once_and_only_by_a_request() {
    let host = TestHost::new();
    let twice = "(drop (call $head (i32.const 200)))
        (call $start (i32.const 200) (i32.const 0) (i32.const 0) (i32.const 1320))
        (if (i32.ne (i32.load8_u (i32.const 1324)) (i32.const 1)) (then unreachable))
        (call $answer (i32.const 1))";
    let error = refused(&host, "", twice, post(Body::empty())).await;
    assert!(
        matches!(&error, CallError::InvalidResponse(why) if why.contains("after it had sent")),
        "{error}"
    );
    let error = refused(&host, "", "(call $sent)", post(Body::empty())).await;
    assert!(matches!(error, CallError::InvalidResponse(_)), "{error}");
    let bad_status = "(call $start (i32.const 101) (i32.const 0) (i32.const 0) (i32.const 1320))
        (call $answer (i32.load8_u (i32.const 1324)))";
    assert_eq!(number(&host, "", bad_status, post(Body::empty())).await, 1);

    let start = "(call $start (i32.const 200) (i32.const 0) (i32.const 0) (i32.const 1320))
        (if (i32.ne (i32.load8_u (i32.const 1324)) (i32.const 1)) (then unreachable))
        (i32.store (i32.const 1024) (i32.const 0)) (i32.const 1024)";
    let app = host.load("", event_guest(STREAMING, start));
    host.runtime.deliver(&app, &event(0), 1).await.unwrap();
}

#[tokio::test]
async fn waiting_ends_at_its_timeout_with_nothing_done() {
    let host = TestHost::new();
    let wait = "(call $read (local.get $body) (i32.const 9) (i32.const 1380))
        (i32.store (i32.const 1400) (i32.load (i32.const 1388)))
        (call $wait (i32.const 1400) (i32.const 1) (i32.const 1) (i64.const 5000000) (i32.const 1404))
        (call $answer (i32.load (i32.const 1408)))";
    assert_eq!(number(&host, "", wait, post(silent())).await, 0);
}

#[tokio::test]
async fn an_operation_is_gone_when_it_was_cancelled() {
    let host = TestHost::new();
    let cancel = "(call $read (local.get $body) (i32.const 9) (i32.const 1380))
        (call $cancel (i32.load (i32.const 1388)))
        (call $wait1 (i32.load (i32.const 1388))) unreachable";
    let error = refused(&host, "", cancel, post(silent())).await;
    assert!(error.to_string().contains("1 is no operation of this call"), "{error}");
    // Of a stream that was given up there is nothing to wait for.
    let abort = "(call $read (local.get $body) (i32.const 9) (i32.const 1380))
        (call $abort (local.get $body))
        (call $wait1 (i32.load (i32.const 1388)))
        (call $answer (call $next (local.get $body) (i32.const 9)))";
    assert_eq!(number(&host, "", abort, post(silent())).await, -2);
}

#[tokio::test]
async fn numbers_that_are_not_the_calls_own_trap() {
    let host = TestHost::new();
    for (body, says) in [
        ("(call $wait1 (i32.const 1))", "1 is no operation of this call"),
        ("(call $cancel (i32.const 77))", "77 is no operation of this call"),
        ("(drop (call $next (i32.const 5) (i32.const 9)))", "5 is no stream of this call that can be read"),
        (
            "(drop (call $next (call $head (i32.const 200)) (i32.const 9)))",
            "1 is no stream of this call that can be read",
        ),
        (
            "(call $put (local.get $body) (i32.const 0) (i32.const 9))",
            "0 is no stream of this call that can be written",
        ),
        ("(call $end (local.get $body))", "0 is no stream of this call that can be written"),
        ("(call $abort (i32.const -1))", "4294967295 is no stream of this call that can be given up"),
        (
            "(call $wait (i32.const 0) (i32.const 1000) (i32.const 0) (i64.const 0) (i32.const 1404))",
            "it waits for 1000 operations; operations_per_call_max = 256",
        ),
    ] {
        let error = refused(&host, "", &format!("{body} unreachable"), post(silent())).await;
        assert!(matches!(&error, CallError::Trapped { message, .. } if message == says), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_write_that_does_not_wait_is_refused() {
    let host = TestHost::new();
    let impatient = "(drop (memory.grow (i32.const 1)))
        (local.set $s (call $head (i32.const 200)))
        (call $write (local.get $s) (i32.const 0) (i32.const 70000) (i32.const 1340))
        (call $write (local.get $s) (i32.const 0) (i32.const 1) (i32.const 1340))
        (if (i32.ne (i32.load8_u (i32.const 1344)) (i32.const 2)) (then unreachable))
        (call $end (local.get $s)) (call $sent)";
    let app = host.load("", streaming_guest(impatient));
    let body = host.runtime.fetch(&app, get("/")).await.unwrap().value.into_body();
    assert_eq!(body.collect(100_000).await.unwrap().len(), 70_000);
}

/// More streams than threads, all at once, each read to its end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_stream_at_the_same_time() {
    let host = TestHost::new();
    let app: Arc<LoadedApp> = host.load(MUCH, streaming_guest(REPEAT));
    let calls = futures::stream::iter(0..50).map(|_| async {
        let answer = host.runtime.fetch(&app, post(chunks(20))).await.unwrap().value;
        answer.into_body().collect(2 << 20).await.unwrap().len()
    });
    let lengths: Vec<usize> = calls.buffer_unordered(10).collect().await;
    assert_eq!(lengths, vec![20 * (64 << 10); 50]);
    host.runtime.drain(Duration::from_secs(60)).await;
    assert_eq!(host.calls.all().len(), 50);
}
