//! The JavaScript engine: QuickJS behind the `js-engine` world of `wit/`.
//!
//! In flow an app's modules (`snapshot`), requests, events and tests; out flow responses, outcomes and calls
//! of the host's imports. It runs in two phases. At deploy the host calls `bootstrap`, `add-module` and
//! `evaluate`, and keeps the linear memory. For every request the memory is mapped afresh and one handler is
//! called; nothing that happens then survives.
//!
//! JavaScript lives in `../js` (the web's interfaces, one concept a file); Rust does what is hot or subtle.
//! Deliberately absent: WASI, threads, streaming bodies, and any way to compile code after the snapshot.

mod allocator;
mod call;
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
