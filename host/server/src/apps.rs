//! `/api/v1/apps`: what is deployed, and deploying.

use std::collections::BTreeMap;

use atoll::{AppName, DeployOptions, Deployed, HostError, Manifest, Revision, SourceTree};
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{
    archive,
    body::{self, BodyLimit},
    entry::NO_STORE,
    extract::{App, Params},
    problem::Problem,
    state::ServerState,
};

/// `GET /api/v1/apps`.
pub(crate) async fn list(State(state): State<ServerState>) -> Result<Response, Problem> {
    let apps = state.host().apps().await?;
    Ok((NO_STORE, Json(serde_json::json!({ "apps": apps }))).into_response())
}

/// `GET /api/v1/apps/{app}`.
pub(crate) async fn show(State(state): State<ServerState>, App(app): App) -> Result<Response, Problem> {
    Ok((NO_STORE, Json(state.host().app(&app).await?)).into_response())
}

#[derive(Deserialize)]
pub(crate) struct DeployParams {
    /// `1` deploys a source whose manifest has another name under the name of the path.
    rename: Option<String>,
    /// `0` deploys without running the app's tests.
    tests: Option<String>,
}

/// `PUT /api/v1/apps/{app}`: deploys the archive in the body.
pub(crate) async fn deploy(
    State(state): State<ServerState>,
    App(app): App,
    Params(params): Params<DeployParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let limits = state.limits();
    let limit = BodyLimit { what: "an archive", name: "archive_bytes_max", bytes: limits.archive_bytes_max };
    let body = body::read(state.connections(), &headers, body, limit).await?;
    let source = {
        let (bytes, limits) = (body.bytes.clone(), limits.clone());
        tokio::task::spawn_blocking(move || archive::unpack(&bytes, &limits))
            .await
            .map_err(|error| Problem::internal("unpacking failed", error))??
    };
    drop(body);
    let is_on =
        |value: &Option<String>| value.as_deref().is_some_and(|value| !matches!(value, "0" | "false"));
    if !is_on(&params.rename) {
        check_name(&app, &source)?;
    }
    let run_tests = params.tests.is_none() || is_on(&params.tests);
    // The number of the revision does not tell: an app that was deleted goes on counting.
    let is_new = matches!(state.host().app(&app).await, Err(HostError::NoSuchApp(_)));
    let deployed = run(&state, source, DeployOptions { name: Some(app), run_tests }).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, NO_STORE, Json(deployed)).into_response())
}

/// The deploy goes on when the client goes away: half a deploy is of no use to anybody, and the drain waits
/// for it.
async fn run(state: &ServerState, source: SourceTree, options: DeployOptions) -> Result<Deployed, Problem> {
    let host = state.host().clone();
    let task = state.tasks().spawn(async move { host.deploy(source, options).await });
    let deployed = task.await.map_err(|error| Problem::internal("a deploy broke off", error))?;
    Ok(deployed?)
}

/// A manifest with another name than the path's is most likely a mistake. One that cannot be parsed is left
/// to the build, which says where.
fn check_name(app: &AppName, source: &SourceTree) -> Result<(), Problem> {
    let manifest = source.text(atoll::model::manifest::FILE).and_then(|text| Manifest::parse(text).ok());
    match manifest {
        Some(manifest) if manifest.name != *app => {
            Err(Problem::new(422, "name-mismatch", "Another app's source").detail(format_args!(
                "the manifest says name = {:?}, and the path says {:?}; deploy to /api/v1/apps/{}, or add ?rename=1",
                manifest.name.as_str(),
                app.as_str(),
                manifest.name,
            )))
        }
        _ => Ok(()),
    }
}

/// `DELETE /api/v1/apps/{app}`.
pub(crate) async fn delete(State(state): State<ServerState>, App(app): App) -> Result<StatusCode, Problem> {
    let host = state.host().clone();
    let task = state.tasks().spawn(async move { host.delete(&app).await });
    task.await.map_err(|error| Problem::internal("a delete broke off", error))??;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(crate) struct SourceParams {
    /// The active one when absent.
    revision: Option<u64>,
}

/// `GET …/source`: the files as text; those that are no text as base64 under `binary`.
pub(crate) async fn source(
    State(state): State<ServerState>,
    App(app): App,
    Params(params): Params<SourceParams>,
) -> Result<Response, Problem> {
    let revision = match params.revision {
        Some(number) => Revision(number),
        None => state.host().app(&app).await?.revision,
    };
    let source = state.host().source(&app, Some(revision)).await?;
    let (mut files, mut binary) = (BTreeMap::new(), BTreeMap::new());
    for (path, content) in source.iter() {
        match std::str::from_utf8(content) {
            Ok(text) => drop(files.insert(path.as_str(), text.to_owned())),
            Err(_) => drop(binary.insert(path.as_str(), STANDARD.encode(content))),
        }
    }
    let mut document = serde_json::json!({ "app": app, "revision": revision, "files": files });
    if !binary.is_empty() {
        document["binary"] = serde_json::json!(binary);
    }
    Ok((NO_STORE, Json(document)).into_response())
}

/// `GET …/revisions`: newest first.
pub(crate) async fn revisions(State(state): State<ServerState>, App(app): App) -> Result<Response, Problem> {
    let revisions = state.host().revisions(&app).await?;
    let revisions: Vec<_> = revisions
        .iter()
        .map(|kept| {
            serde_json::json!({
                "revision": kept.revision,
                "hash": kept.hash,
                "created_at": kept.created_at,
                "active": kept.active,
            })
        })
        .collect();
    Ok((NO_STORE, Json(serde_json::json!({ "app": app, "revisions": revisions }))).into_response())
}
