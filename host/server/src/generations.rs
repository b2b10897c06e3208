//! `/api/v1/generations`: from a prompt to an app, step by step.

use atoll::{GenerateRequest, GenerationId};
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode, header};

use crate::{
    body::BodyLimit,
    entry::NO_STORE,
    extract::{LastEventId, Segment},
    json_body,
    problem::Problem,
    sse,
    state::ServerState,
};

/// `POST`: starts one.
pub(crate) async fn start(
    State(state): State<ServerState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let request: GenerateRequest =
        json_body::read(&state, &headers, body, BodyLimit::control(state.limits())).await?;
    let id = state.host().generate(request)?;
    let events = format!("/api/v1/generations/{id}/events");
    let document = serde_json::json!({ "id": id, "events": events });
    Ok((StatusCode::ACCEPTED, NO_STORE, [(header::LOCATION, events)], Json(document)).into_response())
}

/// `GET …/{id}/events`: its steps so far and to come; a reader that comes back misses none.
pub(crate) async fn events(
    State(state): State<ServerState>,
    Segment(id): Segment<String>,
    LastEventId(after): LastEventId,
) -> Result<Response, Problem> {
    let events = state.host().generation_events(&GenerationId::from_text(&id), after.unwrap_or(0))?;
    sse::respond(
        &state,
        events.map(|(number, event)| sse::json(&event).event(event.name()).id(number.to_string())),
    )
}
