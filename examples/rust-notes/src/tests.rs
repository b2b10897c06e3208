//! The app as its callers see it, natively: `cargo test`. SQL is SQLite, time passes only where the app waits, and
//! the service elsewhere is answered here.

use std::time::Duration;

use atoll_sdk::{
    Event, Outcome, Request, kv,
    testing::{Answer, TestHost, TestResponse},
};
use serde_json::{Value, json};

use super::{answer, on_todo};

fn app() -> TestHost {
    let host = TestHost::new();
    host.migrate(include_str!("../migrations/0001_create.sql"))
        .set("SUMMARY_URL", "https://summaries.example.com/v1/summaries")
        .set("SUMMARY_KEY", "key")
        .network(|sent| {
            let asked: Value = serde_json::from_slice(&sent.body).unwrap();
            let summary = asked["text"].as_str().unwrap().to_uppercase();
            Answer::json(&json!({ "summary": summary })).after(Duration::from_secs(1))
        });
    host
}

fn get(host: &TestHost, path: &str) -> TestResponse {
    host.fetch(answer, Request::new("GET", path))
}

fn add(host: &TestHost, text: &str) -> Value {
    let request = Request::new("POST", "/notes").with_json(&json!({ "text": text, "tags": ["a"] }));
    let added = host.fetch(answer, request);
    assert_eq!(added.status, 201);
    added.json()
}

#[test]
fn a_note_is_added_found_pinned_and_removed() {
    let host = app();
    let (milk, tea) = (add(&host, "Milk"), add(&host, "Tea"));
    assert_eq!((&milk["tags"], &milk["pinned"]), (&json!(["a"]), &json!(false)));
    assert_eq!(host.published()[0].data, milk);
    assert_eq!(get(&host, "/notes?q=te").json::<Value>(), json!([tea]));
    assert_eq!(get(&host, "/notes?limit=x").status, 400);
    let path = format!("/notes/{}", milk["id"].as_str().unwrap());
    let pin = Request::new("PATCH", &path).with_json(&json!({ "pinned": true }));
    assert_eq!(host.fetch(answer, pin).json::<Value>()["pinned"], true);
    assert_eq!(get(&host, "/notes").json::<Vec<Value>>()[0]["text"], "Milk");
    assert_eq!(host.fetch(answer, Request::new("DELETE", &path)).status, 204);
    assert_eq!(get(&host, &path).status, 404);
    assert_eq!(kv::list("summary:").count(), 1);
}

#[test]
fn a_note_without_a_text_is_refused() {
    let host = app();
    for body in [json!({}), json!({ "text": " " }), json!({ "text": "x".repeat(10_001) })] {
        let refused = host.fetch(answer, Request::new("POST", "/notes").with_json(&body));
        assert_eq!(refused.status, 400, "{}", refused.text());
    }
    assert!(host.published().is_empty());
}

#[test]
fn a_summary_is_made_after_the_note_was_added_and_kept() {
    let host = app();
    let milk = add(&host, "Milk");
    assert_eq!(host.sent().len(), 1);
    assert_eq!(host.sent()[0].header("authorization"), Some("Bearer key"));
    let path = format!("/notes/{}/summary", milk["id"].as_str().unwrap());
    assert_eq!(get(&host, &path).json::<Value>(), json!({ "summary": "MILK" }));
    assert_eq!(host.sent().len(), 1);
    host.advance(Duration::from_secs(24 * 60 * 60));
    host.network(|_| Answer::unreachable("connection refused"));
    let failed = get(&host, &path);
    assert!(failed.status == 502 && failed.text().contains("connection refused"), "{}", failed.text());
}

#[test]
fn a_digest_takes_as_long_as_one_summary() {
    let host = app();
    host.network(|_| Answer::new(500, ""));
    let texts = ["one", "two", "three"].map(|text| add(&host, text));
    host.network(|sent| match std::str::from_utf8(&sent.body).unwrap() {
        body if body.contains("two") => Answer::new(500, ""),
        _ => Answer::json(&json!({ "summary": "short" })).after(Duration::from_secs(1)),
    });
    let before = host.elapsed();
    let digest: Value = get(&host, "/digest").json();
    assert!(host.elapsed() - before < Duration::from_millis(1_001));
    assert_eq!(digest.as_object().unwrap().len(), 2);
    assert_eq!(digest[texts[0]["id"].as_str().unwrap()], "short");
    let last = host.logged().pop().unwrap().1;
    assert!(last.contains("the summary service answered 500"), "{last}");
}

#[test]
fn notes_are_moved_in_and_out_in_bulk() {
    let host = app();
    let lines: String = (0..250).map(|number| format!("{{\"text\":\"note {number}\"}}\n")).collect();
    let body = host.streamed_body(lines.as_bytes().chunks(1_000));
    let imported = host.fetch(answer, Request::new("POST", "/import").with_body(body));
    assert_eq!(imported.json::<Value>(), json!({ "added": 250 }));
    let exported = get(&host, "/export");
    assert_eq!(exported.header("content-type"), Some("application/x-ndjson"));
    assert!(exported.is_complete && exported.text().lines().count() == 250);
    let body = host.streamed_body(["{\"text\":\"good\"}\n{\"text\"", ":3}\n"]);
    let wrong = host.fetch(answer, Request::new("POST", "/import").with_body(body));
    assert!(wrong.status == 400 && wrong.text().contains("note 2"), "{}", wrong.text());
}

#[test]
fn a_todo_becomes_a_note_once() {
    let host = app();
    let deliver =
        |title: &str| host.deliver(on_todo, Event::new("todo", "todo.created", json!({ "title": title })));
    assert_eq!(deliver("Buy milk"), Outcome::Done);
    assert_eq!(deliver("Buy milk"), Outcome::Done);
    let notes: Vec<Value> = get(&host, "/notes").json();
    assert_eq!((notes.len(), &notes[0]["tags"]), (1, &json!(["todo"])));
    assert!(matches!(deliver(" "), Outcome::Reject(_)));
}
