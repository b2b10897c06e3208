//! A host, its apps and a collector, over real sockets: what arrives, and how it hangs together.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on panics"
)]

#[path = "export/recorder.rs"]
mod recorder;

use std::{collections::HashMap, time::Duration};

use atoll::{
    AppName, Bytes, DeployOptions, EventDraft, EventType, Host, Limits, SourcePath, SourceTree,
    http::Request, model::TraceContext, outbound::OutboundConfig,
};
use atoll_otlp::{Otlp, OtlpConfig};
use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{KeyValue, any_value::Value},
    metrics::v1::metric::Data,
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message as _;
use recorder::Recorder;
use tempfile::TempDir;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Publishes what it is asked for, and follows that itself with a request to the world.
const FIRST: &str = r#"
export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === "/loop") { let n = 0; while (n >= 0) n = (n + 1) % 7; }
    await env.BUS.publish("first.said", { seen: request.headers.get("traceparent") });
    return new Response("published");
  },
};"#;

fn second(world: &str) -> String {
    format!(
        r#"export default {{
          async fetch() {{ return new Response("nothing here"); }},
          async event(event) {{ await fetch("{world}/heard?secret=1", {{ method: "POST", body: event.data.seen ?? "" }}); }},
        }};"#
    )
}

struct Running {
    host: Host,
    world: Recorder,
    _data: TempDir,
}

fn app(name: &str) -> AppName {
    AppName::parse(name).unwrap()
}

async fn deploy(host: &Host, name: &str, manifest: &str, code: &str) {
    let mut tree = SourceTree::new();
    let text = format!("name = \"{name}\"\n[backend]\nentry = \"backend/index.ts\"\n{manifest}");
    for (path, text) in [("atoll.toml", text), ("backend/index.ts", code.to_owned())] {
        tree.insert(SourcePath::parse(path).unwrap(), text, host.limits()).unwrap();
    }
    host.deploy(tree, DeployOptions::default()).await.unwrap();
}

impl Running {
    async fn start(otlp: Option<&Otlp>) -> Self {
        let (data, world) = (tempfile::tempdir().unwrap(), Recorder::start(200).await);
        let outbound = OutboundConfig {
            allowed_ranges: vec!["127.0.0.0/8".parse().unwrap()],
            ..OutboundConfig::default()
        };
        let cache = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine");
        let mut builder = Host::builder().data_dir(data.path()).cache_dir(cache).outbound(outbound);
        if let Some(tracer) = otlp.and_then(Otlp::tracer) {
            builder = builder.tracer(tracer);
        }
        let host = builder.build().await.unwrap();
        let publishes = "[backend.limits]\nfuel = 10000000000\n[[events.publishes]]\ntype = \"first.said\"\n";
        deploy(&host, "first", publishes, FIRST).await;
        let hears =
            format!("[grants]\nhttp = [\"{0}\"]\n[[events.subscribes]]\ntype = \"first.*\"\n", world.url());
        deploy(&host, "second", &hears, &second(&world.url())).await;
        Self { host, world, _data: data }
    }

    async fn call(&self, path: &str, traceparent: Option<&str>) -> Option<u16> {
        let mut request = Request::get(format!("http://first.example{path}"));
        if let Some(traceparent) = traceparent {
            request = request.header("traceparent", traceparent).header("tracestate", "vendor=1");
        }
        let request = request.body(Bytes::new()).unwrap();
        let handled = self.host.handle(&app("first"), request).await;
        handled.ok().map(|handled| handled.response.status().as_u16())
    }
}

fn attribute<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    attributes.iter().find(|pair| pair.key == key)?.value.as_ref()?.value.as_ref()
}

