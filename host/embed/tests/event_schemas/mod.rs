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

fn with_schema(name: &str, events: &str, backend: &str, schema: &Value) -> SourceTree {
    let mut source = folder(name, events, backend);
    let path = SourcePath::parse("schemas/order.json").unwrap();
    source.insert(path, schema.to_string(), &atoll::Limits::default()).unwrap();
    source
}

#[tokio::test]
async fn a_deploy_warns_of_what_breaks_the_apps_that_hear_its_events() {
    const HEARS: &str = "export default { async event() {} }";
    let host = Running::start().await;
    let warned = async |source: SourceTree| -> Vec<String> {
        let deployed = host.host.deploy(source, Default::default()).await.unwrap();
        let found = deployed.diagnostics.into_iter().filter(|found| found.rule == "event-schema");
        found.map(|found| found.message).collect()
    };
    let of =
        |kind: &str| json!({ "type": "object", "properties": { "n": { "type": kind } }, "required": ["n"] });
    assert_eq!(warned(orders(&of("integer"))).await, [""; 0]);
    let any = "[[events.subscribes]]\ntype = \"order.*\"\n";
    assert_eq!(warned(folder("ledger", any, HEARS)).await, [""; 0]);
    let own = "[[events.subscribes]]\ntype = \"order.placed\"\nschema = \"schemas/order.json\"\n";
    assert_eq!(warned(with_schema("stats", own, HEARS, &of("number"))).await, [""; 0]);

    // What the one counts on by its own schema, the other by what was promised so far.
    let broken = warned(orders(&of("string"))).await;
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(
        broken[0].contains("/n: it may be string; integer") && broken[0].contains("ledger"),
        "{broken:?}"
    );
    assert!(
        broken[1].contains("number or integer was counted on") && broken[1].contains("stats"),
        "{broken:?}"
    );

    // The other way round, and a type that is gone.
    let late = warned(with_schema("late", own, HEARS, &of("boolean"))).await;
    assert!(late.len() == 1 && late[0].contains("/n: it may be string; boolean"), "{late:?}");
    let gone = warned(folder("orders", "", HEARS)).await;
    assert!(gone.len() == 2 && gone.iter().all(|text| text.contains("not published any more")), "{gone:?}");
}

#[tokio::test]
async fn an_apps_own_tests_see_its_schemas() {
    const TEST: &str = "
        import { app, expect, test } from '@atoll/sdk/test'
        test('publishes', async () => {
          const send = (data) => app.fetch('/', { method: 'POST', body: JSON.stringify(data) })
          expect((await send({ n: 1 })).status).toBe(200)
          const refused = await send({ n: 'one' })
          expect(refused.status).toBe(422)
          expect((await refused.json()).error).toContain('/n: ')
        })";
    let host = Running::start().await;
    let mut source = orders(&json!({ "properties": { "n": { "type": "integer" } } }));
    source
        .insert(SourcePath::parse("tests/orders.test.ts").unwrap(), TEST, &atoll::Limits::default())
        .unwrap();
    let report = host.host.test(source).await.unwrap();
    assert!(report.passed() == 1 && report.failures().count() == 0, "{report:?}");
}
