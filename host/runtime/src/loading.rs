//! How apps get in: their code is compiled, or mapped into memory when this host has compiled it before, and linked
//! with what they are granted.
//!
//! Images are data, and compiled here in milliseconds. Components are a stranger's code: they go to the compiler's
//! process where there is one. Those that use the component model's asynchrony have an engine of their own.

use std::sync::Arc;

use atoll_model::{Artifact, Backend, BackendId, ContentHash, Manifest};
use wasmtime::{
    Engine, Module,
    component::{Component, InstancePre, Linker},
};

use crate::{
    AppCode, LoadedApp, Runtime, RuntimeError, artifacts::Artifacts, compiler::Compiler, engine, imports,
    loaded_app::Expected, state::CallState, wasi,
};

/// One engine with what components are made of in it.
pub(crate) struct Components {
    pub(crate) artifacts: Artifacts,
    /// What every component is linked with.
    pub(crate) base: Linker<CallState>,
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
    /// Compiles and links an app, or maps it into memory when this host has compiled it before. Takes up to many
    /// seconds for a component, and milliseconds for an image. Dropping the future stops a compiler that runs in
    /// a process of its own ([`Runtime::with_compiler`]).
    ///
    /// # Errors
    /// [`RuntimeError`] when the code is none, belongs to another engine, wants what it is not granted, or takes
    /// too long to compile, or too much memory.
    pub async fn load(self: &Arc<Self>, code: AppCode) -> Result<Arc<LoadedApp>, RuntimeError> {
        self.load_and(Keep::Yes, Expected::Handlers, code).await
    }

    /// The same for code that runs once, such as tests: nothing of it is kept.
    ///
    /// # Errors
    /// As [`Runtime::load`].
    pub async fn load_once(self: &Arc<Self>, code: AppCode) -> Result<Arc<LoadedApp>, RuntimeError> {
        self.load_and(Keep::No, Expected::Handlers, code).await
    }

    /// The same for a command (`wasi:cli/run`), which nothing else accepts.
    ///
    /// # Errors
    /// As [`Runtime::load`], and [`RuntimeError::NoCommand`].
    pub async fn load_command(self: &Arc<Self>, code: AppCode) -> Result<Arc<LoadedApp>, RuntimeError> {
        self.load_and(Keep::Yes, Expected::Command, code).await
    }

    async fn load_and(
        self: &Arc<Self>,
        keep: Keep,
        expected: Expected,
        code: AppCode,
    ) -> Result<Arc<LoadedApp>, RuntimeError> {
        let compiled = match &code.backend {
            Backend::JavaScript { image, engine } => {
                self.check_engine(*engine)?;
                let image = image.clone();
                self.in_background(move |runtime| runtime.image(&image, keep)).await?
            }
            Backend::Component { wasm } => self.component(wasm, keep).await?,
        };
        self.in_background(move |runtime| runtime.link(code, &compiled, expected)).await
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
        let artifacts = &self.components.artifacts;
        let compiled = match keep {
            Keep::Yes => artifacts.get_or_compile(image),
            Keep::No => artifacts.compile(image),
        };
        compiled.map(Code::Image)
    }

    async fn component(self: &Arc<Self>, wasm: &Artifact, keep: Keep) -> Result<Code, RuntimeError> {
        let (bytes, limit) = (wasm.bytes().len(), self.limits.component_bytes_max);
        if bytes > limit {
            return Err(RuntimeError::TooLarge { bytes, limit });
        }
        let code = wasm.clone();
        match &self.compiler {
            Some(compiler) => self.compiled_elsewhere(compiler, code, keep).await,
            None => self.in_background(move |runtime| runtime.compiled_here(&code, keep)).await,
        }
        .map(Code::Component)
    }

    fn compiled_here(&self, wasm: &Artifact, keep: Keep) -> Result<Component, RuntimeError> {
        let artifacts = &self.components_for(wasm)?.artifacts;
        match keep {
            Keep::Yes => artifacts.get_or_compile(wasm),
            Keep::No => artifacts.compile(wasm),
        }
    }

    #[expect(unsafe_code, reason = "wasmtime cannot check machine code, and the compiler is trusted with it")]
    async fn compiled_elsewhere(
        self: &Arc<Self>,
        compiler: &Compiler,
        wasm: Artifact,
        keep: Keep,
    ) -> Result<Component, RuntimeError> {
        let of = wasm.clone();
        let look = move |runtime: &Self| {
            let artifacts = &runtime.components_for(&of)?.artifacts;
            let kept = if matches!(keep, Keep::Yes) { artifacts.get(of.hash()) } else { None };
            Ok((kept, artifacts.fingerprint()))
        };
        let (kept, fingerprint) = self.in_background(look).await?;
        if let Some(component) = kept {
            return Ok(component);
        }
        let compiled = compiler.compile(fingerprint, wasm.bytes()).await?;
        let adopt = move |runtime: &Self| {
            let artifacts = &runtime.components_for(&wasm)?.artifacts;
            match keep {
                // SAFETY: the answer of a compiler of this very build, for an engine with these settings.
                Keep::Yes => unsafe { artifacts.keep(wasm.hash(), &compiled) },
                // SAFETY: as above.
                Keep::No => unsafe { artifacts.adopt(&compiled) },
            }
        };
        self.in_background(adopt).await
    }

    /// The engine that a component is for.
    fn components_for(&self, wasm: &Artifact) -> Result<&Components, RuntimeError> {
        if wasi::is_concurrent(wasm.bytes()) { self.concurrent() } else { Ok(&self.components) }
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
        compiled.map(|compiled| self.link(code, &compiled, Expected::Handlers)).transpose()
    }

    fn check_engine(&self, of_image: ContentHash) -> Result<(), RuntimeError> {
        let of_host = self.js.as_ref().ok_or(RuntimeError::NoJsEngine)?.engine.hash();
        if of_image == of_host {
            return Ok(());
        }
        Err(RuntimeError::EngineMismatch { image: of_image, engine: of_host })
    }

    fn link<B>(
        &self,
        code: AppCode<B>,
        compiled: &Code,
        expected: Expected,
    ) -> Result<Arc<LoadedApp>, RuntimeError> {
        let pre = match compiled {
            Code::Image(image) => self.link_image(image)?,
            Code::Component(component) => self.link_component(component, &code.manifest)?,
        };
        let gate = self.admission.gate(&code.app);
        LoadedApp::new(code, &self.limits, pre, gate, expected).map(Arc::new)
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
}
