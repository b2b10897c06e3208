//! Events: a producer's span for a publish, a consumer's for each delivery.

use atoll_model::{AppName, Event, EventDraft};
use atoll_runtime::CallTrace;
use opentelemetry::{
    KeyValue,
    global::BoxedSpan,
    trace::{Link, Span as _, SpanBuilder, SpanKind, Status},
};

use super::{
    Spans,
    call::{app_attribute, traced},
    context,
};

/// A publish on its way.
pub(crate) struct Publishing(Option<BoxedSpan>);

impl Publishing {
    /// It ended; dropped without, it failed.
    pub(crate) fn ended(mut self, event: Option<&Event>) {
        let Some(mut span) = self.0.take() else { return };
        match event {
            Some(event) => span.set_attribute(KeyValue::new("messaging.message.id", event.id.clone())),
            None => span.set_status(Status::error("the event was not published")),
        }
        span.end();
    }
}

impl Spans {
    /// Begins the span of a publish; the event belongs to it from here on.
    pub(crate) fn publish(&self, source: &str, draft: &mut EventDraft) -> Publishing {
        let builder = || {
            let event_type = draft.event_type.as_str();
            let mut attributes = messaging("send", event_type);
            attributes.push(KeyValue::new("atoll.event.source", source.to_owned()));
            SpanBuilder::from_name(format!("send {event_type}"))
                .with_kind(SpanKind::Producer)
                .with_attributes(attributes)
        };
        let Some((span, context)) = self.start(builder, draft.trace.as_ref()) else {
            return Publishing(None);
        };
        draft.trace = Some(context);
        Publishing(Some(span))
    }

    /// Begins the span of a delivery. The publish is its parent, and linked, as the conventions for messaging ask.
    pub(crate) fn delivery(&self, app: &AppName, event: &Event, attempt: u32) -> CallTrace {
        let builder = || {
            let event_type = event.event_type.as_str();
            let mut attributes = messaging("process", event_type);
            attributes.extend([
                app_attribute(app),
                KeyValue::new("messaging.message.id", event.id.clone()),
                KeyValue::new("atoll.event.source", event.source.clone()),
                KeyValue::new("atoll.event.attempt", i64::from(attempt)),
                KeyValue::new("atoll.event.hops", i64::from(event.hops)),
            ]);
            let link = event.trace.as_ref().map(|trace| Link::with_context(context::span_context(trace)));
            SpanBuilder::from_name(format!("process {event_type}"))
                .with_kind(SpanKind::Consumer)
                .with_attributes(attributes)
                .with_links(link.into_iter().collect())
        };
        match self.start(builder, event.trace.as_ref()) {
            Some((span, context)) => traced(span, context).0,
            None => event.trace.clone().into(),
        }
    }
}

fn messaging(operation: &'static str, event_type: &str) -> Vec<KeyValue> {
    vec![
        KeyValue::new("messaging.system", "atoll"),
        KeyValue::new("messaging.operation.name", operation),
        KeyValue::new("messaging.operation.type", operation),
        KeyValue::new("messaging.destination.name", event_type.to_owned()),
    ]
}
