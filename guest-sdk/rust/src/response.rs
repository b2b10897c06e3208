//! A response of the app.

use serde::Serialize;

use crate::{Error, bindings::http::exports::atoll::app::http_handler as wit};

/// A response.
#[derive(Debug)]
pub struct Response(wit::Response);

impl Response {
    /// A status and nothing else. 200 to 599.
    pub fn status(status: u16) -> Self {
        Self(wit::Response { status, headers: Vec::new(), body: Vec::new() })
    }

    /// 200 and a value as JSON.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub fn json(value: &impl Serialize) -> Result<Self, Error> {
        Ok(Self::of("application/json", serde_json::to_vec(value)?))
    }

    /// 200 and a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of("text/plain; charset=utf-8", text.into().into_bytes())
    }

    /// 200 and a page.
    pub fn html(html: impl Into<String>) -> Self {
        Self::of("text/html; charset=utf-8", html.into().into_bytes())
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::text("not found").with_status(404)
    }

    /// 400 with a reason.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        Self::text(reason).with_status(400)
    }

    fn of(content_type: &str, body: Vec<u8>) -> Self {
        Self(wit::Response { status: 200, headers: vec![("content-type".into(), content_type.into())], body })
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = status;
        self
    }

    /// The same with one header more.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.headers.push((name.into(), value.into()));
        self
    }

    /// The same with another body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.0.body = body.into();
        self
    }

    pub(crate) fn into_wit(self) -> wit::Response {
        self.0
    }
}
