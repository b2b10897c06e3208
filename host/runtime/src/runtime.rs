//! The runtime: loads apps and calls them.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use atoll_image::JsEngine;
use atoll_model::{Artifact, Backend, BackendId, ContentHash, Event, Limits, Manifest};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wasmtime::{
    Engine, Module,
    component::{Component, InstancePre, Linker},
};

use crate::{
    AppCode, CallError, CallKind, CallObserver, CallTrace, Capabilities, DeliveryOutcome, Failure, Handled,
    LoadedApp, RuntimeError,
    admission::Admission,
    artifacts::Artifacts,
    call_log::CallName,
    engine,
    entering::ActivityCounts,
    imports,
    invocation::About,
    state::CallState,
    task::{Deliver, RunTest, TestNames, event_for_guest},
    ticker::Ticker,
    wasi,
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
    pub(crate) clock_start: Instant,
    /// Calls that go on after their response's head was sent.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when they have had time enough to end.
    pub(crate) stopping: CancellationToken,
    components: Components,
    /// For components that use the component model's asynchrony; made when the first one is loaded.
    concurrent: OnceLock<Components>,
    js: Option<Js>,
}

/// One engine with what components are made of in it.
struct Components {
    artifacts: Artifacts,
    /// What every component is linked with.
    base: Linker<CallState>,
}

/// The JavaScript engine, and a linker with all but an app's image.
struct Js {
    engine: Arc<JsEngine>,
    linker: Linker<CallState>,
}

