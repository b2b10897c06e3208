//! One call: a place to run, a fresh instance, the limits around it, and what remains of it afterwards. The
//! store is dropped whatever happened; nothing of it is used twice.

use std::{sync::Arc, time::Duration};

use atoll_model::{LogLevel, Usage};
use wasmtime::{Store, StoreContextMut, UpdateDeadline};

use crate::{
    CallError, CallKind, CallOutcome, CallRecord, CallTrace, Capabilities, LoadedApp, Runtime,
    call_log::{CallLog, CallName},
    capability::responder::Responder,
    place::Place,
    scheduler::InTurn,
    shared::CallShared,
    state::{CallState, Halt, NewCall},
    stop::{handed_over_bytes_max, internal},
    stream::Incoming,
    task::Task,
};

/// The answer of a call, and what it cost.
#[derive(Clone, Debug)]
pub struct Handled<T> {
    /// The answer.
    pub value: T,
    /// What it cost. A response whose body is still coming has cost this much when its head was sent; all of
    /// it is for the [`crate::CallObserver`].
    pub usage: Usage,
}

/// What a call is about, besides its task.
pub(crate) struct About {
    pub(crate) kind: CallKind,
    pub(crate) name: CallName,
    /// What events that it publishes carry.
    pub(crate) hops_of_published: u32,
    /// Where the state is that it may use.
    pub(crate) capabilities: Arc<Capabilities>,
    /// What trace it belongs to.
    pub(crate) trace: CallTrace,
}

/// A call that runs. Whoever drops it before it has ended, cancels it.
pub(crate) struct Running {
    // The store goes before the place: what runs in a place must be gone when the next one takes it.
    pub(crate) store: Store<CallState>,
    pub(crate) place: Place,
    pub(crate) shared: Arc<CallShared>,
    kind: CallKind,
    trace: CallTrace,
    /// Bytes that went in and out in one piece; those of streams are counted there.
    pub(crate) bytes: (u64, u64),
    pub(crate) status: Option<u16>,
    ended: bool,
}

impl Runtime {
    /// Does a task in a fresh instance of an app.
    pub(crate) async fn call<T: Task + 'static>(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        about: About,
        task: T,
    ) -> Result<Handled<T::Answer>, CallError> {
        let mut running = self.start(app, about).await?;
        let shared = Arc::clone(&running.shared);
        let call = async move {
            let result = running.run(task).await;
            let usage = match &result {
                Ok(answer) if T::failed(answer) => running.end(CallOutcome::HandlerFailed),
                Ok(_) => running.end(CallOutcome::Done),
                Err(error) => {
                    running.log_error(error);
                    running.end(CallOutcome::Failed(error))
                }
            };
            result.map(|value| Handled { value, usage })
        };
        InTurn::new(self, &app.gate.share, &shared, call).await
    }

    /// Waits for a place, and makes a store in it.
    pub(crate) async fn start(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        about: About,
    ) -> Result<Running, CallError> {
        let place = self.enter(app, about.kind, &about.trace).await?;
        let (kind, trace) = (about.kind, about.trace.clone());
        let shared = Arc::default();
        let store = self.store(app, about, &shared).map_err(|error| internal(&error))?;
        Ok(Running { store, place, shared, kind, trace, bytes: (0, 0), status: None, ended: false })
    }

    /// A store with every limit set.
    pub(crate) fn store(
        &self,
        app: &Arc<LoadedApp>,
        about: About,
        shared: &Arc<CallShared>,
    ) -> wasmtime::Result<Store<CallState>> {
        let limits = &self.limits;
        let state = CallState::new(NewCall {
            app: Arc::clone(app),
            limits: Arc::clone(limits),
            capabilities: about.capabilities,
            shared: Arc::clone(shared),
            log: CallLog::new(about.name, limits.log_bytes_per_call_max, Arc::clone(&app.redaction)),
            clock_start: self.clock_start,
            hops_of_published: about.hops_of_published,
            trace: about.trace.context,
        });
        let mut store = Store::try_new(app.pre.engine(), state)?;
        store.limiter(|state| &mut state.limiter);
        store.set_fuel(app.limits.fuel)?;
        store.set_hostcall_fuel(handed_over_bytes_max(limits));
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(on_tick);
        Ok(store)
    }
}

