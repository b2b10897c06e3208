//! `/api/v1/layout`: where the apps stand on the canvas. The document is the canvas'; the host keeps it.

use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::{body::BodyLimit, entry::NO_STORE, json_body, problem::Problem, state::ServerState};

/// `GET`.
pub(crate) async fn show(State(state): State<ServerState>) -> Result<Response, Problem> {
    Ok((NO_STORE, Json(current(&state).await?)).into_response())
}

/// The saved layout, or an empty one.
pub(crate) async fn current(state: &ServerState) -> Result<Value, Problem> {
    let empty = || serde_json::json!({ "nodes": {}, "viewport": { "x": 0, "y": 0, "zoom": 1 } });
    Ok(state.host().layout().await?.unwrap_or_else(empty))
}

/// `PUT`.
pub(crate) async fn save(
    State(state): State<ServerState>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let limits = state.limits();
    let limit = BodyLimit { what: "a layout", name: "layout_bytes_max", bytes: limits.layout_bytes_max };
    let layout: Value = json_body::read(&state, &headers, body, limit).await?;
    // Every canvas reads this: what it cannot read would be everybody's empty page.
    if !layout.get("nodes").is_some_and(Value::is_object)
        || !layout.get("viewport").is_none_or(Value::is_object)
    {
        return Err(Problem::bad_request(
            "bad-layout",
            "a layout is an object with an object \"nodes\" and, if it likes, an object \"viewport\"",
        ));
    }
    state.host().set_layout(layout).await?;
    Ok(StatusCode::NO_CONTENT)
}
