//! A request to the app.

use serde::de::DeserializeOwned;

use crate::{Error, bindings::http::exports::atoll::app::http_handler as wit};

/// A request. The app's prefix is already gone from its path.
#[derive(Debug)]
pub struct Request(wit::Request);

impl Request {
    pub(crate) fn new(request: wit::Request) -> Self {
        Self(request)
    }

    /// Upper case, e.g. `GET`.
    pub fn method(&self) -> &str {
        &self.0.method
    }

    /// The whole URL.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The path as it was sent, from its first `/`.
    pub fn path(&self) -> &str {
        let after_host = self.0.url.split_once("://").map_or("", |(_, rest)| rest);
        let path = after_host.find('/').map_or("/", |slash| &after_host[slash..]);
        path.split(['?', '#']).next().unwrap_or(path)
    }

    /// The first query parameter of a name, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.0.url.split_once('?')?.1.split('#').next()?;
        let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.find(|(key, _)| decode(key) == name).map(|(_, value)| decode(value))
    }

    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All headers, names in lower case.
    pub fn headers(&self) -> &[(String, String)] {
        &self.0.headers
    }

    /// The body; empty when there is none.
    pub fn body(&self) -> &[u8] {
        self.0.body.as_deref().unwrap_or_default()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is no JSON of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(self.body())
            .map_err(|error| Error::new(format!("the body is not as expected: {error}")))
    }
}

/// `application/x-www-form-urlencoded` decoding; what is malformed stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
                continue;
            }
            (b'+', ..) => decoded.push(b' '),
            _ => decoded.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> Request {
        Request(wit::Request { method: "GET".into(), url: url.into(), headers: vec![], body: None })
    }

    #[test]
    fn the_parts_of_a_url() {
        assert_eq!(request("http://a.example/b/c?d=1#e").path(), "/b/c");
        assert_eq!(request("http://a.example").path(), "/");
        let asked = request("http://a.example/?q=one+%26%20two&x&bad=%zz");
        assert_eq!(asked.query("q").as_deref(), Some("one & two"));
        assert_eq!(asked.query("x").as_deref(), Some(""));
        assert_eq!(asked.query("bad").as_deref(), Some("%zz"));
        assert_eq!(asked.query("none"), None);
    }
}
