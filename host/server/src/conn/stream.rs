//! A TCP stream that does not wait for ever for a reader, and shows what it reads to the head scan.

use std::{
    future::Future as _,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
};

use super::HeadScan;
use crate::problem::Problem;

/// The stream under one connection.
pub(crate) struct GuardedStream {
    /// Shared with the connection's task, which says a last word after hyper has let go (see [`say_last`]).
    stream: Arc<TcpStream>,
    scan: HeadScan,
    idle: Duration,
    total: Duration,
    /// When the bytes that hyper wants to be rid of began to wait. Over `total`, the reader trickles.
    unsent_since: Option<Instant>,
    /// Runs while a write waits. Over `idle`, the reader stalls.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl GuardedStream {
    pub(crate) fn new(stream: Arc<TcpStream>, scan: HeadScan, idle: Duration, total: Duration) -> Self {
        Self { stream, scan, idle, total, unsent_since: None, stalled: None }
    }

    /// Writes by `write` as soon as the socket takes bytes; an error when it has not for too long.
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let now = Instant::now();
        let since = *self.unsent_since.get_or_insert(now);
        if now.duration_since(since) > self.total {
            return Poll::Ready(Err(self.cut()));
        }
        while self.stream.poll_write_ready(cx)?.is_ready() {
            match write(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    self.stalled = None;
                    return Poll::Ready(result);
                }
            }
        }
        let deadline = (now + self.idle).min(since + self.total);
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(self.cut()))
    }

    /// Gives a reader up. The connection will be reset: closed in the usual way, the system would go on to hold
    /// megabytes that are never read, for as long as the reader likes.
    fn cut(&self) -> io::Error {
        if let Err(error) = self.stream.set_zero_linger() {
            tracing::debug!(%error, "SO_LINGER");
        }
        io::Error::new(io::ErrorKind::TimedOut, "the client does not read its response")
    }
}

impl AsyncRead for GuardedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            ready!(this.stream.poll_read_ready(cx))?;
            let before = buffer.filled().len();
            match this.stream.try_read_buf(buffer) {
                Ok(_) => {
                    this.scan.feed(buffer.filled().get(before..).unwrap_or_default());
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().poll_send(cx, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_send(cx, |stream| stream.try_write_vectored(bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Called once everything has been written: the reader keeps up.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().unsent_since = None;
        Poll::Ready(Ok(()))
    }

    /// The socket closes when the connection's task ends, right after this.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Answers a client whose request never became one, before the connection closes. It may be gone or full;
/// then it is not told.
pub(crate) fn say_last(stream: &TcpStream, problem: Problem) {
    let _ = stream.try_write(&problem.into_wire());
}
