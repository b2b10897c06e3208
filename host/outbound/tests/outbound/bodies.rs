//! Bodies: streamed both ways, held back when nobody reads, framed by the client alone.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use atoll_model::Limits;
use atoll_outbound::{BodyError, OutboundError, OutboundRequest, Phase, RequestBody};
use bytes::Bytes;
use futures::channel::mpsc;
use http::{HeaderValue, Method};
use http_body::{Body, Frame};
use http_body_util::{StreamBody, combinators::UnsyncBoxBody};

use crate::{
    server::{Do, Server, respond, send},
    world::{client, client_with, fetch, get, granted, text},
};

fn post(url: &str, body: RequestBody) -> OutboundRequest {
    OutboundRequest { method: Method::POST, body, ..get(url) }
}

/// A body that the test writes.
fn written() -> (mpsc::UnboundedSender<Result<Frame<Bytes>, BodyError>>, RequestBody) {
    let (writer, reader) = mpsc::unbounded();
    (writer, RequestBody::Stream(UnsyncBoxBody::new(StreamBody::new(reader))))
}

fn frame(text: &'static str) -> Result<Frame<Bytes>, BodyError> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

#[tokio::test]
async fn a_body_that_is_there_goes_out_with_its_length() {
    let server = Server::start(|_| respond("200 OK", "", "ok")).await;
    let grants = granted(&[&server.origin()]);
    fetch(&client(), &grants, post(&server.origin(), RequestBody::Bytes("hello".into()))).await.unwrap();
    let seen = server.last();
    assert_eq!((seen.header("content-length"), &seen.body[..]), (Some("5"), &b"hello"[..]));
    fetch(&client(), &grants, post(&server.origin(), RequestBody::Empty)).await.unwrap();
    assert_eq!(server.last().header("content-length"), Some("0"));
}

#[tokio::test]
async fn a_body_that_is_written_bit_by_bit_goes_out_in_chunks() {
    let server = Server::start(|_| respond("200 OK", "", "ok")).await;
    let (writer, body) = written();
    let grants = granted(&[&server.origin()]);
    let request = post(&server.origin(), body);
    let sent = tokio::spawn(async move { fetch(&client(), &grants, request).await });
    for part in ["one ", "two ", "three"] {
        writer.unbounded_send(frame(part)).unwrap();
        tokio::task::yield_now().await;
    }
    drop(writer);
    sent.await.unwrap().unwrap();
    let seen = server.last();
    assert_eq!((seen.header("transfer-encoding"), &seen.body[..]), (Some("chunked"), &b"one two three"[..]));
}

#[tokio::test]
async fn a_guest_frames_nothing() {
    let server = Server::start(|_| respond("200 OK", "", "ok")).await;
    let grants = granted(&[&server.origin()]);
    let mut request = post(&server.origin(), RequestBody::Bytes("hello".into()));
    for (name, value) in [
        ("content-length", "3"),
        ("transfer-encoding", "chunked"),
        ("host", "evil.example"),
        ("connection", "keep-alive, x-hidden"),
        ("x-hidden", "1"),
        ("upgrade", "h2c"),
        ("expect", "100-continue"),
        ("x-kept", "1"),
    ] {
        request.headers.append(name, HeaderValue::from_static(value));
    }
    fetch(&client(), &grants, request).await.unwrap();
    let seen = server.last();
    assert_eq!((seen.header("content-length"), &seen.body[..]), (Some("5"), &b"hello"[..]));
    assert_eq!(seen.header("host"), Some(server.address.to_string().as_str()));
    for name in ["transfer-encoding", "connection", "x-hidden", "upgrade", "expect"] {
        assert_eq!(seen.header(name), None, "{name}");
    }
    assert_eq!(seen.head.matches("content-length").count(), 1);
    assert_eq!((seen.header("x-kept"), server.seen().len()), (Some("1"), 1));
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_sent_to_its_end() {
    let server = Server::start(|_| respond("200 OK", "", "ok")).await;
    let limits = Limits { outbound_request_bytes_max: 8, ..Limits::default() };
    let grants = granted(&[&server.origin()]);
    let over = |error: OutboundError| {
        assert!(
            matches!(error, OutboundError::TooLarge { limit: "outbound_request_bytes_max", value: 8, .. }),
            "{error}"
        );
    };
    let request = post(&server.origin(), RequestBody::Bytes("123456789".into()));
    over(fetch(&client_with(limits.clone()), &grants, request).await.unwrap_err());
    assert_eq!(server.connections(), 0);
    let (writer, body) = written();
    for part in ["12345", "6789"] {
        writer.unbounded_send(frame(part)).unwrap();
    }
    over(fetch(&client_with(limits), &grants, post(&server.origin(), body)).await.unwrap_err());
    assert!(server.seen().is_empty(), "the server saw no whole request");
}

#[tokio::test]
async fn a_body_whose_writer_gives_up_breaks_the_request_off() {
    let server = Server::start(|_| respond("200 OK", "", "ok")).await;
    let (writer, body) = written();
    writer.unbounded_send(frame("half")).unwrap();
    writer.unbounded_send(Err("the guest trapped".into())).unwrap();
    let error =
        fetch(&client(), &granted(&[&server.origin()]), post(&server.origin(), body)).await.unwrap_err();
    assert!(matches!(error, OutboundError::RequestBody { .. }), "{error}");
    assert!(error.to_string().contains("the guest trapped"), "{error}");
    assert!(server.seen().is_empty());
}

/// Endless, and counts what was taken of it.
struct Endless(Arc<AtomicU64>);

impl Body for Endless {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        const PIECE: &[u8] = &[b'x'; 64 << 10];
        self.0.fetch_add(PIECE.len() as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(PIECE)))))
    }
}

