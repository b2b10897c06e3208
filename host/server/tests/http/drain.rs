//! Stopping: what runs is finished, what waits is told, and the port is free.

use crate::support::{SseReader, TestServer, manifest};
use atoll::Limits;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_running_request_is_finished_and_live_readers_are_let_go() {
    let mut server = TestServer::start().await;
    let code = r#"
        export default {
          async fetch(request, env) {
            await env.BUS.publish("slow.started", {});
            await new Promise((done) => setTimeout(done, 700));
            return new Response("done");
          },
        };"#;
    let manifest = manifest("slow", "[[events.publishes]]\ntype = \"slow.started\"\n");
    server.deploy("slow", &[("atoll.toml", &manifest), ("backend/index.ts", code)]).await;
    let mut events = SseReader::new(server.get("/api/v1/events").await);
    let mut logs = SseReader::new(server.get("/api/v1/apps/slow/logs?follow=1").await);
    let request = server.request(Method::GET, "/apps/slow/api/");
    let running = tokio::spawn(async move { request.send().await.unwrap().text().await.unwrap() });
    assert_eq!(events.next().await.unwrap().2["type"], "slow.started", "the request is in the sandbox");

    server.begin_stop();
    assert_eq!(running.await.unwrap(), "done");
    assert!(events.next().await.is_none() && logs.next().await.is_none());
    let address = server.address;
    server.stopped().await;
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens");
}

#[tokio::test]
async fn a_drain_ends_in_time_whatever_clients_do() {
    let limits = Limits { drain_ms: 300, ..Limits::default() };
    let mut server = TestServer::with_limits(limits).await;
    // A body that never ends, and a WebSocket whose client does not read.
    let mut stuck = TcpStream::connect(server.address).await.unwrap();
    let head = b"POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stuck, head).await.unwrap();
    let url = format!("ws://{}/api/v1/bus", server.address);
    let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    server.post("/api/v1/events", json!({"specversion": "1.0", "type": "a", "source": "x"})).await;
    server.begin_stop();
    server.stopped().await;
    drop((stuck, socket));
}
