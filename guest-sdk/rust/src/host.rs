//! The host's functions: in WebAssembly the imports of the contract; in a native build, which is for tests,
//! those of [`crate::testing`] in their place, of the same form.
//!
//! Only what an app calls becomes an import of its component, so that it needs no grant for the rest. That is
//! why there is no object here that has them all.

#[cfg(target_family = "wasm")]
pub(crate) use crate::bindings::http::atoll::app::{
    bus, clock, config, http_client, http_responder, kv, log, operations, random, sql, streams,
};
#[cfg(not(target_family = "wasm"))]
pub(crate) use crate::testing::imports::{
    bus, clock, config, http_client, http_responder, kv, log, operations, random, sql, streams,
};
