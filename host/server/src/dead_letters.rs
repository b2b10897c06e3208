//! `/api/v1/dead-letters`: deliveries that were given up.

use atoll::{AppName, RetryOutcome};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
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
    /// Only those with a number below this: the `next` of the page before.
    before: Option<u64>,
    /// At most so many; `events_page_max` at the most, which is also the default.
    limit: Option<usize>,
}

/// `GET`.
pub(crate) async fn list(
    State(state): State<ServerState>,
    Params(params): Params<DeadLetterParams>,
) -> Result<Response, Problem> {
    let limit = params.limit.unwrap_or(state.limits().events_page_max);
    let page = state.host().dead_letters(params.app.as_ref(), params.before, limit).await?;
    let document = serde_json::json!({ "dead_letters": page.letters, "next": page.next });
    Ok((NO_STORE, Json(document)).into_response())
}

/// `GET …/{id}`.
pub(crate) async fn show(
    State(state): State<ServerState>,
    Segment(id): Segment<u64>,
) -> Result<Response, Problem> {
    let letter = state.host().dead_letter(id).await?.ok_or_else(|| missing(id))?;
    Ok((NO_STORE, Json(letter)).into_response())
}

/// `DELETE …/{id}`: lets it go.
pub(crate) async fn discard(
    State(state): State<ServerState>,
    Segment(id): Segment<u64>,
) -> Result<StatusCode, Problem> {
    match state.host().discard_dead_letter(id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(missing(id)),
    }
}

/// `POST …/{id}/retry`: delivers once more, now, and says what came of it.
pub(crate) async fn retry(
    State(state): State<ServerState>,
    Segment(id): Segment<u64>,
) -> Result<Response, Problem> {
    let outcome = state.host().retry_dead_letter(id).await?;
    let document = match outcome {
        None => return Err(missing(id)),
        Some(RetryOutcome::Delivered) => serde_json::json!({ "id": id, "delivered": true }),
        Some(RetryOutcome::Failed(error)) => {
            serde_json::json!({ "id": id, "delivered": false, "error": error })
        }
    };
    Ok((NO_STORE, Json(document)).into_response())
}

fn missing(id: u64) -> Problem {
    Problem::not_found(format_args!("there is no dead letter {id}"))
}
