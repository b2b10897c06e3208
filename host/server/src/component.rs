//! The door to one component: every request is the component's, as it came. What protects the server and the
//! sandbox is as in `entry`; what protects the origin that apps share has no place here.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc};

use atoll::ComponentHost;
use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures::{FutureExt as _, TryFutureExt as _};
use http::{HeaderValue, Uri, header};

use crate::{
    conn::ConnectionFlags, connections::Connections, entry, gateway::upload, problem::Problem, security,
};

/// Answers every request with the component.
pub(crate) fn router(component: ComponentHost, connections: Connections) -> Router {
    Router::new().fallback_service(tower::service_fn(move |request: Request| {
        let (component, connections) = (component.clone(), connections.clone());
        async move { Ok::<_, Infallible>(admit(&component, &connections, request).await) }
    }))
}

async fn admit(component: &ComponentHost, connections: &Connections, request: Request) -> Response {
    let flags = request.extensions().get::<Arc<ConnectionFlags>>().cloned();
    let answer = call(component, connections, request);
    // A panic is a bug of ours, and ends this request only.
    let answer = AssertUnwindSafe(answer)
        .catch_unwind()
        .unwrap_or_else(|_| Err(Problem::internal("a request panicked", "see the message above").closing()));
    let answer = tokio::time::timeout(connections.total(), answer).await.unwrap_or_else(|_| {
        let limit = connections.limits().http_total_ms;
        Err(Problem::new(504, "timeout", "Took too long").limit("http_total_ms", limit).closing())
    });
    let mut response = answer.unwrap_or_else(|problem| problem.into_response());
    if flags.is_some_and(|flags| flags.is_last()) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn call(
    component: &ComponentHost,
    connections: &Connections,
    request: Request,
) -> Result<Response, Problem> {
    entry::check_framing(&request, connections.limits()).map_err(Problem::closing)?;
    security::check_form(request.uri(), request.version(), request.method()).map_err(Problem::closing)?;
    let authority = security::authority(&request).map_err(Problem::closing)?;
    let (mut parts, body) = request.into_parts();
    let uri = Uri::builder().scheme("http").authority(authority);
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = uri
        .path_and_query(path)
        .build()
        .map_err(|_| Problem::bad_request("bad-target", "the request target is no URL").closing())?;
    let body = upload::stream(connections, &parts, body);
    let response = component.handle(http::Request::from_parts(parts, body)).await?;
    Ok(response.map(|body| match body.try_into_bytes() {
        Ok(bytes) => Body::from(bytes),
        Err(stream) => Body::new(stream),
    }))
}
