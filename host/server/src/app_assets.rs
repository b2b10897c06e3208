//! The modules of app pages: `GET /apps/{app}/assets/{revision}/{path}`.
//!
//! A module's URL holds the revision and the first digits of its hash, `7-0f3a…`, so that it can be kept by
//! browsers for good: with another data directory the same address has other apps and other revisions. The
//! plain `7` is answered as well, but has to be asked for again each time.

use atoll::{Revision, model::ContentHash};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, Uri, header};

use crate::{cors::ANYBODY, extract::App, problem::Problem, state::ServerState};

/// Digits of the hash in a URL.
const HASH_DIGITS: usize = 12;
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
pub(crate) const REVALIDATE: &str = "no-cache";

/// The segment of a module's URL that names a revision for good.
pub(crate) fn revision_segment(revision: Revision, hash: ContentHash) -> String {
    format!("{revision}-{}", hash_digits(hash))
}

fn hash_digits(hash: ContentHash) -> String {
    hash.to_string().chars().take(HASH_DIGITS).collect()
}

/// One module, or with `.map` at the end its source map.
pub(crate) async fn module(
    State(state): State<ServerState>,
    App(app): App,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found(format_args!("app {app} has no such asset"));
    // `/apps/{app}/assets/{revision}/{path}`; the path of a module may hold escapes, a revision cannot.
    let mut segments = uri.path().splitn(6, '/').skip(4);
    let (segment, path) = segments.next().zip(segments.next()).ok_or_else(missing)?;
    let path = percent_encoding::percent_decode_str(path).decode_utf8().map_err(|_| missing())?;
    let (number, digits) =
        segment.split_once('-').map_or((segment, None), |(number, digits)| (number, Some(digits)));
    let revision = Revision(number.parse().map_err(|_| missing())?);

    let info = state.host().app(&app).await?;
    let is_active = info.revision == revision;
    if is_active && digits.is_some_and(|digits| digits != hash_digits(info.hash)) {
        return Err(missing());
    }
    let map_of = path.strip_suffix(".map");
    let module = state.host().frontend_module(&app, revision, map_of.unwrap_or(&path)).await?;
    let (content, content_type) = match map_of {
        Some(_) => (module.source_map.ok_or_else(missing)?, "application/json"),
        None => {
            (with_map_link(module.code, module.source_map.is_some(), &path), "text/javascript; charset=utf-8")
        }
    };
    let cache = if is_active && digits.is_some() { IMMUTABLE } else { REVALIDATE };
    let etag = format!("\"{}\"", ContentHash::of(content.as_bytes()));
    Ok(with_etag(&headers, &etag, cache, content_type, content))
}

/// The link by which developer tools find the map, unless the compiler wrote it already.
fn with_map_link(mut code: String, has_map: bool, path: &str) -> String {
    if has_map && !code.contains("\n//# sourceMappingURL=") {
        let file = path.rsplit('/').next().unwrap_or(path);
        code.push_str(&format!("\n//# sourceMappingURL={file}.map\n"));
    }
    code
}

/// Answers with content that anybody's page may load, or 304 when the client has it.
pub(crate) fn with_etag(
    request: &HeaderMap,
    etag: &str,
    cache: &'static str,
    content_type: &str,
    content: impl Into<axum::body::Body>,
) -> Response {
    let common = [ANYBODY, (header::CACHE_CONTROL, cache)];
    let matches = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|candidate| {
            matches!(candidate.trim(), "*") || candidate.trim().trim_start_matches("W/") == etag
        });
    if matches {
        return (StatusCode::NOT_MODIFIED, common, [(header::ETAG, etag)]).into_response();
    }
    (common, [(header::ETAG, etag), (header::CONTENT_TYPE, content_type)], content.into()).into_response()
}
