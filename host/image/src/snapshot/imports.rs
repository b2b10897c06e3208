//! The engine's imports while a snapshot is made: the clock tells the time, the log is collected, `Math.random`
//! gets a seed, and everything else refuses.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    time::{Instant, SystemTime},
};

use wasmtime::{Caller, ImportType, Linker, Memory, Module, Store, StoreLimits, Val};

use crate::split::MEMORY_IMPORT;

/// What a top level may print; more is dropped.
const LOG_BYTES_MAX: usize = 64 << 10;

/// What the imports work on.
pub(super) struct State {
    pub(super) limits: StoreLimits,
    /// Known as soon as the base image is instantiated.
    pub(super) memory: Option<Memory>,
    pub(super) log: Vec<String>,
    log_bytes: usize,
    started: Instant,
}

impl State {
    pub(super) fn new(limits: StoreLimits) -> Self {
        Self { limits, memory: None, log: Vec::new(), log_bytes: 0, started: Instant::now() }
    }

    fn print(&mut self, line: String) {
        self.log_bytes = self.log_bytes.saturating_add(line.len() + 1);
        if self.log_bytes <= LOG_BYTES_MAX {
            self.log.push(line);
        }
    }
}

/// Marks the trap of an import that is not there at top level.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not available at top level")]
pub(super) struct Refused(pub(super) String);

/// Links the engine's imports, its memory among them.
pub(super) fn link(store: &mut Store<State>, code: &Module) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(store.engine());
    if let Some(memory) = store.data().memory {
        linker.define(&mut *store, MEMORY_IMPORT.0, MEMORY_IMPORT.1, memory)?;
    }
    for import in code.imports() {
        match (interface(&import), import.name()) {
            ("clock", "now-us") => linker.func_wrap(import.module(), import.name(), now_us)?,
            ("clock", "monotonic-ns") => linker.func_wrap(import.module(), import.name(), monotonic_ns)?,
            ("random", "get-u64") => linker.func_wrap(import.module(), import.name(), seed)?,
            ("log", "write") => linker.func_wrap(import.module(), import.name(), write_log)?,
            _ => refuse(&mut linker, &import)?,
        };
    }
    Ok(linker)
}

/// `kv` of `atoll:app/kv@0.1.0`.
fn interface<'a>(import: &ImportType<'a>) -> &'a str {
    let module = import.module();
    module.rsplit('/').next().and_then(|name| name.split('@').next()).unwrap_or(module)
}

fn refuse<'a>(
    linker: &'a mut Linker<State>,
    import: &ImportType<'_>,
) -> wasmtime::Result<&'a mut Linker<State>> {
    let Some(ty) = import.ty().func().cloned() else { return Ok(linker) };
    let name = format!("{}.{}", interface(import), import.name());
    linker.func_new(
        import.module(),
        import.name(),
        ty,
        move |_: Caller<'_, State>, _: &[Val], _: &mut [Val]| Err(Refused(name.clone()).into()),
    )
}

fn now_us() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

fn monotonic_ns(caller: Caller<'_, State>) -> u64 {
    u64::try_from(caller.data().started.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// For `Math.random` and hash tables of the top level: different from snapshot to snapshot, and no secret.
fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// `log.write(level, message)` in its lowered form.
fn write_log(mut caller: Caller<'_, State>, _level: i32, pointer: i32, length: i32) {
    let Some(memory) = caller.data().memory else { return };
    let (contents, state) = memory.data_and_store_mut(&mut caller);
    let start = pointer as u32 as usize;
    let message = start.checked_add(length as u32 as usize).and_then(|end| contents.get(start..end));
    state.print(String::from_utf8_lossy(message.unwrap_or_default()).into_owned());
}
