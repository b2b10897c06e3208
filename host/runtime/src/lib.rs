//! The sandbox: runs apps as WebAssembly components in wasmtime, each call in a fresh instance, under limits
//! of CPU time, fuel, wall-clock time, memory and stack.
//!
//! In: an app's code ([`AppCode`]: a heap image for the JavaScript engine, or any component), and calls of it:
//! [`Runtime::fetch`], [`Runtime::deliver`], [`Runtime::run_test`], [`Runtime::run_command`]. Out: an answer with what it cost
//! ([`Handled`]), or a [`CallError`] that says what stopped it; log lines go to a [`LogSink`], and what each
//! call used to a [`CallObserver`]. Bodies of requests and responses ([`Body`]) are streams where they are not
//! small.
//!
//! What an app may use beyond its own memory are the modules of `capability`: `kv`, `sql`, `bus`, `http_out`
//! (granted in its manifest), `log`, `config`, `clock`, `random`, and `operations`, `streams` and `responder`
//! for what takes time. State and network lie behind the traits [`KvStore`], [`SqlStore`], [`Publisher`] and
//! [`HttpClient`], which others implement.
//!
//! Components that know only WASI run the same way, over the same capabilities: see `wasi`.
//!
//! Deliberately absent: HTTP servers, SQLite, the event log, the registry. The runtime is handed an app and
//! hands back an answer.

mod admission;
mod app_cache;
mod artifacts;
mod bindings;
mod body;
mod call_log;
mod call_record;
mod call_trace;
mod capability;
mod compiler;
mod engine;
mod entering;
mod error;
mod fetch;
mod http_message;
mod imports;
mod invocation;
mod json;
mod limiter;
mod loaded_app;
mod loading;
mod meter;
mod place;
mod redaction;
mod request_body;
mod runtime;
mod scheduler;
mod shared;
mod state;
mod stop;
mod stream;
mod task;
mod ticker;
mod warm;
mod wasi;

pub use app_cache::{AppCache, AppCacheCounts, AppSource};
pub use body::{Body, BodyError};
pub use call_log::LogSink;
pub use call_record::{CallKind, CallObserver, CallOutcome, CallRecord};
pub use call_trace::CallTrace;
pub use capability::{
    Capabilities,
    bus::{Publisher, RecordingPublisher},
    http_out::{ClientRequest, ClientResponse, HttpClient, NoNetwork, Redirect},
    kv::KvStore,
    sql::SqlStore,
};
pub use compiler::{CompilerProgram, run_compiler};
pub use engine::engine;
pub use entering::Activity;
pub use error::{CallError, Failure, RuntimeError};
pub use invocation::Handled;
pub use loaded_app::{AppCode, LoadedApp};
pub use runtime::Runtime;
pub use task::DeliveryOutcome;
pub use wasi::command::{CommandLine, is_command};
