//! Spans of what goes through the host, for a tracer that the embedder brings ([`HostBuilder::tracer`]); and the
//! trace context that is passed on, with a tracer or without.
//!
//! In: a request's headers, or an event with the trace that is stored with it. Out: a [`CallTrace`] that the
//! runtime hands to whatever the call publishes and sends. With a tracer there are four kinds of spans: a request
//! to an app (server), a request of an app (client), a publish (producer) and a delivery (consumer), each the
//! parent of what comes of it. Without one nothing is made, and a context that came in is carried through as it
//! is. Deliberately absent: exporters, and any knowledge of who collects.
//!
//! [`HostBuilder::tracer`]: crate::HostBuilder::tracer

mod call;
mod context;
mod events;
mod http_call;
mod outbound;

use std::sync::Arc;

use atoll_model::TraceContext;
use opentelemetry::{
    global::{BoxedSpan, BoxedTracer},
    trace::{SpanBuilder, Tracer as _},
};

pub use http_call::HttpRoute;

/// Makes spans, if there is a tracer. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Spans(Option<Arc<BoxedTracer>>);

impl Spans {
    pub(crate) fn new(tracer: Option<Arc<BoxedTracer>>) -> Self {
        Self(tracer)
    }

    /// A span below another one, and the context of what is below it; `None` without a tracer, or with one that
    /// makes no identifiers.
    fn start(
        &self,
        builder: impl FnOnce() -> SpanBuilder,
        parent: Option<&TraceContext>,
    ) -> Option<(BoxedSpan, TraceContext)> {
        let span = self.0.as_ref()?.build_with_context(builder(), &context::remote(parent));
        let context = context::of(&span)?;
        Some((span, context))
    }
}

#[cfg(test)]
mod tests;
