//! The wasmtime engines of a host, configured from `Limits`. The engine room of every sandbox: what is set
//! here holds for each of them.
//!
//! The JavaScript engine, heap images, snapshots and plain components all live in one engine, so that one
//! compiled module serves them all. Components that use the component model's own asynchrony (WASI 0.3) need
//! a store that keeps state for concurrent guests, which every call would pay for: they have a second engine,
//! made when the first of them is loaded.

use std::num::NonZeroUsize;

use atoll_model::Limits;
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

use crate::RuntimeError;

/// What a table keeps resident after use, so that the next instance takes no page faults; the JavaScript engine's is a
/// few KiB.
const TABLE_KEEP_RESIDENT_BYTES: usize = 64 << 10;

/// Initial memories up to this size are always mapped copy-on-write, however sparse. Heap images are one
/// to four MiB. Above it wasmtime wants at least half of the range filled, or a component with two bytes at
/// its ends would make a file as large as its memory.
const DENSE_IMAGE_BYTES: u64 = 16 << 20;

/// Stack for the host's own functions, on top of the guest's.
const HOST_STACK_BYTES: usize = 1536 << 10;

/// WebAssembly frames kept of a trap.
const BACKTRACE_FRAMES: usize = 20;

/// Makes the engine of a host.
///
/// # Errors
/// [`RuntimeError::Engine`] when this machine cannot run it, most often for want of address space: every
/// linear memory in the pool, used or kept warm, reserves 4 GiB of it (none of it memory).
pub fn engine(limits: &Limits) -> Result<Engine, RuntimeError> {
    let mut config = settings(limits, false);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
    make(&config)
}

/// Makes the engine of components that use the component model's asynchrony.
///
/// Such a guest may hold several stacks at once, and no limit of wasmtime's says how many: from a pool it could take
/// those of all others. It gets what it needs from the system, within its CPU time and memory.
pub(crate) fn concurrent_engine(limits: &Limits) -> Result<Engine, RuntimeError> {
    make(&settings(limits, true))
}

/// The engines that a compiler's process may be asked to compile for: one for each that a host has, with the same
/// settings. Without a pool: it would reserve more address space than that process may have, and how instances
/// are allocated is nothing to the code.
pub(crate) fn compiling(limits: &Limits) -> Result<Vec<Engine>, RuntimeError> {
    Ok(vec![make(&settings(limits, false))?, make(&settings(limits, true))?])
}

fn make(config: &Config) -> Result<Engine, RuntimeError> {
    Engine::new(config).map_err(|error| RuntimeError::Engine(format!("{error:#}")))
}

/// All that the code depends on.
fn settings(limits: &Limits, is_concurrent: bool) -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    config.consume_fuel(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(limits.stack_bytes_max);
    config.async_stack_size(limits.stack_bytes_max + HOST_STACK_BYTES);
    config.memory_init_cow(true);
    config.memory_guaranteed_dense_image_size(DENSE_IMAGE_BYTES);
    config.cranelift_opt_level(OptLevel::Speed);
    // Names of functions are enough for a log; file and line would keep the guest's debug information in
    // memory, and parse it, for every loaded app.
    config.wasm_backtrace_max_frames(NonZeroUsize::new(BACKTRACE_FRAMES));
    config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
    // One call at a time in an instance: stores need no state for concurrent guests.
    config.concurrency_support(is_concurrent);
    config.wasm_component_model_async(is_concurrent);
    trim_features(&mut config);
    config
}

/// What no guest here needs is off: each is code that a hostile guest could reach. Threads, garbage
/// collection and exceptions are not even compiled in (see the workspace's features of wasmtime).
fn trim_features(config: &mut Config) {
    config.wasm_tail_call(false);
    config.wasm_multi_memory(false);
    config.wasm_memory64(false);
    // Relaxed SIMD answers differently on different machines.
    config.wasm_relaxed_simd(false);
}

fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let snapshots = limits.snapshots_concurrent_max.saturating_mul(atoll_image::PLACES_PER_SNAPSHOT);
    let places = limits.instances_max.saturating_add(u32::try_from(snapshots).unwrap_or(u32::MAX));
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(places);
    pool.total_stacks(places);
    pool.total_core_instances(places.saturating_mul(limits.component_core_instances_max));
    let memories = places.saturating_mul(limits.component_memories_max);
    pool.total_memories(memories.saturating_add(limits.warm_memories_max));
    pool.max_unused_warm_slots(limits.warm_memories_max);
    pool.total_tables(places.saturating_mul(limits.component_tables_max));
    pool.max_core_instances_per_component(limits.component_core_instances_max);
    pool.max_memories_per_component(limits.component_memories_max);
    pool.max_tables_per_component(limits.component_tables_max);
    pool.max_memories_per_module(1);
    pool.max_tables_per_module(1);
    pool.table_elements(limits.table_elements_max as usize);
    pool.max_memory_size(limits.app_max.memory_bytes());
    // Measured: with 0 a request in a fresh instance takes four to five times as long.
    pool.linear_memory_keep_resident(limits.warm_memory_bytes_max);
    pool.table_keep_resident(TABLE_KEEP_RESIDENT_BYTES);
    // Linux 6.7 and later can say which pages were touched; elsewhere the lowest pages are reset.
    pool.pagemap_scan(Enabled::Auto);
    pool
}
