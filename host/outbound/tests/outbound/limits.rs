//! Whatever a server does or does not do, a request ends.

use std::{
    io,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use atoll_model::{CapabilityError, Limits};
use atoll_outbound::{OutboundClient, OutboundConfig, OutboundError, OutboundRequest, Phase, Resolve};
use http::{HeaderName, HeaderValue};
use tokio::sync::Semaphore;

use crate::{
    server::{Do, Server, respond, send},
    world::{client_with, config, fetch, get, granted, granted_to},
};

fn timed_out(error: &OutboundError) -> Option<(Phase, &'static str)> {
    match error {
        OutboundError::Timeout { phase, limit, .. } => Some((*phase, limit)),
        _ => None,
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    for acts in ["", "HTTP/1.1 200 OK\r\nx-a: ", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let server = Server::start(move |_| vec![Do::Send(acts.into()), Do::Stall]).await;
        let limits = Limits { outbound_head_ms: 100, ..Limits::default() };
        let error = fetch(&client_with(limits), &granted(&[&server.origin()]), get(&server.origin()))
            .await
            .unwrap_err();
        assert_eq!(timed_out(&error), Some((Phase::Head, "outbound_head_ms")), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_dribbles_headers_or_information_is_given_up() {
    for piece in ["x: y\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"] {
        let first = if piece.starts_with('x') { "HTTP/1.1 200 OK\r\n" } else { "" };
        let server = Server::start(move |_| vec![Do::Send(first.into()), Do::Flood(piece.into())]).await;
        let limits = Limits { outbound_head_ms: 200, ..Limits::default() };
        let error = fetch(&client_with(limits), &granted(&[&server.origin()]), get(&server.origin()))
            .await
            .unwrap_err();
        let ended = timed_out(&error) == Some((Phase::Head, "outbound_head_ms"))
            || matches!(error, OutboundError::TooLarge { limit: "outbound_header_bytes_max", .. });
        assert!(ended, "{piece:?}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_stops_in_the_middle_is_given_up() {
    let server = Server::start(|_| {
        vec![Do::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec()), Do::Stall]
    })
    .await;
    let grants = granted(&[&server.origin()]);
    let limits = Limits { outbound_idle_ms: 100, ..Limits::default() };
    let error = fetch(&client_with(limits), &grants, get(&server.origin())).await.unwrap_err();
    assert_eq!(timed_out(&error), Some((Phase::Idle, "outbound_idle_ms")), "{error}");
    let limits = Limits { outbound_total_ms: 200, ..Limits::default() };
    let error = fetch(&client_with(limits), &grants, get(&server.origin())).await.unwrap_err();
    assert_eq!(timed_out(&error), Some((Phase::Total, "outbound_total_ms")), "{error}");
    let deadline = Some(Instant::now() + Duration::from_millis(200));
    let request = OutboundRequest { deadline, ..get(&server.origin()) };
    let error = fetch(&client_with(Limits::default()), &grants, request).await.unwrap_err();
    assert!(matches!(error, OutboundError::Deadline), "{error}");
}

struct NeverAnswers;

#[async_trait]
impl Resolve for NeverAnswers {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_resolver_that_never_answers_is_given_up_and_still_counted() {
    let limits = Limits { outbound_connect_ms: 100, outbound_lookups_concurrent_max: 1, ..Limits::default() };
    let config = OutboundConfig { resolver: Arc::new(NeverAnswers), ..config(limits) };
    let client = OutboundClient::new(config).unwrap();
    for _ in 0..2 {
        let error = fetch(&client, &granted(&["http://a.test"]), get("http://a.test/")).await.unwrap_err();
        assert_eq!(timed_out(&error), Some((Phase::Lookup, "outbound_connect_ms")), "{error}");
    }
}

/// Knows `b.test`; for any other name it takes for ever, and says that it was asked.
struct SlowBut {
    asked: Arc<Semaphore>,
}

#[async_trait]
impl Resolve for SlowBut {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        if host == "b.test" {
            return Ok(vec![IpAddr::from([127, 0, 0, 1])]);
        }
        self.asked.add_permits(1);
        std::future::pending().await
    }
}

#[tokio::test]
async fn an_app_whose_names_take_long_leaves_look_ups_to_others() {
    let server = Server::start(|_| respond("200 OK", "", "hello")).await;
    let limits = Limits {
        outbound_lookups_concurrent_max: 3,
        outbound_lookups_per_app_concurrent_max: 2,
        ..Limits::default()
    };
    let asked = Arc::new(Semaphore::new(0));
    let resolver = Arc::new(SlowBut { asked: Arc::clone(&asked) });
    let client = OutboundClient::new(OutboundConfig { resolver, ..config(limits) }).unwrap();
    let slow: Vec<_> = (0..5)
        .map(|_| {
            let (client, grants) = (client.clone(), granted_to("slow", &["http://a.test"]));
            tokio::spawn(async move { fetch(&client, &grants, get("http://a.test/")).await })
        })
        .collect();
    asked.acquire_many(2).await.unwrap().forget();
    let url = server.named("b.test");
    assert_eq!(fetch(&client, &granted_to("quick", &[&url]), get(&url)).await.unwrap(), "hello");
    assert_eq!(asked.available_permits(), 0);
    slow.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_server_that_never_shakes_hands_is_given_up() {
    // Accepts, and says nothing: the kernel does so for a listener that nobody serves.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    let limits = Limits { outbound_connect_ms: 100, ..Limits::default() };
    let error = fetch(&client_with(limits), &granted(&[&origin]), get(&origin)).await.unwrap_err();
    assert_eq!(timed_out(&error), Some((Phase::Connect, "outbound_connect_ms")), "{error}");
}

#[tokio::test]
async fn large_headers_are_refused_both_ways() {
    let long = "y".repeat(16 << 10);
    let server = Server::start(move |_| respond("200 OK", &format!("x-long: {long}\r\n"), "")).await;
    let limits = Limits { outbound_header_bytes_max: 8 << 10, ..Limits::default() };
    let (client, grants) = (client_with(limits), granted(&[&server.origin()]));
    let error = fetch(&client, &grants, get(&server.origin())).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLarge { what: "the response's headers", .. }), "{error}");
    let mut request = get(&server.origin());
    for index in 0..90 {
        let name = HeaderName::try_from(format!("x-{index}")).unwrap();
        request.headers.insert(name, HeaderValue::try_from("z".repeat(100)).unwrap());
    }
    let error = fetch(&client, &grants, request).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLarge { what: "the request's headers", .. }), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn many_small_headers_and_a_long_url_are_refused() {
    let many = "a: b\r\n".repeat(500);
    let server = Server::start(move |_| respond("200 OK", &many, "")).await;
    let (client, grants) = (client_with(Limits::default()), granted(&[&server.origin()]));
    let error = fetch(&client, &grants, get(&server.origin())).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLarge { .. }), "{error}");
    let long = format!("{}/{}", server.origin(), "x".repeat(16 << 10));
    let error = fetch(&client, &grants, get(&long)).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLarge { limit: "outbound_url_bytes_max", .. }), "{error}");
}

#[tokio::test]
async fn a_response_over_the_limit_is_refused_by_its_length_or_cut() {
    let limits = Limits { outbound_response_bytes_max: 4, ..Limits::default() };
    for response in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ] {
        let server = Server::start(move |_| send(response)).await;
        let client = client_with(limits.clone());
        let error = fetch(&client, &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::TooLarge { limit: "outbound_response_bytes_max", value: 4, .. }),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_app_over_its_places_waits_and_over_its_queue_is_refused() {
    let server = Server::start(|_| respond("200 OK", "", "hello")).await;
    let limits =
        Limits { outbound_per_app_concurrent_max: 1, outbound_per_app_queue_max: 1, ..Limits::default() };
    let client = client_with(limits);
    let grants = granted(&[&server.origin()]);
    // Its body is not read, so its place is taken.
    let running = client.send(&grants, get(&server.origin())).await.unwrap();
    let waiting = tokio::spawn({
        let (client, grants, request) = (client.clone(), grants.clone(), get(&server.origin()));
        async move { fetch(&client, &grants, request).await }
    });
    tokio::task::yield_now().await;
    let error = fetch(&client, &grants, get(&server.origin())).await.unwrap_err();
    assert!(
        matches!(error, OutboundError::Busy { limit: "outbound_per_app_queue_max", value: 1 }),
        "{error}"
    );
    assert!(matches!(CapabilityError::from(error), CapabilityError::OverLimit { .. }));
    let other = fetch(&client, &granted_to("other", &[&server.origin()]), get(&server.origin())).await;
    assert_eq!(other.unwrap(), "hello");
    drop(running);
    assert_eq!(waiting.await.unwrap().unwrap(), "hello");
}
