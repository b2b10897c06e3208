//! Secrets through the control API: written, never read back.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestServer, manifest, problem};

const HUSH: &str = "hush-hush-0123456789";
const APP: &str = "export default { fetch: (_, env) => new Response(env.API_KEY ?? 'none') };";

#[tokio::test]
async fn a_secret_is_set_listed_by_name_and_removed_and_no_answer_holds_it() {
    let server = TestServer::start().await;
    let grants = "[grants]\nsecrets = [\"API_KEY\"]\n";
    server.deploy("asks", &[("atoll.toml", &manifest("asks", grants)), ("backend/index.ts", APP)]).await;
    let path = "/api/v1/apps/asks/secrets/API_KEY";
    let set = server.request(Method::PUT, path).json(&json!({ "value": HUSH })).send().await.unwrap();
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    assert_eq!(server.get("/apps/asks/api/").await.text().await.unwrap(), HUSH);

    let listed: Value = server.get("/api/v1/apps/asks/secrets").await.json().await.unwrap();
    assert_eq!(
        (&listed["secrets"][0]["name"], &listed["secrets"][0]["granted"]),
        (&json!("API_KEY"), &json!(true))
    );
    for path in ["secrets", "source", "revisions", "logs", "metrics", ""] {
        let text =
            server.get(format!("/api/v1/apps/asks/{path}").trim_end_matches('/')).await.text().await.unwrap();
        assert!(!text.contains(HUSH), "{path}: {text}");
    }
    assert_eq!(server.get(path).await.status(), StatusCode::METHOD_NOT_ALLOWED);

    let removed = server.request(Method::DELETE, path).send().await.unwrap();
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    assert_eq!(server.get("/apps/asks/api/").await.text().await.unwrap(), "none");
    let (status, _) = problem(server.request(Method::DELETE, path).send().await.unwrap()).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn what_cannot_be_a_secret_is_a_problem_that_does_not_repeat_it() {
    let server = TestServer::start().await;
    server.backend("asks", APP).await;
    for (name, body, expected) in [
        ("api_key", json!({ "value": HUSH }), 400),
        ("KV", json!({ "value": HUSH }), 400),
        ("API_KEY", json!({ "value": "" }), 400),
        ("API_KEY", json!({ "value": 7 }), 400),
        ("API_KEY", json!({ "valu": HUSH }), 400),
        ("API_KEY", json!({ "value": HUSH.repeat(1_000) }), 413),
    ] {
        let path = format!("/api/v1/apps/asks/secrets/{name}");
        let (status, document) =
            problem(server.request(Method::PUT, &path).json(&body).send().await.unwrap()).await;
        assert_eq!(status, expected, "{name} {document}");
        assert!(!document.to_string().contains(HUSH), "{document}");
    }
    let nobody = server.request(Method::PUT, "/api/v1/apps/nobody/secrets/A").json(&json!({ "value": "x" }));
    assert_eq!(problem(nobody.send().await.unwrap()).await.0, 404);
}
