//! What stopped a guest, in terms that a caller can act on.

use std::time::Duration;

use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use crate::{
    CallError,
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
            Self::Call(error) => memory_or(error, state),
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
        let value = limits.http_response_bytes_max as u64;
        return CallError::ResponseTooLarge { limit: "http_response_bytes_max", value };
    }
    memory_or(trapped(cause, error), state)
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
