//! Events from outside, in both modes, and what is not taken from them.

use http::HeaderValue;
use serde_json::json;

use super::*;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
}

fn structured(event: Value) -> Result<OutsideEvent, Problem> {
    let headers = headers(&[("content-type", "application/cloudevents+json; charset=utf-8")]);
    one(&headers, event.to_string().as_bytes(), &Limits::default())
}

#[test]
fn a_forged_source_becomes_external() {
    for (given, source) in [
        ("/apps/todo", "/external/apps-todo"),
        ("https://GitHub.com/Org/x?y", "/external/https-github.com-org-x-y"),
        ("/external/billing", "/external/billing"),
        ("/external//apps/todo", "/external/apps-todo"),
        ("../../apps/todo", "/external/apps-todo"),
        ("töst", "/external/t-st"),
        ("…", "/external/anonymous"),
    ] {
        let event =
            structured(json!({"specversion": "1.0", "type": "a.b", "source": given, "id": "1"})).unwrap();
        assert_eq!(event.source, source, "{given}");
    }
    assert_eq!(external_source(&"x".repeat(500)).len(), "/external/".len() + SOURCE_NAME_MAX);
}

#[test]
fn what_the_host_decides_is_not_taken() {
    let event = structured(json!({
        "specversion": "1.0", "type": "a.b", "source": "s", "id": "1", "time": "1999-01-01T00:00:00Z",
        "hops": 7, "attempt": 3, "sequence": "1", "data": {"n": 1},
    }))
    .unwrap();
    assert_eq!(event.draft.hops, 0);
    assert_eq!(event.draft.data, json!({"n": 1}));
}

#[test]
fn binary_mode_reads_headers_and_body() {
    let headers = headers(&[
        ("ce-specversion", "1.0"),
        ("ce-type", "a.b"),
        ("ce-source", "x"),
        ("ce-id", "7"),
        ("ce-subject", "caf%C3%A9"),
        ("content-type", "application/json"),
    ]);
    let event = one(&headers, br#"{"n":1}"#, &Limits::default()).unwrap();
    assert_eq!(event.draft.id.as_deref(), Some("7"));
    assert_eq!(event.draft.subject.as_deref(), Some("café"));
    assert_eq!(event.draft.data, json!({"n": 1}));
}

#[test]
fn a_trace_comes_with_the_event_or_else_with_the_request() {
    const OF_EVENT: &str = "00-11111111111111111111111111111111-1111111111111111-01";
    const OF_REQUEST: &str = "00-22222222222222222222222222222222-2222222222222222-00";
    let parse = |of_request: Option<&'static str>, of_event: Value| {
        let mut headers = headers(&[("content-type", "application/cloudevents+json")]);
        if let Some(text) = of_request {
            headers.insert(TRACEPARENT, HeaderValue::from_static(text));
        }
        let mut event = json!({"specversion": "1.0", "type": "a.b", "tracestate": "x=1"});
        event[TRACEPARENT] = of_event;
        let event = one(&headers, event.to_string().as_bytes(), &Limits::default()).unwrap();
        event.draft.trace.map(|trace| (trace.traceparent(), trace.tracestate().map(str::to_owned)))
    };
    let state = Some("x=1".to_owned());
    assert_eq!(parse(None, OF_EVENT.into()), Some((OF_EVENT.into(), state.clone())));
    assert_eq!(parse(Some(OF_REQUEST), OF_EVENT.into()), Some((OF_EVENT.into(), state)));
    assert_eq!(parse(Some(OF_REQUEST), Value::Null), Some((OF_REQUEST.into(), None)));
    for malformed in [json!("00-zz"), json!(7), json!(["x"]), json!("")] {
        assert_eq!(parse(None, malformed.clone()), None, "{malformed}");
        assert_eq!(parse(Some("00-nothing"), malformed.clone()), None, "{malformed}");
    }
    let binary = headers(&[
        ("ce-specversion", "1.0"),
        ("ce-type", "a.b"),
        ("ce-traceparent", OF_EVENT),
        ("ce-tracestate", "x=1"),
    ]);
    let event = one(&binary, b"", &Limits::default()).unwrap();
    assert_eq!(event.draft.trace, TraceContext::parse(OF_EVENT, Some("x=1")));
}

#[test]
fn malformed_events_are_refused() {
    for bad in [
        json!({"type": "a.b", "id": "1", "source": "s"}),
        json!({"specversion": "0.3", "type": "a.b"}),
        json!({"specversion": "1.0"}),
        json!({"specversion": "1.0", "type": "A B"}),
        json!({"specversion": "1.0", "type": "a.*"}),
        json!({"specversion": "1.0", "type": "a", "id": ""}),
        json!({"specversion": "1.0", "type": "a", "id": "a\nb"}),
        json!({"specversion": "1.0", "type": "a", "data_base64": "AA=="}),
        json!([]),
    ] {
        assert_eq!(structured(bad.clone()).unwrap_err().status(), 400, "{bad}");
    }
    for big in [
        json!({"specversion": "1.0", "type": "a", "data": "x".repeat(300 << 10)}),
        json!({"specversion": "1.0", "type": "a", "id": "x".repeat(300)}),
    ] {
        assert_eq!(structured(big).unwrap_err().status(), 413);
    }
    for (missing, there) in [("ce-type", "ce-specversion"), ("ce-specversion", "ce-type")] {
        let headers = headers(&[("content-type", "application/json"), (there, "1.0")]);
        let problem = one(&headers, b"{}", &Limits::default()).unwrap_err();
        assert!(problem.status() == 400 && problem.text().contains(missing), "{}", problem.text());
    }
    for media_type in ["application/cloudevents+avro", "application/octet-stream", "text/html"] {
        let headers = headers(&[("content-type", media_type)]);
        assert_eq!(one(&headers, b"[]", &Limits::default()).unwrap_err().status(), 415, "{media_type}");
    }
}
