//! What calls cost, as scrapers, the canvas and clients are told; and the trace that an event belongs to.

use std::collections::HashMap;

use atoll::Limits;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{SseReader, TestServer, manifest, problem};

const APP: &str = r#"
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/throw") throw new Error("on purpose");
    if (pathname === "/loop") { let n = 0; while (n >= 0) n = (n + 1) % 7; }
    if (pathname === "/publish") await env.BUS.publish("metered.said", { n: 1 });
    if (pathname === "/stream") return new Response(new ReadableStream({
      start(controller) { controller.enqueue(new TextEncoder().encode("piece")); controller.close(); },
    }));
    return new Response(await request.text());
  },
  async event() {},
};"#;

const MANIFEST: &str = "[backend.limits]\nbody_mib = 1\nfuel = 10000000000\n\
    [[events.publishes]]\ntype = \"metered.said\"\n[[events.subscribes]]\ntype = \"metered.said\"\n";

async fn deploy(server: &TestServer, name: &str) {
    server.deploy(name, &[("atoll.toml", &manifest(name, MANIFEST)), ("backend/index.ts", APP)]).await;
}

/// A scrape: each sample by its name and labels as they are written, and the type of each family.
struct Scraped {
    samples: HashMap<String, f64>,
    types: HashMap<String, String>,
}

async fn scrape(server: &TestServer) -> Scraped {
    let response = server.get("/metrics").await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let text = response.text().await.unwrap();
    let (mut samples, mut types, mut helped) = (HashMap::new(), HashMap::new(), String::new());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.last(), Some(&"# EOF"));
    for line in &lines[..lines.len() - 1] {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(!words.is_empty());
            name.clone_into(&mut helped);
        } else if let Some(of_type) = line.strip_prefix("# TYPE ") {
            let (name, kind) = of_type.split_once(' ').unwrap();
            assert_eq!(name, helped);
            assert_eq!(types.insert(name.to_owned(), kind.to_owned()), None, "{name} is there twice");
        } else {
            assert!(line.starts_with(&helped), "{line} is not of {helped}");
            let (sample, value) = line.rsplit_once(' ').unwrap();
            assert_eq!(samples.insert(sample.to_owned(), value.parse().unwrap()), None, "{line}");
        }
    }
    Scraped { samples, types }
}

impl Scraped {
    fn calls(&self, app: &str, kind: &str, outcome: &str) -> f64 {
        let sample = format!(
            "atoll_calls_total{{app=\"{app}\",revision=\"1\",kind=\"{kind}\",outcome=\"{outcome}\"}}"
        );
        self.samples.get(&sample).copied().unwrap_or(0.0)
    }

    fn of(&self, name: &str, app: &str) -> f64 {
        self.samples[&format!("{name}{{app=\"{app}\",revision=\"1\",kind=\"http\"}}")]
    }
}

