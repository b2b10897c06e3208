//! What the bus asks of its log. On one machine [`EmbeddedLog`](crate::EmbeddedLog) answers; a cluster's
//! broker can.

use async_trait::async_trait;
use atoll_model::{AppName, Event, EventPattern, EventType, TraceContext, manifest::SubscribeFrom};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;

use crate::BusError;

/// An event that has no place in the log yet.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// The host's word for the publisher.
    pub source: String,
    /// Unique for the source.
    pub id: String,
    /// Its type.
    pub event_type: EventType,
    /// When the host took it, in whole microseconds.
    pub time: Timestamp,
    /// The CloudEvents `subject`.
    pub subject: Option<String>,
    /// The data.
    pub data: serde_json::Value,
    /// How many handlers it has come through.
    pub hops: u32,
    /// The trace that it belongs to.
    pub trace: Option<TraceContext>,
}

/// A piece of the log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The events that match, in order.
    pub events: Vec<Event>,
    /// Every matching event up to here is in this page or before it.
    pub through: u64,
    /// Whether the log ended there.
    pub complete: bool,
    /// Up to here events may have been removed.
    pub oldest: u64,
}

/// The events, in one order.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// Appends events, all of them or none. They are on disk when this returns. One whose source and id are
    /// in the log already is not appended; the one that is there is answered in its place.
    async fn append(&self, events: Vec<NewEvent>) -> Result<Vec<Event>, BusError>;

    /// Reads what matches any of the patterns after a sequence number: at most `limit` events, and fewer
    /// when they are long or far apart. An event that is damaged is logged and left out.
    async fn read(&self, after: u64, patterns: &[EventPattern], limit: usize) -> Result<Page, BusError>;

    /// One event; `None` when it is not in the log any more.
    async fn get(&self, sequence: u64) -> Result<Option<Event>, BusError>;

    /// The sequence number of the last event on disk, as it grows; 0 for an empty log.
    fn last_sequence(&self) -> watch::Receiver<u64>;

    /// Removes old events beyond the last `kept`, as far as every subscription has passed them and no dead
    /// letter needs them; at most `limit` in one call. Answers how many.
    async fn prune(&self, kept: u64, limit: usize) -> Result<usize, BusError>;

    /// Takes nothing more, and closes.
    async fn close(&self);
}

/// Who hears what, and how far each has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// The app.
    pub app: AppName,
    /// What it hears.
    pub patterns: Vec<EventPattern>,
    /// Everything up to here was delivered, is waiting, or is a dead letter.
    pub cursor: u64,
    /// What is at or before the cursor and still to be delivered, in order.
    pub waiting: Vec<Waiting>,
}

/// An event that waits to be delivered (again).
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Its place in the log.
    pub sequence: u64,
    /// Its source.
    pub source: String,
    /// Its type.
    pub event_type: EventType,
    /// How often it was delivered without success.
    pub attempts: u32,
}

/// What has changed for one subscription. Written all together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// The new cursor; it never goes back.
    pub cursor: u64,
    /// Sequence numbers that wait now, with their attempts.
    pub waiting: Vec<(u64, u32)>,
    /// Sequence numbers that wait no more.
    pub settled: Vec<u64>,
    /// What was given up.
    pub dead: Vec<NewDeadLetter>,
}

/// A delivery that was given up.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDeadLetter {
    /// The event's place in the log.
    pub sequence: u64,
    /// How often it was delivered.
    pub attempts: u32,
    /// Why it was given up.
    pub reason: DeadLetterReason,
    /// What the handler said last, or what the host says.
    pub error: String,
    /// When.
    pub time: Timestamp,
}

/// Why a delivery was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadLetterReason {
    /// The handler said so.
    Rejected,
    /// It failed `delivery_attempts_max` times.
    Exhausted,
    /// It came through `event_hops_max` handlers.
    TooManyHops,
}

/// A delivery that was given up, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeadLetter {
    /// Its number, for [`Bus::retry_dead_letter`](crate::Bus::retry_dead_letter).
    pub id: u64,
    /// Who should have had it.
    pub app: AppName,
    /// The event.
    pub event: Event,
    /// Why it was given up.
    pub reason: DeadLetterReason,
    /// What the handler said last, or what the host says.
    pub error: String,
    /// How often it was delivered.
    pub attempts: u32,
    /// When it was given up.
    pub time: Timestamp,
}

/// Some dead letters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeadLetters {
    /// Newest first.
    pub letters: Vec<DeadLetter>,
    /// There are more, with numbers below this.
    pub next: Option<u64>,
}

/// How far each subscription has come, kept beside the events.
#[async_trait]
pub trait DeliveryState: Send + Sync + 'static {
    /// All subscriptions.
    async fn subscriptions(&self) -> Result<Vec<Subscription>, BusError>;

    /// Makes or changes a subscription. A new one starts where `from` says; one that is there goes on where it
    /// stood, or at `at_least` if that is later. Answers where.
    async fn subscribe(
        &self,
        app: &AppName,
        patterns: &[EventPattern],
        from: SubscribeFrom,
        at_least: u64,
    ) -> Result<u64, BusError>;

    /// Removes a subscription with everything that waits. Its dead letters stay.
    async fn unsubscribe(&self, app: &AppName) -> Result<(), BusError>;

    /// Removes everything of an app: its subscription and its dead letters. Its events stay.
    async fn forget(&self, app: &AppName) -> Result<(), BusError>;

    /// Writes what has changed for a subscription; for one that is gone, nothing. Writing the same again
    /// changes nothing. Of the app's dead letters the newest `dead_letters_max` are kept.
    async fn record(&self, app: &AppName, progress: Progress, dead_letters_max: u64) -> Result<(), BusError>;

    /// Moves the cursors of all subscriptions up to a sequence number, except those of `busy` apps.
    async fn advance(&self, to: u64, busy: Vec<AppName>) -> Result<(), BusError>;

    /// Dead letters of one app or of all, newest first, of those with a number below `before`: at most `limit`, and
    /// fewer when they are long.
    async fn dead_letters(
        &self,
        app: Option<&AppName>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<DeadLetters, BusError>;

    /// One dead letter.
    async fn dead_letter(&self, id: u64) -> Result<Option<DeadLetter>, BusError>;

    /// Removes a dead letter, or, with the error, counts one more attempt on it.
    async fn resolve(&self, id: u64, failed: Option<String>) -> Result<(), BusError>;
}

/// Both, as the bus takes it.
pub trait BusLog: EventLog + DeliveryState {}

impl<T: EventLog + DeliveryState> BusLog for T {}
