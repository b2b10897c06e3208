//! `/api/v1/events`: publish from outside, and follow.

use std::collections::BTreeSet;

use atoll::{Event, EventPattern, Lagged};
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt as _, stream::BoxStream};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{
    body::{self, BodyLimit},
    cloudevents,
    entry::NO_STORE,
    extract::{LastEventId, Params},
    problem::Problem,
    sse,
    state::ServerState,
};

/// Patterns in one subscription.
pub(crate) const PATTERNS_MAX: usize = 64;

#[derive(Deserialize)]
pub(crate) struct FollowParams {
    /// Patterns, separated by commas; everything when absent.
    types: Option<String>,
    /// The sequence after which to start; from now on when absent.
    after: Option<u64>,
}

/// `POST`: takes a CloudEvent of an outside publisher. It is durable when this answers.
pub(crate) async fn publish(
    State(state): State<ServerState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = body::read(state.connections(), &headers, body, BodyLimit::control(state.limits())).await?;
    let outside = cloudevents::parse(&headers, &body.bytes, state.limits())?;
    let event = state.host().publish(&outside.source, outside.draft).await?;
    let document = serde_json::json!({ "id": event.id, "source": event.source, "sequence": event.sequence });
    Ok((StatusCode::ACCEPTED, NO_STORE, Json(document)).into_response())
}

/// `GET`: a stream of CloudEvents.
pub(crate) async fn follow(
    State(state): State<ServerState>,
    Params(params): Params<FollowParams>,
    LastEventId(last): LastEventId,
) -> Result<Response, Problem> {
    let patterns = patterns(params.types.as_deref().unwrap_or("*").split(','))?;
    let events = state.host().follow(patterns, last.or(params.after));
    sse::respond(&state, as_sse(events))
}

/// Parses patterns; each once, at least one, at most [`PATTERNS_MAX`].
pub(crate) fn patterns<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<EventPattern>, Problem> {
    let texts: BTreeSet<&str> = texts.map(str::trim).filter(|text| !text.is_empty()).collect();
    if texts.is_empty() || texts.len() > PATTERNS_MAX {
        let detail = format_args!("a subscription names 1 to {PATTERNS_MAX} event types").to_string();
        return Err(Problem::bad_request("bad-event-pattern", detail));
    }
    texts
        .into_iter()
        .map(|text| {
            EventPattern::parse(text).map_err(|error| Problem::bad_request("bad-event-pattern", error))
        })
        .collect()
}

/// Events as server-sent ones, with their sequence as id; a reader that fell behind is told so, and may come
/// back with `Last-Event-ID`.
pub(crate) fn as_sse(
    events: BoxStream<'static, Result<Event, Lagged>>,
) -> impl Stream<Item = axum::response::sse::Event> + Send + 'static {
    events.map(|event| match event {
        Ok(event) => sse::json(&event.to_cloud_event(0)).id(event.sequence.to_string()),
        Err(lagged) => sse::dropped(&lagged.to_string()),
    })
}
