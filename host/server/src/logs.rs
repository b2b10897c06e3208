//! `GET /api/v1/apps/{app}/logs`: the latest lines, or with `?follow=1` a stream that starts with them.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use serde::Deserialize;

use crate::{
    entry::NO_STORE,
    extract::{App, Params},
    problem::Problem,
    sse,
    state::ServerState,
};

#[derive(Deserialize)]
pub(crate) struct LogParams {
    /// How many lines; the newest.
    limit: Option<usize>,
    /// Anything but `0` or `false` follows.
    follow: Option<String>,
}

/// Lines when nobody says how many.
const LINES_DEFAULT: usize = 200;

/// `GET`.
pub(crate) async fn logs(
    State(state): State<ServerState>,
    App(app): App,
    Params(params): Params<LogParams>,
) -> Result<Response, Problem> {
    let count = params.limit.unwrap_or(LINES_DEFAULT).min(state.limits().log_lines_per_app_max);
    let follow = params.follow.is_some_and(|value| !matches!(value.as_str(), "0" | "false"));
    // Subscribed before the old lines are read: a line in between comes twice rather than never.
    let live = follow.then(|| state.host().follow_logs(&app));
    let lines = state.host().logs(&app, count).await?;
    match live {
        None => Ok((NO_STORE, Json(serde_json::json!({ "lines": lines }))).into_response()),
        Some(live) => {
            sse::respond(&state, futures::stream::iter(lines).chain(live).map(|line| sse::json(&line)))
        }
    }
}
