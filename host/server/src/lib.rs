//! HTTP over the Atoll host: the gateway to apps, the control API, live streams, app pages, the canvas.
//!
//! ```no_run
//! # async fn example(host: atoll::Host) -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8787").await?;
//! let shutdown = async { let _ = tokio::signal::ctrl_c().await; };
//! atoll_server::run(listener, host, atoll_server::ServerConfig::default(), shutdown).await?;
//! # Ok(()) }
//! ```
//!
//! Who may ask what is decided once, in `security`, before anything is routed: the request target, the
//! `Host` header, and where the request comes from. What a guest answers is never allowed to act as the
//! host's own origin in a browser (see `gateway`).
//!
//! This is the only room that knows axum. It holds no state of its own besides open connections: whatever
//! must outlive a request is the facade's. It does not speak TLS: put a proxy in front, and name its host in
//! [`ServerConfig::allowed_hosts`].

mod app_assets;
mod app_events;
mod apps;
mod archive;
mod body;
mod bus;
mod canvas;
mod cloudevents;
mod component;
mod config;
mod conn;
mod connections;
mod cors;
mod dead_letters;
mod entry;
mod events;
mod extract;
mod frame;
mod gateway;
mod generations;
mod health;
mod json_body;
mod layout;
mod logs;
mod metrics;
mod problem;
mod routes;
mod schedules;
mod secrets;
mod security;
mod serve;
mod sse;
mod state;

pub use config::ServerConfig;
pub use routes::router;
pub use serve::{ServerError, run, run_component};
