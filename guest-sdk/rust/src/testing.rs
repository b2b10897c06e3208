//! A host for native tests of an app: `cargo test`, without WebAssembly.
//!
//! ```
//! use atoll_sdk::{CapabilityError, Request, kv, testing::TestHost};
//!
//! fn answer(_: Request) -> Result<String, CapabilityError> {
//!     let count = kv::get_json::<u64>("count")?.unwrap_or_default() + 1;
//!     kv::put_json("count", &count)?;
//!     Ok(count.to_string())
//! }
//!
//! let host = TestHost::new();
//! assert_eq!(host.fetch(answer, Request::new("GET", "/")).text(), "1");
//! assert_eq!(host.fetch(answer, Request::new("GET", "/")).text(), "2");
//! ```
//!
//! The handler runs as it would in its sandbox, through the same code. Key-value store, bus, log, configuration
//! and streams are in memory; SQL is SQLite itself (feature `testing-sql` of this crate); requests to others are
//! answered by the test; the clock stands still unless the handler waits, so waiting takes no time.
//!
//! What is deliberately absent: grants, limits and the sandbox. For those, deploy the app to a host.

pub(crate) mod imports;
mod kv;
mod network;
mod sql;
mod state;
mod streams;

use std::{cell::RefCell, rc::Rc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub use network::{Answer, Sent};
pub use state::Published;

use crate::{
    Body, Error, Event, EventHandler, Handler, Outcome, Request, ScheduleHandler, Tick,
    bindings::http::exports::atoll::app::http_handler::Reply, log::Level, serve, task,
};
use state::State;

thread_local! {
    static CURRENT: RefCell<Option<Rc<RefCell<State>>>> = const { RefCell::new(None) };
}

/// Does something with the state of this thread's host.
pub(crate) fn with<T>(act: impl FnOnce(&mut State) -> T) -> T {
    let current = CURRENT.with_borrow(Clone::clone);
    let current =
        current.expect("an app was called without a host: make an atoll_sdk::testing::TestHost first");
    act(&mut current.borrow_mut())
}

/// The host of this thread, until it is dropped. One at a time: a test has a thread of its own.
#[derive(Debug)]
pub struct TestHost(Rc<RefCell<State>>);

impl TestHost {
    /// A host without any state.
    ///
    /// # Panics
    /// When this thread has one.
    #[expect(clippy::new_without_default, reason = "it is not a value: it is installed for the thread")]
    pub fn new() -> Self {
        let state = Rc::new(RefCell::new(State::new()));
        CURRENT.with_borrow_mut(|current| {
            assert!(current.is_none(), "this thread has a TestHost already");
            *current = Some(Rc::clone(&state));
        });
        Self(state)
    }

    /// Sets a variable or a secret.
    pub fn set(&self, name: &str, value: &str) -> &Self {
        self.0.borrow_mut().variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs a script on the app's database: `host.migrate(include_str!("../migrations/0001_create.sql"))`.
    ///
    /// # Panics
    /// When it fails, with SQLite's message.
    pub fn migrate(&self, script: &str) -> &Self {
        if let Err(error) = self.0.borrow_mut().sql.exec(script) {
            panic!("the migration failed: {error}");
        }
        self
    }

    /// Says how requests to others are answered, from now on. Without it, none can be reached.
    pub fn network(&self, answer: impl FnMut(&Sent) -> Answer + 'static) -> &Self {
        self.0.borrow_mut().network.answer = Some(Box::new(answer));
        self
    }

    /// A body that comes bit by bit, for [`Request::with_body`].
    pub fn streamed_body<B: AsRef<[u8]>>(&self, chunks: impl IntoIterator<Item = B>) -> Body {
        let chunks = chunks.into_iter().map(|chunk| chunk.as_ref().to_vec()).collect();
        Body::stream(self.0.borrow_mut().streams.add_incoming(chunks, 0))
    }

    /// Lets time pass.
    pub fn advance(&self, time: Duration) -> &Self {
        self.0.borrow_mut().advance(time);
        self
    }

    /// Calls an HTTP handler, and waits for all that it does. One that gives up answers 500, as the host would.
    pub fn fetch<Kind>(&self, handler: impl Handler<Kind>, request: Request) -> TestResponse {
        self.0.borrow_mut().begin_call();
        let answered = serve::answer(request, handler);
        let started = self.0.borrow_mut().end_call();
        match (answered, started) {
            (Ok(Reply::Response(whole)), _) => TestResponse {
                status: whole.status,
                headers: whole.headers,
                body: whole.body,
                is_complete: true,
                error: None,
            },
            (answered, Some(mut sent)) => {
                sent.error = answered.err();
                sent
            }
            (answered, None) => TestResponse {
                status: 500,
                headers: Vec::new(),
                body: Vec::new(),
                is_complete: true,
                error: answered.err(),
            },
        }
    }

    /// Calls an event handler, and waits for all that it does.
    pub fn deliver<Kind>(&self, handler: impl EventHandler<Kind>, event: Event) -> Outcome {
        self.0.borrow_mut().begin_call();
        let outcome = handler.call(event);
        task::finish_background();
        self.0.borrow_mut().end_call();
        outcome
    }

    /// Calls a handler of scheduled runs, and waits for all that it does.
    ///
    /// # Errors
    /// What it failed with.
    pub fn run_scheduled<Kind>(&self, handler: impl ScheduleHandler<Kind>, tick: Tick) -> Result<(), Error> {
        self.0.borrow_mut().begin_call();
        let end = handler.call(tick);
        task::finish_background();
        self.0.borrow_mut().end_call();
        end
    }

    /// What was published so far.
    pub fn published(&self) -> Vec<Published> {
        self.0.borrow().published.clone()
    }

    /// What was logged so far.
    pub fn logged(&self) -> Vec<(Level, String)> {
        self.0.borrow().logged.clone()
    }

    /// The requests that were sent to others so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.0.borrow().network.sent.clone()
    }

    /// How much time has passed since this host was made: the handlers' waits, and [`TestHost::advance`].
    pub fn elapsed(&self) -> Duration {
        self.0.borrow().elapsed()
    }
}

impl Drop for TestHost {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(Option::take);
    }
}

/// What a handler answered.
#[derive(Debug)]
pub struct TestResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body, streamed or not.
    pub body: Vec<u8>,
    /// Whether the body is all there; a streamed one may have broken off.
    pub is_complete: bool,
    /// What the handler gave up with, which a caller never sees.
    pub error: Option<Error>,
}

impl TestResponse {
    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is no UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not of this form, with the body.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

/// A value as JSON, to compare with.
pub fn json<T: Serialize>(value: T) -> Value {
    serde_json::to_value(value).expect("the value has a JSON form")
}
