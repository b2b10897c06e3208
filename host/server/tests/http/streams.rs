//! The bus from outside: publishing, server-sent events, the WebSocket, logs, generations.

use crate::support::{PATIENCE, SseReader, TestServer, manifest, problem};
use futures::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

async fn publish(server: &TestServer, event: Value) -> Value {
    let response = server
        .request(Method::POST, "/api/v1/events")
        .header("content-type", "application/cloudevents+json")
        .body(event.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 202);
    response.json().await.unwrap()
}

fn event(event_type: &str, n: u64) -> Value {
    json!({"specversion": "1.0", "type": event_type, "source": "tests", "id": format!("{event_type}-{n}"), "data": {"n": n}})
}

#[tokio::test]
async fn a_publisher_outside_cannot_speak_as_an_app() {
    let server = TestServer::start().await;
    let mut forged = event("todo.created", 1);
    forged["source"] = json!("/apps/todo");
    forged["time"] = json!("1999-01-01T00:00:00Z");
    forged["hops"] = json!(3);
    let receipt = publish(&server, forged).await;
    assert_eq!(receipt["source"], "/external/apps-todo");
    assert_eq!(receipt["id"], "todo.created-1");

    let mut events = SseReader::new(server.get("/api/v1/events?types=todo.*&after=0").await);
    let (id, _, event) = events.next().await.unwrap();
    assert_eq!(id, receipt["sequence"].to_string());
    assert_eq!((event["source"].as_str().unwrap(), event["hops"].as_u64()), ("/external/apps-todo", Some(0)));
    assert!(!event["time"].as_str().unwrap().starts_with("1999"));

    let binary = server
        .request(Method::POST, "/api/v1/events")
        .header("ce-specversion", "1.0")
        .header("ce-type", "todo.done")
        .header("ce-source", "/apps/todo")
        .header("ce-id", "b1")
        .header("content-type", "application/json")
        .body("{\"n\":2}")
        .send()
        .await
        .unwrap();
    assert_eq!(binary.json::<Value>().await.unwrap()["source"], "/external/apps-todo");
    assert_eq!(events.next().await.unwrap().2["data"], json!({"n": 2}));
}

#[tokio::test]
async fn malformed_and_oversized_events_are_refused() {
    let server = TestServer::start().await;
    let send = async |kind: &str, body: String| {
        let request = server.request(Method::POST, "/api/v1/events").header("content-type", kind).body(body);
        problem(request.send().await.unwrap()).await.0
    };
    let kind = "application/cloudevents+json";
    assert_eq!(send(kind, "{".into()).await, 400);
    assert_eq!(
        send(kind, json!({"specversion": "1.0", "type": "Bad Type", "source": "x"}).to_string()).await,
        400
    );
    assert_eq!(send("application/cloudevents+avro", "[]".into()).await, 415);
    let mut big = event("a.b", 1);
    big["data"] = json!("x".repeat(300 << 10));
    assert_eq!(send(kind, big.to_string()).await, 413);
    assert_eq!(problem(server.get("/api/v1/events?types=A*").await).await.0, 400);
    assert_eq!(problem(server.get("/api/v1/events?after=x").await).await.0, 400);
}

#[tokio::test]
async fn a_reader_comes_back_where_it_was() {
    let server = TestServer::start().await;
    for n in 1..=3 {
        publish(&server, event("a.b", n)).await;
    }
    publish(&server, event("c.d", 4)).await;
    let mut all = SseReader::new(server.get("/api/v1/events?types=a.*,c.d&after=0").await);
    let first = all.next().await.unwrap();
    assert_eq!(first.2["data"]["n"], 1);
    drop(all);

    let again =
        server.request(Method::GET, "/api/v1/events?types=a.*,c.d&after=0").header("last-event-id", &first.0);
    let mut again = SseReader::new(again.send().await.unwrap());
    for n in 2..=4 {
        assert_eq!(again.next().await.unwrap().2["data"]["n"], n);
    }
    // Live from here on.
    publish(&server, event("other", 5)).await;
    publish(&server, event("a.b", 6)).await;
    assert_eq!(again.next().await.unwrap().2["data"]["n"], 6);
}

