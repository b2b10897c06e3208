//! Atoll as a library: a host that deploys apps, calls them in their sandboxes, and carries their events.
//!
//! ```no_run
//! # async fn example() -> Result<(), atoll::HostError> {
//! let host = atoll::Host::builder().data_dir("data").build().await?;
//! let folder = atoll::read_folder("examples/hello".as_ref(), host.limits())
//!     .map_err(|error| atoll::HostError::Internal(error.to_string()))?;
//! let deployed = host.deploy(folder, atoll::DeployOptions::default()).await?;
//! let request = atoll::http::Request::get("http://hello/").body(()).unwrap();
//! let answer = host.handle(&deployed.app, request).await?;
//! println!("{}", answer.response.status());
//! # Ok(()) }
//! ```
//!
//! This crate wires the rooms and runs the pipeline (generate → build → test → store → load). Data goes one
//! way through it. It knows every room and no transport: HTTP servers stand on top of it.

mod adapters;
mod builder;
mod changes;
mod component;
mod deploy;
mod error;
mod event_schemas;
mod folder;
mod generation;
mod host;
mod info;
mod logs;
mod metering;
mod report;
mod schedules;
mod spans;
mod stack_traces;

pub use atoll_build::{SchemaViolation, TypeCheck};
pub use atoll_bus::{BusError, DeadLetter, DeadLetters, Lagged, RetryOutcome};
pub use atoll_generate::AppSpecification;
pub use atoll_model as model;
pub use atoll_model::{
    AppName, Diagnostic, Event, EventDraft, EventPattern, EventType, Limits, LogLine, Manifest, Revision,
    SourcePath, SourceTree, Usage,
};
pub use atoll_outbound as outbound;
pub use atoll_runtime::{
    Body, BodyError, CallError, CallKind, CallObserver, CallOutcome, CallRecord, CommandLine,
    CompilerProgram, LogSink, RuntimeError, is_command, run_compiler,
};
pub use atoll_store::{SecretKey, SecretKeyError, StoreError};
pub use bytes::Bytes;
pub use http;
pub use opentelemetry;
pub use zeroize::Zeroizing;

pub use builder::HostBuilder;
pub use changes::Change;
pub use component::{ComponentHost, ComponentOptions, run_command};
pub use error::HostError;
pub use event_schemas::SchemaMismatch;
pub use folder::{FolderError, read_folder};
pub use generation::{GenerateRequest, GenerationEvent, GenerationId, GenerationResult, GenerationState};
pub use host::{Handled, Host, SecretInfo};
pub use info::{AppInfo, FrontendInfo};
pub use metering::{
    AppMetrics, CallTotals, Distribution, HistogramPoint, MetricFamily, MetricPoint, MetricValue,
    MinuteSample, RevisionMetrics,
};
pub use report::{DeployOptions, Deployed, TestReport, TestResult, Timings};
pub use schedules::{LastRun, RunOutcome, ScheduleInfo};
pub use spans::HttpRoute;
