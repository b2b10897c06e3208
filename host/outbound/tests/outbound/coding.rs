//! Decoding, and its bounds.

use async_compression::tokio::write::{BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder};
use atoll_model::Limits;
use atoll_outbound::OutboundError;
use tokio::io::AsyncWriteExt;

use crate::{
    server::{Do, Server, respond},
    world::{client, client_with, fetch, get, granted, granted_to},
};

async fn encoded(coding: &str, text: &[u8]) -> Vec<u8> {
    macro_rules! encode {
        ($encoder:ident) => {{
            let mut encoder = $encoder::new(Vec::new());
            encoder.write_all(text).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }};
    }
    match coding {
        "gzip" => encode!(GzipEncoder),
        "deflate" => encode!(ZlibEncoder),
        "bare" => encode!(DeflateEncoder),
        "br" => encode!(BrotliEncoder),
        "zstd" => encode!(ZstdEncoder),
        other => panic!("{other}"),
    }
}

/// Answers every request with a body of this coding, in chunks, so that the end comes apart from the data.
async fn serving(coding: &'static str, body: Vec<u8>) -> Server {
    Server::start(move |_| {
        let mut bytes = format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-encoding: {coding}\r\n\r\n{:x}\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(&body);
        bytes.extend_from_slice(b"\r\n");
        vec![Do::Send(bytes), Do::Send(b"0\r\n\r\n".to_vec())]
    })
    .await
}

#[tokio::test]
async fn every_coding_is_undone_and_its_connection_used_again() {
    let text = "a text that is a little longer than its coding, a little longer than its coding";
    for (name, kind) in [
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", "deflate"),
        ("deflate", "bare"),
        ("br", "br"),
        ("zstd", "zstd"),
    ] {
        let server = serving(name, encoded(kind, text.as_bytes()).await).await;
        let (client, grants) = (client(), granted(&[&server.origin()]));
        for _ in 0..5 {
            let response = client.send(&grants, get(&server.origin())).await.unwrap();
            assert!(!response.headers.contains_key("content-encoding"), "{kind}");
            assert!(!response.headers.contains_key("content-length"), "{kind}");
            assert_eq!(response.body.collect(1 << 20).await.unwrap(), text, "{kind}");
        }
        // The end of a body may come after the next request has begun, so that not every one finds it.
        assert!(server.connections() < 5, "{kind}: no connection was used again");
    }
}

#[tokio::test]
async fn codings_around_each_other_are_undone_in_turn() {
    let inner = encoded("gzip", b"twice").await;
    let server = serving("gzip, br", encoded("br", &inner).await).await;
    assert_eq!(
        fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap(),
        "twice"
    );
    let server = serving("gzip, gzip, gzip", inner).await;
    let error = fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
    assert!(matches!(error, OutboundError::Decode { .. }), "{error}");
}

#[tokio::test]
async fn a_coding_that_is_not_known_is_left_alone() {
    let server = Server::start(|_| respond("200 OK", "content-encoding: aws-chunked\r\n", "as it is")).await;
    let response = client().send(&granted(&[&server.origin()]), get(&server.origin())).await.unwrap();
    assert_eq!(response.headers["content-encoding"], "aws-chunked");
    assert_eq!(response.body.collect(99).await.unwrap(), "as it is");
}

#[tokio::test]
async fn an_empty_body_is_empty_in_every_coding() {
    for name in ["gzip", "deflate", "br", "zstd"] {
        let server = Server::start(move |_| {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-encoding: {name}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
            );
            vec![Do::Send(head.into_bytes())]
        })
        .await;
        let read = fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await;
        assert_eq!(read.unwrap(), "", "{name}");
    }
}

