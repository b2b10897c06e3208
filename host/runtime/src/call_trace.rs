//! What follows one call besides the observer of all of them: its place in a trace.

use std::sync::Arc;

use atoll_model::TraceContext;

use crate::CallObserver;

/// The trace that a call belongs to. [`Runtime::fetch`](crate::Runtime::fetch) takes it from the request's
/// extensions, [`Runtime::deliver_traced`](crate::Runtime::deliver_traced) as an argument.
#[derive(Clone, Default)]
pub struct CallTrace {
    /// What events that the call publishes and requests that it sends carry on.
    pub context: Option<Arc<TraceContext>>,
    /// Told when this call has ended, after the observer of all calls.
    pub observer: Option<Arc<dyn CallObserver>>,
}

impl From<Option<TraceContext>> for CallTrace {
    fn from(context: Option<TraceContext>) -> Self {
        Self { context: context.map(Arc::new), observer: None }
    }
}

impl std::fmt::Debug for CallTrace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallTrace").field("context", &self.context).finish_non_exhaustive()
    }
}
