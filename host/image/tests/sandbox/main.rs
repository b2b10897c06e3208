//! The engine in its sandbox: snapshots, and requests of fresh instances, over stub capabilities.
#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of tests fail like tests do")]

mod cache;
mod capabilities;
mod fetches;
mod hono;
mod host;
mod requests;
mod snapshots;
mod stack_and_heap;
mod streaming;
mod web_platform;
