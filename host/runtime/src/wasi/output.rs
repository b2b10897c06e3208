//! What a command writes to its standard output and standard error, on its way to whoever runs it: byte for byte,
//! as it comes, bounded, and never written from where the guest runs. A command whose reader is behind waits, and
//! its wall-clock limit holds meanwhile.
//!
//! (`AsyncStdoutStream` of `wasmtime-wasi` would panic at a write of WASI 0.3 that is larger than its buffer.)

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use bytes::Bytes;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _},
    sync::mpsc,
};
use tokio_util::sync::PollSender;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError, StreamResult},
};

/// What one write may hand over.
const WRITE_BYTES_MAX: usize = 8 << 10;

/// One of the two streams. Every handle that the guest gets of it writes to the same reader.
pub(crate) struct Output(mpsc::Sender<Bytes>);

/// Makes a stream that holds about so many bytes for a reader that is behind.
pub(crate) fn output(bytes_max: usize) -> (Output, mpsc::Receiver<Bytes>) {
    let (sender, receiver) = mpsc::channel((bytes_max / WRITE_BYTES_MAX).max(1));
    (Output(sender), receiver)
}

/// Passes everything on until the guest is gone, or nobody takes more: then the guest hears of it at its next write.
pub(crate) async fn pass_on(mut written: mpsc::Receiver<Bytes>, mut to: impl AsyncWrite + Unpin) {
    while let Some(bytes) = written.recv().await {
        if to.write_all(&bytes).await.is_err() || to.flush().await.is_err() {
            return;
        }
    }
}

impl Output {
    fn handle(&self) -> Handle {
        Handle(PollSender::new(self.0.clone()))
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.handle())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.handle())
    }
}

/// A guest's handle of a stream.
struct Handle(PollSender<Bytes>);

impl Handle {
    /// Waits until there is room for one write. It stays this handle's until it writes.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StreamError>> {
        self.0.poll_reserve(cx).map_err(|_| StreamError::Closed)
    }

    /// Needs room.
    fn send(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        self.0.send_item(bytes).map_err(|_| StreamError::Closed)
    }
}

#[async_trait::async_trait]
impl Pollable for Handle {
    async fn ready(&mut self) {
        // That nobody reads is an answer too; the next write gives it.
        let _ = poll_fn(|cx| self.poll_room(cx)).await;
    }
}

impl OutputStream for Handle {
    fn check_write(&mut self) -> StreamResult<usize> {
        match self.poll_room(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(room) => room.map(|()| WRITE_BYTES_MAX),
            Poll::Pending => Ok(0),
        }
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if bytes.len() > self.check_write()? {
            return Err(StreamError::trap("it wrote more than check-write allowed"));
        }
        if bytes.is_empty() { Ok(()) } else { self.send(bytes) }
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }
}

impl AsyncWrite for Handle {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        let bytes = &bytes[..bytes.len().min(WRITE_BYTES_MAX)];
        ready!(self.poll_room(cx)).map_err(gone)?;
        let sent = self.send(Bytes::copy_from_slice(bytes)).map_err(gone);
        Poll::Ready(sent.map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_handle_waits_for_the_reader_and_loses_nothing() {
        let (output, written) = output(2 * WRITE_BYTES_MAX);
        let (mut one, mut other) = (output.p2_stream(), output.p2_stream());
        for _ in 0..2 {
            assert_eq!(one.check_write().unwrap(), WRITE_BYTES_MAX);
            one.write(Bytes::from_static(b"a")).unwrap();
        }
        assert_eq!((one.check_write().unwrap(), other.check_write().unwrap()), (0, 0));
        assert!(matches!(one.write(Bytes::from_static(b"b")), Err(StreamError::Trap(_))));
        assert!(other.ready().now_or_never().is_none());
        let mut seen = Vec::new();
        let write_on = async {
            other.ready().await;
            other.write(Bytes::from_static(b"b")).unwrap();
            one.ready().await;
            let over = Bytes::from(vec![0; WRITE_BYTES_MAX + 1]);
            assert!(matches!(one.write(over), Err(StreamError::Trap(_))));
            drop((output, one, other));
        };
        tokio::join!(pass_on(written, &mut seen), write_on);
        assert_eq!(seen, b"aab");
    }

    #[tokio::test]
    async fn a_large_write_goes_in_pieces_and_one_that_nobody_reads_fails() {
        let (output, mut written) = output(1);
        let mut handle = Box::into_pin(output.async_stream());
        let large = vec![b'x'; 3 * WRITE_BYTES_MAX];
        let count = handle.write(&large).await.unwrap();
        assert_eq!((count, written.recv().await.unwrap().len()), (WRITE_BYTES_MAX, WRITE_BYTES_MAX));
        drop(written);
        assert_eq!(handle.write(&large).await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert!(matches!(output.p2_stream().check_write(), Err(StreamError::Closed)));
    }
}
