//! `/api/v1/events`: publish from outside, and follow.

use std::collections::BTreeSet;

use atoll::{AppName, Event, EventPattern, Lagged};
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
    cloudevents::{self, Outside},
    entry::NO_STORE,
    extract::{LastEventId, Params},
    problem::Problem,
    security::Site,
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

/// `POST`: takes a CloudEvent of an outside publisher, or a batch of them, all or none. They are durable when this
/// answers.
pub(crate) async fn publish(
    State(state): State<ServerState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = body::read(state.connections(), &headers, body, BodyLimit::control(state.limits())).await?;
    let receipt = |event: &Event| serde_json::json!({ "id": event.id, "source": event.source, "sequence": event.sequence });
    let document = match cloudevents::parse(&headers, &body.bytes, state.limits())? {
        Outside::One(outside) => receipt(&state.host().publish(&outside.source, outside.draft).await?),
        Outside::Batch(batch) => {
            let drafts = batch.into_iter().map(|outside| (outside.source, outside.draft)).collect();
            state.host().publish_batch(drafts).await?.iter().map(receipt).collect()
        }
    };
    Ok((StatusCode::ACCEPTED, NO_STORE, Json(document)).into_response())
}

#[derive(Deserialize)]
pub(crate) struct AsyncApiParams {
    /// Only the events of this app.
    app: Option<AppName>,
}

/// `GET …/asyncapi.json`: what all apps publish and hear.
pub(crate) async fn asyncapi(
    State(state): State<ServerState>,
    Params(params): Params<AsyncApiParams>,
    site: Site,
) -> Result<Response, Problem> {
    let mut document = state.host().asyncapi(params.app.as_ref()).await?;
    document["servers"] = serde_json::json!({ "host": { "host": site.authority, "protocol": "http", "pathname": "/api/v1/events" } });
    Ok((NO_STORE, Json(document)).into_response())
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
