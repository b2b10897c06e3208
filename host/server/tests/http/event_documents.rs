//! Batches of events, and the document about all events.
#![expect(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

use atoll::Limits;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{TestServer, manifest, problem};

const APP: &str = "export default { async event() {} };";
const SCHEMA: &str = r##"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
    "required": ["n"], "properties": {"n": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}"##;

async fn orders(server: &TestServer) {
    let events = "[[events.publishes]]\ntype = \"order.placed\"\nschema = \"schemas/order.json\"\n";
    let manifest = manifest("orders", events);
    let files =
        [("atoll.toml", manifest.as_str()), ("backend/index.ts", APP), ("schemas/order.json", SCHEMA)];
    server.deploy("orders", &files).await;
}

async fn send(server: &TestServer, batch: &Value) -> reqwest::Response {
    let request = server.request(Method::POST, "/api/v1/events");
    let request = request.header("content-type", "application/cloudevents-batch+json; charset=utf-8");
    request.body(batch.to_string()).send().await.unwrap()
}

fn event(id: &str, n: Value) -> Value {
    json!({ "specversion": "1.0", "type": "order.placed", "source": "shop", "id": id, "data": { "n": n } })
}

#[tokio::test]
async fn a_batch_is_published_whole_or_not_at_all_and_the_event_at_fault_is_named() {
    let server = TestServer::with_limits(Limits { events_batch_max: 3, ..Limits::default() }).await;
    orders(&server).await;
    let answer =
        send(&server, &json!([event("a", 1.into()), event("b", 2.into()), event("a", 3.into())])).await;
    assert_eq!(answer.status(), 202);
    let receipts: Value = answer.json().await.unwrap();
    let sequences: Vec<_> = receipts.as_array().unwrap().iter().map(|r| r["sequence"].as_u64()).collect();
    assert_eq!(sequences, [Some(1), Some(2), Some(1)], "the same id is the same event: {receipts}");

    let first: Value = send(&server, &json!([event("z", 1.into())])).await.json().await.unwrap();
    for (second, status, kind) in [
        (event("d", "x".into()), 422, "schema-mismatch"),
        (json!({ "specversion": "1.0", "type": "No" }), 400, "bad-event-type"),
        (json!(7), 400, "bad-event"),
        (json!({ "specversion": "1.0", "type": "order.placed", "id": "x".repeat(300) }), 413, "too-large"),
    ] {
        let (got, body) = problem(send(&server, &json!([event("c", 1.into()), second])).await).await;
        let body = body.to_string();
        assert!(got == status && body.contains(kind) && body.contains("event 1 of the batch"), "{body}");
        assert!(body.contains("\"index\":1"), "{body}");
    }
    let (status, body) = problem(send(&server, &json!(vec![event("c", 1.into()); 4])).await).await;
    assert!(status == 413 && body.to_string().contains("events_batch_max"), "{body}");
    assert_eq!(problem(send(&server, &event("c", 1.into())).await).await.0, 400, "no array");

    assert_eq!(send(&server, &json!([])).await.json::<Value>().await.unwrap(), json!([]));
    let next: Value = send(&server, &json!([event("c", 1.into())])).await.json().await.unwrap();
    let sequence = |answer: &Value| answer[0]["sequence"].as_u64().unwrap();
    assert_eq!(sequence(&next), sequence(&first) + 1, "nothing of what was refused is in the log");
}

/// Every reference of a document leads somewhere in it.
fn check_references(root: &Value, part: &Value) {
    match part {
        Value::Array(items) => items.iter().for_each(|item| check_references(root, item)),
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(root.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            members.values().for_each(|member| check_references(root, member));
        }
        _ => {}
    }
}

#[tokio::test]
async fn the_events_of_all_apps_are_one_asyncapi_document() {
    let server = TestServer::start().await;
    orders(&server).await;
    let hears = "[[events.subscribes]]\ntype = \"order.*\"\n[[events.subscribes]]\ntype = \"rain.*\"\n";
    let files = [("atoll.toml", manifest("ledger", hears)), ("backend/index.ts", APP.to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    server.deploy("ledger", &files).await;

    let document: Value = server.get("/api/v1/events/asyncapi.json").await.json().await.unwrap();
    assert_eq!(document["asyncapi"], "3.0.0");
    assert_eq!(document["servers"]["host"]["host"], server.address.to_string());
    check_references(&document, &document);
    let operations = document["operations"].as_object().unwrap();
    assert_eq!(
        operations.keys().collect::<Vec<_>>(),
        ["ledger.receive.order.placed", "ledger.receive.rain.ANY", "orders.send.order.placed"]
    );
    assert_eq!(document["channels"]["rain.ANY"]["address"], "rain.*");
    let data = "/components/messages/order.placed.orders/payload/properties/data";
    let data = document.pointer(data).unwrap();
    assert_eq!(data["required"], json!(["n"]));
    let reference = data["properties"]["n"]["$ref"].as_str().unwrap();
    assert_eq!(document.pointer(&reference[1..]).unwrap(), &json!({ "type": "integer" }));
    assert!(data.get("$schema").is_none(), "a schema in a document is part of it");

    let one: Value = server.get("/api/v1/events/asyncapi.json?app=ledger").await.json().await.unwrap();
    assert_eq!(one["operations"].as_object().unwrap().len(), 2);
    assert_eq!(problem(server.get("/api/v1/events/asyncapi.json?app=none").await).await.0, 404);
}
