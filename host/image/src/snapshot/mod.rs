//! The snapshot: an app's modules in, a heap image out.
//!
//! The engine runs in stores of its own whose imports refuse, with the app's memory limit, a budget of CPU time and a
//! budget of fuel. The first ones are compilers; what they answer is bytecode. The last starts from the base image, in
//! which the runtime and the built-in modules stand ready, and takes the bytecode. A snapshot that fails leaves
//! nothing behind.

mod budget;
mod compiler;
mod imports;
mod instance;

use wasmtime::Module as WasmModule;

use crate::{
    ImageError,
    audit::Layout,
    image::{self, PAGE_BYTES},
};
use budget::Budget;
pub(crate) use compiler::Compiler;
pub use compiler::PLACES_PER_SNAPSHOT;
use instance::Running;

/// CPU time for the engine's own start; it takes some 20 ms.
const BOOTSTRAP_CPU_MS: u64 = 30_000;
/// Memory for the engine's own start.
const BOOTSTRAP_MEMORY_BYTES: usize = 64 << 20;

/// One module of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// What other modules import it by, exactly. It is also the file name in stack traces.
    pub name: String,
    /// JavaScript.
    pub source: String,
}

/// What a snapshot is made of.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotInput<'a> {
    /// All modules that are imported by anything, in any order.
    pub modules: &'a [Module],
    /// The module whose default export has the handlers.
    pub entry: &'a str,
    /// Modules that are evaluated after the entry, and that define tests.
    pub tests: &'a [String],
    /// The app's memory, now and in requests.
    pub memory_max_bytes: usize,
    /// CPU time for everything.
    pub cpu_ms: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// A core WebAssembly module: a memory with its data, and no code.
    pub image: Vec<u8>,
    /// What the entry module's default export offers.
    pub exports: HandlerExports,
    /// What the top level printed, cut off at 64 KiB.
    pub log: Vec<String>,
}

/// Which handlers an app has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandlerExports {
    /// HTTP requests.
    pub fetch: bool,
    /// Events.
    pub event: bool,
    /// Schedules.
    pub scheduled: bool,
}

impl HandlerExports {
    /// From the flags of the WIT, in their order.
    fn from_bits(bits: u8) -> Self {
        Self { fetch: bits & 1 != 0, event: bits & 2 != 0, scheduled: bits & 4 != 0 }
    }
}

/// What snapshots start from.
pub(crate) struct Sandbox {
    /// The code-only engine.
    pub(crate) code: WasmModule,
    pub(crate) compiler: Compiler,
    /// The memory to start with.
    pub(crate) base: WasmModule,
    pub(crate) layout: Layout,
}

impl Sandbox {
    /// Starts the engine on its initial memory, with its own modules, and answers the image of its memory: the base
    /// image.
    pub(crate) fn bootstrap(
        compiler: &Compiler,
        initial: &WasmModule,
        builtin: &[(&str, &str)],
        layout: Layout,
    ) -> Result<Vec<u8>, ImageError> {
        let mut budget = Budget::new(BOOTSTRAP_CPU_MS);
        let compiled = compiler
            .compile(builtin, BOOTSTRAP_MEMORY_BYTES, &mut budget)
            .map_err(|error| ImageError::engine(format!("its own modules do not compile: {error}")))?;
        let mut running = Running::start(&compiler.code, initial, BOOTSTRAP_MEMORY_BYTES, &budget)?;
        for (name, bytecode) in &compiled {
            running.add_module(name, bytecode)?;
        }
        let started = running.bootstrap();
        own(&running, started)?;
        Ok(image::encode(running.memory(layout.stack_top), None))
    }

    /// Evaluates an app.
    pub(crate) fn snapshot(&self, app: &SnapshotInput<'_>) -> Result<Snapshot, ImageError> {
        let mut budget = Budget::new(app.cpu_ms);
        let modules: Vec<_> = app.modules.iter().map(|m| (m.name.as_str(), m.source.as_str())).collect();
        let compiled = self.compiler.compile(&modules, app.memory_max_bytes, &mut budget)?;
        let mut running = Running::start(&self.code, &self.base, app.memory_max_bytes, &budget)?;
        for (name, bytecode) in &compiled {
            running.add_module(name, bytecode)?;
        }
        let exports = HandlerExports::from_bits(running.evaluate(app.entry, app.tests)?);
        let contents = running.memory(self.layout.stack_top);
        let (bytes, limit) = (contents.len() as u64, app.memory_max_bytes as u64);
        if bytes > limit {
            return Err(ImageError::Memory { bytes, limit });
        }
        let image = image::encode(contents, Some(limit / PAGE_BYTES));
        Ok(Snapshot { image, exports, log: running.log().to_vec() })
    }
}

/// A failure of the engine's own start, with what it printed.
fn own(running: &Running, started: Result<(), ImageError>) -> Result<(), ImageError> {
    let log = running.log().join("\n");
    started.map_err(|error| ImageError::engine(format!("it does not start: {error}\n{log}")))
}
