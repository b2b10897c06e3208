//! Redirects are followed inside the grant, and each step is checked as the first one was.

use std::sync::Arc;

use atoll_model::Limits;
use atoll_outbound::{OutboundClient, OutboundConfig, OutboundError, OutboundRequest, Redirect, RequestBody};
use http::{HeaderValue, Method};

use crate::{
    server::{Server, redirect, respond},
    world::{Names, client, client_with, config, fetch, get, granted, text},
};

/// Sends `/to/STATUS/LOCATION` on to `LOCATION`, and answers everything else with its path.
async fn signpost() -> Server {
    Server::start(|seen| match seen.path().strip_prefix("/to/") {
        Some(rest) => {
            let (status, location) = rest.split_once('/').unwrap();
            redirect(status.parse().unwrap(), location)
        }
        None => respond("200 OK", "", seen.path()),
    })
    .await
}

#[tokio::test]
async fn a_chain_inside_the_grant_is_followed_over_one_connection() {
    let server = signpost().await;
    let url = format!("{}/to/302//to/307//end?x=1", server.origin());
    let response = client().send(&granted(&[&server.origin()]), get(&url)).await.unwrap();
    assert!(response.redirected);
    assert_eq!(response.url.as_str(), format!("{}/end?x=1", server.origin()));
    assert_eq!(text(response).await.unwrap(), "/end?x=1");
    assert_eq!((server.seen().len(), server.connections()), (3, 1));
}

#[tokio::test]
async fn where_an_answer_came_from_has_no_fragment() {
    let server = signpost().await;
    let url = format!("{}/end#part", server.origin());
    let response = client().send(&granted(&[&server.origin()]), get(&url)).await.unwrap();
    assert_eq!(response.url.as_str(), format!("{}/end", server.origin()));
}

#[tokio::test]
async fn a_step_into_a_forbidden_place_is_refused() {
    let server = signpost().await;
    let elsewhere = Server::start(|_| respond("200 OK", "", "secret")).await;
    let names = Names::default().know("inside.test", &[&["169.254.169.254"]]);
    let config = OutboundConfig { resolver: Arc::new(names.clone()), ..config(Limits::default()) };
    let client = OutboundClient::new(config).unwrap();
    let origin = server.origin();
    // Some are granted, so that it is the address that is refused.
    let grants = granted(&[&origin, "http://inside.test", "http://169.254.169.254", "https://tls.test"]);
    for (location, granted) in [
        (elsewhere.origin(), false),
        (format!("http://2130706433:{}/", elsewhere.port()), false),
        ("http://inside.test/latest/meta-data".into(), true),
        ("http://0xa9fea9fe/".into(), true),
        ("//[::ffff:a9fe:a9fe]/".into(), false),
        ("http://tls.test/".into(), false),
    ] {
        let error = fetch(&client, &grants, get(&format!("{origin}/to/302/{location}"))).await.unwrap_err();
        let expected = if granted {
            matches!(error, OutboundError::AddressRefused { .. })
        } else {
            matches!(error, OutboundError::NotGranted { .. })
        };
        assert!(expected, "{location}: {error}");
    }
    for location in ["file:///etc/passwd", "data:,x", "gopher://x/"] {
        let error = fetch(&client, &grants, get(&format!("{origin}/to/302/{location}"))).await.unwrap_err();
        assert!(matches!(error, OutboundError::RedirectRefused { .. }), "{location}: {error}");
    }
    let credentials = format!("{origin}/to/302/{}", origin.replace("http://", "http://user:pass@"));
    let error = fetch(&client, &grants, get(&credentials)).await.unwrap_err();
    assert!(matches!(error, OutboundError::Invalid { .. }), "{error}");
    assert_eq!((elsewhere.connections(), names.asked()), (0, vec!["inside.test".to_owned()]));
}

