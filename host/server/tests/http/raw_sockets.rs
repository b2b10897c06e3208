//! What a hostile client writes on the wire.

use std::time::{Duration, Instant};

use crate::support::{PATIENCE, TestServer, manifest, read_to_close};
use atoll::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

const APP: &str = "export default { async fetch(request) { return new Response(await request.text()); } };";

#[tokio::test]
async fn requests_with_two_lengths_are_refused_and_nothing_after_them_is_served() {
    let server = TestServer::start().await;
    server.backend("app", APP).await;
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let head = "POST /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\n";
    for lengths in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding:\x0bchunked\r\n",
        "Content-Length: 5\r\n Transfer-Encoding: chunked\r\n",
    ] {
        let answer = server.raw(format!("{head}{lengths}\r\n0\r\n\r\n{smuggled}")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{lengths:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{lengths:?}: {answer}");
    }
}

#[tokio::test]
async fn a_chunked_request_is_served_and_is_the_last_of_its_connection() {
    let server = TestServer::start().await;
    server.backend("app", APP).await;
    let chunked = "POST /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let answer = server.raw(format!("{chunked}GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello"), "{answer}");

    // Two requests with a stated length share a connection.
    let sized = "POST /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n";
    let answer = server.raw(format!("{sized}\r\nab{sized}Connection: close\r\n\r\ncd")).await;
    assert_eq!(answer.matches("HTTP/1.1 200 ").count(), 2, "{answer}");
}

#[tokio::test]
async fn targets_that_are_no_paths_are_refused() {
    let server = TestServer::start().await;
    for request in [
        "GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "G\0T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHo st: localhost\r\n\r\n",
    ] {
        let answer = server.raw(request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{request:?}: {answer}");
    }
}

#[tokio::test]
async fn headers_over_the_limit_are_431() {
    let server = TestServer::start().await;
    let large = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: {}\r\n\r\n", "x".repeat(40_000));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "x: y\r\n".repeat(2_000));
    let endless = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: {}", "x".repeat(70_000));
    for request in [&large, &many, &endless] {
        let answer = server.raw(request).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{} bytes: {answer}", request.len());
    }
    let counted = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "x: y\r\n".repeat(120));
    let target = format!("GET /?{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(40_000));
    for (request, limit) in
        [(large, "http_header_bytes_max"), (target, "http_header_bytes_max"), (counted, "http_headers_max")]
    {
        let answer = server.raw(request).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        assert!(answer.contains("application/problem+json") && answer.contains(limit), "{answer}");
    }
    let fits = format!(
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: {}\r\n\r\n",
        "x".repeat(30_000)
    );
    assert!(server.raw(fits).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn slow_clients_are_cut_and_others_are_served_meanwhile() {
    let limits = Limits { http_header_read_ms: 400, http_idle_ms: 400, ..Limits::default() };
    let server = TestServer::with_limits(limits).await;
    server.backend("app", APP).await;
    let started = Instant::now();

    let mut slow_head = TcpStream::connect(server.address).await.unwrap();
    slow_head.write_all(b"GET / HTTP/1.1\r\nHost: loc").await.unwrap();
    let mut slow_body = TcpStream::connect(server.address).await.unwrap();
    slow_body
        .write_all(b"POST /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab")
        .await
        .unwrap();
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(server.get("/healthz").await.status(), 200);

    let answer = read_to_close(&mut slow_head).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("http_header_read_ms"), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{answer}");
    let answer = read_to_close(&mut slow_body).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("http_idle_ms"), "{answer}");
    assert_eq!(read_to_close(&mut silent).await, "");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_reader_that_stalls_is_cut() {
    // No other limit ends the connection while anybody has the patience to wait for it.
    let limits = Limits { http_idle_ms: 500, http_header_read_ms: 600_000, ..Limits::default() };
    let server = TestServer::with_limits(limits).await;
    let manifest = manifest("app", "[backend.limits]\ncpu_ms = 1000\nfuel = 10000000000\n");
    let code = "export default { async fetch() { return new Response(new Uint8Array(8_000_000)); } };";
    server.deploy("app", &[("atoll.toml", &manifest), ("backend/index.ts", code)]).await;
    // With a small buffer here, the answer does not fit into what lies between.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    stream.write_all(b"GET /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut status = [0; 13];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 200 ");
    // Nothing more is read until the server has given up.
    let cut = async {
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, cut).await.expect("the connection is cut");
}

#[tokio::test]
async fn connections_over_the_cap_wait_for_a_place() {
    let limits = Limits { http_connections_max: 2, http_header_read_ms: 600, ..Limits::default() };
    let server = TestServer::with_limits(limits).await;
    let _first = TcpStream::connect(server.address).await.unwrap();
    let _second = TcpStream::connect(server.address).await.unwrap();
    let answer = server.raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