#[tokio::test]
async fn calls_are_scraped_by_how_they_ended_and_what_they_cost() {
    let server = TestServer::start().await;
    deploy(&server, "metered").await;
    for _ in 0..3 {
        let sent = server.request(Method::POST, "/apps/metered/api/").body("12345").send().await.unwrap();
        assert_eq!(sent.text().await.unwrap(), "12345");
    }
    assert_eq!(server.get("/apps/metered/api/throw").await.status(), 500);
    assert_eq!(server.get("/apps/metered/api/loop").await.status(), 504);
    // Turned away before there was a sandbox.
    let large = server.request(Method::POST, "/apps/metered/api/").body(vec![0; (1 << 20) + 1]);
    assert_eq!(large.send().await.unwrap().status(), 413);

    let scraped = scrape(&server).await;
    for (outcome, count) in [("ok", 3.0), ("failed", 1.0), ("out_of_cpu", 1.0), ("body_too_large", 1.0)] {
        assert_eq!(scraped.calls("metered", "http", outcome), count, "{outcome}: {:#?}", scraped.samples);
    }
    assert_eq!(scraped.of("atoll_call_cpu_seconds_count", "metered"), 5.0);
    assert!(scraped.of("atoll_call_cpu_seconds_sum", "metered") >= 0.05);
    assert_eq!(scraped.of("atoll_call_queue_seconds_count", "metered"), 6.0);
    assert_eq!(scraped.of("atoll_call_in_bytes_total", "metered"), 15.0);
    assert_eq!(scraped.of("atoll_call_out_bytes_total", "metered"), 15.0);
    assert!(scraped.of("atoll_call_fuel_total", "metered") > 0.0);
    let infinite = "atoll_call_cpu_seconds_bucket{le=\"+Inf\",app=\"metered\",revision=\"1\",kind=\"http\"}";
    assert_eq!(scraped.samples[infinite], 5.0);
    for (family, kind) in [
        ("atoll_calls", "counter"),
        ("atoll_call_cpu_seconds", "histogram"),
        ("atoll_instances_max", "gauge"),
        ("process_cpu_seconds", "counter"),
        ("atoll_build_info", "gauge"),
    ] {
        assert_eq!(scraped.types[family], kind, "{family}");
    }
    assert_eq!(scraped.samples["atoll_instances_max"], f64::from(Limits::default().instances_max));
    assert_eq!(scraped.samples["atoll_instances_running"], 0.0);
    assert_eq!(scraped.samples["atoll_apps_loaded"], 1.0);
    assert!(scraped.samples["atoll_app_cache_lookups_total{result=\"hit\"}"] >= 5.0);
    assert!(scraped.samples["atoll_connections_open"] >= 1.0);
    assert!(scraped.samples["atoll_http_responses_total{class=\"5xx\"}"] >= 2.0);
    assert!(scraped.samples["process_resident_memory_bytes"] > 1e6);
    assert!(scraped.samples["atoll_compiled_files"] >= 1.0);

    assert_eq!(server.request(Method::DELETE, "/api/v1/apps/metered").send().await.unwrap().status(), 204);
    let scraped = scrape(&server).await;
    assert!(
        scraped.samples.keys().all(|sample| !sample.contains("app=\"metered\"")),
        "a deleted app's series go"
    );
}

#[tokio::test]
async fn an_overloaded_app_is_counted() {
    let server =
        TestServer::with_limits(Limits { app_concurrency_max: 1, app_queue_max: 0, ..Limits::default() })
            .await;
    let code =
        r#"export default { async fetch(request) { await request.text(); return new Response("x"); } };"#;
    server.backend("busy", code).await;
    // Holds the only place until its body ends.
    let (body, pieces) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let stream = reqwest::Body::wrap_stream(tokio_stream::wrappers::ReceiverStream::new(pieces));
    let holding = tokio::spawn(server.request(Method::POST, "/apps/busy/api/").body(stream).send());
    body.send(Ok(b"begin".to_vec())).await.unwrap();
    while scrape(&server).await.samples["atoll_instances_running"] < 1.0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.get("/apps/busy/api/").await.status(), 503);
    drop(body);
    assert_eq!(holding.await.unwrap().unwrap().status(), 200);
    let scraped = scrape(&server).await;
    assert_eq!(
        (scraped.calls("busy", "http", "ok"), scraped.calls("busy", "http", "overloaded")),
        (1.0, 1.0)
    );
    assert_eq!(scraped.samples["atoll_calls_waiting"], 0.0);
}

#[tokio::test]
async fn an_app_has_a_document_of_its_own_and_others_have_none() {
    let server = TestServer::start().await;
    deploy(&server, "metered").await;
    let none: Value = server.get("/api/v1/apps/metered/metrics").await.json().await.unwrap();
    assert_eq!(
        (&none["total"]["calls"], &none["samples"], &none["revisions"]),
        (&json!(0), &json!([]), &json!([]))
    );

    for path in ["", "", "throw"] {
        server.get(&format!("/apps/metered/api/{path}")).await;
    }
    let told: Value = server.get("/api/v1/apps/metered/metrics").await.json().await.unwrap();
    assert_eq!((&told["app"], &told["revision"]), (&json!("metered"), &json!(1)));
    assert_eq!(told["total"]["outcomes"], json!({"ok": 2, "failed": 1}));
    assert_eq!((&told["total"]["calls"], &told["total"]["failures"]), (&json!(3), &json!(1)));
    assert_eq!(told["limits"]["cpu_ms"], 50);
    assert_eq!(told["revisions"][0]["kinds"]["http"]["calls"], 3);
    let (p50, max) = (&told["total"]["cpu_ms"]["p50"], &told["total"]["cpu_ms"]["max"]);
    assert!(p50.as_f64().unwrap() > 0.0 && p50.as_f64() <= max.as_f64(), "{told:#}");
    assert!(told["total"]["memory_bytes"]["max"].as_f64().unwrap() >= 65_536.0);
    let counted: u64 =
        told["samples"].as_array().unwrap().iter().map(|sample| sample["calls"].as_u64().unwrap()).sum();
    assert_eq!(counted, 3, "{told:#}");

    let (status, document) = problem(server.get("/api/v1/apps/nobody/metrics").await).await;
    assert_eq!((status, document["type"].as_str()), (404, Some("urn:atoll:problem:no-such-app")));
}