impl Running {
    /// Does the task, within the wall-clock limit.
    pub(crate) async fn run<T: Task>(&mut self, task: T) -> Result<T::Answer, CallError> {
        let Self { store, place, shared, .. } = self;
        let limit_ms = place.app.limits.wall_ms;
        let in_guest = async {
            let instance = place.app.pre.instantiate_async(&mut *store).await?;
            task.run(&mut *store, &instance).await
        };
        // As it goes: a call that computes for seconds would seem quiet until it ends.
        let charge = |cpu| place.runtime.admission.shares.charge(&place.app.gate.share, cpu);
        let wall = Duration::from_millis(limit_ms.into());
        match tokio::time::timeout(wall, shared.meter.measure(in_guest, charge)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(stop)) => Err(stop.into_error(store.data())),
            Err(_elapsed) => Err(CallError::OutOfWallTime { limit_ms }),
        }
    }

    /// Says in the app's log why the call has no answer.
    pub(crate) fn log_error(&mut self, error: &CallError) {
        self.store.data_mut().log.host_line(LogLevel::Error, &error.to_string(), error.stack());
    }

    /// What it used so far.
    fn usage(&mut self) -> Usage {
        let fuel = self.place.app.limits.fuel.saturating_sub(self.store.get_fuel().unwrap_or(0));
        let state = self.store.data_mut();
        let streamed_in = state.request_body.and_then(|stream| state.streams.incoming(stream));
        let bytes_in = match streamed_in.map(Incoming::received) {
            Some(bytes) => bytes,
            None => state.bytes_through_wasi().unwrap_or(self.bytes.0),
        };
        let bytes_out = match state.responder {
            Responder::Started { stream, .. } => {
                state.streams.outgoing(stream).map_or(0, |body| body.written())
            }
            _ => self.bytes.1,
        };
        Usage {
            cpu: self.shared.meter.total(),
            wall: self.place.since.elapsed(),
            queued: self.place.queued,
            fuel,
            host_calls: state.host_calls,
            memory_bytes: state.limiter.memory_bytes(),
            bytes_in,
            bytes_out,
            outbound_requests: state.outbound_requests(),
        }
    }

    /// Tells the observer, and answers what it used.
    pub(crate) fn end(&mut self, outcome: CallOutcome<'_>) -> Usage {
        self.ended = true;
        let usage = self.usage();
        let app = &self.place.app;
        let (kind, status) = (self.kind, self.status);
        let record = CallRecord { app: &app.name, revision: app.revision, kind, outcome, status, usage };
        self.place.runtime.report(&record, &self.trace);
        usage
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.store.data_mut().adopt_wasi_response();
            if let Responder::Started { status, .. } = self.store.data().responder {
                self.status = Some(status);
            }
            self.end(CallOutcome::Cancelled);
        }
    }
}

/// Called in a guest that has run into the next tick.
#[expect(clippy::needless_pass_by_value, reason = "the signature is wasmtime's")]
fn on_tick(store: StoreContextMut<'_, CallState>) -> wasmtime::Result<UpdateDeadline> {
    let state = store.data();
    let cpu = state.shared.meter.so_far();
    if cpu > Duration::from_millis(state.app.limits.cpu_ms.into()) {
        return Err(Halt::OutOfCpu.into());
    }
    if cpu < Duration::from_micros(state.limits.call_inline_cpu_us) {
        return Ok(UpdateDeadline::Continue(1));
    }
    state.shared.set_long();
    // tokio's own yield also lets it look for I/O before this guest runs on; waking oneself does not.
    Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
}
