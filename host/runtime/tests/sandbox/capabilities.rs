//! The capabilities as a component calls them: directly, past any SDK.

use bytes::Bytes;

use crate::{
    guests::{ECHO, http_guest},
    support::{TestHost, get, text},
};

/// Answers 200, or 400 and more by the error's case, with the text of the error: the `result` of a host
/// call is at 1200, its payload `offset` further.
fn answer_error(offset: u32) -> String {
    let (case, text, length) = (1200 + offset, 1204 + offset, 1208 + offset);
    format!(
        "(if (i32.load8_u (i32.const 1200)) (then (return (call $respond
            (i32.add (i32.const 400) (i32.load8_u (i32.const {case})))
            (i32.load (i32.const {text})) (i32.load (i32.const {length}))))))
        {ECHO}"
    )
}

const PUT: &str = r#"(import "atoll:app/kv@0.1.0" "put"
    (func $put (param i32 i32 i32 i32 i32 i64 i32 i32 i32 i32)))"#;

fn put(key_at: u32, key_length: u32, value_length: u32) -> String {
    format!(
        "(call $put (i32.const {key_at}) (i32.const {key_length}) (i32.const 0) (i32.const {value_length})
            (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1200)) {}",
        answer_error(4)
    )
}

async fn ask(host: &TestHost, manifest: &str, wasm: Bytes) -> (u16, String) {
    let app = host.load(manifest, wasm);
    let answer = host.runtime.fetch(&app, get("/")).await.unwrap().value;
    (answer.status().as_u16(), text(answer.body()).to_owned())
}

#[tokio::test]
async fn what_an_app_writes_is_its_own() {
    let host = TestHost::new();
    let guest = http_guest(&format!("{PUT} (data (i32.const 600) \"color\")"), &put(600, 5, 10));
    for name in ["mine", "yours"] {
        let app = host.try_load(name, "[grants]\nkv = true", guest.clone()).unwrap();
        host.runtime.fetch(&app, get("/")).await.unwrap();
    }
    let values = host.memory.values.lock().unwrap();
    let owners: Vec<&str> = values.keys().map(|(app, _)| app.as_str()).collect();
    assert_eq!(owners, ["mine", "yours"]);
}

#[tokio::test]
async fn a_limit_is_an_error_value_that_names_it() {
    let host = TestHost::new();
    let (status, text) = ask(&host, "[grants]\nkv = true", http_guest(PUT, &put(0, 513, 1))).await;
    assert_eq!((status, text.as_str()), (402, "a key of 513 is over the limit kv_key_bytes_max = 512"));
    let large = format!("(drop (memory.grow (i32.const 20))) {}", put(600, 5, 1_048_577));
    let (status, text) = ask(&host, "[grants]\nkv = true", http_guest(PUT, &large)).await;
    assert_eq!(status, 402, "{text}");
    assert!(host.memory.values.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_capability_that_panics_is_that_calls_error_only() {
    let host = TestHost::new();
    let guest = http_guest(&format!("{PUT} (data (i32.const 600) \"panic\")"), &put(600, 5, 1));
    // The CPU time of the host's own panic message is the guest's.
    let (status, text) = ask(&host, "limits = { cpu_ms = 1000 }\n[grants]\nkv = true", guest).await;
    assert_eq!((status, text.as_str()), (403, "kv: the host could not do this now"));
}

#[tokio::test]
async fn what_broke_in_the_host_is_not_told() {
    let host = TestHost::new();
    let parts = r#"(import "atoll:app/sql@0.1.0" "query" (func $query (param i32 i32 i32 i32 i32)))"#;
    let query = format!(
        "(call $query (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 1200)) {}",
        answer_error(8)
    );
    let (status, text) = ask(&host, "[grants]\nsql = true", http_guest(parts, &query)).await;
    assert_eq!((status, text.as_str()), (403, "sql: the host could not do this now"));
}

const PUBLISH: &str = r#"(import "atoll:app/bus@0.1.0" "publish"
    (func $publish (param i32 i32 i32 i32 i32 i32 i32 i32)))"#;

/// Publishes an event of a type with data.
fn publisher(event_type: &str, data: &str) -> Bytes {
    let escaped = data.replace('\\', "\\\\").replace('"', "\\\"");
    let parts =
        format!("{PUBLISH} (data (i32.const 600) \"{event_type}\") (data (i32.const 2048) \"{escaped}\")");
    let body = format!(
        "(call $publish (i32.const 600) (i32.const {}) (i32.const 2048) (i32.const {})
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1200)) {}",
        event_type.len(),
        data.len(),
        answer_error(4)
    );
    http_guest(&parts, &body)
}

const MAY_PUBLISH: &str = "[[events.publishes]]\ntype = \"todo.created\"";

#[tokio::test]
async fn only_declared_types_can_be_published() {
    let host = TestHost::new();
    let (status, _) = ask(&host, MAY_PUBLISH, publisher("todo.created", "{}")).await;
    assert_eq!((status, host.published.published().len()), (200, 1));
    let (status, text) = ask(&host, MAY_PUBLISH, publisher("bank.paid", "{}")).await;
    assert_eq!(status, 400);
    assert!(text.contains("[[events.publishes]] with `type = \"bank.paid\"`"), "{text}");
    assert_eq!(host.published.published().len(), 1);
}

#[tokio::test]
async fn only_json_of_bounded_depth_can_be_published() {
    let host = TestHost::new();
    let (status, text) = ask(&host, MAY_PUBLISH, publisher("todo.created", "{nope}")).await;
    assert_eq!(status, 401, "{text}");
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let (status, text) = ask(&host, MAY_PUBLISH, publisher("todo.created", &deep)).await;
    assert_eq!(
        (status, text.as_str()),
        (402, "the nesting of event data is over the limit json_depth_max = 64")
    );
    // Harmless to the host, which has no prototypes to pollute.
    let (status, _) = ask(&host, MAY_PUBLISH, publisher("todo.created", "{\"__proto__\":{\"a\":1}}")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_storm_of_events_is_stopped() {
    let host = TestHost::new();
    let parts = format!("{PUBLISH} (data (i32.const 600) \"todo.created\")");
    let storm = format!(
        "(local.set $n (i32.const 101))
        (loop $again
            (call $publish (i32.const 600) (i32.const 12) (i32.const 608) (i32.const 0)
                (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1200))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        {}",
        answer_error(4)
    );
    // Even refused attempts count: this data is no JSON.
    let (status, text) = ask(&host, MAY_PUBLISH, http_guest(&parts, &storm)).await;
    assert_eq!(status, 402, "{text}");
    assert!(text.contains("events_per_call_max = 100"), "{text}");
}

#[tokio::test]
async fn a_call_knows_what_it_was_given() {
    let host = TestHost::new();
    let parts = r#"(import "atoll:app/config@0.1.0" "granted" (func $granted (result i32)))"#;
    let body = "(i32.store8 (i32.const 512) (call $granted))
        (call $respond (i32.const 200) (i32.const 512) (i32.const 1))";
    let guest = http_guest(parts, body);
    for (manifest, flags) in [
        ("", 0),
        ("[grants]\nkv = true", 1),
        ("[grants]\nsql = true", 2),
        (MAY_PUBLISH, 4),
        ("[grants]\nhttp = [\"https://a.example\"]", 8),
    ] {
        let app = host.load(manifest, guest.clone());
        let answer = host.runtime.fetch(&app, get("/")).await.unwrap();
        assert_eq!(answer.value.body().as_bytes(), Some(&[flags][..]), "{manifest}");
    }
}