#[tokio::test]
async fn an_endless_chain_ends() {
    let server = Server::start(|_| redirect(302, "/again")).await;
    let limits = Limits { outbound_redirects_max: 3, ..Limits::default() };
    let error =
        fetch(&client_with(limits), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooManyRedirects { max: 3 }), "{error}");
    assert_eq!(server.seen().len(), 4);
    assert_eq!(Limits::default().outbound_redirects_max, 20);
}

#[tokio::test]
async fn a_redirect_can_be_a_failure_or_the_response() {
    let server = signpost().await;
    let grants = granted(&[&server.origin()]);
    let request = |redirect| OutboundRequest { redirect, ..get(&format!("{}/to/301//x", server.origin())) };
    let error = fetch(&client(), &grants, request(Redirect::Error)).await.unwrap_err();
    assert!(matches!(error, OutboundError::RedirectRefused { .. }), "{error}");
    let response = client().send(&grants, request(Redirect::Manual)).await.unwrap();
    assert_eq!((response.status.as_u16(), response.redirected), (301, false));
    assert_eq!(response.headers["location"], "/x");
}

fn post(url: &str, body: RequestBody) -> OutboundRequest {
    let mut request = OutboundRequest { method: Method::POST, body, ..get(url) };
    for (name, value) in
        [("authorization", "Bearer x"), ("cookie", "a=b"), ("content-type", "text/x"), ("x-a", "1")]
    {
        request.headers.insert(name, HeaderValue::from_static(value));
    }
    request.host_headers.insert("traceparent", HeaderValue::from_static("00-1-2-01"));
    request
}

#[tokio::test]
async fn a_post_becomes_a_get_where_the_fetch_standard_says_so() {
    let server = signpost().await;
    let grants = granted(&[&server.origin()]);
    for (status, line, body) in
        [(303, "GET", ""), (302, "GET", ""), (307, "POST", "data"), (308, "POST", "data")]
    {
        let url = format!("{}/to/{status}//end", server.origin());
        fetch(&client(), &grants, post(&url, RequestBody::Bytes("data".into()))).await.unwrap();
        let seen = server.last();
        assert_eq!(seen.line(), format!("{line} /end HTTP/1.1"), "{status}");
        assert_eq!(String::from_utf8(seen.body.clone()).unwrap(), body, "{status}");
        assert_eq!(seen.header("content-type").is_some(), !body.is_empty(), "{status}");
        assert_eq!(seen.header("authorization"), Some("Bearer x"), "the same origin");
    }
}

#[tokio::test]
async fn credentials_do_not_follow_to_another_origin_and_traces_do() {
    let (server, other) = (signpost().await, signpost().await);
    let grants = granted(&[&server.origin(), &other.origin()]);
    let url = format!("{}/to/307/{}/end", server.origin(), other.origin());
    fetch(&client(), &grants, post(&url, RequestBody::Bytes("data".into()))).await.unwrap();
    let seen = other.last();
    assert_eq!((seen.header("authorization"), seen.header("cookie")), (None, None));
    assert_eq!((seen.header("x-a"), seen.header("content-type")), (Some("1"), Some("text/x")));
    assert_eq!(seen.header("traceparent"), Some("00-1-2-01"));
    assert_eq!(seen.header("host"), Some(other.address.to_string().as_str()));
}

#[tokio::test]
async fn a_stream_is_not_sent_twice() {
    let server = signpost().await;
    let body = http_body_util::Full::new(bytes::Bytes::from("data"));
    let body = http_body_util::BodyExt::map_err(body, |never| match never {});
    let body = RequestBody::Stream(http_body_util::combinators::UnsyncBoxBody::new(body));
    let url = format!("{}/to/307//end", server.origin());
    let error = fetch(&client(), &granted(&[&server.origin()]), post(&url, body)).await.unwrap_err();
    assert!(error.to_string().contains("cannot be sent again"), "{error}");
    assert_eq!(server.seen().len(), 1);
}
