//! Events that do not fit their schemas, from an app and from outside.
#![expect(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

use atoll::{EventDraft, EventType, HostError, SourcePath, SourceTree};
use serde_json::{Value, json};

use crate::support::{Running, app, folder};

const PUBLISHES: &str = "
    export default {
      async fetch(request, env) {
        try { return Response.json({ id: await env.BUS.publish('order.placed', await request.json()) }) }
        catch (error) { return Response.json({ error: error.message }, { status: 422 }) }
      },
    }";

fn orders(schema: &Value) -> SourceTree {
    let manifest = "[[events.publishes]]\ntype = \"order.placed\"\nschema = \"schemas/order.json\"\n";
    let mut source = folder("orders", manifest, PUBLISHES);
    let path = SourcePath::parse("schemas/order.json").unwrap();
    source.insert(path, schema.to_string(), &atoll::Limits::default()).unwrap();
    source
}

fn draft(data: Value) -> EventDraft {
    let event_type = EventType::parse("order.placed").unwrap();
    EventDraft { id: None, event_type, subject: None, data, hops: 0, trace: None }
}

#[tokio::test]
async fn data_that_does_not_fit_is_refused_whoever_publishes_it_and_the_path_is_named() {
    let host = Running::start().await;
    let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } }, "required": ["n"] });
    host.host.deploy(orders(&schema), Default::default()).await.unwrap();
    assert_eq!(host.post("orders", "/", &json!({ "n": 1 })).await.0, 200);
    let (status, answer) = host.post("orders", "/", &json!({ "n": "one" })).await;
    let error = answer["error"].as_str().unwrap();
    assert!(status == 422 && error.contains("order.placed") && error.contains("/n: "), "{error}");

    host.host.publish("/external/test", draft(json!({ "n": 2 }))).await.unwrap();
    let refused = host.host.publish("/external/test", draft(json!({}))).await.unwrap_err();
    let HostError::SchemaMismatch(mismatch) = refused else { unreachable!("{refused}") };
    assert!(mismatch.app == app("orders") && mismatch.violations.len() == 1, "{mismatch}");
    assert_eq!(host.host.last_sequence(), 2, "what was refused is not in the log");

    // A restart knows them too, a new revision has its own, and an app that is gone has none.
    let host = host.restart().await;
    host.host.publish("/external/test", draft(json!({}))).await.unwrap_err();
    host.host.deploy(orders(&json!({ "type": "object" })), Default::default()).await.unwrap();
    host.host.publish("/external/test", draft(json!({}))).await.unwrap();
    assert_eq!(host.post("orders", "/", &json!([])).await.0, 422);
    host.host.delete(&app("orders")).await.unwrap();
    host.host.publish("/external/test", draft(json!([]))).await.unwrap();
}

#[tokio::test]
async fn a_schema_that_cannot_be_used_is_refused_at_deploy() {
    let host = Running::start().await;
    for (schema, word) in [
        (json!({ "type": "strin" }), "schemas/order.json"),
        (json!({ "$ref": "#" }), "refers to itself"),
        (json!({ "$ref": "https://example.com/order" }), "same document"),
    ] {
        let error = host.host.deploy(orders(&schema), Default::default()).await.unwrap_err();
        let HostError::Rejected { diagnostics } = &error else { unreachable!("{error}") };
        assert!(diagnostics.iter().any(|found| found.message.contains(word)), "{diagnostics:?}");
    }
}
