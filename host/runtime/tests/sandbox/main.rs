//! The sandbox as a whole: real components in a real engine.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod app_cache;
mod calls;
mod capabilities;
mod commands;
#[path = "../shared/guests.rs"]
mod guests;
mod hostile;
mod javascript;
mod outbound;
mod rust_guest;
mod streaming;
mod support;
mod wasi;
