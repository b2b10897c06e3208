//! `/api/v1/dead-letters`: deliveries that were given up.

use atoll::{AppName, RetryOutcome};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use crate::{
    entry::NO_STORE,
    extract::{Params, Segment},
    problem::Problem,
    state::ServerState,
};

#[derive(Deserialize)]
pub(crate) struct DeadLetterParams {
    /// Only those of this app.
    app: Option<AppName>,
}

/// `GET`.
pub(crate) async fn list(
    State(state): State<ServerState>,
    Params(params): Params<DeadLetterParams>,
) -> Result<Response, Problem> {
    let letters = state.host().dead_letters(params.app.as_ref()).await?;
    Ok((NO_STORE, Json(serde_json::json!({ "dead_letters": letters }))).into_response())
}

/// `POST …/{id}/retry`: delivers once more, now, and says what came of it.
pub(crate) async fn retry(
    State(state): State<ServerState>,
    Segment(id): Segment<u64>,
) -> Result<Response, Problem> {
    let outcome = state.host().retry_dead_letter(id).await?;
    let document = match outcome {
        None => return Err(Problem::not_found(format_args!("there is no dead letter {id}"))),
        Some(RetryOutcome::Delivered) => serde_json::json!({ "id": id, "delivered": true }),
        Some(RetryOutcome::Failed(error)) => {
            serde_json::json!({ "id": id, "delivered": false, "error": error })
        }
    };
    Ok((NO_STORE, Json(document)).into_response())
}
