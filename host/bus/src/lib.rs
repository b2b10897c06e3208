//! The durable event bus: what apps say to each other, and to people.
//!
//! What flows in is an [`EventDraft`](atoll_model::EventDraft) with a source that the host names; what flows
//! out are deliveries to an [`EventHandler`] and live [streams](Bus::follow). Between them stands the log:
//! [`Bus::publish`] returns when the event is on disk, and everything else reads the log.
//!
//! The promises:
//! - **Durable**: a publish that returned survives `kill -9` and a power loss. The same `id` of the same
//!   source again is the same event, as long as the first is still in the log.
//! - **At least once**: each subscribed app gets each event until its handler says done or rejects it, or
//!   `delivery_attempts_max` is reached. A restart goes on where the last record stood, so a handler can see
//!   an event twice.
//! - **In order for each source and type**: an event waits for those before it of the same source and type,
//!   also while one of them is retried. Other streams go on meanwhile.
//! - **Nothing is lost silently**: what was rejected or given up is a [`DeadLetter`], with the reason, and can
//!   be delivered again. An event that came through `event_hops_max` handlers is one at once.
//! - **No app hears itself by accident**: an app gets its own events only where one of its patterns is
//!   exactly the type.
//! - **No app floods it**: each publishes so many events a second (`events_per_second_max`, `events_burst_max`); what
//!   comes from outside is not counted.
//!
//! [`EventLog`] and [`DeliveryState`] are what an implementation on a cluster would answer; [`EmbeddedLog`] is
//! the one on SQLite. What is deliberately absent: the sandbox, HTTP, schemas, and grants (who may publish or
//! hear a type is decided before it comes here).

mod bus;
mod check;
mod counts;
mod delivery;
mod embedded;
mod error;
mod follow;
mod log;
mod rate;

pub use bus::{Bus, RetryOutcome};
pub use counts::BusCounts;
pub use delivery::{Delivery, EventHandler};
pub use embedded::EmbeddedLog;
pub use error::{BatchError, BusError, Lagged};
pub use log::{
    BusLog, DeadLetter, DeadLetterReason, DeadLetters, DeliveryState, EventLog, NewDeadLetter, NewEvent,
    Page, Progress, Subscription, Waiting,
};
