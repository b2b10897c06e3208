//! The HTTP client of both signals. A failure is said once in a while, with how many there were.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;

use crate::OtlpError;

/// Between two warnings about the same trouble.
const WARN_EVERY: Duration = Duration::from_secs(60);
/// What is read of a collector's answer; it has little to say.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Sends batches. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    client: reqwest::Client,
    /// The exporter of traces calls from a thread of its own.
    runtime: Handle,
    trouble: Arc<Mutex<Trouble>>,
}

#[derive(Debug, Default)]
struct Trouble {
    failures: u64,
    warned: Option<Instant>,
}

impl Sender {
    pub(crate) fn new(timeout: Duration) -> Result<Self, OtlpError> {
        let failed = |error: &dyn std::fmt::Display| OtlpError::Client(error.to_string());
        let client = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("atoll/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| failed(&error))?;
        let runtime = Handle::try_current().map_err(|error| failed(&error))?;
        Ok(Self { client, runtime, trouble: Arc::default() })
    }

    /// Sends one batch, and says now and then that it does not go.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let uri = request.uri().clone();
        let client = self.client.clone();
        let sent = self.runtime.spawn(exchange(client, request)).await;
        let sent = sent.unwrap_or_else(|error| Err(error.into()));
        match &sent {
            Ok(answer) if answer.status().is_success() => self.recovered(),
            Ok(answer) => self.failed(&uri, &format!("it answered {}", answer.status())),
            Err(error) => self.failed(&uri, &with_causes(&**error)),
        }
        sent
    }

    fn trouble(&self) -> std::sync::MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recovered(&self) {
        let failures = std::mem::take(&mut *self.trouble()).failures;
        if failures > 0 {
            tracing::info!(failures, "telemetry is exported again");
        }
    }

    fn failed(&self, uri: &http::Uri, why: &str) {
        let mut trouble = self.trouble();
        trouble.failures += 1;
        if trouble.warned.is_none_or(|warned| warned.elapsed() >= WARN_EVERY) {
            trouble.warned = Some(Instant::now());
            // Without the query and credentials that a URL may hold.
            let to = format!("{}{}", uri.host().unwrap_or_default(), uri.path());
            tracing::warn!(
                to,
                why,
                failures = trouble.failures,
                "telemetry cannot be exported; the host goes on"
            );
        }
    }
}

async fn exchange(client: reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let mut answer = client.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err("the collector's answer is too long".into());
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::new(Bytes::from(body));
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    Ok(response)
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.send(request).await
    }
}
