//! Calls of the control API.

use std::time::Duration;

use atoll::Diagnostic;
use reqwest::{Method, RequestBuilder, Response};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::error::CliError;

/// A server's control API.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    server: Url,
    http: reqwest::Client,
}

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// The parts of a problem document that a person needs.
#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    diagnostics: Vec<Diagnostic>,
}

impl Client {
    /// A client for the server at `http://HOST:PORT`.
    pub(crate) fn new(server: &str) -> Result<Self, CliError> {
        let url = Url::parse(server).map_err(|error| {
            CliError::Usage(format!("--server {server:?} is no URL ({error}); write http://HOST:PORT"))
        })?;
        match url.scheme() {
            "http" if url.has_host() => {}
            "https" => {
                return Err(CliError::Usage(format!(
                    "--server {server}: this command does not speak TLS; run it on the server's machine, or forward a port \
                     (ssh -L 8787:127.0.0.1:8787 HOST) and use http://127.0.0.1:8787"
                )));
            }
            _ => return Err(CliError::Usage(format!("--server {server:?}: write http://HOST:PORT"))),
        }
        // Paths are put behind it.
        if url.query().is_some() || url.fragment().is_some() {
            return Err(CliError::Usage(format!(
                "--server {server:?} has a query or a fragment; write http://HOST:PORT"
            )));
        }
        // A proxy of the environment is for the network, not for a host that mostly runs on this machine.
        let http = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(CONNECT)
            .build()
            .map_err(|error| CliError::Failed(format!("cannot start an HTTP client: {error}")))?;
        Ok(Self { server: url, http })
    }

    /// The address of something on the server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.as_str().trim_end_matches('/'))
    }

    /// A request, to be sent by [`Client::send`].
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// Sends, and turns any answer but a success into an error.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, CliError> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let body = response.bytes().await.unwrap_or_default();
        let problem: Option<Problem> = serde_json::from_slice(&body).ok();
        Err(match problem {
            Some(Problem { title, detail, diagnostics }) => CliError::Problem {
                message: detail.or(title).unwrap_or_else(|| format!("the server answered {status}")),
                diagnostics,
            },
            None => CliError::Failed(format!(
                "{} answered {status}, and not as an Atoll server does; is --server right?",
                self.server
            )),
        })
    }

    /// `GET`s a JSON document.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CliError> {
        let response = self.send(self.request(Method::GET, path)).await?;
        self.read(response).await
    }

    /// Reads a JSON answer.
    pub(crate) async fn read<T: DeserializeOwned>(&self, response: Response) -> Result<T, CliError> {
        let body = response.bytes().await.map_err(|error| self.unreachable(&error))?;
        serde_json::from_slice(&body).map_err(|error| {
            CliError::Failed(format!(
                "{} answered with something else than the expected JSON ({error}); is --server right?",
                self.server
            ))
        })
    }

    pub(crate) fn unreachable(&self, error: &reqwest::Error) -> CliError {
        // The innermost cause is the one that says what happened: "Connection refused".
        let mut cause: &dyn std::error::Error = error;
        while let Some(next) = cause.source() {
            cause = next;
        }
        CliError::Unreachable { server: self.server.to_string(), cause: cause.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_servers_are_taken() {
        assert_eq!(Client::new("http://127.0.0.1:1/").unwrap().url("/x"), "http://127.0.0.1:1/x");
        let error = Client::new("https://atoll.example.com").unwrap_err();
        assert!(error.to_string().contains("does not speak TLS") && error.exit_status() == 2);
        for bad in ["127.0.0.1:8787", "", "file:///x", "http://127.0.0.1:1/?a=b", "http://127.0.0.1:1/#a"] {
            assert_eq!(Client::new(bad).unwrap_err().exit_status(), 2, "{bad}");
        }
    }
}
