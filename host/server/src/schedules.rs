//! `/api/v1/apps/{app}/schedules`: when an app runs by itself.

use atoll::RunOutcome;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};

use crate::{
    entry::NO_STORE,
    extract::{App, AppItem},
    problem::Problem,
    state::ServerState,
};

/// `GET`: each with its next runs and its last one.
pub(crate) async fn list(State(state): State<ServerState>, App(app): App) -> Result<Response, Problem> {
    let schedules = state.host().schedules(&app).await?;
    Ok((NO_STORE, Json(serde_json::json!({ "app": app, "schedules": schedules }))).into_response())
}

/// `POST …/{index}/run`: runs one now, and says what came of it.
pub(crate) async fn run(
    State(state): State<ServerState>,
    AppItem(app, index): AppItem<usize>,
) -> Result<Response, Problem> {
    let host = state.host().clone();
    // Goes on when the client goes away, like a run that is due.
    let ran = state.tasks().spawn(async move { host.run_schedule(&app, index).await }).await;
    let document = match ran.map_err(|error| Problem::internal("a run broke off", error))?? {
        RunOutcome::Done => serde_json::json!({ "index": index, "done": true }),
        RunOutcome::Failed(error) => serde_json::json!({ "index": index, "done": false, "error": error }),
    };
    Ok((NO_STORE, Json(document)).into_response())
}