#[tokio::test]
async fn a_frame_hears_only_what_its_app_may_hear() {
    let server = TestServer::start().await;
    let more = "[frontend]\nentry = \"frontend/App.tsx\"\n[[events.publishes]]\ntype = \"todo.created\"\n[[events.subscribes]]\ntype = \"calendar.*\"\n";
    let (manifest, code) = (manifest("todo", more), "export default { async event() {} };");
    let page = "export default function App() { return <p/>; }";
    server
        .deploy("todo", &[("atoll.toml", &manifest), ("backend/index.ts", code), ("frontend/App.tsx", page)])
        .await;
    let html = server.get("/apps/todo/").await.text().await.unwrap();
    let token = html.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap();
    let after = publish(&server, event("start", 0)).await["sequence"].as_u64().unwrap();
    for (event_type, n) in
        [("secret.thing", 1), ("calendar.moved", 2), ("todo.deleted", 3), ("todo.created", 4)]
    {
        publish(&server, event(event_type, n)).await;
    }
    let request = server
        .request(Method::GET, &format!("/apps/todo/events?token={token}&after={after}"))
        .header("origin", "null");
    let mut events = SseReader::new(request.send().await.unwrap());
    assert_eq!(events.next().await.unwrap().2["type"], "calendar.moved");
    assert_eq!(events.next().await.unwrap().2["type"], "todo.created");
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(server: &TestServer) -> Socket {
    let mut request = format!("ws://{}/api/v1/bus", server.address).into_client_request().unwrap();
    request.headers_mut().insert("origin", server.origin().parse().unwrap());
    tokio_tungstenite::connect_async(request).await.unwrap().0
}

async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        match timeout(PATIENCE, socket.next()).await.expect("a message comes")? {
            Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

async fn subscribe(socket: &mut Socket, message: Value) {
    socket.send(Message::Text(message.to_string().into())).await.unwrap();
}

#[tokio::test]
async fn the_websocket_tells_what_happens() {
    let server = TestServer::start().await;
    let mut socket = connect(&server).await;
    assert_eq!(next(&mut socket).await.unwrap(), json!({"kind": "hello", "sequence": 0}));
    publish(&server, event("a.b", 1)).await;

    subscribe(&mut socket, json!({"kind": "subscribe", "types": ["*"], "after": 0})).await;
    let message = next(&mut socket).await.unwrap();
    assert_eq!((message["kind"].as_str(), message["event"]["data"]["n"].as_u64()), (Some("event"), Some(1)));
    publish(&server, event("a.b", 2)).await;
    assert_eq!(next(&mut socket).await.unwrap()["event"]["data"]["n"], 2);

    server.backend("hello", "export default { fetch() { return new Response('x'); } };").await;
    assert_eq!(
        next(&mut socket).await.unwrap(),
        json!({"kind": "app", "change": "deployed", "app": "hello", "revision": 1})
    );
    let layout = json!({"nodes": {"hello": {"x": 1, "y": 1, "width": 1, "height": 1}}});
    server.request(Method::PUT, "/api/v1/layout").json(&layout).send().await.unwrap();
    assert_eq!(next(&mut socket).await.unwrap(), json!({"kind": "layout", "layout": layout}));
    server.request(Method::DELETE, "/api/v1/apps/hello").send().await.unwrap();
    assert_eq!(next(&mut socket).await.unwrap(), json!({"kind": "app", "change": "deleted", "app": "hello"}));
}

#[tokio::test]
async fn a_bad_message_ends_the_websocket_with_a_reason() {
    let server = TestServer::start().await;
    for bad in [
        "{",
        "{\"kind\":\"publish\"}",
        "{\"kind\":\"subscribe\",\"types\":[\"A*\"]}",
        "{\"kind\":\"subscribe\",\"types\":[]}",
    ] {
        let mut socket = connect(&server).await;
        next(&mut socket).await.unwrap();
        socket.send(Message::Text(bad.into())).await.unwrap();
        let dropped = next(&mut socket).await.unwrap();
        assert_eq!(dropped["kind"], "dropped", "{bad}");
        assert!(!dropped["reason"].as_str().unwrap().is_empty());
        assert!(next(&mut socket).await.is_none(), "{bad}: the server closes");
    }
    let mut request = format!("ws://{}/api/v1/bus", server.address).into_client_request().unwrap();
    request.headers_mut().insert("origin", "http://evil.example".parse().unwrap());
    assert!(tokio_tungstenite::connect_async(request).await.is_err(), "another origin");
    assert_eq!(problem(server.get("/api/v1/bus").await).await.0, 426);
}

#[tokio::test]
async fn logs_are_listed_and_followed() {
    let server = TestServer::start().await;
    let code = "export default { async fetch(request) { console.log(new URL(request.url).pathname); return new Response('x'); } };";
    server.backend("talker", code).await;
    server.get("/apps/talker/api/first").await;
    let logs: Value = server.get("/api/v1/apps/talker/logs").await.json().await.unwrap();
    assert_eq!(logs["lines"][0]["message"], "/first");
    let mut follow = SseReader::new(server.get("/api/v1/apps/talker/logs?follow=1").await);
    assert_eq!(follow.next().await.unwrap().2["message"], "/first");
    server.get("/apps/talker/api/second").await;
    assert_eq!(follow.next().await.unwrap().2["message"], "/second");
}

#[tokio::test]
async fn a_generation_is_told_step_by_step_and_can_be_read_again() {
    let server = TestServer::start().await;
    let response =
        server.post("/api/v1/generations", json!({"prompt": "Create a todo list with priorities"})).await;
    assert_eq!(response.status(), 202);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let id = response.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("/api/v1/generations/{id}/events"));

    let mut steps = Vec::new();
    let mut events = SseReader::new(server.get(&location).await);
    while let Some(step) = events.next().await {
        steps.push(step);
    }
    let ids: Vec<&str> = steps.iter().map(|(id, ..)| id.as_str()).collect();
    let counted: Vec<String> = (1..=steps.len()).map(|n| n.to_string()).collect();
    assert_eq!(ids, counted);
    let last = &steps.last().unwrap().2;
    assert_eq!(last["state"], "complete", "{last}");
    let result = steps.iter().find(|(_, event, _)| event == "result").unwrap();
    let app = result.2["app"].as_str().unwrap();
    assert_eq!(server.get(&format!("/apps/{app}/")).await.status(), 200);

    let rest = server.request(Method::GET, &location).header("last-event-id", "2").send().await.unwrap();
    assert_eq!(SseReader::new(rest).next().await.unwrap(), steps[2]);
    assert_eq!(problem(server.get("/api/v1/generations/none/events").await).await.0, 404);
    for bad in [
        json!({"prompt": ""}),
        json!({"prompt": "x".repeat(20_000)}),
        json!({"prompt": "x", "app": "Bad Name"}),
        json!({}),
    ] {
        assert_eq!(problem(server.post("/api/v1/generations", bad).await).await.0, 400);
    }
}

#[tokio::test]
async fn a_delivery_that_was_given_up_is_listed_and_can_be_tried_again() {
    let server = TestServer::start().await;
    let code = |body: &str| format!("export default {{ async event(event) {{ {body} }} }};");
    let manifest = manifest("picky", "[[events.subscribes]]\ntype = \"order.*\"\n");
    let rejects = code("event.reject('not today');");
    server.deploy("picky", &[("atoll.toml", &manifest), ("backend/index.ts", &rejects)]).await;
    publish(&server, event("order.placed", 1)).await;
    let letter = timeout(PATIENCE, async {
        loop {
            let list: Value = server.get("/api/v1/dead-letters?app=picky").await.json().await.unwrap();
            if let Some(letter) = list["dead_letters"].as_array().unwrap().first() {
                return letter.clone();
            }
            tokio::task::yield_now().await;
        }
    });
    let letter = letter.await.expect("the delivery is given up");
    assert_eq!(letter["event"]["type"], "order.placed");
    assert!(letter["error"].as_str().unwrap().contains("not today"), "{letter}");

    let one = format!("/api/v1/dead-letters/{}", letter["id"]);
    assert_eq!(server.get(&one).await.json::<Value>().await.unwrap(), letter);
    let retry = format!("{one}/retry");
    let again: Value = server.post(&retry, json!({})).await.json().await.unwrap();
    assert_eq!(again["delivered"], false, "{again}");
    let accepts = code("");
    server.deploy("picky", &[("atoll.toml", &manifest), ("backend/index.ts", &accepts)]).await;
    let again: Value = server.post(&retry, json!({})).await.json().await.unwrap();
    assert_eq!(again["delivered"], true, "{again}");
    let list: Value = server.get("/api/v1/dead-letters").await.json().await.unwrap();
    assert_eq!(list["dead_letters"], json!([]));
    assert_eq!(problem(server.get(&one).await).await.0, 404);
    assert_eq!(problem(server.post("/api/v1/dead-letters/999/retry", json!({})).await).await.0, 404);
    assert_eq!(problem(server.get("/api/v1/dead-letters?app=Bad%20Name").await).await.0, 400);
}

#[tokio::test]
async fn dead_letters_come_in_pages_and_can_be_discarded() {
    let server = TestServer::start().await;
    let manifest = manifest("picky", "[[events.subscribes]]\ntype = \"order.*\"\n");
    let rejects = "export default { async event(event) { event.reject('no'); } };";
    server.deploy("picky", &[("atoll.toml", &manifest), ("backend/index.ts", rejects)]).await;
    for n in 1..=5 {
        publish(&server, event("order.placed", n)).await;
    }
    let all = async || {
        let list: Value = server.get("/api/v1/dead-letters").await.json().await.unwrap();
        list["dead_letters"].as_array().unwrap().clone()
    };
    timeout(PATIENCE, async {
        while all().await.len() < 5 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("all are given up");

    let (mut seen, mut path) = (Vec::new(), "/api/v1/dead-letters?limit=2".to_owned());
    loop {
        let page: Value = server.get(&path).await.json().await.unwrap();
        let ids =
            page["dead_letters"].as_array().unwrap().iter().map(|letter| letter["id"].as_u64().unwrap());
        let ids: Vec<u64> = ids.collect();
        assert!((1..=2).contains(&ids.len()), "{page}");
        seen.extend(ids);
        let Some(next) = page["next"].as_u64() else { break };
        path = format!("/api/v1/dead-letters?limit=2&before={next}");
    }
    assert!(seen.len() == 5 && seen.is_sorted_by(|a, b| a > b), "newest first, each once: {seen:?}");

    let one = format!("/api/v1/dead-letters/{}", seen[2]);
    assert_eq!(server.request(Method::DELETE, &one).send().await.unwrap().status(), 204);
    assert_eq!(problem(server.request(Method::DELETE, &one).send().await.unwrap()).await.0, 404);
    assert_eq!(all().await.len(), 4);
}

#[tokio::test]
async fn an_event_that_does_not_fit_its_schema_is_a_problem_with_the_paths() {
    let server = TestServer::start().await;
    let manifest = manifest(
        "orders",
        "[[events.publishes]]\ntype = \"order.placed\"\nschema = \"schemas/order.json\"\n",
    );
    let schema = "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"string\"}}}";
    let code = "export default { fetch() { return new Response('ok'); } };";
    let files = [("atoll.toml", &*manifest), ("backend/index.ts", code), ("schemas/order.json", schema)];
    server.deploy("orders", &files).await;
    let refused = server.post("/api/v1/events", event("order.placed", 1)).await;
    let (status, document) = problem(refused).await;
    assert_eq!((status, &document["type"]), (422, &json!("urn:atoll:problem:schema-mismatch")), "{document}");
    assert_eq!(document["errors"][0]["path"], "/n", "{document}");
    assert!(document["detail"].as_str().unwrap().contains("orders"), "{document}");
}
