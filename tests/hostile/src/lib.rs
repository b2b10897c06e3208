//! A real `atoll serve` process for tests, small clients for it, and hostile guests.
//!
//! The binary is the one that `cargo build` left beside the tests, or `ATOLL_BIN`. Compiled code is cached
//! under the target directory, so that not every server compiles the JavaScript engine again. A server's standard
//! error is kept: a panic in it fails the test, whatever was answered.

mod case;
mod client;
mod events;
mod guest;
mod origin;
mod random;
mod run;
mod server;
mod small_disk;
mod socket;
mod wall_clock;
mod wasi_guest;

pub use case::Case;
pub use client::{Answer, pack};
pub use guest::{Import, imports, javascript, text_to_binary};
pub use origin::Origin;
pub use random::Random;
pub use run::run_case;
pub use server::{Server, ServerOptions};
pub use small_disk::{SmallDisk, copy_folder, fill, free};
pub use socket::Raw;
pub use test_guests::http_guest;
pub use wall_clock::WallClock;
pub use wasi_guest::wasi_guest;

/// What went wrong in a test's own machinery.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long anything may take before a test gives up: far more than it ever takes.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
