//! What can go wrong: setting a sandbox up ([`RuntimeError`]), and one call of an app ([`CallError`]).

use std::time::Duration;

use atoll_model::{AppName, ContentHash};
use serde::{Deserialize, Serialize};

/// Why the sandbox could not be set up, or an app could not be loaded into it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// wasmtime cannot run on this machine.
    #[error("the WebAssembly engine could not be set up: {0}")]
    Engine(String),
    /// The host was made without a JavaScript engine.
    #[error("this host has no JavaScript engine")]
    NoJsEngine,
    /// The app's heap image belongs to another build of the JavaScript engine.
    #[error(
        "the app was built for JavaScript engine {image} and this host has {engine}: it must be rebuilt from its source"
    )]
    EngineMismatch {
        /// The engine that the image was made with.
        image: ContentHash,
        /// The engine of this host.
        engine: ContentHash,
    },
    /// The component is too large.
    #[error("the component has {bytes} bytes, over the limit component_bytes_max = {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// `Limits::component_bytes_max`.
        limit: usize,
    },
    /// Not a valid component, or one that needs features which are off.
    #[error("not a component that can run here: {0}")]
    Invalid(String),
    /// Compiling the component took too long.
    #[error("compiling the component took longer than {limit} = {limit_ms}; make it smaller")]
    CompileTooLong {
        /// `compile_wall_ms` or `compile_cpu_ms`.
        limit: &'static str,
        /// Its value.
        limit_ms: u64,
    },
    /// Compiling the component took too much memory.
    #[error(
        "compiling the component took more memory than compile_memory_mib = {limit_mib}; make it smaller"
    )]
    CompileOutOfMemory {
        /// `Limits::compile_memory_mib`.
        limit_mib: u64,
    },
    /// The machine code of the component is too large.
    #[error("the component compiles to more bytes than compiled_bytes_max = {limit}; make it smaller")]
    CompiledTooLarge {
        /// `Limits::compiled_bytes_max`.
        limit: usize,
    },
    /// The compiler crashed on the component. It is a process of its own: nothing else was harmed.
    #[error("the compiler crashed on the component ({0})")]
    CompilerCrashed(String),
    /// Too many components are being compiled.
    #[error("too many components are being compiled: {limit} = {value}; try again shortly")]
    CompilerBusy {
        /// The limit that was reached.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// The compiler's program is not there, or is not what it should be.
    #[error("the compiler does not work: {0}")]
    Compiler(String),
    /// The component imports what the manifest does not grant.
    #[error("the component imports {import}, which the manifest does not grant; {hint}")]
    NotGranted {
        /// The import, as the component names it.
        import: String,
        /// The line to add to the manifest.
        hint: String,
    },
    /// The component imports what this host does not have.
    #[error(
        "the component imports {import}, which this host does not offer; it offers the package atoll:app@0.1.0, \
         WASI 0.2 and 0.3 (cli, clocks, filesystem, http, io, random, sockets: no folders, and no sockets but \
         wasi:http), and of the drafts wasi:config, wasi:logging, and store and batch of wasi:keyvalue"
    )]
    UnknownImport {
        /// The import, as the component names it.
        import: String,
    },
    /// An import or export has another type than the contract says.
    #[error("the component does not fit the contract atoll:app@0.1.0: {0}")]
    WrongType(String),
    /// The component exports nothing that the host could call.
    #[error(
        "the component exports no handler: wasi:http/incoming-handler@0.2, wasi:http/handler@0.3, \
         atoll:app/http-handler@0.1.0 or atoll:app/event-handler@0.1.0"
    )]
    NothingToCall,
    /// The component is a program that runs once.
    #[error(
        "the component is a command (it exports {export}): it runs once and ends, and has no handler for requests; \
         build one that exports wasi:http/incoming-handler or wasi:http/handler, or run it with `atoll component`"
    )]
    Command {
        /// The export, as the component names it.
        export: String,
    },
    /// The component is no program that runs once.
    #[error("the component is no command: it exports neither wasi:cli/run@0.2 nor wasi:cli/run@0.3")]
    NoCommand,
    /// What supplies the apps failed; said by [`crate::AppSource`].
    #[error("the app could not be loaded: {0}")]
    Source(String),
}

impl RuntimeError {
    /// The limit that was reached, by its name in the configuration, and its value.
    #[must_use]
    pub fn limit(&self) -> Option<(&'static str, u64)> {
        match *self {
            Self::TooLarge { limit, .. } => Some(("component_bytes_max", limit as u64)),
            Self::CompileTooLong { limit, limit_ms } => Some((limit, limit_ms)),
            Self::CompileOutOfMemory { limit_mib } => Some(("compile_memory_mib", limit_mib)),
            Self::CompiledTooLarge { limit } => Some(("compiled_bytes_max", limit as u64)),
            Self::CompilerBusy { limit, value } => Some((limit, value)),
            _ => None,
        }
    }

    /// Whether the component is at fault, and its author can mend it: not the host, nor how busy it is.
    #[must_use]
    pub fn is_of_component(&self) -> bool {
        match self {
            Self::TooLarge { .. }
            | Self::Invalid(_)
            | Self::CompileTooLong { .. }
            | Self::CompileOutOfMemory { .. }
            | Self::CompiledTooLarge { .. }
            | Self::CompilerCrashed(_)
            | Self::NotGranted { .. }
            | Self::UnknownImport { .. }
            | Self::WrongType(_)
            | Self::NothingToCall
            | Self::Command { .. }
            | Self::NoCommand => true,
            Self::Engine(_)
            | Self::NoJsEngine
            | Self::EngineMismatch { .. }
            | Self::CompilerBusy { .. }
            | Self::Compiler(_)
            | Self::Source(_) => false,
        }
    }
}

