//! A response of the app, and what can become one.

use serde::Serialize;

use crate::{BodyWriter, CapabilityError, Error, http, writer::Producer};

/// A response.
#[derive(Debug)]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: ResponseBody,
}

#[derive(Debug)]
pub(crate) enum ResponseBody {
    Whole(Vec<u8>),
    Streamed(Producer),
}

impl Response {
    /// A status and nothing else. 200 to 599.
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: ResponseBody::Whole(Vec::new()) }
    }

    /// 200 and a value as JSON.
    ///
    /// # Errors
    /// [`CapabilityError::Data`] when the value has no JSON form.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, CapabilityError> {
        let body = serde_json::to_vec(value).map_err(|error| CapabilityError::data("the response", error))?;
        Ok(Self::of("application/json", body))
    }

    /// 200 and a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of("text/plain; charset=utf-8", text.into().into_bytes())
    }

    /// 200 and a page.
    pub fn html(html: impl Into<String>) -> Self {
        Self::of("text/html; charset=utf-8", html.into().into_bytes())
    }

    /// 200 and bytes of a type.
    pub fn of(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(200).with_header("content-type", content_type).with_body(body)
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::text("not found").with_status(404)
    }

    /// To another place: 303 after a form, 307 to have the request repeated there, 308 for good.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(status).with_header("location", location)
    }

    /// 200 and a body that comes bit by bit. The head is sent at once, then `write` runs; the response is
    /// complete when it ends, and breaks off when it fails.
    ///
    /// ```
    /// # use atoll_sdk::{BodyWriter, Error, Response};
    /// let response = Response::streamed(async |mut body: BodyWriter| {
    ///     for line in 0..1_000 {
    ///         body.write(format!("{line}\n")).await?;
    ///     }
    ///     Ok::<_, Error>(())
    /// });
    /// # drop(response);
    /// ```
    pub fn streamed<F, W, E>(write: F) -> Self
    where
        F: FnOnce(BodyWriter) -> W + 'static,
        W: Future<Output = Result<(), E>> + 'static,
        E: Into<Error>,
    {
        let body = ResponseBody::Streamed(Producer::new(write));
        Self { status: 200, headers: Vec::new(), body }
    }

    /// What the app fetched, passed on as it comes: status, `content-type`, body.
    pub fn relayed(fetched: http::Response) -> Self {
        let status = fetched.status();
        let content_type = fetched.header("content-type").map(str::to_owned);
        let mut body = fetched.into_body();
        let response = Self::streamed(async move |mut writer: BodyWriter| writer.copy(&mut body).await);
        content_type.into_iter().fold(response.with_status(status), |response, content_type| {
            response.with_header("content-type", content_type)
        })
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with one header more.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same with another body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = ResponseBody::Whole(body.into());
        self
    }
}

/// What a handler may answer with.
pub trait IntoResponse {
    /// The response, or why there is none.
    ///
    /// # Errors
    /// What the handler gave up with, or a value that has no JSON form.
    fn into_response(self) -> Result<Response, Error>;
}

/// A value as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// A text as a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl IntoResponse for Response {
    fn into_response(self) -> Result<Response, Error> {
        Ok(self)
    }
}

/// 204.
impl IntoResponse for () {
    fn into_response(self) -> Result<Response, Error> {
        Ok(Response::new(204))
    }
}

impl IntoResponse for String {
    fn into_response(self) -> Result<Response, Error> {
        Ok(Response::text(self))
    }
}

impl IntoResponse for &str {
    fn into_response(self) -> Result<Response, Error> {
        Ok(Response::text(self))
    }
}

impl IntoResponse for Vec<u8> {
    fn into_response(self) -> Result<Response, Error> {
        Ok(Response::of("application/octet-stream", self))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Result<Response, Error> {
        Ok(Response::json(&self.0)?)
    }
}

impl<T: Into<String>> IntoResponse for Html<T> {
    fn into_response(self) -> Result<Response, Error> {
        Ok(Response::html(self.0))
    }
}

/// A status and a body.
impl<R: IntoResponse> IntoResponse for (u16, R) {
    fn into_response(self) -> Result<Response, Error> {
        Ok(self.1.into_response()?.with_status(self.0))
    }
}

impl<R: IntoResponse, E: Into<Error>> IntoResponse for Result<R, E> {
    fn into_response(self) -> Result<Response, Error> {
        match self {
            Ok(response) => response.into_response(),
            Err(error) => error.into().into_response(),
        }
    }
}
