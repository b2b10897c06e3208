//! Which path is whose. The table is the contract's; anything that decides who may ask is in `entry`.

use std::convert::Infallible;

use atoll::Host;
use axum::{
    Router,
    extract::Request,
    response::IntoResponse,
    routing::{any, get, post, put},
};
use http::Method;
use tower::ServiceBuilder;

use crate::{
    ServerConfig, app_assets, app_events, apps, bus, canvas, dead_letters, entry, events, frame, gateway,
    generations, health, layout, logs, metrics, problem::Problem, schedules, secrets, state::ServerState,
};

/// The whole server as an axum router, for a program that brings its own listener. Such a program sets its
/// own header-read timeout, header size and connection limits (axum's `serve` has none); [`crate::run`] does
/// that for you.
pub fn router(host: Host, config: ServerConfig) -> Router {
    with_state(ServerState::new(host, config))
}

pub(crate) fn with_state(state: ServerState) -> Router {
    let inner = table().with_state(state.clone());
    let guarded =
        ServiceBuilder::new().layer(axum::middleware::from_fn_with_state(state, entry::admit)).service(
            tower::service_fn(move |request: Request| {
                let inner = inner.clone();
                async move {
                    Ok::<_, Infallible>(tower::ServiceExt::oneshot(inner, request).await.into_response())
                }
            }),
        );
    Router::new().fallback_service(guarded)
}

fn table() -> Router<ServerState> {
    Router::new()
        .route("/", get(canvas::index))
        .route("/assets/{*path}", get(canvas::asset))
        .route("/healthz", get(health::health))
        .route("/metrics", get(metrics::scrape))
        .route("/apps/{app}", get(frame::to_folder))
        .route("/apps/{app}/", get(frame::document))
        .route("/apps/{app}/events", get(app_events::follow).options(app_events::follow))
        .route("/apps/{app}/assets/{revision}/{*path}", get(app_assets::module))
        .route("/apps/{app}/api", any(gateway::by_path))
        .route("/apps/{app}/api/", any(gateway::by_path))
        .route("/apps/{app}/api/{*path}", any(gateway::by_path))
        .route("/api/v1/apps", get(apps::list))
        .route("/api/v1/apps/{app}", put(apps::deploy).get(apps::show).delete(apps::delete))
        .route("/api/v1/apps/{app}/source", get(apps::source))
        .route("/api/v1/apps/{app}/revisions", get(apps::revisions))
        .route("/api/v1/apps/{app}/logs", get(logs::logs))
        .route("/api/v1/apps/{app}/metrics", get(metrics::of_app))
        .route("/api/v1/apps/{app}/schedules", get(schedules::list))
        .route("/api/v1/apps/{app}/secrets", get(secrets::list))
        .route("/api/v1/apps/{app}/secrets/{name}", put(secrets::set).delete(secrets::remove))
        .route("/api/v1/apps/{app}/schedules/{index}/run", post(schedules::run))
        .route("/api/v1/generations", post(generations::start))
        .route("/api/v1/generations/{id}/events", get(generations::events))
        .route("/api/v1/events", get(events::follow).post(events::publish))
        .route("/api/v1/events/asyncapi.json", get(events::asyncapi))
        .route("/api/v1/dead-letters", get(dead_letters::list))
        .route("/api/v1/dead-letters/{id}", get(dead_letters::show).delete(dead_letters::discard))
        .route("/api/v1/dead-letters/{id}/retry", post(dead_letters::retry))
        .route("/api/v1/layout", get(layout::show).put(layout::save))
        .route("/api/v1/bus", get(bus::connect))
        .fallback(canvas::other)
        .method_not_allowed_fallback(async |method: Method| {
            Problem::new(405, "method-not-allowed", "Method not allowed")
                .detail(format_args!("{method} is not possible here; the Allow header lists what is"))
        })
}
