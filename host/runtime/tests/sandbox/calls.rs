//! What a well-behaved component can rely on.

use crate::{
    guests::{ECHO, component, event_guest, http_guest},
    support::{TestHost, event, get, text},
};
use atoll_model::LogLevel;
use atoll_runtime::{CallError, DeliveryOutcome, RuntimeError};
use test_guests::handler;

#[tokio::test]
async fn a_request_is_answered_in_a_fresh_instance() {
    let host = TestHost::new();
    // Counts requests in a global, which would show if an instance were used twice.
    let count = "(global.set $count (i32.add (global.get $count) (i32.const 1)))
        (i32.store8 (i32.const 512) (i32.add (i32.const 48) (global.get $count)))
        (call $respond (i32.const 201) (i32.const 512) (i32.const 1))";
    let app = host.load("", http_guest("(global $count (mut i32) (i32.const 0))", count));
    for _ in 0..3 {
        let answer = host.runtime.fetch(&app, get("/")).await.unwrap();
        assert_eq!((answer.value.status().as_u16(), text(answer.value.body())), (201, "1"));
        assert!(answer.usage.fuel > 0 && !answer.usage.wall.is_zero());
    }
}

#[tokio::test]
async fn the_guest_sees_the_whole_url() {
    let host = TestHost::new();
    let app = host.load("", http_guest("", ECHO));
    let answer = host.runtime.fetch(&app, get("/a/b?c=%20d")).await.unwrap();
    assert_eq!(text(answer.value.body()), "http://app.example/a/b?c=%20d");
}

#[tokio::test]
async fn a_failure_becomes_an_error_and_a_line_in_the_log() {
    let host = TestHost::new();
    let fail = r#"(i32.store8 (i32.const 1024) (i32.const 1))
        (i32.store (i32.const 1028) (i32.const 600)) (i32.store (i32.const 1032) (i32.const 7))
        (i32.store (i32.const 1036) (i32.const 607)) (i32.store (i32.const 1040) (i32.const 8))
        (i32.const 1024)"#;
    let app = host.load("", http_guest(r#"(data (i32.const 600) "no milkat f (a)")"#, fail));
    let error = host.runtime.fetch(&app, get("/todos")).await.unwrap_err();
    assert_eq!(error, CallError::Failed { message: "no milk".into(), stack: "at f (a)".into() });
    let lines = host.memory.lines.lock().unwrap();
    assert_eq!((lines[0].level, lines[0].call.as_str()), (LogLevel::Error, "GET /todos"));
    assert_eq!(lines[0].message, "the app failed: no milk\nat f (a)");
}

#[tokio::test]
async fn events_end_as_the_handler_says() {
    let host = TestHost::new();
    let done = host.load("", event_guest("", "(i32.store (i32.const 1024) (i32.const 0)) (i32.const 1024)"));
    assert_eq!(host.runtime.deliver(&done, &event(0), 1).await.unwrap().value, DeliveryOutcome::Done);
    // The reason is the event's data.
    let reject = "(i32.store (i32.const 1024) (i32.const 2))
        (i32.store (i32.const 1028) (local.get $data)) (i32.store (i32.const 1032) (local.get $data_len))
        (i32.const 1024)";
    let reject = host.load("", event_guest("", reject));
    let outcome = host.runtime.deliver(&reject, &event(0), 2).await.unwrap().value;
    assert_eq!(outcome, DeliveryOutcome::Reject("{\"title\":\"milk\"}".into()));
    let lines = host.memory.lines.lock().unwrap();
    assert_eq!((lines[0].level, lines[0].call.as_str()), (LogLevel::Warn, "event todo.created (attempt 2)"));
}

#[tokio::test]
async fn what_an_app_publishes_carries_one_hop_more() {
    let host = TestHost::new();
    let publish = r#"(i32.store (i32.const 1024) (i32.const 0))
        (call $publish (i32.const 700) (i32.const 10) (local.get $data) (local.get $data_len)
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1200))
        (i32.const 1024)"#;
    let parts = r#"
        (import "atoll:app/bus@0.1.0" "publish" (func $publish (param i32 i32 i32 i32 i32 i32 i32 i32)))
        (data (i32.const 700) "note.added")"#;
    let app = host.load("[[events.publishes]]\ntype = \"note.added\"", event_guest(parts, publish));
    host.runtime.deliver(&app, &event(3), 1).await.unwrap();
    let published = host.published.published();
    assert_eq!((published.len(), published[0].hops), (1, 4));
    assert_eq!(published[0].data["title"], "milk");
}

#[tokio::test]
async fn a_handler_that_is_not_there_is_said() {
    let host = TestHost::new();
    let app = host.load("", http_guest("", ECHO));
    let error = host.runtime.deliver(&app, &event(0), 1).await.unwrap_err();
    assert_eq!(error.to_string(), "the app app has no event handler");
    assert!(matches!(host.runtime.test_names(&app).await, Err(CallError::NoHandler { .. })));
}

#[test]
fn a_component_without_anything_to_call_does_not_load() {
    let host = TestHost::new();
    let mute = component("test:worlds/mute", "(memory (export \"memory\") 1)");
    assert_eq!(host.try_load("app", "", mute).unwrap_err(), RuntimeError::NothingToCall);
}

#[test]
fn an_import_that_is_not_granted_is_named_with_the_line_to_add() {
    let host = TestHost::new();
    let parts = r#"(import "atoll:app/kv@0.1.0" "delete" (func $delete (param i32 i32 i32)))"#;
    let body = format!("(call $delete (i32.const 0) (i32.const 1) (i32.const 1200)) {ECHO}");
    let wasm = http_guest(parts, &body);
    let error = host.try_load("app", "", wasm.clone()).unwrap_err().to_string();
    assert!(error.contains("atoll:app/kv@0.1.0") && error.contains("`kv = true` below [grants]"), "{error}");
    host.load("[grants]\nkv = true", wasm);
}

#[test]
fn an_import_that_no_host_has_is_named() {
    let host = TestHost::new();
    let text =
        handler(r#"(import "test:worlds/secrets" "steal" (func $steal))"#, &format!("(call $steal) {ECHO}"));
    let error =
        host.try_load("app", "[grants]\nkv = true", component("test:worlds/thief", &text)).unwrap_err();
    assert_eq!(error, RuntimeError::UnknownImport { import: "test:worlds/secrets".into() });
}

#[test]
fn what_is_no_component_is_refused() {
    let host = TestHost::new();
    for bytes in [&b""[..], b"\0asm\x01\0\0\0", b"(component)", b"\x7fELF"] {
        let error = host.try_load("app", "", bytes::Bytes::copy_from_slice(bytes)).unwrap_err();
        assert!(matches!(error, RuntimeError::Invalid(_)), "{error}");
    }
}
