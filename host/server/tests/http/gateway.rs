//! The gateway: requests reach an app's backend, and its answers cannot act for the host.

use crate::support::{TestServer, manifest, problem};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Answers with what it was asked, or as the query says.
const ECHO: &str = r#"
export default {
  async fetch(request) {
    const url = new URL(request.url);
    const as = url.searchParams.get("as");
    if (as === "html") {
      const headers = {
        "content-type": "text/html", "set-cookie": "a=1; Path=/", "x-own": "yes", "clear-site-data": "*",
        "access-control-allow-origin": "*", "content-length": "9999", "x-atoll-revision": "77", "connection": "x-own2",
      };
      return new Response("<script>1</script>", { status: 203, headers });
    }
    if (as === "empty") return new Response(null, { status: 204 });
    if (as === "redirect") return new Response(null, { status: 302, headers: { location: "/elsewhere" } });
    return Response.json({
      method: request.method, url: request.url, body: await request.text(),
      headers: Object.fromEntries(request.headers),
    });
  },
};
"#;

#[tokio::test]
async fn a_request_reaches_the_guest_without_the_hosts_prefix_and_headers() {
    let server = TestServer::start().await;
    server.backend("echo", ECHO).await;

    let response = server
        .request(Method::POST, "/apps/echo/api/a%20b/caf%C3%A9/?q=%2F&x=1")
        .header("x-mine", "1")
        .header("cookie", "session=secret")
        .header("x-atoll-frame", "token")
        .header("te", "trailers")
        .body("hello")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    assert_eq!(headers["x-atoll-revision"], "1");
    assert!(headers["server-timing"].to_str().unwrap().starts_with("cpu;dur="), "{headers:?}");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let echo: Value = response.json().await.unwrap();
    assert_eq!(echo["method"], "POST");
    assert_eq!(echo["url"], format!("{}/a%20b/caf%C3%A9/?q=%2F&x=1", server.origin()));
    assert_eq!(echo["body"], "hello");
    assert_eq!(echo["headers"]["x-mine"], "1");
    for absent in ["cookie", "x-atoll-frame", "te", "connection"] {
        assert_eq!(echo["headers"][absent], Value::Null, "{absent}");
    }
    for root in ["/apps/echo/api", "/apps/echo/api/"] {
        let echo: Value = server.get(root).await.json().await.unwrap();
        assert_eq!(echo["url"], format!("{}/", server.origin()), "{root}");
    }
}

