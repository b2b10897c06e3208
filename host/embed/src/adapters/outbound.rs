//! Apps' requests to the world: the runtime's trait, answered by the outbound client.

use std::collections::BTreeMap;

use async_trait::async_trait;
use atoll_model::{AppName, CapabilityError, Grants};
use atoll_outbound::{
    OriginGrants, OutboundClient, OutboundError, OutboundRequest, Placeholders, Redirect, RequestBody,
};
use atoll_runtime::{Body, BodyError, ClientRequest, ClientResponse, HttpClient};
use http_body_util::{BodyExt as _, combinators::UnsyncBoxBody};

use crate::spans::Spans;

pub(crate) struct Outbound {
    pub(crate) client: OutboundClient,
    pub(crate) spans: Spans,
}

#[async_trait]
impl HttpClient for Outbound {
    async fn send(
        &self,
        app: &AppName,
        grants: &Grants,
        request: ClientRequest,
    ) -> Result<ClientResponse, CapabilityError> {
        let (sending, host_headers) = self.spans.outbound(app, &request);
        let ClientRequest { method, url, headers, body, redirect, deadline, .. } = request;
        let redirect = match redirect {
            atoll_runtime::Redirect::Follow => Redirect::Follow,
            atoll_runtime::Redirect::Error => Redirect::Error,
            atoll_runtime::Redirect::Manual => Redirect::Manual,
        };
        let request = OutboundRequest {
            method,
            url,
            headers,
            host_headers,
            body: to_send(body),
            redirect,
            deadline: Some(deadline.into_std()),
        };
        let response = self.client.send(&OriginGrants::new(app.clone(), grants), request).await;
        sending.ended(response.as_ref().ok().map(|response| response.status));
        let response = response?;
        Ok(ClientResponse {
            status: response.status,
            url: response.url,
            redirected: response.redirected,
            headers: response.headers,
            body: Body::new(response.body.map_err(received)),
        })
    }
}

/// A body that is there as a whole can be sent again after a redirect.
fn to_send(body: Body) -> RequestBody {
    match body.try_into_bytes() {
        Ok(bytes) if bytes.is_empty() => RequestBody::Empty,
        Ok(bytes) => RequestBody::Bytes(bytes),
        Err(body) => RequestBody::Stream(UnsyncBoxBody::new(body.map_err(Into::into))),
    }
}

/// Why a response's body broke off, in the runtime's words.
fn received(error: OutboundError) -> BodyError {
    match error {
        OutboundError::TooLarge { limit, value, .. } => BodyError::TooLarge { limit, value },
        OutboundError::Timeout { limit, limit_ms, .. } => BodyError::Stalled { limit, value: limit_ms },
        other => BodyError::BrokeOff(other.to_string()),
    }
}

