//! A real `atoll serve` process for tests, and a small client for it.
//!
//! The binary is the one that `cargo build` left beside the tests, or `ATOLL_BIN`. Compiled code is cached
//! under the target directory, so that not every server compiles the JavaScript engine again.

mod client;
mod events;
mod server;

pub use client::{Answer, pack};
pub use server::{Server, ServerOptions};

/// What went wrong in a test's own machinery.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
