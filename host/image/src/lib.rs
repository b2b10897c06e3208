//! The JavaScript engine's bytes, the heap snapshot, and the encoding of images and of the component around
//! them: what `build` writes and `runtime` loads.
//!
//! ```text
//! engine.wasm ─▶ split ─▶ code-only module ("engine") ─┐
//!      └──────▶ shell (component without a module) ◀───┴── image ("image"): one app's memory
//! ```
//!
//! A QuickJS module is some 2 MB and takes a second to compile, so it is compiled once for a host: the split pass
//! (`split`) takes its memory out. At deploy an app's modules are turned into bytecode in one instance of it and
//! evaluated in another, whose memory is kept as a module of data alone ([`JsEngine::snapshot`]). For a request the shell, the same component for every
//! app, joins the two: `runtime` gives it `engine` and `image` and instantiates it.
//!
//! What it deliberately does not know: TypeScript, HTTP, the registry, and what a capability does. While an
//! app's top level runs, every capability refuses.

mod audit;
mod cache;
mod engine_bytes;
mod error;
mod image;
mod js_engine;
mod shell;
mod snapshot;
mod source_map;
mod split;

pub use engine_bytes::engine_hash;
pub use error::ImageError;
pub use js_engine::JsEngine;
#[doc(hidden)]
pub use js_engine::engine_parts;
pub use snapshot::{HandlerExports, Module, PLACES_PER_SNAPSHOT, Snapshot, SnapshotInput};
pub use source_map::{attach_source_maps, source_maps};

/// The name by which the shell imports the code-only engine ([`JsEngine::module`]).
pub const ENGINE_IMPORT: &str = "engine";

/// The name by which the shell imports an app's image ([`Snapshot::image`]).
pub const IMAGE_IMPORT: &str = "image";
