//! Connections are kept and used again, by the app that made them.

use atoll_model::Limits;
use atoll_outbound::{OutboundError, OutboundRequest, RequestBody};
use http::Method;

use crate::{
    server::{Do, Server, respond},
    world::{client, client_with, fetch, get, granted, granted_to},
};

#[tokio::test]
async fn one_app_uses_a_connection_again_and_two_never_share_one() {
    let server = Server::start(|_| respond("200 OK", "", "ok")).await;
    let client = client();
    for _ in 0..3 {
        fetch(&client, &granted_to("a", &[&server.origin()]), get(&server.origin())).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    fetch(&client, &granted_to("b", &[&server.origin()]), get(&server.origin())).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_response_that_is_dropped_half_read_takes_its_connection_along() {
    let body = vec![b'x'; 1 << 20];
    let server = Server::start(move |_| respond("200 OK", "", &body)).await;
    let (client, grants) = (client(), granted(&[&server.origin()]));
    let mut response = client.send(&grants, get(&server.origin())).await.unwrap();
    response.body.chunk().await.unwrap().unwrap();
    drop(response);
    assert_eq!(fetch(&client, &grants, get(&server.origin())).await.unwrap().len(), 1 << 20);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    // The server closes after every answer without saying so.
    let server = Server::start(|_| {
        let mut acts = respond("200 OK", "", "ok");
        acts.push(Do::Close);
        acts
    })
    .await;
    let (client, grants) = (client(), granted(&[&server.origin()]));
    for _ in 0..20 {
        assert_eq!(fetch(&client, &grants, get(&server.origin())).await.unwrap(), "ok");
    }
    assert_eq!(server.connections(), 20);
}

#[tokio::test]
async fn a_request_that_may_have_been_acted_on_is_not_repeated() {
    // Answers the first request of a connection, and dies on the second after having read it.
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        1 => vec![Do::Close],
        _ => respond("200 OK", "", "ok"),
    })
    .await;
    let (client, grants) = (client(), granted(&[&server.origin()]));
    fetch(&client, &grants, get(&server.origin())).await.unwrap();
    let post = OutboundRequest {
        method: Method::POST,
        body: RequestBody::Bytes("pay".into()),
        ..get(&server.origin())
    };
    let error = fetch(&client, &grants, post).await.unwrap_err();
    assert!(matches!(error, OutboundError::Broken { .. }), "{error}");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_request_that_can_be_repeated_is() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        1 => vec![Do::Close],
        _ => respond("200 OK", "", "ok"),
    })
    .await;
    let (client, grants) = (client(), granted(&[&server.origin()]));
    fetch(&client, &grants, get(&server.origin())).await.unwrap();
    assert_eq!(fetch(&client, &grants, get(&server.origin())).await.unwrap(), "ok");
    assert_eq!((server.seen().len(), server.connections()), (3, 2));
}

#[tokio::test]
async fn no_connection_is_kept_where_none_may_be() {
    let server = Server::start(|_| respond("200 OK", "", "ok")).await;
    for limits in [
        Limits { outbound_kept_connections_max: 0, ..Limits::default() },
        Limits { outbound_kept_per_origin_max: 0, ..Limits::default() },
    ] {
        let (client, before) = (client_with(limits), server.connections());
        for _ in 0..2 {
            fetch(&client, &granted(&[&server.origin()]), get(&server.origin())).await.unwrap();
        }
        assert_eq!(server.connections(), before + 2);
    }
}

#[tokio::test]
async fn requests_of_one_app_run_beside_each_other() {
    let server = Server::start(|_| respond("200 OK", "", "ok")).await;
    let (client, grants) = (client(), granted(&[&server.origin()]));
    // Neither body is read before both heads are there: one connection would not do.
    let (first, second) = tokio::join!(
        client.send(&grants, get(&server.origin())),
        client.send(&grants, get(&server.origin()))
    );
    assert_eq!((first.unwrap().status, second.unwrap().status), (http::StatusCode::OK, http::StatusCode::OK));
    assert_eq!(server.connections(), 2);
}
