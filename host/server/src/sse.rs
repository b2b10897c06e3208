//! Server-sent events: one way to answer with a live stream.

use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse, Response,
    sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt as _};
use http::{HeaderName, header};
use serde::Serialize;

use crate::{problem::Problem, state::ServerState};

/// A comment is sent this often when nothing else is, so that proxies keep the connection, and a reader that
/// went away is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A stream of events as a response. It ends when the server stops, so that the connection can drain.
///
/// A reader that does not read is cut by the connection's write timeout; what it may be behind before that is
/// bounded where the stream comes from.
pub(crate) fn respond(
    state: &ServerState,
    events: impl Stream<Item = Event> + Send + 'static,
) -> Result<Response, Problem> {
    let place = state.stream_place()?;
    let events = events.take_until(state.closing().clone().cancelled_owned()).map(move |event| {
        // The place is held by the stream for as long as it lives.
        let _ = &place;
        Ok::<_, Infallible>(event)
    });
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        // Some proxies hold back what they forward until there is a lot of it.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive"));
    Ok((headers, sse).into_response())
}

/// One event with JSON data.
pub(crate) fn json(data: &impl Serialize) -> Event {
    // Data that cannot be written as JSON is a bug of ours; the reader sees an empty event, others go on.
    Event::default().json_data(data).unwrap_or_else(|error| {
        tracing::error!(%error, "an event cannot be written as JSON");
        Event::default()
    })
}

/// The last event of a reader that fell behind or came at the end.
pub(crate) fn dropped(reason: &str) -> Event {
    json(&serde_json::json!({ "reason": reason })).event("dropped")
}