#[tokio::test]
async fn what_is_cut_or_spoilt_is_an_error() {
    for (name, kind) in [("gzip", "gzip"), ("deflate", "deflate"), ("br", "br"), ("zstd", "zstd")] {
        let whole = encoded(kind, "some text, some more text".repeat(99).as_bytes()).await;
        let cut = whole[..whole.len() / 2].to_vec();
        for bad in [cut, b"\xffthis is not it".to_vec()] {
            let server = serving(name, bad).await;
            let error =
                fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
            assert!(
                matches!(error, OutboundError::Decode { coding, .. } if coding == name),
                "{name}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_bomb_is_stopped_by_its_ratio() {
    let zeros = vec![0; 8 << 20];
    for (name, kind) in [("gzip", "gzip"), ("deflate", "bare"), ("br", "br"), ("zstd", "zstd")] {
        let bomb = encoded(kind, &zeros).await;
        assert!(bomb.len() < 1 << 20, "{name}: {} bytes", bomb.len());
        let server = serving(name, bomb).await;
        let limits = Limits { outbound_response_bytes_max: 1 << 30, ..Limits::default() };
        let (client, grants) = (client_with(limits), granted(&[&server.origin()]));
        let mut response = client.send(&grants, get(&server.origin())).await.unwrap();
        let mut read = 0;
        let error = loop {
            match response.body.chunk().await.expect("a bomb does not end well") {
                Ok(chunk) => read += chunk.len(),
                Err(error) => break error,
            }
        };
        let by_ratio = matches!(error, OutboundError::TooLarge { limit: "outbound_decode_ratio_max", .. });
        assert!(by_ratio, "{name}: {error}");
        assert!(read < 8 << 20, "{name}: {read} bytes came out");
    }
}

#[tokio::test]
async fn decoded_bytes_count_against_the_limit() {
    let limits = Limits { outbound_response_bytes_max: 1_000, ..Limits::default() };
    let server = serving("gzip", encoded("gzip", &[b'x'; 1_001]).await).await;
    let error =
        fetch(&client_with(limits), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
    assert!(
        matches!(error, OutboundError::TooLarge { limit: "outbound_response_bytes_max", value: 1_000, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_zstd_window_over_8_mib_is_refused() {
    // A frame that asks for a window of 2^27 bytes: magic, descriptor without single segment, window byte.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, (27 - 10) << 3];
    // One raw block, the last, with one byte.
    frame.extend_from_slice(&[0x09, 0x00, 0x00, b'x']);
    let server = serving("zstd", frame.clone()).await;
    let error = fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap_err();
    assert!(matches!(error, OutboundError::Decode { coding: "zstd", .. }), "{error}");
    // The same with 2^23 is read, so that it was the window.
    frame[5] = (23 - 10) << 3;
    let server = serving("zstd", frame).await;
    assert_eq!(fetch(&client(), &granted(&[&server.origin()]), get(&server.origin())).await.unwrap(), "x");
}

#[tokio::test]
async fn windows_of_bodies_that_are_read_at_the_same_time_are_bounded() {
    // An encoder that is not told otherwise takes windows of 4 MiB.
    let body = encoded("br", &(0..300_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>()).await;
    let server = serving("br", body).await;
    let limits = Limits { outbound_window_bytes_per_app_max: 5 << 20, ..Limits::default() };
    let (client, grants) = (client_with(limits), granted(&[&server.origin()]));
    let send = || async { client.send(&grants, get(&server.origin())).await.unwrap().body };
    let mut first = send().await;
    first.chunk().await.unwrap().unwrap();
    let refused = send().await.chunk().await.unwrap().unwrap_err();
    let limit = "outbound_window_bytes_per_app_max";
    assert!(
        matches!(refused, OutboundError::TooLarge { limit: l, value, .. } if l == limit && value == 5 << 20),
        "{refused}"
    );
    let other = client.send(&granted_to("other", &[&server.origin()]), get(&server.origin())).await.unwrap();
    assert_eq!(other.body.collect(2 << 20).await.unwrap().len(), 1_200_000);
    drop(first);
    assert_eq!(send().await.collect(2 << 20).await.unwrap().len(), 1_200_000);
}
