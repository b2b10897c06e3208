//! What the host knows about one call while it runs: the data of its store. It lives and dies with the
//! instance.

use std::sync::{Arc, Mutex, OnceLock};

use atoll_model::{AppName, Limits, TraceContext};
use wasmtime::component::HasSelf;

use crate::{
    Capabilities, LoadedApp,
    bindings::atoll::app::types,
    call_log::CallLog,
    capability::{NoRoom, http_out::Requests, operations::Operations, responder::Responder},
    limiter::InstanceLimiter,
    shared::CallShared,
    stream::Streams,
    wasi::WasiState,
};

/// How host functions get at the state.
pub(crate) type State = HasSelf<CallState>;

/// The state of one call.
pub(crate) struct CallState {
    /// Whose call it is. Capabilities take the app's identity and its grants from here, never from an argument.
    pub(crate) app: Arc<LoadedApp>,
    pub(crate) limits: Arc<Limits>,
    /// Where the state is; what of it the app may use is in its manifest.
    pub(crate) capabilities: Arc<Capabilities>,
    pub(crate) limiter: InstanceLimiter,
    pub(crate) shared: Arc<CallShared>,
    pub(crate) log: CallLog,
    pub(crate) clock_start: std::time::Instant,
    pub(crate) started: tokio::time::Instant,
    pub(crate) streams: Streams,
    pub(crate) operations: Operations,
    pub(crate) responder: Responder,
    /// The stream of the request's body, if it is one.
    pub(crate) request_body: Option<u32>,
    pub(crate) requests: Requests,
    /// Every call into the host.
    pub(crate) host_calls: u32,
    /// Those that are counted against `host_calls_max`.
    costly_host_calls: u32,
    /// What could not be kept for want of storage.
    pub(crate) no_room: OnceLock<Box<NoRoom>>,
    /// Attempts to publish, refused ones counted.
    pub(crate) published: u32,
    /// What an event that this call publishes carries.
    pub(crate) hops_of_published: u32,
    /// What events and requests of this call carry.
    pub(crate) trace: Option<Arc<TraceContext>>,
    /// Absent unless the guest uses WASI. Never locked: a mutex that is owned can be shared between threads
    /// where what is in it cannot.
    pub(crate) wasi: Option<Box<Mutex<WasiState>>>,
}

/// Why the host ended a call. Travels through wasmtime as the error of an import or of the epoch callback.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Halt {
    #[error("out of CPU time")]
    OutOfCpu,
    #[error("too many host calls")]
    TooManyHostCalls,
    /// The guest did what the contract says traps.
    #[error("{0}")]
    Misuse(String),
    #[error("the host has no randomness: {0}")]
    NoRandomness(String),
}

/// What a state is made of besides what every one begins with.
pub(crate) struct NewCall {
    pub(crate) app: Arc<LoadedApp>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) capabilities: Arc<Capabilities>,
    pub(crate) shared: Arc<CallShared>,
    pub(crate) log: CallLog,
    pub(crate) clock_start: std::time::Instant,
    pub(crate) hops_of_published: u32,
    pub(crate) trace: Option<Arc<TraceContext>>,
}

impl CallState {
    pub(crate) fn new(call: NewCall) -> Self {
        let NewCall { app, limits, capabilities, shared, log, clock_start, hops_of_published, trace } = call;
        Self {
            limiter: InstanceLimiter::new(&limits, app.limits),
            app,
            limits,
            capabilities,
            shared,
            log,
            clock_start,
            started: tokio::time::Instant::now(),
            streams: Streams::default(),
            operations: Operations::default(),
            responder: Responder::Absent,
            request_body: None,
            requests: Requests::default(),
            host_calls: 0,
            costly_host_calls: 0,
            no_room: OnceLock::new(),
            published: 0,
            hops_of_published,
            trace,
            wasi: None,
        }
    }

    pub(crate) fn app_name(&self) -> &AppName {
        &self.app.name
    }

    /// Counts a call into the host that makes the host work.
    pub(crate) fn count_host_call(&mut self) -> Result<(), Halt> {
        self.note_host_call();
        self.costly_host_calls = self.costly_host_calls.saturating_add(1);
        if self.costly_host_calls > self.limits.host_calls_max {
            return Err(Halt::TooManyHostCalls);
        }
        Ok(())
    }

    /// Counts a call into the host that costs the guest its own CPU time, and is bounded by that.
    pub(crate) fn note_host_call(&mut self) {
        self.host_calls = self.host_calls.saturating_add(1);
    }

    /// Counts anew, for another request in the same instance.
    pub(crate) fn reset_counts(&mut self, shared: Arc<CallShared>) {
        self.shared = shared;
        (self.host_calls, self.costly_host_calls) = (0, 0);
    }
}

impl Drop for CallState {
    fn drop(&mut self) {
        self.log_printed_lines();
        self.log.deliver(&*self.capabilities.logs, &self.app.name, self.app.revision);
    }
}

impl types::Host for CallState {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A state is moved into its store for every call.
    #[test]
    fn a_state_stays_small() {
        let size = size_of::<CallState>();
        assert!(size <= 512, "{size}");
    }
}
