//! The door: every request passes here before it is routed.
//!
//! In: any request. Out: the routed answer, or a problem. It checks, in this order, how the request was
//! framed, the size of its headers, its target, the `Host` header and where it comes from; it sets a total
//! time limit, the headers that every answer has, and writes one log line. A request for an app's own host
//! name goes straight to that app.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use atoll::Limits;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::{FutureExt as _, TryFutureExt as _};
use http::{HeaderName, HeaderValue, header};

use crate::{
    conn::ConnectionFlags,
    gateway,
    problem::Problem,
    security::{self, Area, Site},
    state::ServerState,
};

/// Runs the checks, then the routes.
pub(crate) async fn admit(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    // Without the query: it may hold a token.
    let path = request.uri().path().to_owned();
    let last = request.extensions().get::<Arc<ConnectionFlags>>().is_some_and(|flags| flags.is_last());

    let mut response = match check(&state, &request) {
        Ok((site, area)) => run(&state, request, next, site, area).await,
        Err(problem) => problem.closing().into_response(),
    };
    finish(&mut response, last);
    state.answered(response.status());

    let elapsed_ms = started.elapsed().as_secs_f64() * 1_000.0;
    tracing::debug!(%method, path, status = response.status().as_u16(), elapsed_ms, "request");
    response
}

fn check(state: &ServerState, request: &Request) -> Result<(Site, Area), Problem> {
    check_framing(request, state.limits())?;
    security::check_target(request.uri(), request.version(), request.method())?;
    let site = state.host_rules().site(request)?;
    let area = Area::of(&site, request.uri().path());
    security::check_sender(&site, area, request.method(), request.headers())?;
    Ok((site, area))
}

/// How the request was framed, and the size of its head.
pub(crate) fn check_framing(request: &Request, limits: &Limits) -> Result<(), Problem> {
    if request.extensions().get::<Arc<ConnectionFlags>>().is_some_and(|flags| flags.is_ambiguous()) {
        return Err(Problem::bad_request(
            "ambiguous-length",
            "the request says in two ways how long its body is (Content-Length, Transfer-Encoding)",
        ));
    }
    check_head(request, limits)
}

/// 431 when the target and the headers are over a limit. hyper lets a head through that is somewhat larger
/// (see `serve`), because its own answer has no words.
fn check_head(request: &Request, limits: &Limits) -> Result<(), Problem> {
    /// `: ` and the end of the line.
    const HEADER_OVERHEAD_BYTES: usize = 4;
    let too_large = |what: &str, limit, value: usize| {
        Err(Problem::new(431, "headers-too-large", "Request headers too large")
            .detail(format_args!("{what} may be {value}"))
            .limit(limit, value as u64))
    };
    let headers = request.headers();
    let target_bytes = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let header_bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + HEADER_OVERHEAD_BYTES).sum();
    if target_bytes + header_bytes > limits.http_header_bytes_max {
        return too_large(
            "the bytes of a request's target and headers together",
            "http_header_bytes_max",
            limits.http_header_bytes_max,
        );
    }
    if headers.len() > limits.http_headers_max {
        return too_large("the number of a request's headers", "http_headers_max", limits.http_headers_max);
    }
    Ok(())
}

async fn run(state: &ServerState, mut request: Request, next: Next, site: Site, area: Area) -> Response {
    let own_host = site.app.clone();
    request.extensions_mut().insert(site);
    let answer = async {
        match own_host {
            Some(app) => gateway::by_host(state, app, request).await,
            None => next.run(request).await,
        }
    };
    // A panic is a bug of ours, and ends this request only. What it may have left half done is its own.
    let answer = AssertUnwindSafe(answer).catch_unwind().unwrap_or_else(|_| {
        Problem::internal("a request panicked", "see the message above").closing().into_response()
    });
    // A deploy runs tests, each with its own limit, and streams go on for long: their limits are elsewhere.
    if matches!(area, Area::Control) {
        return answer.await;
    }
    match tokio::time::timeout(state.total(), answer).await {
        Ok(response) => response,
        Err(_) => Problem::new(504, "timeout", "Took too long")
            .detail("the request was not answered in time")
            .limit("http_total_ms", state.limits().http_total_ms)
            .closing()
            .into_response(),
    }
}

/// Headers that every answer has.
fn finish(response: &mut Response, last: bool) {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert_with(|| HeaderValue::from_static("same-origin"));
    // Nothing but pages that say so themselves may be shown, let alone in another page.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let upgraded = response.status() == http::StatusCode::SWITCHING_PROTOCOLS;
    if last && !upgraded {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}

/// The headers of a document that is never kept by a cache.
pub(crate) const NO_STORE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];