fn text(attributes: &[KeyValue], key: &str) -> String {
    match attribute(attributes, key) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{key}: {other:?} in {attributes:#?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All spans that have arrived, by name.
fn spans(collector: &Recorder) -> HashMap<String, Span> {
    let mut spans = HashMap::new();
    for request in collector.all().iter().filter(|request| request.path == "/v1/traces") {
        assert_eq!(request.headers["content-type"], "application/x-protobuf");
        let message = ExportTraceServiceRequest::decode(request.body.clone()).unwrap();
        for of_resource in message.resource_spans {
            let resource = of_resource.resource.unwrap();
            assert_eq!(text(&resource.attributes, "service.name"), "atoll");
            for span in of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                spans.insert(span.name.clone(), span);
            }
        }
    }
    spans
}

fn config(collector: &Recorder) -> OtlpConfig {
    OtlpConfig::from_env(Some(&collector.url())).unwrap().unwrap()
}

#[tokio::test]
async fn one_trace_leads_from_the_request_over_the_event_to_the_world() {
    let collector = Recorder::start(200).await;
    let otlp = Otlp::start(config(&collector), &Limits::default()).unwrap();
    let running = Running::start(Some(&otlp)).await;
    assert_eq!(running.call("/", Some(CALLER)).await, Some(200));
    let heard = running.world.next().await;
    running.host.shutdown().await;
    otlp.shutdown().await;

    let spans = spans(&collector);
    let [server, producer, consumer, client] =
        ["GET", "send first.said", "process first.said", "POST"].map(|name| {
            spans.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", spans.keys().collect::<Vec<_>>()))
        });
    for span in [server, producer, consumer, client] {
        assert_eq!(hex(&span.trace_id), TRACE, "{}", span.name);
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    }
    assert_eq!(hex(&server.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(producer.parent_span_id, server.span_id);
    assert_eq!(consumer.parent_span_id, producer.span_id);
    assert_eq!(consumer.links[0].span_id, producer.span_id);
    assert_eq!(client.parent_span_id, consumer.span_id);
    for (span, kind) in [
        (server, SpanKind::Server),
        (producer, SpanKind::Producer),
        (consumer, SpanKind::Consumer),
        (client, SpanKind::Client),
    ] {
        assert_eq!(span.kind(), kind, "{}", span.name);
    }

    // What the world and the guest saw of it.
    assert_eq!(heard.headers["traceparent"], format!("00-{TRACE}-{}-01", hex(&client.span_id)));
    assert_eq!(heard.headers["tracestate"], "vendor=1");
    assert_eq!(heard.body, format!("00-{TRACE}-{}-01", hex(&server.span_id)));

    assert_eq!(text(&server.attributes, "http.request.method"), "GET");
    assert_eq!(text(&server.attributes, "http.response.status_code"), "200");
    assert_eq!(text(&server.attributes, "url.path"), "/");
    assert_eq!(
        (text(&server.attributes, "atoll.app"), text(&server.attributes, "atoll.revision")),
        ("first".into(), "1".into())
    );
    assert_eq!(text(&server.attributes, "atoll.outcome"), "ok");
    assert!(matches!(attribute(&server.attributes, "atoll.fuel"), Some(Value::IntValue(fuel)) if *fuel > 0));
    assert!(
        matches!(attribute(&server.attributes, "atoll.cpu_ms"), Some(Value::DoubleValue(ms)) if *ms > 0.0)
    );
    assert_eq!(text(&consumer.attributes, "messaging.destination.name"), "first.said");
    assert_eq!(text(&consumer.attributes, "atoll.event.attempt"), "1");
    assert_eq!(text(&client.attributes, "url.full"), format!("{}/heard", running.world.url()));
    assert_eq!(text(&client.attributes, "http.response.status_code"), "200");
}

#[tokio::test]
async fn a_call_that_is_stopped_is_an_error_with_its_reason() {
    let collector = Recorder::start(200).await;
    let otlp = Otlp::start(config(&collector), &Limits::default()).unwrap();
    let running = Running::start(Some(&otlp)).await;
    assert_eq!(running.call("/loop", Some("00-not-a-trace")).await, None);
    otlp.shutdown().await;
    let spans = spans(&collector);
    let span = &spans["GET"];
    assert!(span.parent_span_id.is_empty() && hex(&span.trace_id) != TRACE);
    assert_eq!(text(&span.attributes, "error.type"), "out_of_cpu");
    assert_eq!(text(&span.attributes, "http.response.status_code"), "504");
    assert_eq!(span.status.as_ref().unwrap().code(), StatusCode::Error);
    running.host.shutdown().await;
}

#[tokio::test]
async fn without_a_tracer_the_callers_trace_is_carried_through() {
    let running = Running::start(None).await;
    assert_eq!(running.call("/", Some(CALLER)).await, Some(200));
    let heard = running.world.next().await;
    assert_eq!(
        (&heard.headers["traceparent"], &heard.body[..]),
        (&CALLER.parse().unwrap(), CALLER.as_bytes())
    );
    assert_eq!(heard.headers["tracestate"], "vendor=1");

    // And without a trace none is made.
    assert_eq!(running.call("/", None).await, Some(200));
    let heard = running.world.next().await;
    assert!(!heard.headers.contains_key("traceparent") && heard.body.is_empty(), "{heard:?}");

    // An event from outside brings its own.
    let draft = EventDraft {
        event_type: EventType::parse("first.outside").unwrap(),
        id: None,
        subject: None,
        data: serde_json::json!({}),
        hops: 0,
        trace: TraceContext::parse(CALLER, None),
    };
    running.host.publish("/external/test", draft).await.unwrap();
    assert_eq!(running.world.next().await.headers["traceparent"], CALLER);
    running.host.shutdown().await;
}

#[tokio::test]
async fn metrics_arrive_with_their_buckets_and_labels() {
    let collector = Recorder::start(200).await;
    let mut config = config(&collector);
    config.metrics_headers.insert("x-key", "k".parse().unwrap());
    config.metrics_interval = Duration::from_secs(3_600);
    let mut otlp = Otlp::start(config, &Limits::default()).unwrap();
    let running = Running::start(None).await;
    otlp.export_metrics(&running.host);
    for _ in 0..3 {
        assert_eq!(running.call("/", None).await, Some(200));
    }
    // The interval is long; what is left goes at the end.
    otlp.shutdown().await;
    let sent: Vec<_> = collector.all().into_iter().filter(|request| request.path == "/v1/metrics").collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (&sent[0].headers["x-key"], &sent[0].headers["content-type"]),
        (&"k".parse().unwrap(), &"application/x-protobuf".parse().unwrap())
    );
    let message = ExportMetricsServiceRequest::decode(sent[0].body.clone()).unwrap();
    let of_resource = &message.resource_metrics[0];
    assert_eq!(text(&of_resource.resource.as_ref().unwrap().attributes, "service.name"), "atoll");
    let metrics: HashMap<&str, &Data> = of_resource.scope_metrics[0]
        .metrics
        .iter()
        .map(|metric| (metric.name.as_str(), metric.data.as_ref().unwrap()))
        .collect();
    let Data::Histogram(cpu) = metrics["atoll_call_cpu_seconds"] else { panic!("no histogram") };
    let of_first = cpu.data_points.iter().find(|point| text(&point.attributes, "app") == "first").unwrap();
    assert_eq!((of_first.count, of_first.bucket_counts.iter().sum::<u64>()), (3, 3));
    assert_eq!(of_first.bucket_counts.len(), of_first.explicit_bounds.len() + 1);
    assert!(of_first.sum.unwrap() > 0.0 && of_first.time_unix_nano > of_first.start_time_unix_nano);
    assert!(matches!(metrics["atoll_calls"], Data::Sum(sum) if sum.is_monotonic));
    assert!(matches!(metrics["atoll_instances_max"], Data::Gauge(_)));
    running.host.shutdown().await;
}

#[tokio::test]
async fn a_collector_that_refuses_or_is_gone_hurts_no_request() {
    let refusing = Recorder::start(400).await;
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for url in [refusing.url(), gone] {
        let config = OtlpConfig::from_env(Some(&url)).unwrap().unwrap();
        let limits = Limits { traces_queue_max: 2, telemetry_export_ms: 500, ..Limits::default() };
        let mut otlp = Otlp::start(config, &limits).unwrap();
        let running = Running::start(Some(&otlp)).await;
        otlp.export_metrics(&running.host);
        for _ in 0..10 {
            assert_eq!(running.call("/", None).await, Some(200));
        }
        running.host.shutdown().await;
        otlp.shutdown().await;
    }
}
