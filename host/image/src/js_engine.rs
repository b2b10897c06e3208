//! The engine in this host: compiled once, shared by every snapshot and every request.

use std::{cell::LazyCell, path::Path};

use atoll_model::ContentHash;
use wasmtime::{Engine, Module, component::Component};

use crate::{
    ImageError, Snapshot, SnapshotInput, audit,
    cache::Cache,
    engine_bytes::{ENGINE_WASM, builtin_modules, engine_hash},
    shell,
    snapshot::{Compiler, Sandbox},
    split,
};

/// The JavaScript engine, ready for snapshots and requests. Share it in an `Arc`: one for a host.
pub struct JsEngine {
    sandbox: Sandbox,
    shell: Component,
}

impl JsEngine {
    /// Compiles the engine in a wasmtime engine that meters fuel and epochs, or loads what was compiled before
    /// from `cache_dir`: a folder that only this host writes, since compiled code is loaded from it.
    ///
    /// Takes a second the first time and some milliseconds later.
    ///
    /// # Errors
    /// [`ImageError::Engine`] when the engine does not compile or start here. The cache is no source of errors:
    /// what is absent or broken in it is made again.
    pub fn load(engine: &Engine, cache_dir: Option<&Path>) -> Result<Self, ImageError> {
        let cache = Cache::new(cache_dir, engine, engine_hash());
        let layout = audit::layout(ENGINE_WASM).map_err(ImageError::Engine)?;
        // Made when the cache has not everything.
        let parts = LazyCell::new(|| Parts::make(ENGINE_WASM));
        let parts = || parts.as_ref().map_err(|message| ImageError::Engine(message.clone()));
        let compile = |wasm: &[u8]| Module::new(engine, wasm).map_err(ImageError::engine);

        let code = cache.get("engine", || compile(&parts()?.code))?;
        let shell =
            cache.get("shell", || Component::new(engine, &parts()?.shell).map_err(ImageError::engine))?;
        let compiler = cache
            .get("compiler", || compile(&Compiler::make(&code, &compile(&parts()?.initial)?, layout)?))?;
        let compiler = Compiler { code: code.clone(), image: compiler };
        let base = cache.get("base", || {
            let builtin = builtin_modules(ENGINE_WASM).map_err(ImageError::Engine)?;
            compile(&Sandbox::bootstrap(&compiler, &compile(&parts()?.initial)?, &builtin, layout)?)
        })?;
        Ok(Self { sandbox: Sandbox { code, compiler, base, layout }, shell })
    }

    /// Identifies the engine; an image runs with exactly one.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        engine_hash()
    }

    /// The code-only engine: what the shell imports as [`ENGINE_IMPORT`](crate::ENGINE_IMPORT).
    #[must_use]
    pub fn module(&self) -> &Module {
        &self.sandbox.code
    }

    /// The component that joins the engine with an app's image. It imports two core modules, `engine` and
    /// `image`, and the interfaces of the world `js-engine`; it exports `http-handler`, `event-handler` and
    /// `test-suite` of `atoll:app@0.1.0`.
    #[must_use]
    pub fn shell(&self) -> &Component {
        &self.shell
    }

    /// Evaluates an app's modules and keeps the memory. Blocks; bound by the CPU and by the input's limits.
    ///
    /// # Errors
    /// [`ImageError::Evaluate`] for everything that the app's author can mend, with message and stack;
    /// [`ImageError::Timeout`] and [`ImageError::Memory`] when a limit was reached.
    pub fn snapshot(&self, app: &SnapshotInput<'_>) -> Result<Snapshot, ImageError> {
        self.sandbox.snapshot(app)
    }
}

/// The code-only engine and the shell as WebAssembly: for a benchmark that compiles them with other settings than
/// a host's. Nothing that runs apps takes them from here.
///
/// # Errors
/// [`ImageError::Engine`] when the engine's bytes are not what the split pass knows.
#[doc(hidden)]
pub fn engine_parts() -> Result<(Vec<u8>, Vec<u8>), ImageError> {
    let Parts { code, shell, .. } = Parts::make(ENGINE_WASM).map_err(ImageError::Engine)?;
    Ok((code, shell))
}

/// What is compiled, as WebAssembly.
struct Parts {
    code: Vec<u8>,
    initial: Vec<u8>,
    shell: Vec<u8>,
}

impl Parts {
    fn make(engine: &[u8]) -> Result<Self, String> {
        let make = || {
            let whole = split::rename(engine)?;
            let split::Split { code, initial, layout } = split::split(&whole)?;
            let shell = shell::encode(&whole, &code, layout.memory_pages)?;
            Ok(Self { code, initial, shell })
        };
        make().map_err(|error: ImageError| error.to_string())
    }
}

impl std::fmt::Debug for JsEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsEngine").field("hash", &engine_hash()).finish_non_exhaustive()
    }
}