#[tokio::test]
async fn a_server_that_reads_nothing_holds_the_writer_back() {
    let server = Server::start(|_| vec![Do::Stall]).await;
    let limits = Limits { outbound_head_ms: 200, outbound_request_bytes_max: 1 << 40, ..Limits::default() };
    let taken = Arc::new(AtomicU64::new(0));
    let mut request =
        post(&server.origin(), RequestBody::Stream(UnsyncBoxBody::new(Endless(Arc::clone(&taken)))));
    request.headers.insert("x-unread", HeaderValue::from_static("1"));
    let error = fetch(&client_with(limits), &granted(&[&server.origin()]), request).await.unwrap_err();
    assert!(matches!(error, OutboundError::Timeout { phase: Phase::Head, .. }), "{error}");
    // What the sockets' buffers hold, which the kernel bounds, and little more.
    let taken = taken.load(Ordering::Relaxed);
    assert!(taken < 64 << 20, "{taken} bytes were taken");
}

#[tokio::test]
async fn a_response_is_read_only_as_fast_as_it_is_wanted() {
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let server = Server::start(move |_| vec![Do::Send(head.into()), Do::Flood(vec![b'x'; 1 << 20])]).await;
    let limits = Limits { outbound_response_bytes_max: 32 << 20, ..Limits::default() };
    let client = client_with(limits);
    let mut response = client.send(&granted(&[&server.origin()]), get(&server.origin())).await.unwrap();
    let mut read = 0;
    let error = loop {
        match response.body.chunk().await.unwrap() {
            Ok(chunk) => read += chunk.len(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, OutboundError::TooLarge { limit: "outbound_response_bytes_max", .. }), "{error}");
    assert!(read <= 32 << 20);
    assert!(response.body.chunk().await.is_none(), "nothing after an error");
}

#[tokio::test]
async fn the_first_bytes_come_before_the_last() {
    let parts = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    let server = Server::start(move |_| vec![Do::Send(parts.into()), Do::Stall]).await;
    let mut response = client().send(&granted(&[&server.origin()]), get(&server.origin())).await.unwrap();
    assert_eq!(&response.body.chunk().await.unwrap().unwrap()[..], b"first");
}

#[tokio::test]
async fn responses_that_could_be_read_in_two_ways_are_refused() {
    for bad in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\ncontent-length: 5, 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nx-a: 1\r\n folded\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nx-\0: 1\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 99 Low\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/0.9 200 OK\r\n\r\nhello",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "hello",
    ] {
        let server = Server::start(move |_| vec![Do::Send(bad.into()), Do::Close]).await;
        let error = fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
        let refused = matches!(error, OutboundError::Protocol { .. } | OutboundError::Broken { .. });
        assert!(refused, "{bad:?}: {error}");
    }
}

#[tokio::test]
async fn a_response_that_ends_early_is_no_response() {
    for cut in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        "HTTP/1.1 200",
        "",
    ] {
        let server = Server::start(move |_| vec![Do::Send(cut.into()), Do::Close]).await;
        let error = fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
        let broken = matches!(error, OutboundError::Broken { .. } | OutboundError::Protocol { .. });
        assert!(broken, "{cut:?}: {error}");
    }
}

#[tokio::test]
async fn a_second_answer_is_never_taken_for_the_answer_to_the_next_request() {
    let twice =
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged";
    let server = Server::start(move |seen| match seen.path() {
        "/twice" => send(twice),
        _ => respond("200 OK", "", "honest"),
    })
    .await;
    let (client, grants) = (client(), granted(&[&server.origin()]));
    let first = fetch(&client, &grants, get(&format!("{}/twice", server.origin()))).await.unwrap();
    let second = fetch(&client, &grants, get(&server.origin())).await.unwrap();
    assert_eq!((first.as_str(), second.as_str()), ("first", "honest"));
}

#[tokio::test]
async fn information_before_the_answer_is_passed_over_and_an_upgrade_refused() {
    let early =
        "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let server = Server::start(move |_| send(early)).await;
    assert_eq!(fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap(), "ok");
    let upgrade = "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n";
    let server = Server::start(move |_| send(upgrade)).await;
    let error = fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
    assert!(matches!(error, OutboundError::Protocol { .. } | OutboundError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn a_head_has_headers_and_no_body() {
    let server =
        Server::start(|_| send("HTTP/1.1 200 OK\r\ncontent-length: 99\r\ncontent-encoding: gzip\r\n\r\n"))
            .await;
    let request = OutboundRequest { method: Method::HEAD, ..get(&server.origin()) };
    let response = client().send(&granted(&[&server.origin()]), request).await.unwrap();
    assert_eq!(response.headers["content-encoding"], "gzip");
    assert!(response.body.is_end());
    assert_eq!(text(response).await.unwrap(), "");
}
