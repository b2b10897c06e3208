//! What can go wrong between an app's modules and its image.

/// Why there is no engine or no image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// The app's top level threw, or a module did not compile or was not found.
    #[error("{message}")]
    Evaluate {
        /// What the exception says, in one line.
        message: String,
        /// Its stack, lines of `at name (module:line:column)`; empty when it has none.
        stack: String,
    },
    /// The app's top level used too much CPU.
    #[error(
        "the top level of the app ran longer than {limit_ms} ms of CPU time (limit snapshot_cpu_ms); a loop there may not end"
    )]
    Timeout {
        /// The limit.
        limit_ms: u64,
    },
    /// The app's top level used too much memory.
    #[error(
        "the app needs {bytes} bytes of memory before its first request; it may have {limit} (limit memory_mib)"
    )]
    Memory {
        /// What it has after its top level.
        bytes: u64,
        /// The app's limit.
        limit: u64,
    },
    /// The app's top level reached for the host although the engine should have refused before.
    #[error("{capability} is not available at top level: call it inside a handler")]
    Refused {
        /// Which import.
        capability: String,
    },
    /// The sandbox stopped the app's top level.
    #[error("the top level of the app was stopped: {message}")]
    Trap {
        /// wasmtime's description.
        message: String,
    },
    /// The engine's own file is not what this host expects. Not the app's fault.
    #[error("the JavaScript engine cannot be used: {0}")]
    Engine(String),
}

impl ImageError {
    pub(crate) fn engine(error: impl std::fmt::Display) -> Self {
        Self::Engine(format!("{error:#}"))
    }
}
