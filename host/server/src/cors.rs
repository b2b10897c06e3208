//! CORS for app pages in frames, whose origin is `null`.
//!
//! The header `x-atoll-frame` makes every call of a frame one that the browser asks about first. The
//! preflight cannot carry the token, so it is answered for any opaque origin and reaches no guest; the call
//! itself is refused unless its token is good for the app.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use atoll::AppName;

use crate::{
    problem::Problem,
    security::{FRAME_HEADER, Sender, Site},
    state::ServerState,
};

/// Whether the request is the browser's question before a cross-origin call.
fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// How to go on with a request to an app's API or events.
pub(crate) enum Caller {
    /// From no page or the host's own: no CORS headers.
    Own,
    /// From the app's page in a frame: the answer needs [`allow_frame`].
    Frame,
    /// Answered already.
    Answered(Response),
}

/// Decides about a caller of `app`. `token` is the one of the query, for readers that cannot set headers.
pub(crate) async fn caller(
    state: &ServerState,
    site: &Site,
    app: &AppName,
    method: &Method,
    headers: &HeaderMap,
    token: Option<&str>,
) -> Result<Caller, Problem> {
    if Sender::of(site, headers) != Sender::Opaque {
        return Ok(Caller::Own);
    }
    if is_preflight(method, headers) {
        return Ok(Caller::Answered(preflight()));
    }
    if has_token(state, app, headers, token).await? {
        return Ok(Caller::Frame);
    }
    let problem = Problem::forbidden(
        "frame-token",
        "this page has no valid token for the app: it is another app's page, or has been open for too long; load it again",
    );
    let mut response = problem.into_response();
    allow_frame(response.headers_mut());
    Ok(Caller::Answered(response))
}

/// Whether a request shows a valid token for the app, in the header or the query.
pub(crate) async fn has_token(
    state: &ServerState,
    app: &AppName,
    headers: &HeaderMap,
    token: Option<&str>,
) -> Result<bool, Problem> {
    let header = headers.get(FRAME_HEADER).and_then(|value| value.to_str().ok());
    match header.or(token) {
        Some(token) => Ok(state.tokens().await?.is_valid(app, token)),
        None => Ok(false),
    }
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    allow_frame(headers);
    let set = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
        // `*` covers any header but Authorization.
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*, authorization"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lets a frame read an answer.
pub(crate) fn allow_frame(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("null"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// Lets anybody read an answer: scripts that frames of an opaque origin load.
pub(crate) const ANYBODY: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
