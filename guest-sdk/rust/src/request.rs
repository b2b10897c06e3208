//! A request to the app.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Body, CapabilityError, Error, bindings::http::exports::atoll::app::http_handler as wit, block_on, form,
};

/// A request. The app's prefix is already gone from its path.
#[derive(Debug)]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Body,
}

impl Request {
    pub(crate) fn from_host(request: wit::Request) -> Self {
        let body = match request.body {
            wit::Body::None => Body::empty(),
            wit::Body::Bytes(bytes) => Body::from(bytes),
            wit::Body::Stream(number) => Body::stream(number),
        };
        Self { method: request.method, url: request.url, headers: request.headers, body }
    }

    /// A request of one's own, for tests. The URL may be a path.
    pub fn new(method: &str, url: &str) -> Self {
        let url = if url.starts_with('/') { format!("http://app.test{url}") } else { url.to_owned() };
        Self { method: method.to_owned(), url, headers: Vec::new(), body: Body::empty() }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// The same with a body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// The same with a value as its body. One without a JSON form becomes `null`.
    #[must_use]
    pub fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let body = serde_json::to_vec(value).unwrap_or_else(|_| b"null".to_vec());
        self.with_header("content-type", "application/json").with_body(body)
    }

    /// Upper case, e.g. `GET`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The whole URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The path as it was sent, from its first `/`.
    pub fn path(&self) -> &str {
        let after_host = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let path = after_host.find('/').map_or("/", |slash| &after_host[slash..]);
        path.split(['?', '#']).next().unwrap_or(path)
    }

    /// The parts of the path, as they were sent, for a `match`: `["notes", id]`. A slash at the end does not count.
    pub fn segments(&self) -> Vec<&str> {
        let path = self.path().trim_matches('/');
        if path.is_empty() { Vec::new() } else { path.split('/').collect() }
    }

    fn query_text(&self) -> &str {
        let query = self.url.split_once('?').map_or("", |(_, rest)| rest);
        query.split('#').next().unwrap_or(query)
    }

    /// The first query parameter of a name, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// All query parameters, decoded.
    pub fn query_pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        form::pairs(self.query_text())
    }

    /// The query as a struct, whose fields are texts, numbers, booleans, enums without data, and options of them.
    ///
    /// # Errors
    /// A 400 that names the parameter which is missing or of another form.
    pub fn query_as<T: DeserializeOwned>(&self) -> Result<T, Error> {
        form::parse(self.query_text())
            .map_err(|problem| Error::bad_request(format!("the query is not as expected: {problem}")))
    }

    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All headers, names in lower case.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body, to be read bit by bit in async code: `while let Some(bytes) = request.body_mut().chunk().await?`.
    pub fn body_mut(&mut self) -> &mut Body {
        &mut self.body
    }

    /// The body, for work that outlives the request.
    pub fn into_body(self) -> Body {
        self.body
    }

    /// The whole body, once; waits for the rest of it. Empty when there is none.
    ///
    /// # Errors
    /// [`CapabilityError`] when it breaks off, or is larger than the host takes.
    pub fn bytes(&mut self) -> Result<Vec<u8>, CapabilityError> {
        block_on(self.body.bytes())
    }

    /// The whole body as text, once.
    ///
    /// # Errors
    /// As [`Request::bytes`]; a 400 when it is no UTF-8.
    pub fn text(&mut self) -> Result<String, Error> {
        String::from_utf8(self.bytes()?).map_err(|_| Error::bad_request("the body is no UTF-8"))
    }

    /// The whole body as JSON, once.
    ///
    /// # Errors
    /// As [`Request::bytes`]; a 400 that says where it is no JSON, or not of this form.
    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T, Error> {
        let bytes = self.bytes()?;
        serde_json::from_slice(&bytes)
            .map_err(|problem| Error::bad_request(format!("the body is not as expected: {problem}")))
    }

    /// The whole body as a form (`application/x-www-form-urlencoded`), once.
    ///
    /// # Errors
    /// As [`Request::text`]; a 400 that names what is missing or of another form.
    pub fn form<T: DeserializeOwned>(&mut self) -> Result<T, Error> {
        let text = self.text()?;
        form::parse(&text)
            .map_err(|problem| Error::bad_request(format!("the form is not as expected: {problem}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_url() {
        assert_eq!(Request::new("GET", "http://a.example/b/c?d=1#e").path(), "/b/c");
        assert_eq!(Request::new("GET", "http://a.example").path(), "/");
        assert_eq!(Request::new("GET", "/notes/7/?x=/y").segments(), ["notes", "7"]);
        assert!(Request::new("GET", "/?q=/x").segments().is_empty());
        let asked = Request::new("GET", "http://a.example/?q=one+%26%20two&x#y&q=3");
        assert_eq!(asked.query("q").as_deref(), Some("one & two"));
        assert_eq!((asked.query("x").as_deref(), asked.query("none")), (Some(""), None));
    }

    #[test]
    fn a_body_is_read_once_and_a_wrong_one_is_the_callers_fault() {
        let mut request = Request::new("POST", "/").with_json(&[1, 2]);
        assert_eq!(request.header("Content-Type"), Some("application/json"));
        assert_eq!(request.json::<Vec<u8>>().unwrap(), [1, 2]);
        let error = request.json::<Vec<u8>>().unwrap_err();
        assert_eq!(error.status_code(), Some(400), "{error}");
        let mut form = Request::new("POST", "/").with_body(b"a=1&b=x+y".to_vec());
        assert_eq!(form.form::<std::collections::BTreeMap<String, String>>().unwrap()["b"], "x y");
    }
}
