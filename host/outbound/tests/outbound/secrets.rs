//! A guest holds placeholders; the host fills them in, towards granted origins only.

use std::sync::Arc;

use async_trait::async_trait;
use atoll_model::{AppName, Limits, Manifest};
use atoll_outbound::{
    OriginGrants, OutboundClient, OutboundConfig, OutboundError, OutboundRequest, SecretLookup,
    SecretProblem, SecretValue,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderValue;

use crate::{
    server::{Server, redirect, respond},
    world::{app, config, fetch, get, text},
};

/// `API_KEY` is a key with characters that a URL cannot hold as they are.
const KEY: &str = "s3cr3t/+key=";

struct Safe;

#[async_trait]
impl SecretLookup for Safe {
    async fn secret(&self, _app: &AppName, name: &str) -> Result<Option<SecretValue>, String> {
        match name {
            "API_KEY" | "IN_QUERY" => Ok(Some(SecretValue::new(KEY))),
            "TWO_LINES" => Ok(Some(SecretValue::new("a\r\nx-smuggled: 1"))),
            "LOCKED" => Err("the safe is locked".into()),
            _ => Ok(None),
        }
    }
}

fn client() -> OutboundClient {
    OutboundClient::new(OutboundConfig { secrets: Arc::new(Safe), ..config(Limits::default()) }).unwrap()
}

/// Grants as a manifest says them: both servers, `API_KEY` for the first only.
fn grants(name: &str, first: &Server, second: &Server) -> OriginGrants {
    let (first, second) = (first.origin(), second.origin());
    let text = format!(
        "name = \"{name}\"\n[backend]\nentry = \"b.ts\"\n[grants]\nhttp = [\"{first}\", \"{second}\"]\nsecrets = [\n\
         {{ name = \"API_KEY\", placeholder = true, origins = [\"{first}\"] }},\n\
         {{ name = \"IN_QUERY\", placeholder = true, origins = [\"{first}\"], query = true }},\n\
         {{ name = \"TWO_LINES\", placeholder = true }}, {{ name = \"LOCKED\", placeholder = true }},\n\
         {{ name = \"UNSET\", placeholder = true }}, \"READABLE\" ]\n"
    );
    OriginGrants::new(app(name), &Manifest::parse(&text).unwrap().grants)
}

fn with(url: &str, header: &'static str, value: &str) -> OutboundRequest {
    let mut request = get(url);
    request.headers.insert(header, HeaderValue::try_from(value).unwrap());
    request
}

async fn servers() -> (Server, Server) {
    let echo = |seen: &crate::server::Seen| {
        let key = seen.header("authorization").unwrap_or("none").to_owned();
        respond("200 OK", &format!("x-echo: {key}\r\n"), "ok")
    };
    (Server::start(echo).await, Server::start(echo).await)
}

fn problem(error: &OutboundError) -> Option<&SecretProblem> {
    match error {
        OutboundError::Secret { problem, .. } => Some(problem),
        _ => None,
    }
}

#[tokio::test]
async fn a_placeholder_in_a_header_becomes_the_secret_and_the_echo_the_placeholder() {
    let (first, second) = servers().await;
    let (client, grants) = (client(), grants("app", &first, &second));
    let placeholder = client.placeholders().issue(&app("app"), "API_KEY");
    assert!(placeholder.starts_with("atoll-secret:") && !placeholder.contains(KEY));
    let bearer = format!("Bearer {placeholder}");
    let response = client.send(&grants, with(&first.origin(), "authorization", &bearer)).await.unwrap();
    assert_eq!(first.last().header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(response.headers["x-echo"], bearer, "the guest sees no secret in a header");
}

#[tokio::test]
async fn a_password_is_filled_in_inside_basic_authorization() {
    let (first, second) = servers().await;
    let (client, grants) = (client(), grants("app", &first, &second));
    let placeholder = client.placeholders().issue(&app("app"), "API_KEY");
    let basic = format!("Basic {}", STANDARD.encode(format!("user:{placeholder}")));
    fetch(&client, &grants, with(&first.origin(), "authorization", &basic)).await.unwrap();
    let expected = format!("Basic {}", STANDARD.encode(format!("user:{KEY}")));
    assert_eq!(first.last().header("authorization"), Some(expected.as_str()));
    let error = fetch(&client, &grants, with(&second.origin(), "authorization", &basic)).await.unwrap_err();
    assert!(matches!(problem(&error), Some(SecretProblem::OtherOrigin { .. })), "{error}");
}

#[tokio::test]
async fn an_echo_in_other_letters_or_inside_basic_authorization_is_the_placeholder_too() {
    let echo = |seen: &crate::server::Seen| {
        let key = seen.header("x-key").or_else(|| seen.header("authorization")).unwrap_or("none");
        respond("200 OK", &format!("x-echo: {key}\r\nx-large: {}\r\n", key.to_ascii_uppercase()), "ok")
    };
    let (first, second) = (Server::start(echo).await, Server::start(echo).await);
    let (client, grants) = (client(), grants("app", &first, &second));
    let placeholder = client.placeholders().issue(&app("app"), "API_KEY");
    let response = client.send(&grants, with(&first.origin(), "x-key", &placeholder)).await.unwrap();
    assert_eq!(first.last().header("x-key"), Some(KEY));
    assert_eq!(response.headers["x-echo"], placeholder);
    assert_eq!(response.headers["x-large"], placeholder);
    let basic = format!("Basic {}", STANDARD.encode(format!("user:{placeholder}")));
    let response = client.send(&grants, with(&first.origin(), "authorization", &basic)).await.unwrap();
    assert_eq!(response.headers["x-echo"], format!("Basic {placeholder}"));
    assert_eq!(response.headers["x-large"], format!("BASIC {placeholder}"));
}

#[tokio::test]
async fn a_placeholder_goes_nowhere_else() {
    let (first, second) = servers().await;
    let (client, grants) = (client(), grants("app", &first, &second));
    let issue = |name: &str, secret: &str| client.placeholders().issue(&app(name), secret);
    let cases = [
        (second.origin(), issue("app", "API_KEY"), "may not be sent to"),
        (first.origin(), issue("other", "API_KEY"), "not a placeholder of this app"),
        (first.origin(), issue("app", "READABLE"), "not a placeholder of this app"),
        (first.origin(), "atoll-secret:API_KEY:00000000000000000000000000000000".into(), "not a placeholder"),
        (first.origin(), issue("app", "UNSET"), "has no value on this host"),
        (first.origin(), issue("app", "TWO_LINES"), "control character"),
        (first.origin(), issue("app", "LOCKED"), "cannot be looked up"),
    ];
    for (url, placeholder, reason) in cases {
        let error = fetch(&client, &grants, with(&url, "x-key", &placeholder)).await.unwrap_err().to_string();
        assert!(error.contains(reason) && !error.contains("locked"), "{placeholder}: {error}");
    }
    assert_eq!((first.connections(), second.connections()), (0, 0));
}

#[tokio::test]
async fn a_query_is_filled_in_where_the_grant_says_so() {
    let (first, second) = servers().await;
    let (client, grants) = (client(), grants("app", &first, &second));
    let issue = |secret: &str| client.placeholders().issue(&app("app"), secret);
    let encoded = "s3cr3t%2F%2Bkey%3D";
    for spelled in [issue("IN_QUERY"), issue("IN_QUERY").replace(':', "%3A")] {
        let url = format!("{}/p?a=1&key={spelled}&b=2", first.origin());
        let response = client.send(&grants, get(&url)).await.unwrap();
        assert_eq!(first.last().path(), format!("/p?a=1&key={encoded}&b=2"));
        assert_eq!(response.url.as_str(), url, "the guest sees the placeholder");
    }
    let url = format!("{}/?key={}", first.origin(), issue("API_KEY"));
    let error = fetch(&client, &grants, get(&url)).await.unwrap_err();
    assert_eq!(problem(&error), Some(&SecretProblem::InQuery), "{error}");
}

#[tokio::test]
async fn a_redirect_neither_takes_a_secret_along_nor_tells_it() {
    let (_, second) = servers().await;
    let to = second.origin();
    // Repeats the query in the location, as servers do.
    let first = Server::start(move |seen| match seen.path().split_once('?') {
        Some(("/away", query)) => redirect(302, &format!("{to}/?{query}")),
        Some(("/here", query)) => redirect(302, &format!("/end?{query}")),
        None if seen.path() == "/bare" => redirect(307, &format!("{to}/")),
        _ => respond("200 OK", "", "end"),
    })
    .await;
    let (client, grants) = (client(), grants("app", &first, &second));
    let issue = |secret: &str| client.placeholders().issue(&app("app"), secret);

    let bare = with(&format!("{}/bare", first.origin()), "x-key", &issue("API_KEY"));
    fetch(&client, &grants, bare).await.unwrap();
    assert_eq!(first.last().header("x-key"), Some(KEY));
    assert_eq!(second.last().header("x-key"), None);

    let url = format!("{}/here?key={}", first.origin(), issue("IN_QUERY"));
    let response = client.send(&grants, get(&url)).await.unwrap();
    assert_eq!(first.last().path(), "/end?key=s3cr3t%2F%2Bkey%3D", "filled in again, at the same origin");
    assert!(response.url.as_str().ends_with(&format!("/end?key={}", issue("IN_QUERY"))), "{}", response.url);
    assert_eq!(text(response).await.unwrap(), "end");

    let away = format!("{}/away?key={}", first.origin(), issue("IN_QUERY"));
    let error = fetch(&client, &grants, get(&away)).await.unwrap_err();
    assert!(matches!(problem(&error), Some(SecretProblem::OtherOrigin { .. })), "{error}");
    assert_eq!(second.seen().len(), 1);
}
