//! Errors as problem documents (RFC 9457, `application/problem+json`).
//!
//! A problem says what a caller can act on: the kind, the limit with its value, the findings in a source. It
//! never holds what the host knows about itself or about an app's insides: no paths, no backtraces, no
//! message of a guest's exception (that one is in the app's log).

use std::fmt::Display;

use atoll::{Diagnostic, Limits, SchemaViolation};
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

mod from_host;

/// The media type of a problem document.
const MEDIA_TYPE: &str = "application/problem+json";

/// An error on its way to a client. Boxed: it is the error of almost every function here, and rare.
#[derive(Debug)]
pub(crate) struct Problem(Box<Document>);

#[derive(Debug, Serialize)]
struct Document {
    /// `urn:atoll:problem:{kind}`.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<LimitReached>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostics: Option<Vec<Diagnostic>>,
    /// Where data does not fit its schema.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<SchemaViolation>,
    /// Which event of a batch it is, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip)]
    retry_after_s: Option<u64>,
    /// Whether the connection cannot go on, because the rest of the request was not read.
    #[serde(skip)]
    close: bool,
}

#[derive(Debug, Serialize)]
struct LimitReached {
    name: &'static str,
    value: u64,
}

impl Problem {
    /// A problem of a kind (a slug that programs compare) with its title.
    pub(crate) fn new(status: u16, kind: &str, title: &'static str) -> Self {
        Self(Box::new(Document {
            kind: format!("urn:atoll:problem:{kind}"),
            title,
            status,
            detail: String::new(),
            limit: None,
            diagnostics: None,
            errors: Vec::new(),
            index: None,
            retry_after_s: None,
            close: false,
        }))
    }

    /// 400 with a sentence.
    pub(crate) fn bad_request(kind: &str, detail: impl Display) -> Self {
        Self::new(400, kind, "Bad request").detail(detail)
    }

    /// 404 with a sentence.
    pub(crate) fn not_found(detail: impl Display) -> Self {
        Self::new(404, "not-found", "Not found").detail(detail)
    }

    /// 403 with a sentence.
    pub(crate) fn forbidden(kind: &str, detail: impl Display) -> Self {
        Self::new(403, kind, "Refused").detail(detail)
    }

    /// 408 for headers that did not come in time.
    pub(crate) fn slow_headers(limits: &Limits) -> Self {
        Self::new(408, "slow-request", "Request too slow")
            .detail("the request headers did not come in time")
            .limit("http_header_read_ms", limits.http_header_read_ms)
    }

    /// 413 with the limit.
    pub(crate) fn too_large(what: &str, limit: &'static str, value: usize) -> Self {
        Self::new(413, "too-large", "Too large")
            .detail(format_args!("{what} may have {value} bytes"))
            .limit(limit, value as u64)
    }

    pub(crate) fn detail(mut self, detail: impl Display) -> Self {
        self.0.detail = detail.to_string();
        self
    }

    pub(crate) fn limit(mut self, name: &'static str, value: u64) -> Self {
        self.0.limit = Some(LimitReached { name, value });
        self
    }

    /// The limit that was reached, if it was one.
    pub(crate) fn limited(self, limit: Option<(&'static str, u64)>) -> Self {
        match limit {
            Some((name, value)) => self.limit(name, value),
            None => self,
        }
    }

    pub(crate) fn errors(mut self, errors: Vec<SchemaViolation>) -> Self {
        self.0.errors = errors;
        self
    }

    /// The same of one event in a batch.
    pub(crate) fn of_event(mut self, index: usize) -> Self {
        self.0.detail = format!("event {index} of the batch: {}", self.0.detail);
        self.0.index = Some(index);
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds.max(1));
        self
    }

    pub(crate) fn closing(mut self) -> Self {
        self.0.close = true;
        self
    }

    fn diagnostics(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.0.diagnostics = Some(diagnostics);
        self
    }

    /// The sentence alone, for a place that is no HTTP response.
    pub(crate) fn into_detail(self) -> String {
        self.0.detail
    }

    /// A whole HTTP/1.1 response, for a connection that no request came of. It closes after it.
    pub(crate) fn into_wire(self) -> Vec<u8> {
        let document = self.0;
        let body = document.to_json();
        let head = format!(
            "HTTP/1.1 {}\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            document.status_code(),
            body.len()
        );
        [head.into_bytes(), body].concat()
    }

    #[cfg(test)]
    pub(crate) fn status(&self) -> u16 {
        self.0.status
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        &self.0.detail
    }
}

impl Document {
    fn to_json(&self) -> Vec<u8> {
        // Only strings and numbers: serializing cannot fail, and an empty body would still have the status.
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = self.0;
        let mut response = Response::new(Body::from(document.to_json()));
        *response.status_mut() = document.status_code();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = document.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if document.close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_names_its_kind_and_limit() {
        let response =
            Problem::too_large("a request body", "http_body_bytes_max", 10).closing().into_response();
        assert_eq!(response.status(), 413);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[header::CONNECTION], "close");
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            document,
            serde_json::json!({
                "type": "urn:atoll:problem:too-large",
                "title": "Too large",
                "status": 413,
                "detail": "a request body may have 10 bytes",
                "limit": {"name": "http_body_bytes_max", "value": 10},
            })
        );
    }
}
