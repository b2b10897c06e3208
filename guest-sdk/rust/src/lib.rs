//! Backends for Atoll in Rust. A backend is a function from a request to a response, and may be another one for
//! events; each call runs in a fresh sandbox, so what must last goes to [`kv`] or [`sql`].
//!
//! ```
//! use atoll_sdk::{Error, IntoResponse, Json, Request, Response, kv};
//!
//! #[atoll_sdk::main]
//! fn answer(request: Request) -> Result<Response, Error> {
//!     match (request.method(), &request.segments()[..]) {
//!         ("GET", []) => "Hello".into_response(),
//!         ("GET", ["notes", id]) => {
//!             let note: Option<String> = kv::get_json(&format!("note:{id}"))?;
//!             Json(note.ok_or_else(|| Error::not_found("no such note"))?).into_response()
//!         }
//!         _ => Ok(Response::not_found()),
//!     }
//! }
//! ```
//!
//! A handler may be async; then requests to others overlap ([`http`]), bodies stream both ways
//! ([`Request::body_mut`], [`Response::streamed`]), and work may go on after the response ([`wait_until`]).
//! State, events, configuration: [`kv`], [`sql`], [`bus`], [`config`]. Time and chance: [`clock`], [`random`].
//!
//! Build it for `wasm32-unknown-unknown` as a `cdylib` and make a component of it (`wasm-tools component new`, or
//! `cargo xtask guests` in Atoll's repository). Only what is called is imported, so an app that never touches
//! [`kv`] needs no grant for it.
//!
//! Tests are native: `cargo test`, with [`testing`] in the host's place.
//!
//! What is deliberately absent: a router. A `match` over [`Request::segments`] does for an app's size, and any
//! crate that matches paths works too.

#[doc(hidden)]
pub mod bindings;
mod body;
pub mod bus;
pub mod clock;
pub mod config;
mod error;
mod event;
mod form;
mod handler;
#[cfg(all(target_family = "wasm", feature = "allocator"))]
mod heap;
mod host;
pub mod http;
pub mod kv;
pub mod log;
pub mod random;
mod request;
mod response;
mod schedule;
#[doc(hidden)]
pub mod serve;
pub mod sql;
mod task;
#[cfg(not(target_family = "wasm"))]
pub mod testing;
mod writer;

pub use body::Body;
pub use clock::sleep;
pub use error::{CapabilityError, Error};
pub use event::{Event, IntoOutcome, Outcome};
pub use handler::{EventHandler, Handler};
pub use request::Request;
pub use response::{Html, IntoResponse, Json, Response};
pub use schedule::{IntoEnd, ScheduleHandler, Tick};
pub use serde_json;
pub use task::{Ended, JoinAll, block_on, join_all, wait_until};
pub use writer::BodyWriter;

/// Makes a function the app's HTTP handler, once in an app. The function is sync or async, takes a [`Request`],
/// and returns what can become a [`Response`]: see [`IntoResponse`].
///
/// ```
/// # use atoll_sdk::{Error, Json, Request, http};
/// #[atoll_sdk::main]
/// async fn answer(_: Request) -> Result<Json<Vec<u16>>, Error> {
///     // Both are on their way before the first is awaited.
///     let first = http::get("https://api.example.com/a").send();
///     let second = http::get("https://api.example.com/b").send();
///     Ok(Json(vec![first.await?.status(), second.await?.status()]))
/// }
/// ```
pub use atoll_sdk_macros::main;

/// Makes a function the app's event handler, once in an app. The function is sync or async, takes an [`Event`] of
/// some data, and returns nothing, an [`Outcome`] or a `Result`. An event whose data is not of that type is
/// rejected.
///
/// ```
/// # use atoll_sdk::{CapabilityError, Event, kv};
/// #[derive(serde::Deserialize)]
/// struct Todo {
///     title: String,
/// }
///
/// #[atoll_sdk::event]
/// fn on_todo(event: Event<Todo>) -> Result<(), CapabilityError> {
///     kv::put(&format!("seen:{}", event.id()), &event.data().title)
/// }
/// ```
pub use atoll_sdk_macros::event;

/// Makes a function the handler of the runs that `[[schedule]]` asks for, once in an app. The function is sync or
/// async, takes a [`Tick`], and returns nothing or a `Result`. A run happens at most once.
///
/// ```
/// # use atoll_sdk::{CapabilityError, Tick, kv};
/// #[atoll_sdk::scheduled]
/// fn tidy(tick: Tick) -> Result<(), CapabilityError> {
///     kv::put("tidied", tick.cron())
/// }
/// ```
pub use atoll_sdk_macros::scheduled;

/// What `#[atoll_sdk::main]` exports.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_http {
    ($handler:path) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            struct HttpApp;
            impl $crate::bindings::http::exports::atoll::app::http_handler::Guest for HttpApp {
                fn handle(
                    request: $crate::bindings::http::exports::atoll::app::http_handler::Request,
                ) -> ::core::result::Result<
                    $crate::bindings::http::exports::atoll::app::http_handler::Reply,
                    $crate::bindings::http::atoll::app::types::Failure,
                > {
                    $crate::serve::serve_http(request, $handler)
                }
            }
    $crate::bindings::http::export!(HttpApp with_types_in $crate::bindings::http);
        };
        // A native build has no host: the function is only called by tests.
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            #[allow(dead_code)]
            fn is_a_handler() {
                let _ = |request| $crate::Handler::call($handler, request);
            }
        };
    };
}

/// What `#[atoll_sdk::event]` exports.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_event {
    ($handler:path) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            struct EventApp;
            impl $crate::bindings::event::exports::atoll::app::event_handler::Guest for EventApp {
                fn handle(
                    event: $crate::bindings::event::exports::atoll::app::event_handler::Event,
                ) -> $crate::bindings::event::exports::atoll::app::event_handler::Outcome {
                    $crate::serve::serve_event(event, $handler)
                }
            }
    $crate::bindings::event::export_event!(EventApp with_types_in $crate::bindings::event);
        };
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            #[allow(dead_code)]
            fn is_a_handler() {
                let _ = |event| $crate::EventHandler::call($handler, event);
            }
        };
    };
}

/// What `#[atoll_sdk::scheduled]` exports.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_scheduled {
    ($handler:path) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            struct ScheduleApp;
            impl $crate::bindings::schedule::exports::atoll::app::schedule_handler::Guest for ScheduleApp {
                fn handle(
                    tick: $crate::bindings::schedule::exports::atoll::app::schedule_handler::Tick,
                ) -> ::core::result::Result<(), $crate::bindings::http::atoll::app::types::Failure> {
                    $crate::serve::serve_scheduled(tick, $handler)
                }
            }
    $crate::bindings::schedule::export_schedule!(ScheduleApp with_types_in $crate::bindings::schedule);
        };
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            #[allow(dead_code)]
            fn is_a_handler() {
                let _ = |tick| $crate::ScheduleHandler::call($handler, tick);
            }
        };
    };
}
