//! What one app has still to get, and in which order.
//!
//! Events of one source and type are a *stream*: only its first event is delivered, and the next one when
//! that is settled. A stream whose first event failed waits; the others go on. What waits is written down
//! (*parked*), so that the cursor can pass it: the cursor stands before the first event that is neither
//! settled nor parked.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque, hash_map::Entry},
    sync::Arc,
    time::Instant,
};

use atoll_model::{Event, EventType};

use crate::{NewDeadLetter, Progress, Waiting};

type StreamKey = (Arc<str>, EventType);

/// Events in memory at which no more are read: enough to keep all deliveries of an app busy.
const HELD_MAX: usize = 64;

#[derive(Default)]
pub(super) struct Lane {
    /// Everything up to here has been looked at.
    fetched: u64,
    recorded_cursor: u64,
    items: BTreeMap<u64, Item>,
    streams: HashMap<StreamKey, Stream>,
    /// Streams whose first event is due.
    ready: VecDeque<StreamKey>,
    /// Until when the first event of a stream waits.
    delayed: BTreeSet<(Instant, u64)>,
    /// Events whose data is in memory.
    held: usize,
    /// Not settled and not parked: what the cursor stands before.
    open: BTreeSet<u64>,
    /// Parked, and not written down yet, or with other attempts.
    unwritten: BTreeSet<u64>,
    settled: Vec<u64>,
    dead: Vec<NewDeadLetter>,
}

struct Item {
    key: StreamKey,
    attempts: u32,
    written: bool,
    event: Option<Arc<Event>>,
}

#[derive(Default)]
struct Stream {
    queue: VecDeque<u64>,
    /// Its first event failed and has not been settled since.
    failing: bool,
}

/// A delivery to make.
pub(super) struct Due {
    pub(super) sequence: u64,
    /// `None` when it must be read again.
    pub(super) event: Option<Arc<Event>>,
    /// Which attempt it is, from 1.
    pub(super) attempt: u32,
}

impl Lane {
    /// A lane at a place in the log, with what waited there.
    pub(super) fn new(position: u64, waiting: Vec<Waiting>) -> Self {
        let mut lane = Self { fetched: position, recorded_cursor: position, ..Self::default() };
        waiting.into_iter().for_each(|one| lane.admit_waiting(one));
        lane
    }

    /// Adds an event that the log gave. Events come in order.
    pub(super) fn admit(&mut self, event: Event) {
        let key = (Arc::from(event.source.as_str()), event.event_type.clone());
        let sequence = event.sequence;
        if sequence <= self.fetched || self.items.contains_key(&sequence) {
            return;
        }
        let behind_a_failure = self.streams.get(&key).is_some_and(|stream| stream.failing);
        let event = (!behind_a_failure).then(|| Arc::new(event));
        self.held += usize::from(event.is_some());
        if behind_a_failure {
            self.unwritten.insert(sequence);
        } else {
            self.open.insert(sequence);
        }
        self.enqueue(sequence, Item { key, attempts: 0, written: false, event });
    }

    /// Adds an event that waits by what is written down.
    fn admit_waiting(&mut self, waiting: Waiting) {
        if !self.items.contains_key(&waiting.sequence) {
            let key = (Arc::from(waiting.source), waiting.event_type);
            let item = Item { key, attempts: waiting.attempts, written: true, event: None };
            self.enqueue(waiting.sequence, item);
        }
    }

    /// Gives an event up before it was ever tried.
    pub(super) fn admit_dead(&mut self, dead: NewDeadLetter) {
        self.dead.push(dead);
    }

    /// The log was read up to here.
    pub(super) fn looked_through(&mut self, sequence: u64) {
        self.fetched = self.fetched.max(sequence);
    }

    fn enqueue(&mut self, sequence: u64, item: Item) {
        let key = item.key.clone();
        let failing = item.attempts > 0;
        self.items.insert(sequence, item);
        match self.streams.entry(key.clone()) {
            Entry::Occupied(mut stream) => stream.get_mut().queue.push_back(sequence),
            Entry::Vacant(vacant) => {
                vacant.insert(Stream { queue: VecDeque::from([sequence]), failing });
                self.ready.push_back(key);
            }
        }
    }

