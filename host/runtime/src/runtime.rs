//! The runtime: what all calls share, and the calls that are no requests. See `loading` for how apps get in, and
//! `fetch` for requests.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use atoll_image::JsEngine;
use atoll_model::{Event, Limits};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wasmtime::{Engine, component::Linker};

use crate::{
    CallError, CallKind, CallObserver, CallTrace, Capabilities, DeliveryOutcome, Failure, Handled, LoadedApp,
    RuntimeError,
    admission::Admission,
    artifacts::Artifacts,
    bindings::exports::atoll::app::schedule_handler,
    call_log::CallName,
    compiler::{Compiler, CompilerProgram},
    entering::ActivityCounts,
    imports,
    invocation::About,
    loading::Components,
    scheduler::Back,
    state::CallState,
    task::{Deliver, RunTest, TestNames, Tick, event_for_guest},
    ticker::Ticker,
};

/// Runs apps. One for each host; share it in an `Arc`.
pub struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) limits: Arc<Limits>,
    pub(crate) capabilities: Arc<Capabilities>,
    pub(crate) observer: Option<Arc<dyn CallObserver>>,
    pub(crate) admission: Admission,
    pub(crate) activity: ActivityCounts,
    pub(crate) ticker: Ticker,
    pub(crate) back: Back,
    pub(crate) clock_start: Instant,
    /// Calls that go on after their response's head was sent.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when they have had time enough to end.
    pub(crate) stopping: CancellationToken,
    pub(crate) components: Components,
    /// For components that use the component model's asynchrony; made when the first one is loaded.
    pub(crate) concurrent: OnceLock<Components>,
    /// Compiles components; without it the host does so itself.
    pub(crate) compiler: Option<Compiler>,
    pub(crate) js: Option<Js>,
}

/// The JavaScript engine, and a linker with all but an app's image.
pub(crate) struct Js {
    pub(crate) engine: Arc<JsEngine>,
    pub(crate) linker: Linker<CallState>,
}

impl Runtime {
    /// Makes a runtime in an engine of [`crate::engine`]. `js` must be loaded into the same engine; without it
    /// only components run. Compiled code is kept in `cache_dir`, which only this host may be able to write.
    ///
    /// # Errors
    /// [`RuntimeError::Engine`] when the epoch's thread cannot be started or the interfaces do not link.
    pub fn new(
        engine: Engine,
        js: impl Into<Option<Arc<JsEngine>>>,
        limits: &Limits,
        cache_dir: Option<PathBuf>,
        capabilities: Capabilities,
    ) -> Result<Self, RuntimeError> {
        let tick = Duration::from_millis(limits.epoch_tick_ms.max(1));
        let does_not_link = |error: wasmtime::Error| RuntimeError::Engine(format!("{error:#}"));
        let base = imports::base(&engine).map_err(does_not_link)?;
        let artifacts = Artifacts::new(&engine, cache_dir, limits.compiled_files_max);
        let js = js.into().map(|js| link_js(&engine, js)).transpose().map_err(does_not_link)?;
        Ok(Self {
            ticker: Ticker::start(&engine, tick)?,
            back: Back::new(back_threads(limits), tick),
            admission: Admission::new(limits),
            activity: ActivityCounts::default(),
            limits: Arc::new(limits.clone()),
            clock_start: Instant::now(),
            engine,
            capabilities: Arc::new(capabilities),
            observer: None,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            components: Components { artifacts, base },
            concurrent: OnceLock::new(),
            compiler: None,
            js,
        })
    }

    /// Tells an observer of every call when it has ended.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn CallObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Has components compiled by a program of its own, which can be stopped; see [`CompilerProgram`]. Without
    /// one this process compiles them, which is right for components that one made oneself: a stranger's could
    /// keep its cores busy, or fill its memory, for as long as it pleases.
    #[must_use]
    pub fn with_compiler(mut self, program: CompilerProgram) -> Self {
        self.compiler = Some(Compiler::new(program, &self.limits, self.components.artifacts.empty_dir()));
        self
    }

