//! A pipe of bytes between a guest and whoever reads what it writes: bounded, with one end on each side.
//!
//! The writer's bytes are always taken; it is told when the reader is behind, and must then wait. An end that
//! goes without having finished is seen by the other: the reader gets an error and never a shorter body, the
//! writer hears that nobody reads.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::SizeHint;
use tokio::time::Instant;

use crate::BodyError;

/// What the reader gets at once. A slow client that takes piece after piece is seen to read, where one large
/// piece would look like a client that stands still.
const PIECE_BYTES: usize = 64 << 10;

/// Writes that may lie in the pipe before the writer is told to wait: one of a single byte takes a hundred times its
/// size of the host's memory.
const CHUNKS_MAX: usize = 256;

/// What both ends share.
struct Pipe {
    state: Mutex<State>,
    /// Bytes that may lie in the pipe before the writer is told to wait.
    capacity: usize,
}

#[derive(Default)]
struct State {
    chunks: VecDeque<Bytes>,
    buffered: usize,
    /// When the reader last took something.
    taken: Option<Instant>,
    /// Set once: all is there, or why it is not.
    end: Option<Result<(), BodyError>>,
    /// What follows the last byte.
    trailers: Option<HeaderMap>,
    reader_gone: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
    /// Not the writer's: the two may be polled by different tasks, or one of them without the other.
    watcher: Option<Waker>,
}

/// The end that a guest writes to. Dropped before it has finished, it breaks the stream off.
pub(crate) struct PipeWriter(Arc<Pipe>);

/// The end that is read. Dropped before the end, it tells the writer that nobody reads.
pub(crate) struct PipeReader(Arc<Pipe>);

/// Watches for the reader to go, for whoever runs the writer.
pub(crate) struct PipeWatch(Option<Arc<Pipe>>);

/// The reader has gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// Makes a pipe.
pub(crate) fn pipe(capacity: usize) -> (PipeWriter, PipeReader) {
    let pipe = Arc::new(Pipe { state: Mutex::default(), capacity });
    (PipeWriter(Arc::clone(&pipe)), PipeReader(pipe))
}

impl Pipe {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the reader is behind.
    fn is_full(&self, state: &State) -> bool {
        state.buffered > self.capacity || state.chunks.len() > CHUNKS_MAX
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

fn keep_waker(slot: &mut Option<Waker>, cx: &Context<'_>) {
    if !slot.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
        *slot = Some(cx.waker().clone());
    }
}

impl PipeWriter {
    /// Hands bytes over. Answers whether the reader is behind.
    pub(crate) fn write(&self, bytes: Bytes) -> Result<bool, Gone> {
        let mut state = self.0.state();
        if state.reader_gone {
            return Err(Gone);
        }
        if bytes.is_empty() {
            return Ok(self.0.is_full(&state));
        }
        state.buffered = state.buffered.saturating_add(bytes.len());
        state.chunks.push_back(bytes);
        let behind = self.0.is_full(&state);
        let reader = state.reader.take();
        drop(state);
        wake(reader);
        Ok(behind)
    }

    /// Whether there is room again, or nobody to write to.
    pub(crate) fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.0.state();
        if state.reader_gone || !self.0.is_full(&state) {
            return Poll::Ready(());
        }
        keep_waker(&mut state.writer, cx);
        Poll::Pending
    }

    /// All is there.
    pub(crate) fn finish(&self, trailers: Option<HeaderMap>) -> Result<(), Gone> {
        let mut state = self.0.state();
        if state.reader_gone {
            return Err(Gone);
        }
        if state.end.is_none() {
            state.trailers = trailers;
        }
        drop(state);
        self.end(Ok(()));
        Ok(())
    }

    /// The rest is missing, and this is why. After the end it changes nothing.
    pub(crate) fn break_off(&self, why: BodyError) {
        self.end(Err(why));
    }

    fn end(&self, end: Result<(), BodyError>) {
        let mut state = self.0.state();
        if state.end.is_some() {
            return;
        }
        state.end = Some(end);
        let reader = state.reader.take();
        drop(state);
        wake(reader);
    }

    /// Whether all is there.
    pub(crate) fn is_finished(&self) -> bool {
        matches!(self.0.state().end, Some(Ok(())))
    }

    /// When the reader last took something.
    pub(crate) fn last_taken(&self) -> Option<Instant> {
        self.0.state().taken
    }

    pub(crate) fn watch(&self) -> PipeWatch {
        PipeWatch(Some(Arc::clone(&self.0)))
    }
}

impl Drop for PipeWriter {
    fn drop(&mut self) {
        self.break_off(BodyError::BrokeOff("it was not finished".into()));
    }
}

impl PipeReader {
    /// The next bytes; `None` at the end.
    pub(crate) fn poll_bytes(&mut self, cx: &Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        let mut state = self.0.state();
        if let Some(mut bytes) = state.chunks.pop_front() {
            if bytes.len() > PIECE_BYTES {
                state.chunks.push_front(bytes.split_off(PIECE_BYTES));
            }
            state.buffered = state.buffered.saturating_sub(bytes.len());
            state.taken = Some(Instant::now());
            let writer = if self.0.is_full(&state) { None } else { state.writer.take() };
            drop(state);
            wake(writer);
            return Poll::Ready(Some(Ok(bytes)));
        }
        match &state.end {
            Some(Ok(())) => Poll::Ready(None),
            Some(Err(why)) => Poll::Ready(Some(Err(why.clone()))),
            None => {
                keep_waker(&mut state.reader, cx);
                Poll::Pending
            }
        }
    }

    /// What follows the last byte, once.
    pub(crate) fn take_trailers(&mut self) -> Option<HeaderMap> {
        self.0.state().trailers.take()
    }

    pub(crate) fn is_at_end(&self) -> bool {
        let state = self.0.state();
        state.chunks.is_empty() && state.trailers.is_none() && matches!(state.end, Some(Ok(())))
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        let state = self.0.state();
        let buffered = state.buffered as u64;
        // A body with trailers has no length: it is sent in chunks.
        if matches!(state.end, Some(Ok(()))) && state.trailers.is_none() {
            return SizeHint::with_exact(buffered);
        }
        let mut hint = SizeHint::new();
        hint.set_lower(buffered);
        hint
    }
}

impl Drop for PipeReader {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.reader_gone = true;
        state.chunks.clear();
        state.buffered = 0;
        let (writer, watcher) = (state.writer.take(), state.watcher.take());
        drop(state);
        wake(writer);
        wake(watcher);
    }
}

impl PipeWatch {
    /// Where there is nothing to read, and so nobody to go.
    pub(crate) const fn nobody() -> Self {
        Self(None)
    }

    /// Done when the reader went before the end.
    pub(crate) fn poll_abandoned(&self, cx: &Context<'_>) -> Poll<()> {
        let Some(pipe) = &self.0 else { return Poll::Pending };
        let mut state = pipe.state();
        if state.end.is_some() {
            // Nobody is missed any more.
            return Poll::Pending;
        }
        if state.reader_gone {
            return Poll::Ready(());
        }
        keep_waker(&mut state.watcher, cx);
        Poll::Pending
    }
}

#[cfg(test)]
mod tests;
