//! The JavaScript engine: QuickJS behind the `js-engine` world of `wit/`.
//!
//! In flow an app's modules (`snapshot`), requests, events and tests; out flow responses, outcomes and calls
//! of the host's imports. An instance is one of two things. A compiler turns modules into bytecode. In the other
//! the host calls `bootstrap`, `add-module` and `evaluate` at deploy, and keeps the linear memory; for every
//! request that memory is mapped afresh and one handler is called, and nothing that happens then survives.
//!
//! JavaScript lives in `../js` (the web's interfaces, one concept a file); Rust does what is hot or subtle.
//! Deliberately absent: WASI, threads, and any way to compile code where an app runs.

mod allocator;
mod builtin;
mod call;
mod compiler;
mod engine;
mod exports;
mod failure;
mod heap;
mod jobs;
mod modules;
mod native;
mod random;
mod text;

/// Types and traits of the `js-engine` world.
mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "js-engine",
        generate_all,
    });
}

struct Guest;
bindings::export!(Guest with_types_in bindings);