/// What stands in `env` for the secrets that an app may use and not hold.
pub(crate) fn placeholders(
    app: &AppName,
    grants: &Grants,
    placeholders: &Placeholders,
) -> BTreeMap<String, String> {
    let granted = grants.secrets.iter().filter(|secret| secret.placeholder.is_some());
    granted.map(|secret| (secret.name.clone(), placeholders.issue(app, &secret.name))).collect()
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use atoll_model::TraceContext;
    use atoll_model::{Limits, Origin, PlaceholderGrant, SecretGrant};
    use atoll_outbound::{OutboundConfig, SecretLookup, SecretValue};
    use bytes::Bytes;
    use futures::stream;
    use http::{HeaderMap, HeaderValue, Method};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
        time::Instant,
    };

    use super::*;

    struct Safe;

    #[async_trait]
    impl SecretLookup for Safe {
        async fn secret(&self, app: &AppName, name: &str) -> Result<Option<SecretValue>, String> {
            Ok(Some(SecretValue::new(format!("secret-{app}-{name}"))))
        }
    }

    fn client(limits: Limits) -> OutboundClient {
        let allowed_ranges = vec!["127.0.0.1/32".parse().unwrap()];
        let secrets = Arc::new(Safe);
        OutboundClient::new(OutboundConfig { limits, allowed_ranges, secrets, ..OutboundConfig::default() })
            .unwrap()
    }

    /// Answers one request, when it has ended as `until` says, with the bytes that it saw.
    async fn echo(until: &'static str) -> Grants {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(until.as_bytes()) {
                stream.read_buf(&mut seen).await.unwrap();
            }
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", seen.len());
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&seen).await.unwrap();
        });
        let placeholder = Some(PlaceholderGrant::default());
        Grants {
            http: vec![Origin::parse(&origin).unwrap()],
            secrets: vec![
                SecretGrant { name: "API_KEY".into(), placeholder },
                SecretGrant::readable("OTHER"),
            ],
            ..Grants::default()
        }
    }

    fn outbound(client: OutboundClient) -> Outbound {
        Outbound { client, spans: Spans::default() }
    }

    fn request(grants: &Grants, body: Body) -> ClientRequest {
        ClientRequest {
            method: Method::POST,
            url: grants.http[0].as_str().parse().unwrap(),
            headers: HeaderMap::new(),
            body,
            redirect: atoll_runtime::Redirect::Follow,
            deadline: Instant::now() + Duration::from_secs(30),
            trace: None,
        }
    }

    async fn text(response: ClientResponse) -> Result<String, BodyError> {
        let bytes = response.body.collect(1 << 20).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    #[tokio::test]
    async fn a_whole_body_has_a_length_and_a_stream_has_none() {
        let (client, app) = (outbound(client(Limits::default())), AppName::parse("app").unwrap());
        let grants = echo("hello").await;
        let sent = client.send(&app, &grants, request(&grants, Body::from("hello"))).await.unwrap();
        assert!(text(sent).await.unwrap().contains("content-length: 5\r\n"));
        let grants = echo("0\r\n\r\n").await;
        let parts = ["hel", "lo"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
        let body = Body::from_stream(stream::iter(parts));
        let sent = client.send(&app, &grants, request(&grants, body)).await.unwrap();
        let sent = text(sent).await.unwrap();
        assert!(
            sent.contains("transfer-encoding: chunked") && sent.contains("3\r\nhel\r\n2\r\nlo\r\n"),
            "{sent}"
        );
    }

    #[tokio::test]
    async fn the_placeholder_in_env_is_the_one_that_is_filled_in() {
        let (client, app) = (client(Limits::default()), AppName::parse("app").unwrap());
        let grants = echo("\r\n\r\n").await;
        let env = placeholders(&app, &grants, client.placeholders());
        assert_eq!(env.keys().collect::<Vec<_>>(), ["API_KEY"]);
        let mut request = request(&grants, Body::empty());
        request.headers.insert("x-key", HeaderValue::try_from(&env["API_KEY"]).unwrap());
        let sent = outbound(client).send(&app, &grants, request).await.unwrap();
        assert!(text(sent).await.unwrap().contains("x-key: secret-app-API_KEY\r\n"));
    }

    #[tokio::test]
    async fn the_calls_trace_goes_along_unless_the_guest_sends_its_own() {
        const OF_CALL: &str = "00-11111111111111111111111111111111-1111111111111111-01";
        const OF_GUEST: &str = "00-22222222222222222222222222222222-2222222222222222-00";
        let app = AppName::parse("app").unwrap();
        for (guests, sent, not_sent) in [(None, OF_CALL, OF_GUEST), (Some(OF_GUEST), OF_GUEST, OF_CALL)] {
            let grants = echo("\r\n\r\n").await;
            let mut request = request(&grants, Body::empty());
            request.trace = TraceContext::parse(OF_CALL, Some("a=1")).map(Arc::new);
            if let Some(guests) = guests {
                request.headers.insert("traceparent", HeaderValue::from_static(guests));
            }
            let answer = outbound(client(Limits::default())).send(&app, &grants, request).await.unwrap();
            let seen = text(answer).await.unwrap();
            assert!(seen.contains(&format!("traceparent: {sent}\r\n")) && !seen.contains(not_sent), "{seen}");
            assert_eq!(seen.contains("tracestate: a=1"), sent == OF_CALL, "{seen}");
        }
    }

    #[tokio::test]
    async fn a_limit_is_named_wherever_it_is_reached() {
        let app = AppName::parse("app").unwrap();
        let grants = echo("hello").await;
        let limits = Limits { outbound_request_bytes_max: 4, ..Limits::default() };
        let sent = outbound(client(limits)).send(&app, &grants, request(&grants, Body::from("hello"))).await;
        let error = sent.unwrap_err();
        assert!(matches!(
            error,
            CapabilityError::OverLimit { limit: "outbound_request_bytes_max", value: 4, .. }
        ));
        let stalled = OutboundError::Timeout {
            phase: atoll_outbound::Phase::Idle,
            limit: "outbound_idle_ms",
            limit_ms: 7,
        };
        assert_eq!(received(stalled), BodyError::Stalled { limit: "outbound_idle_ms", value: 7 });
    }
}
