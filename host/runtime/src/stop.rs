//! What stopped a guest, in terms that a caller can act on.

use std::time::Duration;

use atoll_model::Limits;
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use crate::{
    CallError,
    capability::responder::Responder,
    state::{CallState, Halt},
};

/// Why there is no answer.
pub(crate) enum Stop {
    /// The guest trapped, or the host stopped it.
    Wasm(wasmtime::Error),
    /// The guest ended by itself, but not well.
    Call(CallError),
}

impl From<wasmtime::Error> for Stop {
    fn from(error: wasmtime::Error) -> Self {
        Self::Wasm(error)
    }
}

impl Stop {
    /// The error of the call.
    pub(crate) fn into_error(self, state: &CallState) -> CallError {
        match self {
            Self::Wasm(error) => why(&error, state),
            Self::Call(error) => storage_or(memory_or(error, state), state),
        }
    }
}

fn why(error: &wasmtime::Error, state: &CallState) -> CallError {
    let (app, limits) = (state.app.limits, &state.limits);
    if let Some(halt) = error.downcast_ref::<Halt>() {
        return match halt {
            Halt::OutOfCpu => CallError::OutOfCpu { limit_ms: app.cpu_ms },
            Halt::TooManyHostCalls => CallError::TooManyHostCalls { limit: limits.host_calls_max },
            Halt::Misuse(_) | Halt::NoRandomness(_) => trapped(halt.to_string(), error),
        };
    }
    if error.is::<PoolConcurrencyLimitError>() {
        let value = limits.instances_max.into();
        return CallError::Overloaded { retry_after: Duration::from_secs(1), limit: "instances_max", value };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => return CallError::OutOfFuel { limit: app.fuel },
        Some(Trap::StackOverflow) => return CallError::OutOfStack { limit_bytes: limits.stack_bytes_max },
        _ => {}
    }
    let cause = error.root_cause().to_string();
    // wasmtime keeps this error's type to itself.
    if cause.contains("fuel allocated for hostcalls has been exhausted") {
        return handed_over_too_much(error, state);
    }
    memory_or(trapped(cause, error), state)
}

/// Names and records around a response's body.
const RESPONSE_SLACK_BYTES: usize = 1 << 20;

/// What a guest may hand over at once: in a call of the host, or as its answer.
pub(crate) fn handed_over_bytes_max(limits: &Limits) -> usize {
    limits.host_call_bytes_max.max(limits.http_response_bytes_max.saturating_add(RESPONSE_SLACK_BYTES))
}

fn handed_over_too_much(error: &wasmtime::Error, state: &CallState) -> CallError {
    let limits = &state.limits;
    let limit_bytes = handed_over_bytes_max(limits) as u64;
    // While it called the host its own functions were running; when its answer was read they had returned.
    if error.downcast_ref::<WasmBacktrace>().is_some() {
        return CallError::HostCallTooLarge { limit_bytes };
    }
    match state.responder {
        Responder::Absent => CallError::ResponseTooLarge { limit: "host_call_bytes_max", value: limit_bytes },
        Responder::Ready { .. } | Responder::Started { .. } => CallError::ResponseTooLarge {
            limit: "http_response_bytes_max",
            value: limits.http_response_bytes_max as u64,
        },
    }
}

/// A guest that was denied memory and then crashed, or failed with words about memory, ran out of it.
fn memory_or(error: CallError, state: &CallState) -> CallError {
    let about_memory = match &error {
        CallError::Trapped { .. } => true,
        CallError::Failed { message, .. } => message.contains("memory"),
        _ => false,
    };
    if about_memory && state.limiter.memory_denied() {
        return CallError::OutOfMemory { limit_mib: state.app.limits.memory_mib };
    }
    error
}

/// A guest that failed with the words in which it was told that there is no room, failed for that.
fn storage_or(error: CallError, state: &CallState) -> CallError {
    match (&error, state.no_room.get()) {
        (CallError::Failed { message, .. }, Some(no_room)) if message.contains(&no_room.what) => {
            CallError::OutOfStorage { what: no_room.what.clone(), limit: no_room.limit }
        }
        _ => error,
    }
}

fn trapped(message: String, error: &wasmtime::Error) -> CallError {
    let frames = error.downcast_ref::<WasmBacktrace>().map(WasmBacktrace::frames).unwrap_or_default();
    let stack = frames
        .iter()
        .map(|frame| format!("    at {}\n", frame.func_name().unwrap_or("a function without a name")));
    CallError::Trapped { message, stack: stack.collect() }
}

/// Nothing that a guest can cause.
pub(crate) fn internal(error: &wasmtime::Error) -> CallError {
    tracing::error!(%error, "a store could not be made");
    CallError::Trapped { message: "the host could not make a sandbox for it".into(), stack: String::new() }
}