    /// Waits for the calls that go on after their response was sent, at most so long; then they are stopped.
    /// Calls that somebody waits for are that one's to wait for.
    pub async fn drain(&self, patience: Duration) {
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!(calls = self.tasks.len(), "calls still run after their time to end; they are cut");
            self.stopping.cancel();
            self.tasks.wait().await;
        }
    }

    /// The engine that everything runs in, but components that use the component model's asynchrony.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The limits of this runtime.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Hands an event to an app, in a fresh instance. `attempt` counts deliveries to this app from 1.
    ///
    /// # Errors
    /// [`CallError`], when the handler could not say what becomes of the event.
    pub async fn deliver(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        event: &Event,
        attempt: u32,
    ) -> Result<Handled<DeliveryOutcome>, CallError> {
        self.deliver_traced(app, event, attempt, event.trace.clone().into()).await
    }

    /// The same as part of another trace than the event's own.
    ///
    /// # Errors
    /// As [`Runtime::deliver`].
    pub async fn deliver_traced(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        event: &Event,
        attempt: u32,
        trace: CallTrace,
    ) -> Result<Handled<DeliveryOutcome>, CallError> {
        let handler = app.event()?.clone();
        let name = CallName::Other(format!("event {} (attempt {attempt})", event.event_type));
        let hops_of_published = event.hops.saturating_add(1);
        let capabilities = Arc::clone(&self.capabilities);
        let about = About { kind: CallKind::Event, name, hops_of_published, capabilities, trace };
        self.call(app, about, Deliver { handler, event: event_for_guest(event, attempt) }).await
    }

    /// Runs an app's `scheduled` handler, in a fresh instance: `cron` as the manifest has it, and when it was due.
    ///
    /// # Errors
    /// [`CallError`], when it was stopped; a handler that fails is an answer.
    pub async fn run_scheduled(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        cron: &str,
        due: jiff::Timestamp,
        trace: CallTrace,
    ) -> Result<Handled<Result<(), Failure>>, CallError> {
        let handler = app.schedule()?.clone();
        let about = About {
            kind: CallKind::Schedule,
            name: CallName::Other(format!("schedule {cron}")),
            hops_of_published: 0,
            capabilities: Arc::clone(&self.capabilities),
            trace,
        };
        // Below 2^53: the calendar ends in the year 9999.
        #[expect(clippy::cast_precision_loss, reason = "milliseconds until the year 9999 are below 2^53")]
        let scheduled_time_ms = due.as_millisecond() as f64;
        let tick = schedule_handler::Tick { cron: cron.to_owned(), scheduled_time_ms };
        self.call(app, about, Tick { handler, tick }).await
    }

    /// The names of an app's tests, in the order of their definition.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn test_names(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
    ) -> Result<Handled<Vec<String>>, CallError> {
        let suite = app.tests()?.clone();
        let about = About {
            kind: CallKind::Test,
            name: CallName::Other("tests".into()),
            hops_of_published: 0,
            capabilities: Arc::clone(&self.capabilities),
            trace: CallTrace::default(),
        };
        self.call(app, about, TestNames(suite)).await
    }

    /// Runs one of an app's tests, in a fresh instance and with the state of `capabilities` instead of the
    /// app's own; see [`crate::RecordingPublisher`] for its events. What it is granted is as ever.
    ///
    /// # Errors
    /// [`CallError`], when the test was stopped; a test that fails is an answer.
    pub async fn run_test(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        name: &str,
        capabilities: &Capabilities,
    ) -> Result<Handled<Result<(), Failure>>, CallError> {
        let suite = app.tests()?.clone();
        let about = About {
            kind: CallKind::Test,
            name: CallName::Other(format!("test {name}")),
            hops_of_published: 0,
            capabilities: Arc::new(capabilities.clone()),
            trace: CallTrace::default(),
        };
        self.call(app, about, RunTest { suite, name: name.to_owned() }).await
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime").field("js", &self.js.is_some()).finish_non_exhaustive()
    }
}

fn back_threads(limits: &Limits) -> usize {
    match limits.back_threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        some => some,
    }
}

fn link_js(engine: &Engine, js: Arc<JsEngine>) -> wasmtime::Result<Js> {
    let mut linker = imports::all(engine)?;
    linker.root().module("engine", js.module())?;
    Ok(Js { engine: js, linker })
}
