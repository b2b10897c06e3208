//! Deploying over HTTP, and the archives that are refused.

use crate::support::{TestServer, manifest, problem, tar_gz};
use reqwest::Method;
use serde_json::Value;

const HELLO: &str = "export default { async fetch() { return new Response(\"one\"); } };";

#[tokio::test]
async fn an_app_is_deployed_shown_changed_and_deleted() {
    let server = TestServer::start().await;
    let first = server.backend("hello", HELLO).await;
    assert_eq!(
        (first["app"].as_str(), first["revision"].as_u64(), first["unchanged"].as_bool()),
        (Some("hello"), Some(1), Some(false))
    );
    assert!(first["timings"]["total_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(server.backend("hello", HELLO).await["unchanged"], true);
    let second = server.backend("hello", &HELLO.replace("one", "two")).await;
    assert_eq!(second["revision"], 2);
    assert_eq!(server.get("/apps/hello/api/").await.text().await.unwrap(), "two");

    let apps: Value = server.get("/api/v1/apps").await.json().await.unwrap();
    assert_eq!(apps["apps"][0]["name"], "hello");
    let app: Value = server.get("/api/v1/apps/hello").await.json().await.unwrap();
    assert_eq!((app["revision"].as_u64(), app["backend"].as_bool()), (Some(2), Some(true)));
    let source: Value = server.get("/api/v1/apps/hello/source?revision=1").await.json().await.unwrap();
    assert_eq!(source["files"]["backend/index.ts"], HELLO);
    let revisions: Value = server.get("/api/v1/apps/hello/revisions").await.json().await.unwrap();
    assert_eq!(revisions["revisions"].as_array().unwrap().len(), 2);

    assert_eq!(server.request(Method::DELETE, "/api/v1/apps/hello").send().await.unwrap().status(), 204);
    for path in [
        "/api/v1/apps/hello",
        "/api/v1/apps/hello/source",
        "/api/v1/apps/hello/revisions",
        "/api/v1/apps/hello/logs",
        "/apps/hello/api/",
        "/apps/hello/",
    ] {
        assert_eq!(problem(server.get(path).await).await.0, 404, "{path}");
    }
    let manifest = manifest("hello", "");
    let archive = tar_gz(&[("atoll.toml", manifest.as_str()), ("backend/index.ts", HELLO)]);
    for (status, what) in [(201, "an app that was deleted is made anew"), (200, "and is there then")] {
        assert_eq!(server.put("hello", archive.clone()).await.status(), status, "{what}");
    }
}

#[tokio::test]
async fn a_refused_source_says_where_and_leaves_the_running_revision() {
    let server = TestServer::start().await;
    server.backend("hello", HELLO).await;
    let files = [
        ("atoll.toml", manifest("hello", "")),
        ("backend/index.ts", "export default { fetch() { return eval('1'); } };\n".into()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (status, document) = problem(server.put("hello", tar_gz(&files)).await).await;
    assert_eq!(status, 422);
    let finding = &document["diagnostics"][0];
    assert_eq!(finding["location"]["file"], "backend/index.ts", "{document:#}");
    assert_eq!(finding["location"]["line"], 1);
    assert!(finding["frame"].as_str().unwrap().contains("eval"));
    assert_eq!(server.get("/apps/hello/api/").await.text().await.unwrap(), "one");
}

#[tokio::test]
async fn the_name_in_the_path_and_the_manifests_must_agree() {
    let server = TestServer::start().await;
    let manifest = manifest("hello", "");
    let archive = tar_gz(&[("atoll.toml", manifest.as_str()), ("backend/index.ts", HELLO)]);
    let (status, document) = problem(server.put("other", archive.clone()).await).await;
    assert_eq!((status, document["type"].as_str().unwrap()), (422, "urn:atoll:problem:name-mismatch"));
    let renamed =
        server.request(Method::PUT, "/api/v1/apps/other?rename=1").body(archive).send().await.unwrap();
    assert_eq!(renamed.status(), 201);
    assert_eq!(server.get("/apps/other/api/").await.text().await.unwrap(), "one");
}

#[tokio::test]
async fn hostile_archives_are_refused() {
    let server = TestServer::start().await;
    let (status, _) = problem(server.put("hello", b"not an archive".to_vec()).await).await;
    assert_eq!(status, 415);
    let (status, _) = problem(server.put("hello", vec![0x1f, 0x8b, 8, 0, 0]).await).await;
    assert_eq!(status, 422);
    let bomb = "\0".repeat(1 << 20);
    let bombs: Vec<(String, &str)> = (0..50).map(|i| (format!("zeros{i}"), bomb.as_str())).collect();
    let bombs: Vec<(&str, &str)> = bombs.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let (status, document) = problem(server.put("hello", tar_gz(&bombs)).await).await;
    assert_eq!(status, 413, "{document}");
    let (status, document) = problem(server.put("hello", vec![b'x'; (10 << 20) + 1]).await).await;
    assert_eq!((status, document["limit"]["name"].as_str().unwrap()), (413, "archive_bytes_max"));
    let (status, _) = problem(server.put("hello", tar_gz::<&str>(&[])).await).await;
    assert_eq!(status, 422, "no manifest");
}

#[tokio::test]
async fn the_layout_is_kept() {
    let server = TestServer::start().await;
    let empty: Value = server.get("/api/v1/layout").await.json().await.unwrap();
    assert_eq!(empty["nodes"], serde_json::json!({}));
    let layout = serde_json::json!({"nodes": {"todo": {"x": 1, "y": 2, "width": 3, "height": 4}}, "viewport": {"x": 0, "y": 0, "zoom": 2}});
    let saved = server.request(Method::PUT, "/api/v1/layout").json(&layout).send().await.unwrap();
    assert_eq!(saved.status(), 204);
    assert_eq!(server.get("/api/v1/layout").await.json::<Value>().await.unwrap(), layout);
    for bad in
        [serde_json::json!([1]), serde_json::json!({}), serde_json::json!({"nodes": {}, "viewport": 5})]
    {
        let refused = server.request(Method::PUT, "/api/v1/layout").json(&bad).send().await.unwrap();
        assert_eq!(problem(refused).await.0, 400, "{bad}");
    }
    assert_eq!(server.get("/api/v1/layout").await.json::<Value>().await.unwrap(), layout, "still");
    let deep = format!("{{\"nodes\":{}{}}}", "[".repeat(100), "]".repeat(100));
    let deep = server.request(Method::PUT, "/api/v1/layout").body(deep).send().await.unwrap();
    assert_eq!(problem(deep).await.1["limit"]["name"], "json_depth_max");
}
