//! Who may ask what: names, paths, hosts, origins, tokens.

use crate::support::{TestServer, manifest, problem};
use reqwest::{Method, Response};
use serde_json::Value;

const HELLO: &str = "export default { async fetch() { return Response.json({ hello: true }); } };";
const PAGE: &str = "export default function App() { return <p>hello</p>; }";

async fn with_page(server: &TestServer) {
    let manifest = manifest(
        "hello",
        "[frontend]\nentry = \"frontend/App.tsx\"\n[[events.publishes]]\ntype = \"hello.said\"\n",
    );
    let manifest = format!("title = \"</script><b>&\"\n{manifest}");
    server
        .deploy(
            "hello",
            &[("atoll.toml", &manifest), ("backend/index.ts", HELLO), ("frontend/App.tsx", PAGE)],
        )
        .await;
}

/// What the frame document tells the frame's shell.
async fn settings(response: Response) -> Value {
    let html = response.text().await.unwrap();
    let json = html.split("id=\"atoll-frame\">").nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn names_and_paths_of_two_meanings_are_400_before_anything_else() {
    let server = TestServer::start().await;
    for path in [
        "/apps/../api/v1/apps",
        "/apps/%2e%2e/api/v1/apps",
        "/apps/.%2e/x",
        "/apps/./hello/",
        "/apps/a%2fb/api/",
        "/apps/a%5cb/api/",
        "/apps/a%00/api/",
        "/apps/%ff/api/",
        "/apps/%zz/api/",
        "/apps/Hello/api/",
        "/apps/-a/api/",
        "/apps/h%C3%A9llo/api/",
        "/apps/%D0%B0pp/api/",
        "/apps/a_b/",
        "/apps/a.b/assets/1/x.js",
        "/apps//api/",
        "/apps/hello/api/../../secret",
        "/apps/hello/api/%2e%2e/x",
        "/apps/hello/api/a%2fb",
        "/apps/hello/api/%0d%0aX:y",
        "/api/v1/apps/Hello",
        "/api/v1/apps/..",
        "/api/v1/apps/a%20b/source",
        &format!("/apps/{}/api/", "a".repeat(64)),
    ] {
        let answer =
            server.raw(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
    }
    for path in ["/apps/hello/api/\u{e9}", "/apps/\u{ff41}pp/"] {
        let answer =
            server.raw(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
    }
}

#[tokio::test]
async fn only_our_own_host_names_are_answered() {
    let server = TestServer::start().await;
    let ask = async |host: &str| {
        let answer = server.raw(format!("GET /healthz HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).await;
        answer.get(9..12).unwrap_or(&answer).to_owned()
    };
    for host in ["localhost", "127.0.0.1:9", "[::1]:1", "ATOLL.example.com"] {
        assert_eq!(ask(&format!("Host: {host}\r\n")).await, "200", "{host}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example", "10.0.0.1"] {
        assert_eq!(ask(&format!("Host: {host}\r\n")).await, "421", "{host}");
    }
    for hosts in ["", "Host: localhost\r\nHost: evil.example\r\n", "Host: a b\r\n", "Host: x@localhost\r\n"] {
        assert_eq!(ask(hosts).await, "400", "{hosts}");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_gets_nothing() {
    let server = TestServer::start().await;
    with_page(&server).await;
    let paths = [
        (Method::GET, "/api/v1/apps"),
        (Method::DELETE, "/api/v1/apps/hello"),
        (Method::POST, "/api/v1/generations"),
        (Method::POST, "/api/v1/events"),
        (Method::GET, "/api/v1/bus"),
        (Method::PUT, "/api/v1/layout"),
        (Method::GET, "/apps/hello/api/"),
        (Method::GET, "/"),
    ];
    for (method, path) in paths {
        for origin in ["http://evil.example", "null", "http://hello.localhost", "http://localhost"] {
            let response =
                server.request(method.clone(), path).header("origin", origin).send().await.unwrap();
            assert_eq!(response.status(), 403, "{method} {path} from {origin}");
        }
    }
    let own =
        server.request(Method::GET, "/api/v1/apps").header("origin", server.origin()).send().await.unwrap();
    assert_eq!(own.status(), 200);
    let image = server
        .request(Method::GET, "/apps/hello/api/")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "no-cors")
        .header("sec-fetch-dest", "image");
    assert_eq!(image.send().await.unwrap().status(), 403);
    let script = server
        .request(Method::GET, "/apps/hello/api/")
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-dest", "script");
    assert_eq!(script.send().await.unwrap().status(), 403);
    assert_eq!(server.get("/api/v1/apps/hello").await.status(), 200, "nothing was deleted");
}

#[tokio::test]
async fn a_frame_calls_its_own_app_with_its_token_and_no_other() {
    let server = TestServer::start().await;
    with_page(&server).await;
    server.backend("other", HELLO).await;
    let token = settings(server.get("/apps/hello/").await).await["token"].as_str().unwrap().to_owned();
    let from_frame = async |path: &str, token: &str| {
        server
            .request(Method::GET, path)
            .header("origin", "null")
            .header("sec-fetch-site", "cross-site")
            .header("x-atoll-frame", token)
            .send()
            .await
            .unwrap()
    };

    let preflight = server
        .request(Method::OPTIONS, "/apps/hello/api/")
        .header("origin", "null")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "x-atoll-frame")
        .send()
        .await
        .unwrap();
    assert_eq!(preflight.status(), 204);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "null");
    assert!(!preflight.headers().contains_key("x-atoll-revision"), "no guest was asked");

    let response = from_frame("/apps/hello/api/", &token).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["access-control-allow-origin"], "null");
    for (path, token) in
        [("/apps/other/api/", token.as_str()), ("/apps/hello/api/", "forged"), ("/apps/hello/api/", "")]
    {
        let (status, document) = problem(from_frame(path, token).await).await;
        assert_eq!(
            (status, document["type"].as_str().unwrap()),
            (403, "urn:atoll:problem:frame-token"),
            "{path}"
        );
    }
    assert_eq!(from_frame("/api/v1/apps", &token).await.status(), 403);
    assert_eq!(from_frame("/apps/other/events", &token).await.status(), 403);
    assert_eq!(server.get("/apps/hello/events").await.status(), 403, "without a token");
    assert_eq!(server.get(&format!("/apps/hello/events?token={token}")).await.status(), 200);
}

#[tokio::test]
async fn the_frame_document_is_sandboxed_and_its_modules_can_be_loaded() {
    let server = TestServer::start().await;
    with_page(&server).await;
    let redirect = server.get("/apps/hello").await;
    assert_eq!(
        (redirect.status().as_u16(), redirect.headers()["location"].to_str().unwrap()),
        (308, "/apps/hello/")
    );

    let page = server.get("/apps/hello/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("sandbox allow-scripts "), "{policy}");
    for part in ["default-src 'none'", "frame-ancestors 'self'", "form-action 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("same-origin"), "{policy}");
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    let settings = settings(page).await;
    assert_eq!(settings["title"], "</script><b>&");

    let entry = settings["entry"].as_str().unwrap();
    let module = server.get(entry).await;
    assert_eq!(module.status(), 200);
    assert_eq!(module.headers()["access-control-allow-origin"], "*");
    assert_eq!(module.headers()["content-type"], "text/javascript; charset=utf-8");
    assert!(module.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let etag = module.headers()["etag"].clone();
    assert!(module.text().await.unwrap().contains("hello"));
    let again = server.request(Method::GET, entry).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), 304);

    let plain = "/apps/hello/assets/1/frontend/App.js";
    assert_eq!(server.get(plain).await.headers()["cache-control"], "no-cache");
    for missing in [
        "/apps/hello/assets/1-000000000000/frontend/App.js",
        "/apps/hello/assets/2/frontend/App.js",
        "/apps/hello/assets/1/backend/index.ts",
        "/apps/hello/assets/1/atoll.toml",
        "/apps/hello/assets/x/frontend/App.js",
    ] {
        assert_eq!(server.get(missing).await.status(), 404, "{missing}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_json() {
    let server = TestServer::start().await;
    for path in ["/api/v1/nothing", "/api", "/openapi.json", "/apps/hello/nothing", "/.stamp"] {
        assert_eq!(problem(server.get(path).await).await.0, 404, "{path}");
    }
    let response = server.request(Method::PATCH, "/api/v1/apps/hello").send().await.unwrap();
    let allow = response.headers()["allow"].to_str().unwrap().to_owned();
    assert_eq!(problem(response).await.0, 405);
    for method in ["PUT", "GET", "DELETE"] {
        assert!(allow.contains(method), "{allow}");
    }
    let health = server.get("/healthz").await;
    assert_eq!(health.status(), 200);
    assert_eq!(health.json::<Value>().await.unwrap()["status"], "ok");
}
