//! One call of the host, from its arguments to its answer.

use crate::{
    Error, EventHandler, Handler, Outcome, Request, Response, ScheduleHandler, Tick,
    bindings::{
        event::exports::atoll::app::event_handler as event_wit,
        http::{atoll::app::types::Failure, exports::atoll::app::http_handler as wit},
        schedule::exports::atoll::app::schedule_handler as schedule_wit,
    },
    block_on,
    error::CapabilityError,
    event::Event,
    host::http_responder,
    log,
    response::ResponseBody,
    task,
    writer::{BodyWriter, Producer},
};

/// A request. A response that is there as a whole, and after which nothing is left to do, is returned; any
/// other is sent while this runs.
#[doc(hidden)]
pub fn serve_http<Kind>(request: wit::Request, handler: impl Handler<Kind>) -> Result<wit::Reply, Failure> {
    log::report_panics();
    answer(Request::from_host(request), handler).map_err(Error::into_failure)
}

pub(crate) fn answer<Kind>(request: Request, handler: impl Handler<Kind>) -> Result<wit::Reply, Error> {
    let sent = match handler.call(request).or_else(Error::into_response) {
        Ok(Response { status, headers, body: ResponseBody::Whole(body) }) if !task::has_background() => {
            return Ok(wit::Reply::Response(wit::Response { status, headers, body }));
        }
        Ok(response) => send(response),
        Err(error) => Err(error),
    };
    task::finish_background();
    sent.map(|()| wit::Reply::Sent)
}

/// Sends a response through the responder.
fn send(response: Response) -> Result<(), Error> {
    let stream = http_responder::start(response.status, &response.headers).map_err(CapabilityError::from)?;
    let producer = match response.body {
        ResponseBody::Streamed(producer) => producer,
        ResponseBody::Whole(body) => {
            Producer::new(async move |mut writer: BodyWriter| writer.write(body).await)
        }
    };
    block_on(producer.run(stream))
}

/// An event.
#[doc(hidden)]
pub fn serve_event<Kind>(event: event_wit::Event, handler: impl EventHandler<Kind>) -> event_wit::Outcome {
    log::report_panics();
    let outcome = match Event::from_host(event) {
        Ok(event) => handler.call(event),
        Err(error) => Outcome::Reject(error.to_string()),
    };
    task::finish_background();
    outcome.into_host()
}

/// A scheduled run.
#[doc(hidden)]
pub fn serve_scheduled<Kind>(
    tick: schedule_wit::Tick,
    handler: impl ScheduleHandler<Kind>,
) -> Result<(), Failure> {
    log::report_panics();
    let end = handler.call(Tick::from_host(tick));
    task::finish_background();
    end.map_err(Error::into_failure)
}
