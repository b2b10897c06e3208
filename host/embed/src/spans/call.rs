//! The span of one call of an app: it ends when the call does, with what the call used.

use std::sync::{Mutex, PoisonError};

use atoll_model::{AppName, TraceContext};
use atoll_runtime::{CallKind, CallObserver, CallRecord};
use opentelemetry::{
    KeyValue,
    global::BoxedSpan,
    trace::{Span as _, Status},
};

use crate::metering::Outcome;

/// Ends its span once.
pub(super) struct CallSpan(Mutex<Option<BoxedSpan>>);

impl CallSpan {
    pub(super) fn new(span: BoxedSpan) -> Self {
        Self(Mutex::new(Some(span)))
    }

    fn take(&self) -> Option<BoxedSpan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Ends it for a request that never became a call.
    pub(super) fn end_unserved(&self, status: u16) {
        if let Some(mut span) = self.take() {
            set_status(&mut span, status);
            span.end();
        }
    }
}

impl CallObserver for CallSpan {
    fn ended(&self, record: &CallRecord<'_>) {
        let Some(mut span) = self.take() else { return };
        let (outcome, usage) = (Outcome::of(record.outcome), &record.usage);
        let milliseconds = |duration: std::time::Duration| duration.as_secs_f64() * 1e3;
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        span.set_attributes([
            KeyValue::new("atoll.revision", whole(record.revision.0)),
            KeyValue::new("atoll.outcome", outcome.as_str()),
            KeyValue::new("atoll.cpu_ms", milliseconds(usage.cpu)),
            KeyValue::new("atoll.wall_ms", milliseconds(usage.wall)),
            KeyValue::new("atoll.queue_ms", milliseconds(usage.queued)),
            KeyValue::new("atoll.fuel", whole(usage.fuel)),
            KeyValue::new("atoll.memory_bytes", whole(usage.memory_bytes)),
            KeyValue::new("atoll.host_calls", i64::from(usage.host_calls)),
            KeyValue::new("atoll.outbound_requests", i64::from(usage.outbound_requests)),
            KeyValue::new("atoll.bytes_in", whole(usage.bytes_in)),
            KeyValue::new("atoll.bytes_out", whole(usage.bytes_out)),
        ]);
        if outcome.is_failure() || outcome == Outcome::Overloaded {
            span.set_attribute(KeyValue::new("error.type", outcome.as_str()));
            span.set_status(Status::error(outcome.as_str()));
        }
        if record.kind == CallKind::Http
            && let Some(status) = record.status.or(outcome.http_status())
        {
            set_status(&mut span, status);
        }
        span.end();
    }
}

/// The status of an HTTP server's span (OpenTelemetry's semantic conventions): an error of the client is none of
/// the server's.
fn set_status(span: &mut BoxedSpan, status: u16) {
    span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
    if status >= 500 {
        span.set_status(Status::error(""));
    }
}

/// What every span of an app says.
pub(super) fn app_attribute(app: &AppName) -> KeyValue {
    KeyValue::new("atoll.app", app.to_string())
}

/// The trace of a call, with its span.
pub(super) fn traced(
    span: BoxedSpan,
    context: TraceContext,
) -> (atoll_runtime::CallTrace, std::sync::Arc<CallSpan>) {
    let span = std::sync::Arc::new(CallSpan::new(span));
    let trace = atoll_runtime::CallTrace {
        context: Some(std::sync::Arc::new(context)),
        observer: Some(std::sync::Arc::clone(&span) as _),
    };
    (trace, span)
}
