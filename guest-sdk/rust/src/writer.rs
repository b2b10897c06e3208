//! A body that is written: of a streamed response, or of a request that the app sends.

use std::{
    cell::Cell,
    fmt,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use crate::{Body, CapabilityError, Error, host::streams, task::Operation};

/// What is handed over at once; the host takes at most 1 MiB.
const CHUNK_BYTES_MAX: usize = 256 << 10;

/// Writes a body, bit by bit.
#[derive(Debug)]
pub struct BodyWriter {
    stream: u32,
    /// Until when the other side is behind.
    behind: Option<Operation>,
    /// Whether the other side has gone.
    gone: Rc<Cell<bool>>,
}

impl BodyWriter {
    /// Hands bytes over. Waits while the other side is behind, so no more is in memory than it takes.
    ///
    /// # Errors
    /// [`CapabilityError::Unavailable`] when nobody reads any more: a good moment to stop. A writer that stops
    /// with this error has not failed.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), CapabilityError> {
        for piece in bytes.as_ref().chunks(CHUNK_BYTES_MAX) {
            poll_fn(|cx| self.poll_ready(cx)).await;
            match streams::write(self.stream, piece) {
                Ok(operation) => self.behind = operation.map(Operation::new),
                Err(error) => {
                    let error = CapabilityError::from(error);
                    self.gone.set(matches!(error, CapabilityError::Unavailable(_)));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Writes all of another body, as it comes.
    ///
    /// # Errors
    /// Those of both.
    pub async fn copy(&mut self, body: &mut Body) -> Result<(), CapabilityError> {
        while let Some(bytes) = body.chunk().await? {
            self.write(bytes).await?;
        }
        Ok(())
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(operation) = &self.behind {
            ready!(operation.poll(cx));
            self.behind = None;
        }
        Poll::Ready(())
    }
}

/// What writes a body.
pub(crate) struct Producer(Box<dyn FnOnce(BodyWriter) -> Written>);

type Written = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

impl Producer {
    pub(crate) fn new<F, W, E>(write: F) -> Self
    where
        F: FnOnce(BodyWriter) -> W + 'static,
        W: Future<Output = Result<(), E>> + 'static,
        E: Into<Error>,
    {
        Self(Box::new(|writer| {
            let written = write(writer);
            Box::pin(async { written.await.map_err(Into::into) })
        }))
    }

    /// Writes the body to a stream, and ends it: well, or by breaking off. That nobody reads is no error.
    pub(crate) fn run(self, stream: u32) -> Written {
        Box::pin(async move {
            let gone = Rc::new(Cell::new(false));
            let writer = BodyWriter { stream, behind: None, gone: Rc::clone(&gone) };
            let written = (self.0)(writer).await;
            let gone = gone.get();
            match written {
                // A reader that goes at the last moment is no error either.
                Ok(()) if !gone => match streams::finish(stream).map_err(CapabilityError::from) {
                    Ok(()) | Err(CapabilityError::Unavailable(_)) => Ok(()),
                    Err(error) => Err(error.into()),
                },
                written => {
                    streams::abort(stream);
                    if gone { Ok(()) } else { written }
                }
            }
        })
    }
}

impl fmt::Debug for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Producer")
    }
}
