//! `/api/v1/apps/{app}/secrets`: written, never read back.

use atoll::Zeroizing;
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{
    body::BodyLimit,
    entry::NO_STORE,
    extract::{App, AppItem},
    json_body,
    problem::Problem,
    state::ServerState,
};

/// What a value may grow by as JSON, and the object around it.
const JSON_FACTOR: usize = 6;
const JSON_AROUND: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    value: Zeroizing<String>,
}

/// `GET`: the names, when each was set, and whether the app is granted it.
pub(crate) async fn list(State(state): State<ServerState>, App(app): App) -> Result<Response, Problem> {
    let secrets = state.host().secrets(&app).await?;
    Ok((NO_STORE, Json(serde_json::json!({ "app": app, "secrets": secrets }))).into_response())
}

/// `PUT …/{name}` with `{"value": "…"}`.
pub(crate) async fn set(
    State(state): State<ServerState>,
    AppItem(app, name): AppItem<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let bytes = state.limits().secret_value_bytes_max.saturating_mul(JSON_FACTOR).saturating_add(JSON_AROUND);
    let limit = BodyLimit { what: "a secret", name: "secret_value_bytes_max", bytes };
    let Value { value } = json_body::read(&state, &headers, body, limit).await?;
    state.host().set_secret(&app, &name, value).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE …/{name}`.
pub(crate) async fn remove(
    State(state): State<ServerState>,
    AppItem(app, name): AppItem<String>,
) -> Result<StatusCode, Problem> {
    state.host().remove_secret(&app, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
