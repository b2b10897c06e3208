//! The canvas: a web page built into this binary, and the scripts that app pages share.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{
    app_assets::{IMMUTABLE, REVALIDATE, with_etag},
    entry::NO_STORE,
    extract::app_of_path,
    problem::Problem,
};

/// What `canvas/` builds. Absent when it was not built before this crate.
#[derive(RustEmbed)]
#[folder = "../../canvas/dist"]
#[allow_missing = true]
struct Canvas;

/// The canvas page may load from this host only, and frame nothing else: a frame that leaves for another
/// address (`location.href = …`), and takes data along, is stopped by `frame-src`.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// `GET /`.
pub(crate) async fn index() -> Response {
    let Some(page) = Canvas::get("index.html") else {
        let text = "the canvas is not built: `cargo xtask run` builds it\n";
        return (StatusCode::SERVICE_UNAVAILABLE, NO_STORE, text).into_response();
    };
    let policy = [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))];
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    ([(header::CACHE_CONTROL, "no-cache")], policy, kind, page.data).into_response()
}

/// `GET /assets/{path}`.
pub(crate) async fn asset(uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let path = uri.path().trim_start_matches('/');
    let file = Canvas::get(path).ok_or_else(|| Problem::not_found("there is no such asset"))?;
    // Most names hold a hash of their content; those that a frame document names are fixed.
    let is_fixed = path.starts_with("assets/frame/") && !path.starts_with("assets/frame/chunk-");
    let cache = if is_fixed { REVALIDATE } else { IMMUTABLE };
    Ok(answer(path, file, cache, &headers))
}

/// Anything no route is for: a file beside the page (`/favicon.svg`), or 404.
pub(crate) async fn other(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let path = uri.path().trim_start_matches('/');
    // The page itself is at `/` only, and names with a leading dot are the build's own.
    let is_file = matches!(method, Method::GET | Method::HEAD)
        && !path.contains('/')
        && !path.starts_with('.')
        && path != "index.html";
    match is_file.then(|| Canvas::get(path)).flatten() {
        Some(file) => Ok(answer(path, file, REVALIDATE, &headers)),
        None => {
            // An app's name is looked at first, so that a bad one is told apart from a missing page.
            if uri.path().starts_with("/apps/") {
                app_of_path(uri.path())?;
            }
            Err(Problem::not_found("there is nothing at this path"))
        }
    }
}

fn answer(path: &str, file: EmbeddedFile, cache: &'static str, headers: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let etag = hash.iter().fold(String::from("\""), |text, byte| format!("{text}{byte:02x}")) + "\"";
    with_etag(headers, &etag, cache, content_type(path), axum::body::Body::from(file.data.into_owned()))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "ttf" => "font/ttf",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
