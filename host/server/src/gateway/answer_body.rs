//! A streamed response's body on its way to a client.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// A body whose failure is told one poll late. What hyper has not yet written to the socket when a body fails, it
/// throws away, head and all; between two polls it writes it out.
pub(super) struct WrittenBeforeItFails<B: HttpBody> {
    body: B,
    failure: Option<B::Error>,
}

impl<B: HttpBody> WrittenBeforeItFails<B> {
    pub(super) fn new(body: B) -> Self {
        Self { body, failure: None }
    }
}

impl<B> HttpBody for WrittenBeforeItFails<B>
where
    B: HttpBody<Data = Bytes, Error: Unpin> + Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if let Some(failure) = self.failure.take() {
            return Poll::Ready(Some(Err(failure)));
        }
        match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Err(failure)) => {
                self.failure = Some(failure);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            frame => Poll::Ready(frame),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.failure.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use atoll::{Body, BodyError};
    use http::Response;
    use hyper::{server::conn::http1, service::service_fn};
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// What a client gets of a body that has these pieces, and then fails at once.
    async fn received(pieces: &'static [&'static str]) -> String {
        let (mut client, server) = tokio::io::duplex(1 << 16);
        let answer = service_fn(move |_| async move {
            let failure = Err(BodyError::BrokeOff("no milk".into()));
            let pieces = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
            let body = Body::from_stream(futures::stream::iter(pieces.chain([failure])));
            Ok::<_, std::convert::Infallible>(Response::new(WrittenBeforeItFails::new(body)))
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(server), answer);
        let mut text = String::new();
        let read = async {
            client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
            client.read_to_string(&mut text).await.unwrap();
        };
        let (served, ()) = tokio::join!(connection, read);
        assert!(served.is_err(), "the connection goes on after a response that broke off");
        text
    }

    #[tokio::test]
    async fn what_was_there_before_a_failure_is_written_and_not_ended() {
        for (pieces, body) in [(&[][..], ""), (&["ab", "c"], "2\r\nab\r\n1\r\nc\r\n")] {
            let text = received(pieces).await;
            assert!(
                text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with(&format!("\r\n\r\n{body}")),
                "{text}"
            );
        }
    }
}
