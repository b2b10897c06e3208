//! The runtime: loads apps and calls them.

use std::{
    path::PathBuf,
    sync::Arc,
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
    AppCode, CallError, CallKind, CallObserver, Capabilities, DeliveryOutcome, Failure, Handled, LoadedApp,
    RuntimeError,
    admission::Admission,
    artifacts::Artifacts,
    call_log::CallName,
    compiler::{Compiler, CompilerProgram},
    imports,
    invocation::About,
    scheduler::Back,
    state::CallState,
    task::{Deliver, RunTest, TestNames, event_for_guest},
    ticker::Ticker,
};

/// Runs apps. One for each host; share it in an `Arc`.
pub struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) limits: Arc<Limits>,
    pub(crate) capabilities: Arc<Capabilities>,
    pub(crate) observer: Option<Arc<dyn CallObserver>>,
    pub(crate) admission: Admission,
    pub(crate) ticker: Ticker,
    pub(crate) back: Back,
    pub(crate) clock_start: Instant,
    /// Calls that go on after their response's head was sent.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when they have had time enough to end.
    pub(crate) stopping: CancellationToken,
    artifacts: Artifacts,
    /// Compiles components; without it the host does so itself.
    compiler: Option<Compiler>,
    /// What every component is linked with.
    base: Linker<CallState>,
    js: Option<Js>,
}

/// The JavaScript engine, and a linker with all but an app's image.
struct Js {
    engine: Arc<JsEngine>,
    linker: Linker<CallState>,
}

/// Whether what was compiled is kept on disk.
#[derive(Clone, Copy)]
enum Keep {
    Yes,
    No,
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
        let tick = Duration::from_millis(limits.epoch_tick_ms.max(1));
        let does_not_link = |error: wasmtime::Error| RuntimeError::Engine(format!("{error:#}"));
        let base = imports::base(&engine).map_err(does_not_link)?;
        let js = js.into().map(|js| link_js(&engine, js)).transpose().map_err(does_not_link)?;
        Ok(Self {
            ticker: Ticker::start(&engine, tick)?,
            back: Back::new(back_threads(limits), tick),
            artifacts: Artifacts::new(&engine, cache_dir, limits.compiled_files_max),
            admission: Admission::new(limits),
            limits: Arc::new(limits.clone()),
            clock_start: Instant::now(),
            engine,
            capabilities: Arc::new(capabilities),
            observer: None,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            compiler: None,
            base,
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
        self.compiler = Some(Compiler::new(program, &self.limits, self.artifacts.empty_dir()));
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

    /// The engine that everything runs in.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The limits of this runtime.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Compiles and links an app, or maps it into memory when this host has compiled it before. Takes up to many
    /// seconds for a component, and milliseconds for an image. Dropping the future stops a compiler that runs in
    /// a process of its own ([`Runtime::with_compiler`]).
    ///
    /// # Errors
    /// [`RuntimeError`] when the code is none, belongs to another engine, wants what it is not granted, or takes
    /// too long to compile, or too much memory.
    pub async fn load(self: &Arc<Self>, code: AppCode) -> Result<Arc<LoadedApp>, RuntimeError> {
        self.load_and(Keep::Yes, code).await
    }

    /// The same for code that runs once, such as tests: nothing of it is kept.
    ///
    /// # Errors
    /// As [`Runtime::load`].
    pub async fn load_once(self: &Arc<Self>, code: AppCode) -> Result<Arc<LoadedApp>, RuntimeError> {
        self.load_and(Keep::No, code).await
    }

    async fn load_and(self: &Arc<Self>, keep: Keep, code: AppCode) -> Result<Arc<LoadedApp>, RuntimeError> {
        let compiled = match &code.backend {
            Backend::JavaScript { image, engine } => {
                self.check_engine(*engine)?;
                let image = image.clone();
                self.in_background(move |runtime| runtime.image(&image, keep)).await?
            }
            Backend::Component { wasm } => self.component(wasm, keep).await?,
        };
        self.in_background(move |runtime| runtime.link(code, &compiled)).await
    }

    /// Does what the CPU or the disk bounds, off the asynchronous threads.
    async fn in_background<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, RuntimeError> + Send + 'static,
    ) -> Result<T, RuntimeError> {
        let runtime = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&runtime)).await;
        done.map_err(|error| RuntimeError::Source(error.to_string()))?
    }

    fn image(&self, image: &Artifact, keep: Keep) -> Result<Code, RuntimeError> {
        let compiled = match keep {
            Keep::Yes => self.artifacts.get_or_compile(image),
            Keep::No => self.artifacts.compile(image),
        };
        compiled.map(Code::Image)
    }

    #[expect(unsafe_code, reason = "wasmtime cannot check machine code, and the compiler is trusted with it")]
    async fn component(self: &Arc<Self>, wasm: &Artifact, keep: Keep) -> Result<Code, RuntimeError> {
        let (bytes, limit) = (wasm.bytes().len(), self.limits.component_bytes_max);
        if bytes > limit {
            return Err(RuntimeError::TooLarge { bytes, limit });
        }
        let Some(compiler) = &self.compiler else {
            let wasm = wasm.clone();
            let here = move |runtime: &Self| match keep {
                Keep::Yes => runtime.artifacts.get_or_compile(&wasm),
                Keep::No => runtime.artifacts.compile(&wasm),
            };
            return self.in_background(here).await.map(Code::Component);
        };
        let hash = wasm.hash();
        if matches!(keep, Keep::Yes) {
            let kept = self.in_background(move |runtime| Ok(runtime.artifacts.get(hash))).await?;
            if let Some(component) = kept {
                return Ok(Code::Component(component));
            }
        }
        let compiled = compiler.compile(self.artifacts.fingerprint(), wasm.bytes()).await?;
        let adopt = move |runtime: &Self| match keep {
            // SAFETY: the answer of a compiler of this very build, for an engine with these settings.
            Keep::Yes => unsafe { runtime.artifacts.keep(hash, &compiled) },
            // SAFETY: as above.
            Keep::No => unsafe { runtime.artifacts.adopt(&compiled) },
        };
        self.in_background(adopt).await.map(Code::Component)
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
                self.artifacts.get(hash).map(Code::Image)
            }
            None => self.artifacts.get(hash).map(Code::Component),
        };
        compiled.map(|compiled| self.link(code, &compiled)).transpose()
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
        let linker = imports::granted(&self.base, component, manifest)?;
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
        let handler = app.event()?.clone();
        let name = CallName::Other(format!("event {} (attempt {attempt})", event.event_type));
        let hops_of_published = event.hops.saturating_add(1);
        let capabilities = Arc::clone(&self.capabilities);
        let about = About { kind: CallKind::Event, name, hops_of_published, capabilities };
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
        let suite = app.tests()?.clone();
        let about = About {
            kind: CallKind::Test,
            name: CallName::Other("tests".into()),
            hops_of_published: 0,
            capabilities: Arc::clone(&self.capabilities),
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
