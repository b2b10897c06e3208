//! What a call does in its instance: one type for each export of the contract.

use std::future::Future;

use atoll_model::{Event, LogLevel};
use bytes::Bytes;
use wasmtime::{Store, component::Instance};

use crate::{
    CallError, Failure,
    bindings::{
        atoll::app::types,
        exports::atoll::app::{event_handler, http_handler, schedule_handler, test_suite},
    },
    http_message,
    state::CallState,
    stop::Stop,
};

/// Something to do in a fresh instance.
pub(crate) trait Task: Send {
    type Answer: Send + 'static;
    fn run(
        self,
        store: &mut Store<CallState>,
        instance: &Instance,
    ) -> impl Future<Output = Result<Self::Answer, Stop>> + Send;

    /// Whether the answer says that the handler failed.
    fn failed(_: &Self::Answer) -> bool {
        false
    }
}

/// An HTTP request. It owns all it needs: the call may go on without its caller.
pub(crate) struct Fetch {
    pub(crate) handler: http_handler::GuestIndices,
    pub(crate) request: http_handler::Request,
}

/// What a handler of requests answers.
pub(crate) enum Reply {
    /// The response.
    Whole(http::Response<Bytes>),
    /// The response was sent while the handler ran.
    Sent,
}

impl Task for Fetch {
    type Answer = Reply;

    async fn run(self, store: &mut Store<CallState>, instance: &Instance) -> Result<Self::Answer, Stop> {
        let handler = self.handler.load(&mut *store, instance)?;
        match handler.call_handle(&mut *store, &self.request).await? {
            Ok(http_handler::Reply::Response(response)) => {
                http_message::response(response, &store.data().limits).map(Reply::Whole).map_err(Stop::Call)
            }
            Ok(http_handler::Reply::Sent) => Ok(Reply::Sent),
            Err(failure) if is_missing(&failure, "fetch") => Err(no_handler(store, "fetch")),
            Err(failure) => {
                Err(Stop::Call(CallError::Failed { message: failure.message, stack: failure.stack }))
            }
        }
    }
}

/// The JavaScript engine exports every handler; which of them the app has, it says in these words.
fn is_missing(failure: &types::Failure, handler: &str) -> bool {
    failure.message.strip_prefix("TypeError: the app has no ").and_then(|rest| rest.strip_suffix(" handler"))
        == Some(handler)
}

fn no_handler(store: &Store<CallState>, handler: &'static str) -> Stop {
    Stop::Call(CallError::NoHandler { app: store.data().app_name().clone(), handler })
}

/// A failure that is kept and shown: in a dead letter, in the record of a run.
fn redacted(store: &Store<CallState>, failure: types::Failure) -> Failure {
    let redaction = &store.data().app.redaction;
    let text = |text: String| redaction.apply(&text).into_owned();
    Failure { message: text(failure.message), stack: text(failure.stack) }
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// Handled.
    Done,
    /// Not handled; deliver it again later.
    Retry(Failure),
    /// Never will be, with the app's reason.
    Reject(String),
}

/// An event.
pub(crate) struct Deliver {
    pub(crate) handler: event_handler::GuestIndices,
    pub(crate) event: event_handler::Event,
}

impl Task for Deliver {
    type Answer = DeliveryOutcome;

    async fn run(self, store: &mut Store<CallState>, instance: &Instance) -> Result<Self::Answer, Stop> {
        let handler = self.handler.load(&mut *store, instance)?;
        let outcome = handler.call_handle(&mut *store, &self.event).await?;
        if let event_handler::Outcome::Retry(failure) = &outcome
            && is_missing(failure, "event")
        {
            return Err(no_handler(store, "event"));
        }
        let log = &mut store.data_mut().log;
        Ok(match outcome {
            event_handler::Outcome::Done => DeliveryOutcome::Done,
            event_handler::Outcome::Retry(failure) => {
                log.host_line(
                    LogLevel::Error,
                    &format!("the event handler failed: {}", failure.message),
                    &failure.stack,
                );
                DeliveryOutcome::Retry(redacted(store, failure))
            }
            event_handler::Outcome::Reject(reason) => {
                log.host_line(LogLevel::Warn, &format!("the event was rejected: {reason}"), "");
                DeliveryOutcome::Reject(store.data().app.redaction.apply(&reason).into_owned())
            }
        })
    }

    fn failed(answer: &DeliveryOutcome) -> bool {
        matches!(answer, DeliveryOutcome::Retry(_))
    }
}

/// An event as a guest sees it.
pub(crate) fn event_for_guest(event: &Event, attempt: u32) -> event_handler::Event {
    event_handler::Event {
        id: event.id.clone(),
        source: event.source.clone(),
        type_: event.event_type.as_str().to_owned(),
        time: event.time.to_string(),
        subject: event.subject.clone(),
        data: event.data.to_string(),
        hops: event.hops,
        attempt,
    }
}

/// A scheduled run.
pub(crate) struct Tick {
    pub(crate) handler: schedule_handler::GuestIndices,
    pub(crate) tick: schedule_handler::Tick,
}

impl Task for Tick {
    type Answer = Result<(), Failure>;

    async fn run(self, store: &mut Store<CallState>, instance: &Instance) -> Result<Self::Answer, Stop> {
        let handler = self.handler.load(&mut *store, instance)?;
        match handler.call_handle(&mut *store, &self.tick).await? {
            Ok(()) => Ok(Ok(())),
            Err(failure) if is_missing(&failure, "scheduled") => Err(no_handler(store, "scheduled")),
            Err(failure) => {
                let line = format!("the scheduled handler failed: {}", failure.message);
                store.data_mut().log.host_line(LogLevel::Error, &line, &failure.stack);
                Ok(Err(redacted(store, failure)))
            }
        }
    }

    fn failed(answer: &Result<(), Failure>) -> bool {
        answer.is_err()
    }
}

/// The names of an app's tests.
pub(crate) struct TestNames(pub(crate) test_suite::GuestIndices);

impl Task for TestNames {
    type Answer = Vec<String>;

    async fn run(self, store: &mut Store<CallState>, instance: &Instance) -> Result<Self::Answer, Stop> {
        let suite = self.0.load(&mut *store, instance)?;
        Ok(suite.call_names(&mut *store).await?)
    }
}

/// One of an app's tests.
pub(crate) struct RunTest {
    pub(crate) suite: test_suite::GuestIndices,
    pub(crate) name: String,
}

impl Task for RunTest {
    type Answer = Result<(), Failure>;

    async fn run(self, store: &mut Store<CallState>, instance: &Instance) -> Result<Self::Answer, Stop> {
        let suite = self.suite.load(&mut *store, instance)?;
        let result = suite.call_run(&mut *store, &self.name).await?;
        Ok(result.map_err(Failure::from))
    }

    fn failed(answer: &Result<(), Failure>) -> bool {
        answer.is_err()
    }
}

impl From<types::Failure> for Failure {
    fn from(failure: types::Failure) -> Self {
        Self { message: failure.message, stack: failure.stack }
    }
}