#[tokio::test]
async fn pages_of_others_read_no_metrics() {
    let server = TestServer::start().await;
    for path in ["/metrics", "/api/v1/apps/metered/metrics"] {
        let foreign = server.request(Method::GET, path).header("origin", "http://evil.example");
        assert_eq!(foreign.send().await.unwrap().status(), 403, "{path}");
        let linked = server
            .request(Method::GET, path)
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "no-cors");
        assert_eq!(linked.send().await.unwrap().status(), 403, "{path}");
    }
    assert_eq!(server.request(Method::POST, "/metrics").send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn server_timing_tells_what_a_response_cost_also_when_it_is_streamed() {
    let server = TestServer::start().await;
    deploy(&server, "metered").await;
    for path in ["", "stream"] {
        let response = server.get(&format!("/apps/metered/api/{path}")).await;
        let timing = response.headers()["server-timing"].to_str().unwrap().to_owned();
        let metrics: HashMap<&str, &str> =
            timing.split(", ").map(|metric| metric.split_once(';').unwrap()).collect();
        for name in ["cpu", "wall", "queue"] {
            let duration: f64 = metrics[name].strip_prefix("dur=").unwrap().parse().unwrap();
            assert!(duration >= 0.0, "{timing}");
        }
        let described = |name: &str| metrics[name].strip_prefix("desc=\"").unwrap().trim_end_matches('"');
        assert!(described("fuel").parse::<u64>().unwrap() > 0, "{timing}");
        let memory = described("memory").strip_suffix(" bytes").unwrap();
        assert!(memory.parse::<u64>().unwrap() >= 65_536, "{timing}");
        described("host-calls").parse::<u32>().unwrap();
    }
}

#[tokio::test]
async fn an_event_carries_the_trace_of_whoever_published_it() {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let server = TestServer::start().await;
    deploy(&server, "metered").await;
    let mut events = SseReader::new(server.get("/api/v1/events?after=0").await);

    let traced = server.request(Method::GET, "/apps/metered/api/publish").header("traceparent", TRACE);
    traced.header("tracestate", "vendor=1").send().await.unwrap();
    let (_, _, event) = events.next().await.unwrap();
    assert_eq!(
        (&event["traceparent"], &event["tracestate"]),
        (&json!(TRACE), &json!("vendor=1")),
        "{event:#}"
    );

    for malformed in ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", "nonsense"] {
        let request =
            server.request(Method::GET, "/apps/metered/api/publish").header("traceparent", malformed);
        request.send().await.unwrap();
        let (_, _, event) = events.next().await.unwrap();
        assert_eq!(event["traceparent"], Value::Null, "{event:#}");
    }

    // From outside: the event's own attribute, or the request's header.
    let event =
        json!({"specversion": "1.0", "type": "out.side", "source": "ci", "id": "1", "traceparent": TRACE});
    let publish = |event: Value| {
        server
            .request(Method::POST, "/api/v1/events")
            .header("content-type", "application/cloudevents+json")
            .body(event.to_string())
    };
    assert_eq!(publish(event).send().await.unwrap().status(), 202);
    assert_eq!(events.next().await.unwrap().2["traceparent"], TRACE);
    let bare = json!({"specversion": "1.0", "type": "out.side", "source": "ci", "id": "2"});
    assert_eq!(publish(bare).header("traceparent", TRACE).send().await.unwrap().status(), 202);
    assert_eq!(events.next().await.unwrap().2["traceparent"], TRACE);
}