/// A compiled backend.
enum Code {
    Image(Module),
    Component(Component),
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
        let does_not_link = |error: wasmtime::Error| RuntimeError::Engine(format!("{error:#}"));
        let base = imports::base(&engine).map_err(does_not_link)?;
        let artifacts = Artifacts::new(&engine, cache_dir, limits.compiled_files_max);
        let js = js.into().map(|js| link_js(&engine, js)).transpose().map_err(does_not_link)?;
        Ok(Self {
            ticker: Ticker::start(&engine, Duration::from_millis(limits.epoch_tick_ms.max(1)))?,
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
            js,
        })
    }

    /// Tells an observer of every call when it has ended.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn CallObserver>) -> Self {
        self.observer = Some(observer);
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

    /// Compiles and links an app, or maps it into memory when this host has compiled it before. Bound by the
    /// CPU (a component: up to seconds; an image: milliseconds), so call it where blocking is allowed.
    ///
    /// # Errors
    /// [`RuntimeError`] when the code is none, belongs to another engine, or wants what it is not granted.
    pub fn load(&self, code: AppCode) -> Result<Arc<LoadedApp>, RuntimeError> {
        let compiled = self.code(&code.backend, Artifacts::get_or_compile, Artifacts::get_or_compile)?;
        self.link(code, &compiled)
    }

    /// The same for code that runs once, such as tests: nothing of it is kept.
    ///
    /// # Errors
    /// As [`Runtime::load`].
    pub fn load_once(&self, code: AppCode) -> Result<Arc<LoadedApp>, RuntimeError> {
        let compiled = self.code(&code.backend, Artifacts::compile, Artifacts::compile)?;
        self.link(code, &compiled)
    }

    /// Links an app that this host has compiled before; `None` when it has not, or has not kept it. Reads
    /// nothing of the code but what the requests touch.
    ///
    /// # Errors
    /// As [`Runtime::load`].
    pub fn load_kept(&self, code: AppCode<BackendId>) -> Result<Option<Arc<LoadedApp>>, RuntimeError> {
        let BackendId { code: hash, engine } = code.backend;
        let compiled = match engine {
            Some(engine) => {
                self.check_engine(engine)?;
                self.components.artifacts.get(hash).map(Code::Image)
            }
            // Which engine it is for, only its bytes tell; what the other one compiled is not found.
            None => {
                let concurrent = || self.concurrent.get()?.artifacts.get(hash);
                self.components.artifacts.get(hash).or_else(concurrent).map(Code::Component)
            }
        };
        compiled.map(|compiled| self.link(code, &compiled)).transpose()
    }

    fn code(
        &self,
        backend: &Backend,
        image: fn(&Artifacts, &Artifact) -> Result<Module, RuntimeError>,
        component: fn(&Artifacts, &Artifact) -> Result<Component, RuntimeError>,
    ) -> Result<Code, RuntimeError> {
        match backend {
            Backend::JavaScript { image: code, engine } => {
                self.check_engine(*engine)?;
                image(&self.components.artifacts, code).map(Code::Image)
            }
            Backend::Component { wasm } => {
                let (bytes, limit) = (wasm.bytes().len(), self.limits.component_bytes_max);
                if bytes > limit {
                    return Err(RuntimeError::TooLarge { bytes, limit });
                }
                let components = match wasi::is_concurrent(wasm.bytes()) {
                    true => self.concurrent()?,
                    false => &self.components,
                };
                component(&components.artifacts, wasm).map(Code::Component)
            }
        }
    }

    fn concurrent(&self) -> Result<&Components, RuntimeError> {
        if let Some(components) = self.concurrent.get() {
            return Ok(components);
        }
        let engine = engine::concurrent_engine(&self.limits)?;
        let base = imports::base(&engine).map_err(|error| RuntimeError::Engine(format!("{error:#}")))?;
        let artifacts = self.components.artifacts.for_engine(&engine);
        // Whoever comes second drops the one it made.
        let components = self.concurrent.get_or_init(|| {
            self.ticker.also(&engine);
            Components { artifacts, base }
        });
        Ok(components)
    }

    fn check_engine(&self, of_image: ContentHash) -> Result<(), RuntimeError> {
        let of_host = self.js.as_ref().ok_or(RuntimeError::NoJsEngine)?.engine.hash();
        if of_image == of_host {
            return Ok(());
        }
        Err(RuntimeError::EngineMismatch { image: of_image, engine: of_host })
    }

    fn link<B>(&self, code: AppCode<B>, compiled: &Code) -> Result<Arc<LoadedApp>, RuntimeError> {
        let pre = match compiled {
            Code::Image(image) => self.link_image(image)?,
            Code::Component(component) => self.link_component(component, &code.manifest)?,
        };
        let gate = self.admission.gate(&code.app);
        LoadedApp::new(code, &self.limits, pre, gate).map(Arc::new)
    }

    fn link_image(&self, image: &Module) -> Result<InstancePre<CallState>, RuntimeError> {
        let js = self.js.as_ref().ok_or(RuntimeError::NoJsEngine)?;
        let mut linker = js.linker.clone();
        let mut link = || {
            linker.root().module("image", image)?;
            linker.instantiate_pre(js.engine.shell())
        };
        link().map_err(|error: wasmtime::Error| RuntimeError::WrongType(format!("{error:#}")))
    }

    fn link_component(
        &self,
        component: &Component,
        manifest: &Manifest,
    ) -> Result<InstancePre<CallState>, RuntimeError> {
        let is_ours = Engine::same(component.engine(), &self.engine);
        let base = if is_ours { &self.components.base } else { &self.concurrent()?.base };
        let linker = imports::granted(base, component, manifest)?;
        linker.instantiate_pre(component).map_err(|error| RuntimeError::WrongType(format!("{error:#}")))
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
        let handler = app.event()?;
        let name = CallName::Other(format!("event {} (attempt {attempt})", event.event_type));
        let hops_of_published = event.hops.saturating_add(1);
        let capabilities = Arc::clone(&self.capabilities);
        let about = About { kind: CallKind::Event, name, hops_of_published, capabilities, trace };
        self.call(app, about, Deliver { handler, event: event_for_guest(event, attempt) }).await
    }

    /// The names of an app's tests, in the order of their definition.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn test_names(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
    ) -> Result<Handled<Vec<String>>, CallError> {
        let suite = app.tests()?;
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
        let suite = app.tests()?;
        let about = About {
            kind: CallKind::Test,
            name: CallName::Other(format!("test {name}")),
            hops_of_published: 0,
            capabilities: Arc::new(capabilities.clone()),
            trace: CallTrace::default(),
        };
        self.call(app, about, RunTest { suite, name }).await
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime").field("js", &self.js.is_some()).finish_non_exhaustive()
    }
}

fn link_js(engine: &Engine, js: Arc<JsEngine>) -> wasmtime::Result<Js> {
    let mut linker = imports::all(engine)?;
    linker.root().module("engine", js.module())?;
    Ok(Js { engine: js, linker })
}
