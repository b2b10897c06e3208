//! The events of one generation, kept so that a watcher can come late or come back.

use std::sync::{Arc, Mutex, PoisonError};

use futures::stream::{BoxStream, StreamExt as _, unfold};
use tokio::sync::watch;

use super::event::GenerationEvent;

/// Events of one generation that are kept: a composed app has some hundred.
const EVENTS_MAX: usize = 20_000;

pub(super) struct Record {
    events: Mutex<Vec<GenerationEvent>>,
    /// How many events there are, and whether it is over.
    progress: watch::Sender<(usize, bool)>,
}

impl Record {
    pub(super) fn new() -> Self {
        Self { events: Mutex::default(), progress: watch::Sender::new((0, false)) }
    }

    pub(super) fn push(&self, event: GenerationEvent) {
        let count = {
            let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            // The last event must always fit: without it a watcher would wait for ever.
            if events.len() >= EVENTS_MAX && !event.is_last() {
                return;
            }
            events.push(event);
            events.len()
        };
        self.progress.send_modify(|(known, _)| *known = count);
    }

    pub(super) fn finish(&self) {
        self.progress.send_modify(|(_, finished)| *finished = true);
    }

    pub(super) fn is_finished(&self) -> bool {
        self.progress.borrow().1
    }

    fn get(&self, index: usize) -> Option<GenerationEvent> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).get(index).cloned()
    }

    pub(super) fn follow(self: Arc<Self>, after: u64) -> BoxStream<'static, (u64, GenerationEvent)> {
        let start = usize::try_from(after).unwrap_or(usize::MAX);
        let progress = self.progress.subscribe();
        unfold((self, progress, start), |(record, mut progress, index)| async move {
            loop {
                if let Some(event) = record.get(index) {
                    let number = index as u64 + 1;
                    return Some(((number, event), (record, progress, index + 1)));
                }
                let (count, finished) = *progress.borrow_and_update();
                if finished && index >= count {
                    return None;
                }
                if index >= count && progress.changed().await.is_err() {
                    return None;
                }
            }
        })
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::GenerationState;

    fn state(message: &str) -> GenerationEvent {
        GenerationEvent::State { state: GenerationState::Analyzing, message: message.into(), elapsed_ms: 0.0 }
    }

    #[tokio::test]
    async fn a_watcher_who_comes_back_gets_what_it_missed_and_the_end() {
        let record = Arc::new(Record::new());
        record.push(state("one"));
        record.push(state("two"));
        let mut late = Arc::clone(&record).follow(1);
        assert_eq!(late.next().await.map(|(number, _)| number), Some(2));
        record.push(state("three"));
        record.finish();
        assert_eq!(late.next().await.map(|(number, _)| number), Some(3));
        assert!(late.next().await.is_none());
        assert!(record.follow(99).next().await.is_none());
    }
}