#[tokio::test]
async fn a_guests_answer_cannot_act_for_the_hosts_origin() {
    let server = TestServer::start().await;
    server.backend("echo", ECHO).await;

    let response = server.get("/apps/echo/api/?as=html").await;
    assert_eq!(response.status(), StatusCode::NON_AUTHORITATIVE_INFORMATION);
    let headers = response.headers().clone();
    assert!(headers["content-security-policy"].to_str().unwrap().starts_with("sandbox;"), "{headers:?}");
    assert_eq!(headers["x-own"], "yes");
    assert_eq!(headers["x-atoll-revision"], "1");
    for absent in ["set-cookie", "clear-site-data", "access-control-allow-origin"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
    assert_eq!(headers["content-length"], "18");
    assert_eq!(response.text().await.unwrap(), "<script>1</script>");

    // On a host name of its own an app is its own origin.
    let own = server.request(Method::GET, "/?as=html").header("host", "echo.localhost").send().await.unwrap();
    assert_eq!(own.headers()["set-cookie"], "a=1; Path=/");
    assert!(!own.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let own =
        server.request(Method::GET, "/api/v1/apps").header("host", "echo.localhost:1").send().await.unwrap();
    let echo: Value = own.json().await.unwrap();
    assert_eq!(echo["url"], "http://echo.localhost:1/api/v1/apps");
}

#[tokio::test]
async fn head_and_bodiless_answers_have_no_body() {
    let server = TestServer::start().await;
    server.backend("echo", ECHO).await;
    let full = server.get("/apps/echo/api/").await;
    let head = server.request(Method::HEAD, "/apps/echo/api/").send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["content-type"], full.headers()["content-type"]);
    assert_eq!(head.bytes().await.unwrap().len(), 0);
    assert_eq!(server.get("/apps/echo/api/?as=empty").await.status(), 204);
    let redirect = server.get("/apps/echo/api/?as=redirect").await;
    assert_eq!(
        (redirect.status().as_u16(), redirect.headers()["location"].to_str().unwrap()),
        (302, "/elsewhere")
    );
}

#[tokio::test]
async fn failures_are_problems_that_name_the_limit_and_no_insides() {
    let server = TestServer::start().await;
    let code = r#"
        export default {
          async fetch(request) {
            const { pathname } = new URL(request.url);
            if (pathname === "/throw") throw new Error("secret in the message");
            if (pathname === "/loop") { let n = 0; while (n >= 0) n = (n + 1) % 7; }
            return new Response("fine");
          },
        };"#;
    let limits = "[backend.limits]\ncpu_ms = 50\nfuel = 10000000000\n";
    server.deploy("bad", &[("atoll.toml", &manifest("bad", limits)), ("backend/index.ts", code)]).await;

    let (status, document) = problem(server.get("/apps/bad/api/throw").await).await;
    assert_eq!((status, document["type"].as_str().unwrap()), (500, "urn:atoll:problem:app-failed"));
    let text = document.to_string();
    assert!(!text.contains("secret") && !text.contains("index.ts") && !text.contains("wasm"), "{text}");

    let (status, document) = problem(server.get("/apps/bad/api/loop").await).await;
    assert_eq!(status, 504, "{document}");
    assert_eq!(document["limit"], json!({"name": "cpu_ms", "value": 50}));

    let (status, document) = problem(server.get("/apps/none/api/").await).await;
    assert_eq!((status, document["type"].as_str().unwrap()), (404, "urn:atoll:problem:no-such-app"));
    assert_eq!(server.get("/apps/bad/api/").await.status(), 200, "the app is served on");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_however_it_comes() {
    let server = TestServer::start().await;
    let manifest = manifest("echo", "[backend.limits]\nbody_mib = 1\ncpu_ms = 1000\nfuel = 10000000000\n");
    server.deploy("echo", &[("atoll.toml", &manifest), ("backend/index.ts", ECHO)]).await;
    let post = |size: usize| server.request(Method::POST, "/apps/echo/api/").body(vec![b'x'; size]).send();

    assert_eq!(post(1 << 20).await.unwrap().status(), 200);
    for size in [(1 << 20) + 1, 30 << 20] {
        let (status, document) = problem(post(size).await.unwrap()).await;
        assert_eq!(status, 413);
        assert_eq!(document["limit"], json!({"name": "body_mib", "value": 1}));
    }
    let chunks = (0..110).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 10_000]));
    let body = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
    let chunked = server.request(Method::POST, "/apps/echo/api/").body(body).send().await.unwrap();
    assert_eq!(problem(chunked).await.0, 413);

    let expecting = server
        .raw("POST /apps/echo/api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\nExpect: 100-continue\r\n\r\n")
        .await;
    assert!(expecting.starts_with("HTTP/1.1 413 "), "{expecting}");
}

#[tokio::test]
async fn all_bodies_together_are_bounded() {
    let limits = atoll::Limits { http_buffered_bytes_max: 32 << 10, ..atoll::Limits::default() };
    let server = TestServer::with_limits(limits).await;
    server.backend("echo", ECHO).await;
    let post = |size: usize| server.request(Method::POST, "/apps/echo/api/").body(vec![b'x'; size]).send();
    let (status, document) = problem(post(50_000).await.unwrap()).await;
    assert_eq!((status, &document["limit"]["name"]), (503, &json!("http_buffered_bytes_max")));
    // The room of a request that ended is free again.
    for _ in 0..5 {
        assert_eq!(post(30_000).await.unwrap().status(), 200);
    }
}
