//! Source folder to bundle.
//!
//! ```text
//! SourceTree ─▶ manifest ─▶ parse ─▶ scan ─▶ transform ◀─▶ resolve ─▶ snapshot ─▶ Bundle
//!                  └──────────┴────────┴─────────┴───────────┴───────────┴──────▶ diagnostics
//! ```
//!
//! Data goes one way; what is wrong leaves as a [`Diagnostic`](atoll_model::Diagnostic) with its place, a
//! frame of code, and what to do. Everything but the snapshot is a pure function of the folder and the limits.
//!
//! * `manifest`: `atoll.toml` and the files it names;
//! * `parse` (with `outline` and `deep_stack`): text to syntax tree, safe against any nesting;
//! * `project`, `scan`: all scripts together, and the security rules over them (the table is in `scan`);
//! * `transform`, `resolve`, `link`, `asset_key`, `vendor`: types and JSX out, imports exact, reachable modules in;
//! * `component`: a backend that is WebAssembly already;
//! * `snapshot`: the backend's heap image, by `atoll_image`, with its `source_maps`;
//! * `type_check`: the external TypeScript compiler, only when asked.
//!
//! What it deliberately does not do: HTTP, the registry, running handlers, running tests, bundling: modules
//! stay one by one, so that a stack trace names files people know.

mod asset_key;
mod builder;
mod component;
mod deep_stack;
mod event_schema;
mod failure;
mod link;
mod manifest;
mod outline;
mod parse;
mod project;
mod report;
mod resolve;
mod scan;
mod snapshot;
mod source_maps;
mod transform;
mod turns;
mod type_check;
mod vendor;

pub use builder::{Builder, check};
pub use component::check_component;
pub use event_schema::{EventSchema, SchemaBreak, SchemaError, SchemaViolation, breaks};
pub use failure::BuildFailure;
pub use type_check::TypeCheck;
