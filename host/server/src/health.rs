//! `GET /healthz`: whether the host answers, for a supervisor or a load balancer.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};

use crate::{entry::NO_STORE, problem::Problem, state::ServerState};

/// 200 while it serves, 503 while it drains.
pub(crate) async fn health(State(state): State<ServerState>) -> Response {
    if state.closing().is_cancelled() {
        return Problem::new(503, "draining", "Shutting down").retry_after(5).into_response();
    }
    let document = serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
    (NO_STORE, Json(document)).into_response()
}
