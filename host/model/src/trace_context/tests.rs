//! What is read, written and refused.

use proptest::prelude::*;

use super::*;

const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn a_well_formed_context_reads_back_as_it_was() {
    let context = TraceContext::parse(GOOD, Some("rojo=00f067aa0ba902b7,t61@congo=x y")).unwrap();
    assert_eq!(context.traceparent(), GOOD);
    assert_eq!(context.tracestate(), Some("rojo=00f067aa0ba902b7,t61@congo=x y"));
    let mut headers = HeaderMap::new();
    headers.append(TRACESTATE, HeaderValue::from_static("stale=1"));
    context.set_headers(&mut headers);
    assert_eq!(TraceContext::from_headers(&headers), Some(context.clone()));
    let json = serde_json::to_string(&context).unwrap();
    assert_eq!(serde_json::from_str::<TraceContext>(&json).unwrap(), context);
}

#[test]
fn a_later_version_is_read_as_far_as_it_is_known() {
    let later = GOOD.replacen("00", "cc", 1);
    for text in [later.clone(), format!("{later}-what-comes"), later.replace("-01", "-f9")] {
        let context = TraceContext::parse(&text, None).unwrap();
        assert_eq!(context.traceparent(), GOOD, "{text}");
    }
}

#[test]
fn what_is_malformed_is_no_context() {
    for bad in [
        "".to_owned(),
        GOOD.to_uppercase(),
        format!("{GOOD}-"),
        format!("{GOOD}-00"),
        format!(" {GOOD}"),
        GOOD.replacen("00", "ff", 1),
        GOOD.replacen("00", "0", 1),
        GOOD.replace('-', "_"),
        GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
        GOOD.replace("00f067aa0ba902b7", &"0".repeat(16)),
        GOOD.replace("01", "0g"),
        format!("cc{}", &GOOD[2..]) + "x",
        format!("cc{}-{}", &GOOD[2..], "x".repeat(TRACEPARENT_BYTES_MAX)),
    ] {
        assert_eq!(TraceContext::parse(&bad, None), None, "{bad:?}");
    }
    let mut twice = HeaderMap::new();
    for _ in 0..2 {
        twice.append(TRACEPARENT, HeaderValue::from_static(GOOD));
    }
    assert_eq!(TraceContext::from_headers(&twice), None);
}

#[test]
fn a_malformed_tracestate_goes_and_the_trace_stays() {
    let many = (0..33).map(|n| format!("k{n}=1")).collect::<Vec<_>>().join(",");
    let long = format!("a={}", "x".repeat(300));
    for bad in ["", "a", "a=", "A=1", "1a=1", "a=1,a=2", "a=b=c", "a=\u{7f}", "@a=1", "a@B=1", &many, &long] {
        let context = TraceContext::parse(GOOD, Some(bad)).unwrap();
        assert_eq!(context.tracestate(), None, "{bad:?}");
    }
    let mut headers = HeaderMap::new();
    headers.append(TRACEPARENT, HeaderValue::from_static(GOOD));
    headers.append(TRACESTATE, HeaderValue::from_static("a=1"));
    headers.append(TRACESTATE, HeaderValue::from_static("b=2, c=3"));
    assert_eq!(TraceContext::from_headers(&headers).unwrap().tracestate(), Some("a=1,b=2, c=3"));
}

proptest! {
    #[test]
    fn whatever_is_read_can_be_written_and_read_again(parent in ".{0,80}", state in ".{0,600}") {
        if let Some(context) = TraceContext::parse(&parent, Some(&state)) {
            let again = TraceContext::parse(&context.traceparent(), context.tracestate()).unwrap();
            prop_assert_eq!(again.traceparent(), context.traceparent());
            prop_assert_eq!(again.tracestate(), context.tracestate());
        }
    }

    #[test]
    fn identifiers_survive(
        version in "(00|01|7f|fe)",
        trace in "[0-9a-f]{32}",
        parent in "[0-9a-f]{16}",
        flags in "0[0-3]",
        state in "([a-z][a-z0-9_*/-]{0,8}=[!-+\\--<>-~]{1,8}){0,1}",
    ) {
        let text = format!("{version}-{trace}-{parent}-{flags}");
        let zero = trace.bytes().all(|b| b == b'0') || parent.bytes().all(|b| b == b'0');
        match TraceContext::parse(&text, Some(&state)) {
            None => prop_assert!(zero),
            Some(context) => {
                prop_assert_eq!(context.traceparent(), format!("00-{trace}-{parent}-{flags}"));
                prop_assert_eq!(context.tracestate(), Some(state.as_str()).filter(|s| !s.is_empty()));
            }
        }
    }
}
