//! What the host knows about one call while it runs: the data of its store. It lives and dies with the
//! instance.

use std::{sync::Arc, time::Instant};

use atoll_model::{AppName, Limits};
use wasmtime::component::HasSelf;

use crate::{
    LoadedApp, bindings::atoll::app::types, call_log::CallLog, capability::Granted, limiter::InstanceLimiter,
    meter::CpuMeter,
};

/// How host functions get at the state.
pub(crate) type State = HasSelf<CallState>;

/// The state of one call.
pub(crate) struct CallState {
    /// Whose call it is. Capabilities take the app's identity from here, never from an argument.
    pub(crate) app: Arc<LoadedApp>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) granted: Granted,
    pub(crate) limiter: InstanceLimiter,
    pub(crate) meter: Arc<CpuMeter>,
    pub(crate) log: CallLog,
    pub(crate) clock_start: Instant,
    pub(crate) host_calls: u32,
    /// Attempts to publish, refused ones counted.
    pub(crate) published: u32,
    /// What an event that this call publishes carries.
    pub(crate) hops_of_published: u32,
}

/// Why the host ended a call. Travels through wasmtime as the error of an import or of the epoch callback.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Halt {
    #[error("out of CPU time")]
    OutOfCpu,
    #[error("too many host calls")]
    TooManyHostCalls,
    #[error("{count} random bytes in one call, more than {max}")]
    TooManyRandomBytes { count: u32, max: u32 },
    #[error("the host has no randomness: {0}")]
    NoRandomness(String),
}

impl CallState {
    pub(crate) fn app_name(&self) -> &AppName {
        &self.app.name
    }

    /// Counts a call into the host that makes the host work.
    pub(crate) fn count_host_call(&mut self) -> Result<(), Halt> {
        self.host_calls = self.host_calls.saturating_add(1);
        if self.host_calls > self.limits.host_calls_max {
            return Err(Halt::TooManyHostCalls);
        }
        Ok(())
    }
}

impl types::Host for CallState {}
