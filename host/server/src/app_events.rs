//! `GET /apps/{app}/events`: the bus as an app's page may hear it, when no canvas hands it events.
//!
//! Only what the manifest names: types that the app publishes or subscribes to. Whoever asks must show the
//! app's token, in the header or, since `EventSource` cannot set one, as `?token=`.

use atoll::{EventPattern, Manifest};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;

use crate::{
    cors::{self, Caller},
    events,
    extract::{App, LastEventId, Params},
    problem::Problem,
    security::Site,
    sse,
    state::ServerState,
};

#[derive(Deserialize)]
pub(crate) struct FrameParams {
    token: Option<String>,
    after: Option<u64>,
}

/// `GET`, and the preflight before it.
pub(crate) async fn follow(
    State(state): State<ServerState>,
    site: Site,
    App(app): App,
    LastEventId(last): LastEventId,
    Params(params): Params<FrameParams>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let token = params.token.as_deref();
    let caller = cors::caller(&state, &site, &app, &method, &headers, token).await?;
    if let Caller::Answered(response) = caller {
        return Ok(response);
    }
    if method == Method::OPTIONS {
        return Ok(([(header::ALLOW, "GET,HEAD,OPTIONS")], StatusCode::NO_CONTENT).into_response());
    }
    if !cors::has_token(&state, &app, &headers, token).await? {
        return Err(Problem::forbidden(
            "frame-token",
            "the events of an app are for its own page; use /api/v1/events",
        ));
    }
    let manifest = state.host().manifest(&app).await?;
    let patterns = audible(&manifest);
    let mut response = if patterns.is_empty() {
        sse::respond(&state, futures::stream::pending())?
    } else {
        let events = state.host().follow(patterns, last.or(params.after));
        sse::respond(&state, events::as_sse(events))?
    };
    if let Caller::Frame = caller {
        cors::allow_frame(response.headers_mut());
    }
    Ok(response)
}

/// What the app publishes or subscribes to.
fn audible(manifest: &Manifest) -> Vec<EventPattern> {
    let published =
        manifest.events.publishes.iter().filter_map(|p| EventPattern::parse(p.event_type.as_str()).ok());
    let subscribed = manifest.events.subscribes.iter().map(|s| s.event_type.clone());
    published.chain(subscribed).collect()
}