    /// The next delivery to make, if one is due.
    pub(super) fn start(&mut self) -> Option<Due> {
        let key = self.ready.pop_front()?;
        let sequence = *self.streams.get(&key)?.queue.front()?;
        let item = self.items.get(&sequence)?;
        Some(Due { sequence, event: item.event.clone(), attempt: item.attempts.saturating_add(1) })
    }

    /// A delivery that was started was not made, and is due again.
    pub(super) fn unstart(&mut self, sequence: u64) {
        if let Some(item) = self.items.get(&sequence) {
            self.ready.push_back(item.key.clone());
        }
    }

    /// A delivery succeeded.
    pub(super) fn done(&mut self, sequence: u64) {
        self.settle(sequence);
    }

    /// A delivery is given up.
    pub(super) fn give_up(&mut self, dead: NewDeadLetter) {
        self.settle(dead.sequence);
        self.dead.push(dead);
    }

    fn settle(&mut self, sequence: u64) {
        let Some(item) = self.items.remove(&sequence) else { return };
        self.held -= usize::from(item.event.is_some());
        self.open.remove(&sequence);
        self.unwritten.remove(&sequence);
        if item.written {
            self.settled.push(sequence);
        }
        if let Entry::Occupied(mut stream) = self.streams.entry(item.key.clone()) {
            stream.get_mut().queue.retain(|other| *other != sequence);
            stream.get_mut().failing = false;
            if stream.get().queue.is_empty() {
                stream.remove();
            } else {
                self.ready.push_back(item.key);
            }
        }
    }

    /// A delivery failed and is tried again later, and with it its stream.
    pub(super) fn delay(&mut self, sequence: u64, until: Instant) {
        let Some(item) = self.items.get_mut(&sequence) else { return };
        item.attempts = item.attempts.saturating_add(1);
        self.unwritten.insert(sequence);
        self.delayed.insert((until, sequence));
        let Some(stream) = self.streams.get_mut(&item.key) else { return };
        stream.failing = true;
        for other in &stream.queue {
            self.open.remove(other);
            let Some(item) = self.items.get_mut(other) else { continue };
            // It may take long: what waits is read again when it is due.
            self.held -= usize::from(item.event.take().is_some());
            if !item.written {
                self.unwritten.insert(*other);
            }
        }
    }

    /// Makes due what has waited until now.
    pub(super) fn wake(&mut self, now: Instant) {
        while let Some((until, sequence)) = self.delayed.first().copied()
            && until <= now
        {
            self.delayed.pop_first();
            self.unstart(sequence);
        }
    }

    /// When something that waits is due.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        self.delayed.first().map(|(until, _)| *until)
    }

    /// Everything up to here has been looked at.
    pub(super) fn fetched(&self) -> u64 {
        self.fetched
    }

    /// How often an event has failed so far.
    pub(super) fn attempts(&self, sequence: u64) -> u32 {
        self.items.get(&sequence).map_or(0, |item| item.attempts)
    }

    /// Whether more should be read from the log.
    pub(super) fn has_room(&self, waiting_max: usize) -> bool {
        self.held < HELD_MAX && self.items.len() < waiting_max.max(1)
    }

    /// Whether everything is settled, and all of that was taken to be written down.
    pub(super) fn is_settled(&self) -> bool {
        self.items.is_empty() && !self.has_changed()
    }

    fn cursor(&self) -> u64 {
        self.open.first().map_or(self.fetched, |first| first - 1).max(self.recorded_cursor)
    }

    fn has_changed(&self) -> bool {
        let unwritten = !self.unwritten.is_empty() || !self.settled.is_empty() || !self.dead.is_empty();
        unwritten || self.cursor() != self.recorded_cursor
    }

    /// What has changed since the last call, to be written down; `None` when nothing has.
    pub(super) fn take_progress(&mut self) -> Option<Progress> {
        if !self.has_changed() {
            return None;
        }
        let cursor = self.cursor();
        self.recorded_cursor = cursor;
        let mut waiting = Vec::with_capacity(self.unwritten.len());
        for sequence in std::mem::take(&mut self.unwritten) {
            if let Some(item) = self.items.get_mut(&sequence) {
                item.written = true;
                waiting.push((sequence, item.attempts));
            }
        }
        let (settled, dead) = (std::mem::take(&mut self.settled), std::mem::take(&mut self.dead));
        Some(Progress { cursor, waiting, settled, dead })
    }
}

#[cfg(test)]
mod tests;
