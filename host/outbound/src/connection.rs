//! One connection, with the task that drives it.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinHandle,
};

use crate::BodyError;

/// A body as it is sent.
pub(crate) type SendBody = UnsyncBoxBody<Bytes, BodyError>;

/// What hyper needs at least; a smaller limit is taken for this one.
const HEADER_BYTES_MIN: usize = 8 << 10;

/// One connection. Dropped, it is closed at once, whatever was under way on it.
pub(crate) struct Connection {
    pub(crate) sender: http1::SendRequest<SendBody>,
    driver: Driver,
}

struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Connection {
    /// Speaks HTTP/1.1 over a stream. The parser takes nothing that RFC 9112 lets a client refuse.
    pub(crate) async fn open<S>(stream: S, header_bytes_max: usize) -> hyper::Result<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let header_bytes_max = header_bytes_max.max(HEADER_BYTES_MIN);
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(header_bytes_max)
            .max_header_size(header_bytes_max)
            .handshake(TokioIo::new(stream))
            .await?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the world ended");
            }
        });
        Ok(Self { sender, driver: Driver(driver) })
    }

    /// Whether the next request can go out now.
    pub(crate) fn is_ready(&self) -> bool {
        self.sender.is_ready() && !self.driver.0.is_finished()
    }
}
