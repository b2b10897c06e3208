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
