//! A client for the control API and the gateway.

use std::{io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::{Failure, Server};

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) async fn of(response: reqwest::Response) -> Result<Self, Failure> {
        Ok(Self { status: response.status().as_u16(), text: response.text().await? })
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
        let method = reqwest::Method::from_bytes(method.as_bytes())?;
        let request = reqwest::Client::new().request(method, self.url(path)).body(body);
        Answer::of(request.header("content-type", "application/json").send().await?).await
    }

    /// Deploys files as an app.
    ///
    /// # Errors
    /// When there is no answer; a refusal is an answer.
    pub async fn deploy(&self, app: &str, files: &[(String, Vec<u8>)]) -> Result<Answer, Failure> {
        let request = reqwest::Client::new()
            .put(self.url(&format!("/api/v1/apps/{app}")))
            .header("content-type", "application/gzip")
            .body(pack(files)?);
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
