//! Nothing is reached that is not granted, and nothing happens before the grant is checked.

use std::sync::Arc;

use atoll_model::Limits;
use atoll_outbound::{OutboundClient, OutboundConfig, OutboundError};

use crate::{
    server::{Server, respond},
    world::{Names, client, config, fetch, get, granted},
};

#[tokio::test]
async fn a_granted_origin_answers() {
    let server =
        Server::start(|_| respond("200 OK", "x-a: 1\r\nconnection: x-b\r\nx-b: 2\r\n", "hello")).await;
    let url = format!("{}/p?q", server.origin());
    let response = client().send(&granted(&[&server.origin()]), get(&url)).await.unwrap();
    assert_eq!((response.status.as_u16(), response.redirected), (200, false));
    assert_eq!(response.headers["x-a"], "1");
    for own in ["connection", "x-b"] {
        assert!(!response.headers.contains_key(own), "{own}");
    }
    assert_eq!(&response.body.collect(5).await.unwrap()[..], b"hello");
    let seen = server.last();
    assert_eq!(seen.line(), "GET /p?q HTTP/1.1");
    assert_eq!(seen.header("host"), Some(server.address.to_string().as_str()));
    assert_eq!(seen.header("accept-encoding"), Some("gzip, deflate, br, zstd"));
    assert!(seen.header("user-agent").unwrap().starts_with("atoll/"));
    assert_eq!(seen.header("content-length"), None);
}

#[tokio::test]
async fn without_a_grant_no_name_is_looked_up_and_no_connection_made() {
    let server = Server::start(|_| respond("200 OK", "", "")).await;
    let names = Names::default().know("a.test", &[&["127.0.0.1"]]);
    let config = OutboundConfig { resolver: Arc::new(names.clone()), ..config(Limits::default()) };
    let client = OutboundClient::new(config).unwrap();
    let port = server.port();
    for (grants, url) in [
        (vec![], format!("http://a.test:{port}/")),
        (vec![format!("https://a.test:{port}")], format!("http://a.test:{port}/")),
        (vec!["http://a.test".into()], format!("http://a.test:{port}/")),
        (vec![format!("http://b.test:{port}")], format!("http://a.test:{port}/")),
        (vec![format!("http://*.a.test:{port}")], format!("http://a.test:{port}/")),
        (vec![format!("http://a.test:{port}")], format!("http://a.test.:{port}/")),
        (vec![format!("http://a.test:{port}")], format!("http://127.0.0.1:{port}/")),
    ] {
        let grants = granted(&grants.iter().map(String::as_str).collect::<Vec<_>>());
        let error = fetch(&client, &grants, get(&url)).await.unwrap_err();
        assert!(matches!(error, OutboundError::NotGranted { .. }), "{url}: {error}");
        assert!(error.to_string().contains("to http under [grants]"), "{error}");
    }
    assert!(names.asked().is_empty());
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_wildcard_reaches_subdomains() {
    let server = Server::start(|_| respond("200 OK", "", "sub")).await;
    let names = Names::default().know("x.y.example.test", &[&["127.0.0.1"]]);
    let config = OutboundConfig { resolver: Arc::new(names), ..config(Limits::default()) };
    let client = OutboundClient::new(config).unwrap();
    let grants = granted(&[&server.named("*.example.test")]);
    let url = server.named("x.y.example.test");
    assert_eq!(fetch(&client, &grants, get(&url)).await.unwrap(), "sub");
}

#[tokio::test]
async fn a_url_with_credentials_or_another_scheme_is_refused() {
    let grants = granted(&["http://a.test"]);
    for url in
        ["http://user@a.test/", "http://:pass@a.test/", "ftp://a.test/", "file:///etc/passwd", "data:,x"]
    {
        let error = fetch(&client(), &grants, get(url)).await.unwrap_err();
        assert!(matches!(error, OutboundError::Invalid { .. }), "{url}: {error}");
    }
}
