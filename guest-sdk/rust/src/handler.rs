//! Which functions can be handlers: sync and async ones, of what they take and answer.

use serde::de::DeserializeOwned;

use crate::{Error, Event, IntoOutcome, IntoResponse, Outcome, Request, Response, block_on};

/// Of a function whose answer is there when it returns.
#[derive(Debug)]
pub struct Sync;

/// Of an async function.
#[derive(Debug)]
pub struct Async;

/// A function that answers requests: `fn(Request) -> impl IntoResponse`, or an async one. The parameter only
/// tells them apart.
pub trait Handler<Kind> {
    /// Calls it, and waits for its answer.
    ///
    /// # Errors
    /// What it gave up with.
    fn call(self, request: Request) -> Result<Response, Error>;
}

impl<F, R> Handler<Sync> for F
where
    F: FnOnce(Request) -> R,
    R: IntoResponse,
{
    fn call(self, request: Request) -> Result<Response, Error> {
        self(request).into_response()
    }
}

impl<F, R> Handler<Async> for F
where
    F: FnOnce(Request) -> R,
    R: Future<Output: IntoResponse>,
{
    fn call(self, request: Request) -> Result<Response, Error> {
        block_on(self(request)).into_response()
    }
}

/// A function that handles events: `fn(Event<T>) -> impl IntoOutcome`, or an async one. The parameter only tells
/// them apart.
pub trait EventHandler<Kind> {
    /// Calls it, and waits for its outcome. Data that is not of its type is rejected.
    fn call(self, event: Event) -> Outcome;
}

fn with_data<T: DeserializeOwned>(event: Event, handle: impl FnOnce(Event<T>) -> Outcome) -> Outcome {
    match event.parse() {
        Ok(event) => handle(event),
        Err(error) => Outcome::Reject(error.to_string()),
    }
}

impl<F, T, R> EventHandler<(Sync, T)> for F
where
    F: FnOnce(Event<T>) -> R,
    T: DeserializeOwned,
    R: IntoOutcome,
{
    fn call(self, event: Event) -> Outcome {
        with_data(event, |event| self(event).into_outcome())
    }
}

impl<F, T, R> EventHandler<(Async, T)> for F
where
    F: FnOnce(Event<T>) -> R,
    T: DeserializeOwned,
    R: Future<Output: IntoOutcome>,
{
    fn call(self, event: Event) -> Outcome {
        with_data(event, |event| block_on(self(event)).into_outcome())
    }
}