/// Why a handler failed, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// One line for people: the message of the exception.
    pub message: String,
    /// The stack trace, empty when the language has none.
    pub stack: String,
}

/// Why a call of an app gave no answer. The instance is gone; the app's other calls are not touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The handler failed: an exception, an error value.
    #[error("the app failed: {message}")]
    Failed {
        /// The message of the exception.
        message: String,
        /// Its stack trace.
        stack: String,
    },
    /// The guest trapped: it did what WebAssembly forbids, or gave up.
    #[error("the app crashed: {message}")]
    Trapped {
        /// What trapped.
        message: String,
        /// The functions it was in.
        stack: String,
    },
    /// Too much CPU time.
    #[error("the app was stopped: it used more CPU time than cpu_ms = {limit_ms}")]
    OutOfCpu {
        /// The app's limit.
        limit_ms: u32,
    },
    /// Too many instructions.
    #[error("the app was stopped: it used more than fuel = {limit}")]
    OutOfFuel {
        /// The app's limit.
        limit: u64,
    },
    /// Too long, waiting included.
    #[error("the app was stopped: it took longer than wall_ms = {limit_ms}")]
    OutOfWallTime {
        /// The app's limit.
        limit_ms: u32,
    },
    /// Too much memory.
    #[error("the app ran out of memory: memory_mib = {limit_mib}")]
    OutOfMemory {
        /// The app's limit.
        limit_mib: u32,
    },
    /// Too deep a recursion.
    #[error("the app was stopped: its calls nest deeper than stack_bytes_max = {limit_bytes} allows")]
    OutOfStack {
        /// `Limits::stack_bytes_max`.
        limit_bytes: usize,
    },
    /// Too many calls into the host.
    #[error("the app was stopped: it called the host more often than host_calls_max = {limit}")]
    TooManyHostCalls {
        /// `Limits::host_calls_max`.
        limit: u32,
    },
    /// What the app had to keep was not kept, and it did not go on without.
    #[error("the app failed for want of storage: {what}")]
    OutOfStorage {
        /// What is full.
        what: String,
        /// The limit that was reached, and its value; `None` when it is the host's disk.
        limit: Option<(&'static str, u64)>,
    },
    /// Too much at once for the host.
    #[error(
        "the app was stopped: it handed over more in one call of the host than host_call_bytes_max = {limit_bytes}"
    )]
    HostCallTooLarge {
        /// `Limits::host_call_bytes_max`.
        limit_bytes: u64,
    },
    /// Too many calls of this app, or of all apps together, run or wait already. Nothing was started.
    #[error("too many calls of this app are running or waiting: {limit} = {value}")]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
        /// The limit that was reached.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// The app has no handler for this.
    #[error("the app {app} has no {handler} handler")]
    NoHandler {
        /// The app.
        app: AppName,
        /// `fetch`, `event`, `test` or `command`.
        handler: &'static str,
    },
    /// The answer is too large.
    #[error("the app's answer is larger than {limit} = {value}")]
    ResponseTooLarge {
        /// The limit.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// The request's body is larger than the app may be sent.
    #[error("the request's body is larger than body_mib = {limit_mib}")]
    BodyTooLarge {
        /// The app's limit.
        limit_mib: u32,
    },
    /// The rest of the request's body did not come in time.
    #[error("nothing of the request's body came for longer than http_idle_ms = {limit_ms}")]
    BodyStalled {
        /// `Limits::http_idle_ms`.
        limit_ms: u64,
    },
    /// The rest of the request's body will not come.
    #[error("the request's body did not come to its end: {0}")]
    BodyBroke(String),
    /// The answer is no HTTP response.
    #[error("the app's answer is no HTTP response: {0}")]
    InvalidResponse(String),
}

impl CallError {
    /// The limit that was reached, by its name in the manifest or the configuration, and its value.
    #[must_use]
    pub fn limit(&self) -> Option<(&'static str, u64)> {
        match *self {
            Self::OutOfCpu { limit_ms } => Some(("cpu_ms", limit_ms.into())),
            Self::OutOfFuel { limit } => Some(("fuel", limit)),
            Self::OutOfWallTime { limit_ms } => Some(("wall_ms", limit_ms.into())),
            Self::OutOfMemory { limit_mib } => Some(("memory_mib", limit_mib.into())),
            Self::OutOfStack { limit_bytes } => Some(("stack_bytes_max", limit_bytes as u64)),
            Self::TooManyHostCalls { limit } => Some(("host_calls_max", limit.into())),
            Self::OutOfStorage { limit, .. } => limit,
            Self::HostCallTooLarge { limit_bytes } => Some(("host_call_bytes_max", limit_bytes)),
            Self::BodyTooLarge { limit_mib } => Some(("body_mib", limit_mib.into())),
            Self::BodyStalled { limit_ms } => Some(("http_idle_ms", limit_ms)),
            Self::Overloaded { limit, value, .. } | Self::ResponseTooLarge { limit, value } => {
                Some((limit, value))
            }
            Self::Failed { .. }
            | Self::Trapped { .. }
            | Self::NoHandler { .. }
            | Self::BodyBroke(_)
            | Self::InvalidResponse(_) => None,
        }
    }

    /// Where in the app it happened, when that is known; else empty.
    #[must_use]
    pub fn stack(&self) -> &str {
        match self {
            Self::Failed { stack, .. } | Self::Trapped { stack, .. } => stack,
            _ => "",
        }
    }
}
