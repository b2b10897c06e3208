//! One call: a place to run, a fresh instance, the limits around it, and what remains of it afterwards. The
//! store is dropped whatever happened; nothing of it is used twice.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use atoll_model::{LogLevel, Usage};
use wasmtime::{PoolConcurrencyLimitError, Store, StoreContextMut, Trap, UpdateDeadline, WasmBacktrace};

use crate::{
    CallError, Capabilities, LoadedApp, Runtime,
    call_log::CallLog,
    capability::Granted,
    limiter::InstanceLimiter,
    meter::CpuMeter,
    state::{CallState, Halt},
    task::{Stop, Task},
};

/// Names and records around the bytes that a guest hands over in one host call.
const TRANSFER_SLACK_BYTES: usize = 1 << 20;

/// The answer of a call, and what it cost.
#[derive(Clone, Debug)]
pub struct Handled<T> {
    /// The answer.
    pub value: T,
    /// What it cost.
    pub usage: Usage,
}

/// What a call is about, besides its task.
pub(crate) struct About<'a> {
    /// For the log: which request, delivery or test.
    pub(crate) name: &'a str,
    /// What events that it publishes carry.
    pub(crate) hops_of_published: u32,
    /// Where the state is that it may use.
    pub(crate) capabilities: &'a Capabilities,
}

impl Runtime {
    /// Does a task in a fresh instance of an app.
    pub(crate) async fn call<T: Task>(
        &self,
        app: &Arc<LoadedApp>,
        about: About<'_>,
        task: T,
    ) -> Result<Handled<T::Answer>, CallError> {
        let wall = Duration::from_millis(app.limits.wall_ms.into());
        let place = self.admission.enter(&app.gate, wall).await?;
        let _ticking = self.ticker.enter();
        let started = Instant::now();
        let meter = Arc::new(CpuMeter::default());
        let mut store = self.store(app, &about, &meter).map_err(|error| internal(&error))?;
        let in_guest = async {
            let instance = app.pre.instantiate_async(&mut store).await?;
            task.run(&mut store, &instance).await
        };
        let outcome = tokio::time::timeout(wall, meter.measure(in_guest)).await;
        let result = match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Stop::Wasm(error))) => Err(why(&error, store.data())),
            Ok(Err(Stop::Call(error))) => Err(memory_or(error, store.data())),
            Err(_elapsed) => Err(CallError::OutOfWallTime { limit_ms: app.limits.wall_ms }),
        };
        if let Err(error) = &result {
            store.data_mut().log.host_line(LogLevel::Error, &error.to_string(), error.stack());
        }
        let usage = Usage {
            cpu: meter.total(),
            wall: started.elapsed(),
            queued: place.queued,
            fuel: app.limits.fuel.saturating_sub(store.get_fuel().unwrap_or(0)),
            host_calls: store.data().host_calls,
        };
        result.map(|value| Handled { value, usage })
    }

    /// A store with every limit set.
    pub(crate) fn store(
        &self,
        app: &Arc<LoadedApp>,
        about: &About<'_>,
        meter: &Arc<CpuMeter>,
    ) -> wasmtime::Result<Store<CallState>> {
        let limits = &self.limits;
        let log = CallLog::new(
            Arc::clone(&about.capabilities.logs),
            app.name.clone(),
            app.revision,
            about.name,
            limits.log_bytes_per_call_max,
        );
        let state = CallState {
            app: Arc::clone(app),
            limits: Arc::clone(limits),
            granted: Granted::new(&app.manifest, about.capabilities),
            limiter: InstanceLimiter::new(limits, app.limits),
            meter: Arc::clone(meter),
            log,
            clock_start: self.clock_start,
            host_calls: 0,
            published: 0,
            hops_of_published: about.hops_of_published,
        };
        let mut store = Store::try_new(&self.engine, state)?;
        store.limiter(|state| &mut state.limiter);
        store.set_fuel(app.limits.fuel)?;
        store.set_hostcall_fuel(limits.http_response_bytes_max.saturating_add(TRANSFER_SLACK_BYTES));
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(on_tick);
        Ok(store)
    }
}

/// Called in a guest that has run into the next tick.
#[expect(clippy::needless_pass_by_value, reason = "the signature is wasmtime's")]
fn on_tick(store: StoreContextMut<'_, CallState>) -> wasmtime::Result<UpdateDeadline> {
    let state = store.data();
    if state.meter.so_far() > Duration::from_millis(state.app.limits.cpu_ms.into()) {
        return Err(Halt::OutOfCpu.into());
    }
    // tokio's own yield also lets it look for I/O before this guest runs on; waking oneself does not.
    Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
}

/// What stopped a guest.
fn why(error: &wasmtime::Error, state: &CallState) -> CallError {
    let (app, limits) = (state.app.limits, &state.limits);
    if let Some(halt) = error.downcast_ref::<Halt>() {
        return match halt {
            Halt::OutOfCpu => CallError::OutOfCpu { limit_ms: app.cpu_ms },
            Halt::TooManyHostCalls => CallError::TooManyHostCalls { limit: limits.host_calls_max },
            Halt::TooManyRandomBytes { .. } | Halt::NoRandomness(_) => trapped(halt.to_string(), error),
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
fn internal(error: &wasmtime::Error) -> CallError {
    tracing::error!(%error, "a store could not be made");
    CallError::Trapped { message: "the host could not make a sandbox for it".into(), stack: String::new() }
}
