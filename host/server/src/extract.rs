//! Extractors whose refusals are problem documents.

use std::str::FromStr;

use atoll::AppName;
use axum::extract::{FromRequestParts, Path, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{problem::Problem, security::Site};

/// The `{app}` of a path.
pub(crate) struct App(pub(crate) AppName);

impl<S: Send + Sync> FromRequestParts<S> for App {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        app_of_path(parts.uri.path()).map(Self)
    }
}

/// The app that a path `/apps/{app}…` or `/api/v1/apps/{app}…` names, from its raw text: no decoding, since
/// no escape is part of a name.
pub(crate) fn app_of_path(path: &str) -> Result<AppName, Problem> {
    let rest = path.strip_prefix("/api/v1").unwrap_or(path);
    let name = rest.strip_prefix("/apps/").unwrap_or("").split('/').next().unwrap_or("");
    AppName::parse(name).map_err(|error| Problem::bad_request("bad-app-name", error))
}

/// The site that the request came to; `entry` put it there.
impl<S: Send + Sync> FromRequestParts<S> for Site {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::bad_request("bad-host", "no Host"))
    }
}

/// Query parameters.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(params) = Query::from_request_parts(parts, state).await.map_err(|error| {
            let text = error.body_text();
            let cause = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, cause)| cause);
            Problem::bad_request("bad-query", format_args!("in the query of the URL: {cause}"))
        })?;
        Ok(Self(params))
    }
}

/// One path segment of another type than an app's name.
pub(crate) struct Segment<T>(pub(crate) T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Segment<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let bad = || Problem::bad_request("bad-path", "the path holds an id of the wrong form");
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| bad())?;
        text.parse().map(Self).map_err(|_| bad())
    }
}

/// The `{app}` of a path, and something of the app's that a second segment names.
pub(crate) struct AppItem<T>(pub(crate) AppName, pub(crate) T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for AppItem<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let app = app_of_path(parts.uri.path())?;
        let bad = || Problem::bad_request("bad-path", "the path holds an id of the wrong form");
        let Path((_, text)) =
            Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| bad())?;
        text.parse().map(|item| Self(app, item)).map_err(|_| bad())
    }
}

/// The `Last-Event-ID` header of a reader that comes back.
pub(crate) struct LastEventId(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for LastEventId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("last-event-id") else { return Ok(Self(None)) };
        let id = value.to_str().ok().and_then(|text| text.trim().parse().ok());
        id.map(|id| Self(Some(id))).ok_or_else(|| {
            Problem::bad_request("bad-last-event-id", "Last-Event-ID is a number that the host gave")
        })
    }
}
