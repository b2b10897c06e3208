//! The plain types of Atoll: what an app is called, what it asks for, what it may use, what it says.
//!
//! Everything here parses at the edge and is then carried without re-checking: an [`AppName`] is a valid
//! name, a [`SourcePath`] cannot leave its folder, an [`EventType`] has only legal segments.
//!
//! What is deliberately absent: IO, async, wasmtime, and of HTTP everything but its headers. Every other room depends on this one, and this
//! one depends on none.

mod app_name;
mod bundle;
mod connection_headers;
mod data;
mod diagnostic;
mod event;
mod grants;
mod invocation;
mod limits;
pub mod manifest;
mod origin;
mod revision;
mod schedule;
mod secret_grant;
mod source;
mod source_map;
mod trace_context;

pub use app_name::{APP_NAME_LENGTH_MAX, AppName, AppNameError};
pub use bundle::{Artifact, Backend, BackendId, Bundle, Frontend, FrontendModule};
pub use connection_headers::{ConnectionHeaders, strip_connection_headers};
pub use data::{CapabilityError, KvEntry, KvList, KvListKey, KvPut, SqlRows, SqlStatement, SqlValue};
pub use diagnostic::{Diagnostic, Location, Severity};
pub use event::{Event, EventDraft, EventPattern, EventType, EventTypeError};
pub use grants::{Capability, Grants};
pub use invocation::{LogLevel, LogLine, Usage};
pub use limits::{AppLimits, Limits};
pub use manifest::{Manifest, ManifestError};
pub use origin::{Origin, OriginError};
pub use revision::{ContentHash, Revision};
pub use schedule::{CronExpression, MissedRuns, Overlap, Schedule, ScheduleError, ZoneName};
pub use secret_grant::{PlaceholderGrant, SecretGrant};
pub use source::{SourceError, SourcePath, SourceTree};
pub use source_map::{SourceMaps, looks_like_stack};
pub use trace_context::{TRACEPARENT, TRACESTATE, TraceContext, TraceContextError};
