//! A response that the app fetched.

use serde::de::DeserializeOwned;

use crate::{Body, CapabilityError, Error, host::http_client as wit};

/// A response: its head, and a body that comes as it is read.
#[derive(Debug)]
pub struct Response {
    status: u16,
    url: String,
    redirected: bool,
    headers: Vec<(String, String)>,
    body: Body,
}

impl Response {
    pub(super) fn from_host(response: wit::Response) -> Self {
        Self {
            status: response.status,
            url: response.url,
            redirected: response.redirected,
            headers: response.headers,
            body: Body::stream(response.body),
        }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Itself, if the status is 200 to 299.
    ///
    /// # Errors
    /// Any other status, with the URL's part before its query.
    pub fn error_for_status(self) -> Result<Self, Error> {
        if self.is_success() {
            return Ok(self);
        }
        let place = self.url.split(['?', '#']).next().unwrap_or_default();
        Err(Error::new(format!("{place} answered {}", self.status)))
    }

    /// Where it came from, after redirects.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether there were redirects.
    pub fn is_redirected(&self) -> bool {
        self.redirected
    }

    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All headers, names in lower case.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body, to be read bit by bit.
    pub fn body_mut(&mut self) -> &mut Body {
        &mut self.body
    }

    /// The body alone.
    pub fn into_body(self) -> Body {
        self.body
    }

    /// The whole body, once.
    ///
    /// # Errors
    /// As [`Body::chunk`].
    pub async fn bytes(&mut self) -> Result<Vec<u8>, CapabilityError> {
        self.body.bytes().await
    }

    /// The whole body as text, once.
    ///
    /// # Errors
    /// As [`Body::text`].
    pub async fn text(&mut self) -> Result<String, CapabilityError> {
        self.body.text().await
    }

    /// The whole body as JSON, once.
    ///
    /// # Errors
    /// As [`Body::json`].
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T, CapabilityError> {
        self.body.json().await
    }
}
