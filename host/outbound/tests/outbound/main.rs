//! The client against real servers on loopback sockets: what it reaches, what it refuses, and how it ends.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking; clippy's own exception does not reach helper functions"
)]

mod addresses;
mod bodies;
mod coding;
mod connections;
mod grants;
mod limits;
mod redirects;
mod secrets;
mod server;
mod spellings;
mod tls;
mod world;
