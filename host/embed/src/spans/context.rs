//! Between the model's trace context and OpenTelemetry's.

use std::str::FromStr as _;

use atoll_model::TraceContext;
use opentelemetry::{
    Context,
    global::BoxedSpan,
    trace::{Span as _, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState},
};

/// A parent somewhere else; none is the start of a trace, whatever the thread is doing.
pub(super) fn remote(parent: Option<&TraceContext>) -> Context {
    match parent {
        Some(parent) => Context::new().with_remote_span_context(span_context(parent)),
        None => Context::new(),
    }
}

pub(super) fn span_context(context: &TraceContext) -> SpanContext {
    let state = context.tracestate().and_then(|state| TraceState::from_str(state).ok());
    SpanContext::new(
        TraceId::from_bytes(context.trace_id()),
        SpanId::from_bytes(context.parent_id()),
        TraceFlags::new(context.flags()),
        true,
        state.unwrap_or_default(),
    )
}

/// What stands in the headers of what comes of a span.
pub(super) fn of(span: &BoxedSpan) -> Option<TraceContext> {
    let context = span.span_context();
    let state = context.trace_state().header();
    TraceContext::new(
        context.trace_id().to_bytes(),
        context.span_id().to_bytes(),
        context.trace_flags().to_u8(),
        Some(&state).filter(|state| !state.is_empty()).map(String::as_str),
    )
}
