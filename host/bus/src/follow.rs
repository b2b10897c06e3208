//! Live readers: from a place in the log to now, and on.
//!
//! A reader that is behind reads the log at its own pace, a page at a time. One that has caught up gets
//! events as they are routed, out of a ring that all readers share; when it is slower than the ring is long,
//! it is cut off. Nothing is buffered for a reader besides its page.

use std::{collections::VecDeque, sync::Arc};

use atoll_model::{Event, EventPattern};
use futures::stream::{BoxStream, StreamExt as _};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{BusLog, Lagged};

/// Events read for one reader at once.
const PAGE: usize = 256;
/// How long to leave a log alone that failed.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);

/// The sending end of the ring; `None` once the bus has stopped.
pub(crate) struct Live(std::sync::RwLock<Option<broadcast::Sender<Arc<Event>>>>);

impl Live {
    pub(crate) fn new(lag_max: usize) -> Self {
        let (sender, _) = broadcast::channel(lag_max.clamp(1, usize::MAX >> 1));
        Self(std::sync::RwLock::new(Some(sender)))
    }

    pub(crate) fn send(&self, event: Event) {
        let sender = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(sender) = sender.as_ref().filter(|sender| sender.receiver_count() > 0) {
            // Nobody listening any more is no error.
            let _ = sender.send(Arc::new(event));
        }
    }

    pub(crate) fn subscribe(&self) -> Option<broadcast::Receiver<Arc<Event>>> {
        self.0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .as_ref()
            .map(broadcast::Sender::subscribe)
    }

    /// Ends all readers, after what they were sent already.
    pub(crate) fn close(&self) {
        self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}

struct Reader {
    log: Arc<dyn BusLog>,
    patterns: Vec<EventPattern>,
    /// Everything up to here was given, or is in `page`.
    last: u64,
    page: VecDeque<Event>,
    live: broadcast::Receiver<Arc<Event>>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Reads the log; what the ring holds does not matter yet.
    Behind,
    /// Has read the log to its end after the ring was joined, and not been in the ring yet.
    Joining,
    Live,
    Ended,
}

/// The stream behind [`Bus::follow`](crate::Bus::follow).
pub(crate) fn follow(
    log: Arc<dyn BusLog>,
    live: Option<broadcast::Receiver<Arc<Event>>>,
    patterns: Vec<EventPattern>,
    after: Option<u64>,
) -> BoxStream<'static, Result<Event, Lagged>> {
    let reader = live.map(|live| {
        let now = *log.last_sequence().borrow();
        let state = if after.is_some() { State::Behind } else { State::Live };
        // A place beyond the end is one of another log (the data directory was replaced): waiting until this one
        // is as long would be silence.
        let last = after.map_or(now, |after| after.min(now));
        Reader { log, patterns, last, page: VecDeque::new(), live, state }
    });
    futures::stream::unfold(reader, async |reader| {
        let mut reader = reader?;
        let item = reader.next().await?;
        Some((item, Some(reader)))
    })
    .boxed()
}

impl Reader {
    async fn next(&mut self) -> Option<Result<Event, Lagged>> {
        loop {
            if let Some(event) = self.page.pop_front() {
                return Some(Ok(event));
            }
            match self.state {
                State::Behind => {
                    if let Some(gone) = self.read().await? {
                        self.state = State::Ended;
                        return Some(Err(gone));
                    }
                }
                State::Ended => return None,
                State::Joining | State::Live => match self.live.recv().await {
                    Ok(event) => {
                        self.state = State::Live;
                        if event.sequence > self.last {
                            self.last = event.sequence;
                            if self.patterns.iter().any(|pattern| pattern.matches(&event.event_type)) {
                                return Some(Ok(Arc::unwrap_or_clone(event)));
                            }
                        }
                    }
                    // The last page took its time: back to the log, where nothing is lost.
                    Err(RecvError::Lagged(_)) if self.state == State::Joining => self.state = State::Behind,
                    Err(RecvError::Lagged(missed)) => {
                        self.state = State::Ended;
                        return Some(Err(Lagged::Slow { missed }));
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    /// Reads a page. `None` when the bus has stopped; an error when what comes next is not kept.
    async fn read(&mut self) -> Option<Option<Lagged>> {
        // Joined before the log is read, so that nothing falls between the two.
        let joined = self.live.resubscribe();
        match self.log.read(self.last, &self.patterns, PAGE).await {
            // Who starts at 0 asks for whatever there is.
            Ok(page) if self.last > 0 && self.last < page.oldest => {
                return Some(Some(Lagged::Gone { place: self.last, oldest: page.oldest }));
            }
            Ok(page) => {
                self.last = page.through;
                self.page = page.events.into();
                if page.complete {
                    self.live = joined;
                    self.state = State::Joining;
                }
            }
            Err(error) => {
                tracing::error!(%error, "a follower cannot read the event log; trying again");
                tokio::time::sleep(PAUSE).await;
                if matches!(self.live.try_recv(), Err(broadcast::error::TryRecvError::Closed)) {
                    return None;
                }
            }
        }
        Some(None)
    }
}
