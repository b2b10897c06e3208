//! From the log to the handlers.
//!
//! The [`router`] reads the log once, in order, and wakes the subscribers whose patterns match. A
//! [`subscriber`] that has nothing to do is an entry in a map; one that has gets a [`courier`], a task that
//! reads what is new for its app, delivers it, and ends when it is done. What is due and what must wait is
//! decided by the [`lane`], which knows no clock, disk or task.

mod backoff;
mod courier;
mod lane;
mod router;
mod subscriber;

use async_trait::async_trait;
use atoll_model::{AppName, Event};

pub(crate) use courier::{Courier, hand_over};
pub(crate) use router::{Routes, prune, route};
pub(crate) use subscriber::Subscriber;

/// What a handler made of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is done with.
    Done,
    /// It failed, with this error; deliver it again.
    Retry(String),
    /// It will never succeed, for this reason: a dead letter.
    Reject(String),
}

/// Who takes events for the apps.
#[async_trait]
pub trait EventHandler: Send + Sync + 'static {
    /// Delivers an event to an app. `attempt` counts from 1. A panic is a failure, to be tried again.
    async fn deliver(&self, app: &AppName, event: &Event, attempt: u32) -> Delivery;
}
