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
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        task::Wake,
    };

    use futures::{FutureExt as _, future::poll_fn};

    use super::*;

    /// Whether somebody was woken.
    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Woken {
        fn take(&self) -> bool {
            self.0.swap(false, Ordering::Relaxed)
        }
    }

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    async fn next(reader: &mut PipeReader) -> Option<Result<Bytes, BodyError>> {
        poll_fn(|cx| reader.poll_bytes(cx)).await
    }

    #[tokio::test]
    async fn a_writer_hears_when_the_reader_is_behind_and_when_it_caught_up() {
        let (writer, mut reader) = pipe(4);
        assert_eq!(writer.write("abcd".into()), Ok(false));
        assert_eq!(writer.write("e".into()), Ok(true));
        let waiting = tokio::spawn(async move {
            poll_fn(|cx| writer.poll_ready(cx)).await;
            writer.finish(None).unwrap();
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        assert_eq!(next(&mut reader).await.unwrap().unwrap(), "abcd");
        waiting.await.unwrap();
        assert_eq!((reader.size_hint().exact(), reader.is_at_end()), (Some(1), false));
        assert_eq!(next(&mut reader).await.unwrap().unwrap(), "e");
        assert!(next(&mut reader).await.is_none() && reader.is_at_end());
    }

    #[tokio::test]
    async fn a_slow_reader_is_seen_to_read() {
        let (writer, mut reader) = pipe(0);
        writer.write(vec![7; PIECE_BYTES + 1].into()).unwrap();
        assert_eq!(writer.last_taken(), None);
        assert_eq!(next(&mut reader).await.unwrap().unwrap().len(), PIECE_BYTES);
        let first = writer.last_taken();
        assert!(first.is_some());
        assert_eq!(next(&mut reader).await.unwrap().unwrap(), [7_u8][..]);
        assert!(writer.last_taken() > first);
    }

    #[tokio::test]
    async fn many_small_writes_are_behind_too() {
        let (writer, mut reader) = pipe(1_000_000);
        for _ in 0..CHUNKS_MAX {
            assert_eq!(writer.write("a".into()), Ok(false));
        }
        assert_eq!(writer.write("a".into()), Ok(true));
        assert!(poll_fn(|cx| writer.poll_ready(cx)).now_or_never().is_none());
        assert_eq!(next(&mut reader).await.unwrap().unwrap(), "a");
        assert!(poll_fn(|cx| writer.poll_ready(cx)).now_or_never().is_some());
    }

    #[tokio::test]
    async fn what_is_not_finished_breaks_off_after_what_is_there() {
        let (writer, mut reader) = pipe(4);
        writer.write("ab".into()).unwrap();
        drop(writer);
        assert_eq!(next(&mut reader).await.unwrap().unwrap(), "ab");
        assert!(matches!(next(&mut reader).await, Some(Err(BodyError::BrokeOff(_)))));
        let (writer, mut reader) = pipe(4);
        writer.finish(None).unwrap();
        writer.break_off(BodyError::BrokeOff("too late".into()));
        assert!(next(&mut reader).await.is_none());
    }

    #[tokio::test]
    async fn a_writer_hears_that_nobody_reads() {
        let (writer, reader) = pipe(0);
        writer.write("a".into()).unwrap();
        let watch = writer.watch();
        let mut abandoned = Box::pin(poll_fn(|cx| watch.poll_abandoned(cx)));
        assert!(abandoned.as_mut().now_or_never().is_none());
        drop(reader);
        assert_eq!(writer.write("b".into()), Err(Gone));
        assert_eq!(writer.finish(None), Err(Gone));
        poll_fn(|cx| writer.poll_ready(cx)).await;
        abandoned.await;
    }

    #[tokio::test]
    async fn whoever_watches_does_not_take_the_writers_place() {
        let (writer, mut reader) = pipe(0);
        writer.write("a".into()).unwrap();
        let (watch, watcher, waiter) = (writer.watch(), Arc::<Woken>::default(), Arc::<Woken>::default());
        let (of_watcher, of_waiter) = (Waker::from(Arc::clone(&watcher)), Waker::from(Arc::clone(&waiter)));
        assert!(writer.poll_ready(&Context::from_waker(&of_waiter)).is_pending());
        assert!(watch.poll_abandoned(&Context::from_waker(&of_watcher)).is_pending());
        assert_eq!(next(&mut reader).await.unwrap().unwrap(), "a");
        assert!(waiter.take() && !watcher.take());
        writer.write("b".into()).unwrap();
        assert!(writer.poll_ready(&Context::from_waker(&of_waiter)).is_pending());
        drop(reader);
        assert!(waiter.take() && watcher.take());
    }

    #[tokio::test]
    async fn a_reader_that_goes_after_the_end_abandons_nothing() {
        let (writer, reader) = pipe(9);
        writer.write("a".into()).unwrap();
        writer.finish(None).unwrap();
        drop(reader);
        assert!(poll_fn(|cx| writer.watch().poll_abandoned(cx)).now_or_never().is_none());
    }
}
