//! A client for the control API and the gateway.

use std::{collections::BTreeMap, io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::{Failure, Server};

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text, as far as it came.
    pub text: String,
    /// Whether the body broke off.
    pub broken: bool,
}

impl Answer {
    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) async fn of(mut response: reqwest::Response) -> Result<Self, Failure> {
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        let broken = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        Ok(Self { status, text: String::from_utf8_lossy(&bytes).into_owned(), broken })
    }
}

impl Server {
    /// GET.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> Result<Answer, Failure> {
        Answer::of(reqwest::get(self.url(path)).await?).await
    }

    /// Any method with a body.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer, Failure> {
        self.send_with(method, path, &BTreeMap::new(), body).await
    }

    /// The same with headers besides `content-type: application/json`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send_with(
        &self,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, String>,
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer, Failure> {
        let method = reqwest::Method::from_bytes(method.as_bytes())?;
        let mut map = reqwest::header::HeaderMap::new();
        map.insert("content-type", "application/json".parse()?);
        for (name, value) in headers {
            map.insert(reqwest::header::HeaderName::from_bytes(name.as_bytes())?, value.parse()?);
        }
        let request = reqwest::Client::new().request(method, self.url(path)).headers(map).body(body);
        Answer::of(request.send().await?).await
    }

    /// Deploys files as an app.
    ///
    /// # Errors
    /// When there is no answer; a refusal is an answer.
    pub async fn deploy(&self, app: &str, files: &[(String, Vec<u8>)]) -> Result<Answer, Failure> {
        self.upload(app, pack(files)?).await
    }

    /// Deploys an archive.
    ///
    /// # Errors
    /// When there is no answer; a refusal is an answer.
    pub async fn upload(&self, app: &str, archive: Vec<u8>) -> Result<Answer, Failure> {
        let request = reqwest::Client::new()
            .put(self.url(&format!("/api/v1/apps/{app}")))
            .header("content-type", "application/gzip")
            .body(archive);
        Answer::of(request.send().await?).await
    }
}

/// A `.tar.gz` of files.
///
/// # Errors
/// When a path does not fit a tar header.
pub fn pack(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Failure> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, Path::new(path), content.as_slice())?;
    }
    let mut encoder = archive.into_inner()?;
    encoder.flush()?;
    Ok(encoder.finish()?)
}
