//! When apps run by themselves, as a client is told.

use serde_json::Value;

use crate::support::{TestServer, manifest, problem, tar_gz};

const APP: &str = "export default { async scheduled(controller) { if (controller.cron === '@daily') throw new Error('no paper') } };";
const SCHEDULES: &str =
    "[[schedule]]\ncron = \"0 9 * * 1-5\"\ntimezone = \"Europe/Berlin\"\n[[schedule]]\ncron = \"@daily\"\n";

#[tokio::test]
async fn schedules_are_listed_with_their_next_runs_and_can_be_run_now() {
    let server = TestServer::start().await;
    server
        .deploy("digest", &[("atoll.toml", &manifest("digest", SCHEDULES)), ("backend/index.ts", APP)])
        .await;
    let document: Value = server.get("/api/v1/apps/digest/schedules").await.json().await.unwrap();
    let schedules = document["schedules"].as_array().unwrap();
    assert_eq!(
        (&schedules[0]["timezone"], &schedules[1]["timezone"]),
        (&"Europe/Berlin".into(), &"UTC".into())
    );
    assert_eq!((&schedules[0]["missed"], &schedules[0]["overlap"]), (&"once".into(), &"skip".into()));
    assert!(schedules.iter().all(|schedule| schedule["next"].as_array().unwrap().len() == 5), "{document}");

    let ran: Value =
        server.post("/api/v1/apps/digest/schedules/0/run", Value::Null).await.json().await.unwrap();
    assert_eq!(ran, serde_json::json!({ "index": 0, "done": true }));
    let ran: Value =
        server.post("/api/v1/apps/digest/schedules/1/run", Value::Null).await.json().await.unwrap();
    assert!(ran["done"] == false && ran["error"].as_str().unwrap().contains("no paper"), "{ran}");
    for (index, expected) in [("2", 404), ("x", 400), ("-1", 400)] {
        let response = server.post(&format!("/api/v1/apps/digest/schedules/{index}/run"), Value::Null).await;
        let (status, detail) = problem(response).await;
        assert_eq!(status, expected, "{index}: {detail}");
    }
    let metrics: Value = server.get("/api/v1/apps/digest/metrics").await.json().await.unwrap();
    assert_eq!(metrics["total"]["calls"], 2, "{metrics}");
}

#[tokio::test]
async fn a_schedule_that_makes_no_sense_is_refused_with_its_place() {
    let server = TestServer::start().await;
    for (schedule, word) in [
        ("[[schedule]]\ncron = \"every day\"\n", "is no cron expression"),
        ("[[schedule]]\ncron = \"@daily\"\ntimezone = \"Mars\"\n", "is no time zone"),
        ("[[schedule]]\ncron = \"@daily\"\n[[schedule]]\ncron = \"@daily\"\n", "stands there twice"),
        ("[[schedule]]\ncron = \"@daily\"\ntimezon = \"UTC\"\n", "did you mean"),
    ] {
        let files = [("atoll.toml", manifest("digest", schedule)), ("backend/index.ts", APP.to_owned())];
        let (status, body) = problem(server.put("digest", tar_gz(&files)).await).await;
        assert!(status == 422 && body.to_string().contains(word), "{schedule}: {status} {body}");
    }
}
