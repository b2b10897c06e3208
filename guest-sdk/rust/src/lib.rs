//! Backends for Atoll in Rust. A backend is a function from a request to a response, and may be another one
//! for events; each call runs in a fresh sandbox, so what must last goes to [`kv`] or [`sql`].
//!
//! ```ignore
//! use atoll_sdk::{Error, Request, Response};
//!
//! atoll_sdk::http_app!(fetch);
//!
//! fn fetch(request: Request) -> Result<Response, Error> {
//!     match (request.method(), request.path()) {
//!         ("GET", "/hello") => Response::json(&serde_json::json!({ "hello": "world" })),
//!         _ => Ok(Response::not_found()),
//!     }
//! }
//! ```
//!
//! Build it for `wasm32-unknown-unknown` as a `cdylib` and make a component of it (`wasm-tools component
//! new`, or `cargo xtask` in Atoll's repository). Only what is called is imported, so an app that never
//! touches [`kv`] needs no grant for it.

#[doc(hidden)]
pub mod bindings;
pub mod bus;
mod error;
mod event;
pub mod kv;
pub mod log;
mod request;
mod response;
pub mod sql;
mod system;

pub use error::{CapabilityError, Error};
pub use event::{Event, Outcome};
pub use request::Request;
pub use response::Response;
pub use serde_json;
pub use system::{now_ms, random_bytes, random_u64, sleep, variable};

/// Makes a function `fn(Request) -> Result<Response, Error>` the app's HTTP handler. Once in an app.
#[macro_export]
macro_rules! http_app {
    ($handler:path) => {
        const _: () = {
            struct HttpApp;
            impl $crate::bindings::http::exports::atoll::app::http_handler::Guest for HttpApp {
                fn handle(
                    request: $crate::bindings::http::exports::atoll::app::http_handler::Request,
                ) -> Result<
                    $crate::bindings::http::exports::atoll::app::http_handler::Response,
                    $crate::bindings::http::atoll::app::types::Failure,
                > {
                    $crate::__run_http(request, $handler)
                }
            }
    $crate::bindings::http::export!(HttpApp with_types_in $crate::bindings::http);
        };
    };
}

/// Makes a function `fn(Event) -> Result<Outcome, Error>` the app's event handler. Once in an app. An error
/// means that the event is delivered again later.
#[macro_export]
macro_rules! event_app {
    ($handler:path) => {
        const _: () = {
            struct EventApp;
            impl $crate::bindings::event::exports::atoll::app::event_handler::Guest for EventApp {
                fn handle(
                    event: $crate::bindings::event::exports::atoll::app::event_handler::Event,
                ) -> $crate::bindings::event::exports::atoll::app::event_handler::Outcome {
                    $crate::__run_event(event, $handler)
                }
            }
    $crate::bindings::event::export_event!(EventApp with_types_in $crate::bindings::event);
        };
    };
}

#[doc(hidden)]
pub fn __run_http(
    request: bindings::http::exports::atoll::app::http_handler::Request,
    handler: impl FnOnce(Request) -> Result<Response, Error>,
) -> Result<
    bindings::http::exports::atoll::app::http_handler::Response,
    bindings::http::atoll::app::types::Failure,
> {
    log::report_panics();
    handler(Request::new(request)).map(Response::into_wit).map_err(Error::into_failure)
}

#[doc(hidden)]
pub fn __run_event(
    event: bindings::event::exports::atoll::app::event_handler::Event,
    handler: impl FnOnce(Event) -> Result<Outcome, Error>,
) -> bindings::event::exports::atoll::app::event_handler::Outcome {
    use bindings::event::exports::atoll::app::event_handler as wit;
    log::report_panics();
    match handler(Event::new(event)) {
        Ok(Outcome::Done) => wit::Outcome::Done,
        Ok(Outcome::Reject(reason)) => wit::Outcome::Reject(reason),
        Err(error) => wit::Outcome::Retry(error.into_failure()),
    }
}
