//! `wasi:logging`: lines of the app's log.

use atoll_model::LogLevel;
use wasmtime::{
    StoreContextMut,
    component::{ComponentType, Lift, Linker},
};

use crate::state::CallState;

#[expect(dead_code, reason = "values come from guests")]
#[derive(Clone, Copy, Debug, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
enum Level {
    #[component(name = "trace")]
    Trace,
    #[component(name = "debug")]
    Debug,
    #[component(name = "info")]
    Info,
    #[component(name = "warn")]
    Warn,
    #[component(name = "error")]
    Error,
    #[component(name = "critical")]
    Critical,
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Trace | Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error | Level::Critical => Self::Error,
        }
    }
}

/// Links `logging`, under the name of an import. A line costs the guest its CPU time and its log budget.
pub(crate) fn add_to_linker(linker: &mut Linker<CallState>, import: &str) -> wasmtime::Result<()> {
    linker.instance(import)?.func_wrap(
        "log",
        |mut store: StoreContextMut<'_, CallState>, (level, context, text): (Level, String, String)| {
            let state = store.data_mut();
            state.note_host_call();
            match context.as_str() {
                "" => state.log.write(level.into(), &text),
                _ => state.log.write(level.into(), &format!("{context}: {text}")),
            }
            Ok(())
        },
    )
}
