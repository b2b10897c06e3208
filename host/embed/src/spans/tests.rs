use atoll_model::{AppName, EventDraft, EventType, TRACEPARENT};
use atoll_runtime::CallTrace;
use http::Request;
use opentelemetry::trace::noop::NoopTracer;

use super::*;

const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn request(traceparent: &str) -> Request<()> {
    Request::get("http://h/").header(TRACEPARENT, traceparent).body(()).unwrap()
}

/// Without a tracer, and with one that does nothing.
fn silent() -> [Spans; 2] {
    [Spans::default(), Spans::new(Some(Arc::new(BoxedTracer::new(Box::new(NoopTracer::new())))))]
}

#[test]
fn without_a_tracer_what_came_in_is_carried_through() {
    let app = AppName::parse("todo").unwrap();
    for spans in silent() {
        let mut request = request(GOOD);
        spans.http(&app, &mut request);
        assert_eq!(request.headers()[TRACEPARENT], GOOD);
        let trace = request.extensions().get::<CallTrace>().unwrap();
        let context = trace.context.as_deref().unwrap();
        assert_eq!(context.traceparent(), GOOD);
        let mut draft = EventDraft {
            event_type: EventType::parse("a.b").unwrap(),
            id: None,
            subject: None,
            data: serde_json::Value::Null,
            hops: 0,
            trace: Some(context.clone()),
        };
        spans.publish("/apps/todo", &mut draft).ended(None);
        assert_eq!(draft.trace.as_ref(), Some(context));
    }
}

#[test]
fn without_a_tracer_nothing_is_made() {
    let app = AppName::parse("todo").unwrap();
    for spans in silent() {
        let mut request = request("00-nonsense");
        spans.http(&app, &mut request);
        assert!(request.extensions().get::<CallTrace>().is_none());
    }
}
