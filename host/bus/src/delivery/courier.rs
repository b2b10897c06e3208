//! The task that delivers to one app while there is something to deliver.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use atoll_model::{AppName, Event};
use futures::{FutureExt as _, future::BoxFuture};
use tokio::task::JoinSet;

use super::{
    Delivery, Subscriber, backoff,
    lane::{Due, Lane},
    subscriber::wants,
};
use crate::{BusError, DeadLetterReason, NewDeadLetter, Progress, bus::Inner, check::now};

/// How long to leave a log alone that failed.
pub(super) const PAUSE: Duration = Duration::from_millis(500);
/// Events read for one app at once.
const PAGE: usize = 64;
/// How much of a handler's error is kept.
const ERROR_SHOWN_CHARS: usize = 2_000;

pub(crate) struct Courier {
    inner: Arc<Inner>,
    subscriber: Arc<Subscriber>,
    lane: Lane,
    deliveries: JoinSet<(u64, Outcome)>,
    /// Progress on its way to the disk. One at a time: what happens meanwhile goes with the next.
    recording: Option<BoxFuture<'static, (Progress, Result<(), BusError>)>>,
    /// The log failed: nothing is read or written before then.
    paused_until: Option<Instant>,
    /// There was nothing more, and the subscriber knows.
    retired: bool,
}

enum Outcome {
    Handled(Delivery),
    /// The event is not in the log any more, or damaged: there is nothing to deliver.
    Gone,
    /// The log could not be read.
    Unread,
    /// The bus stopped before its turn came.
    NotStarted,
}

impl Courier {
    pub(crate) fn new(inner: Arc<Inner>, subscriber: Arc<Subscriber>) -> Self {
        let (position, waiting) = subscriber.begin();
        let lane = Lane::new(position, waiting);
        let deliveries = JoinSet::new();
        Self { inner, subscriber, lane, deliveries, recording: None, paused_until: None, retired: false }
    }

    /// Delivers until there is nothing more, or the bus stops.
    pub(crate) async fn run(mut self) {
        loop {
            let (stopping, removed) = {
                let inbox = self.subscriber.lock();
                // Who subscribes while the bus stops is not told by its inbox.
                (inbox.stopping || self.inner.places.is_closed(), inbox.removed)
            };
            if removed {
                // Stopped, not waited for: nobody is there to take them.
                self.deliveries.shutdown().await;
                return;
            }
            if !stopping {
                self.fetch().await;
                self.start();
            }
            self.record();
            if self.deliveries.is_empty() && self.recording.is_none() {
                self.retired = self.lane.is_settled() && self.subscriber.retire(self.lane.fetched());
                if self.retired || stopping {
                    return;
                }
            }
            self.next_change().await;
        }
    }

    fn is_paused(&self) -> bool {
        self.paused_until.is_some()
    }

    /// Reads what is new for the app, as long as there is room for it.
    async fn fetch(&mut self) {
        let inner = Arc::clone(&self.inner);
        let limits = &inner.limits;
        while !self.is_paused() {
            let (target, patterns) = {
                let inbox = self.subscriber.lock();
                (inbox.target, Arc::clone(&inbox.patterns))
            };
            if self.lane.fetched() >= target || !self.lane.has_room(limits.deliveries_waiting_per_app_max) {
                return;
            }
            match self.inner.log.read(self.lane.fetched(), &patterns, PAGE).await {
                Ok(page) => {
                    for event in page.events {
                        if wants(&self.subscriber.app, &patterns, &event) {
                            if event.hops >= limits.event_hops_max {
                                self.inner.counts.dead(DeadLetterReason::TooManyHops);
                            }
                            admit(&mut self.lane, &self.subscriber.app, event, limits.event_hops_max);
                        }
                    }
                    self.lane.looked_through(page.through);
                }
                Err(error) => self.pause("read", &error),
            }
        }
    }

    /// Starts what is due, as far as the app may have deliveries at once.
    fn start(&mut self) {
        while self.deliveries.len() < self.inner.limits.deliveries_per_app_max.max(1)
            && let Some(due) = self.lane.start()
        {
            let (inner, app) = (Arc::clone(&self.inner), self.subscriber.app.clone());
            self.deliveries.spawn(async move { (due.sequence, deliver(&inner, &app, due).await) });
        }
    }

    /// Sends what has changed to the disk.
    fn record(&mut self) {
        if self.recording.is_none()
            && !self.is_paused()
            && let Some(progress) = self.lane.take_progress()
        {
            self.send_record(progress);
        }
    }

    fn send_record(&mut self, progress: Progress) {
        let (inner, app) = (Arc::clone(&self.inner), self.subscriber.app.clone());
        let paused_until = self.paused_until;
        self.recording = Some(Box::pin(async move {
            if let Some(until) = paused_until {
                tokio::time::sleep_until(until.into()).await;
            }
            let outcome =
                inner.log.record(&app, progress.clone(), inner.limits.dead_letters_per_app_max).await;
            (progress, outcome)
        }));
    }

    async fn next_change(&mut self) {
        let wake = self.lane.next_wake().into_iter().chain(self.paused_until).min();
        let timer = async {
            match wake {
                Some(until) => tokio::time::sleep_until(until.into()).await,
                None => std::future::pending().await,
            }
        };
        let recorded = async {
            match &mut self.recording {
                Some(recording) => recording.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(ended) = self.deliveries.join_next() => match ended {
                Ok((sequence, outcome)) => self.settle(sequence, outcome),
                // Panics are caught inside; only a runtime that shuts down cancels.
                Err(error) => tracing::debug!(%error, "a delivery was cut off"),
            },
            (progress, outcome) = recorded => {
                self.recording = None;
                if let Err(error) = outcome {
                    self.pause("written", &error);
                    // What was to be written is still true: the same again, later.
                    self.send_record(progress);
                }
            }
            () = timer => {
                let now = Instant::now();
                self.paused_until = self.paused_until.filter(|until| *until > now);
                self.lane.wake(now);
            }
            () = self.subscriber.changed.notified() => {}
        }
    }

    fn settle(&mut self, sequence: u64, outcome: Outcome) {
        let attempts = self.lane.attempts(sequence).saturating_add(1);
        let dead = |reason, error| NewDeadLetter { sequence, attempts, reason, error, time: now() };
        match outcome {
            Outcome::Handled(Delivery::Done) | Outcome::Gone => self.lane.done(sequence),
            Outcome::Handled(Delivery::Reject(error)) => {
                self.inner.counts.dead(DeadLetterReason::Rejected);
                self.lane.give_up(dead(DeadLetterReason::Rejected, error));
            }
            Outcome::Handled(Delivery::Retry(error))
                if attempts >= self.inner.limits.delivery_attempts_max =>
            {
                tracing::warn!(app = %self.subscriber.app, sequence, attempts, "an event is given up");
                self.inner.counts.dead(DeadLetterReason::Exhausted);
                self.lane.give_up(dead(DeadLetterReason::Exhausted, error));
            }
            Outcome::Handled(Delivery::Retry(error)) => {
                tracing::debug!(app = %self.subscriber.app, sequence, attempts, %error, "a delivery failed");
                self.inner.counts.retried();
                let wait = backoff::wait(attempts, backoff::random(), &self.inner.limits);
                self.lane.delay(sequence, Instant::now() + wait);
            }
            Outcome::NotStarted => self.lane.unstart(sequence),
            Outcome::Unread => {
                self.paused_until = Some(Instant::now() + PAUSE);
                self.lane.unstart(sequence);
            }
        }
    }

    fn pause(&mut self, what: &str, error: &BusError) {
        tracing::error!(%error, app = %self.subscriber.app, "the event log cannot be {what}; trying again");
        self.paused_until = Some(Instant::now() + PAUSE);
    }
}

impl Drop for Courier {
    /// However it ends, also when its task is aborted: nobody may wait for it for ever.
    fn drop(&mut self) {
        if !self.retired {
            self.subscriber.cut_off();
        }
    }
}

fn admit(lane: &mut Lane, app: &AppName, event: Event, hops_max: u32) {
    if event.hops < hops_max {
        lane.admit(event);
        return;
    }
    let error = format!(
        "the event has come through {} handlers (limit event_hops_max = {hops_max}): {} publishes {}, and {app} \
         receives it in a circle",
        event.hops, event.source, event.event_type
    );
    let reason = DeadLetterReason::TooManyHops;
    lane.admit_dead(NewDeadLetter { sequence: event.sequence, attempts: 0, reason, error, time: now() });
}

async fn deliver(inner: &Inner, app: &AppName, due: Due) -> Outcome {
    // All apps share these places, first come, first served.
    let Ok(_place) = inner.places.acquire().await else { return Outcome::NotStarted };
    let event = match due.event {
        Some(event) => event,
        None => match inner.log.get(due.sequence).await {
            Ok(Some(event)) => Arc::new(event),
            Ok(None) => return Outcome::Gone,
            Err(BusError::Damaged(reason)) => {
                tracing::error!(%reason, %app, "an event is damaged, and not delivered");
                return Outcome::Gone;
            }
            Err(error) => {
                tracing::error!(%error, %app, "the event log cannot be read; trying again");
                return Outcome::Unread;
            }
        },
    };
    Outcome::Handled(hand_over(inner, app, &event, due.attempt).await)
}

/// Calls the handler; the caller has a place.
pub(crate) async fn hand_over(inner: &Inner, app: &AppName, event: &Event, attempt: u32) -> Delivery {
    let _delivering = inner.counts.start_delivery();
    let handled = AssertUnwindSafe(inner.handler.deliver(app, event, attempt)).catch_unwind().await;
    let handled = match handled {
        Ok(Delivery::Retry(error)) => Delivery::Retry(shown(&error)),
        Ok(Delivery::Reject(reason)) => Delivery::Reject(shown(&reason)),
        Ok(Delivery::Done) => Delivery::Done,
        Err(_) => Delivery::Retry("the handler panicked".into()),
    };
    inner.counts.handled(&handled);
    handled
}

fn shown(error: &str) -> String {
    error.chars().take(ERROR_SHOWN_CHARS).collect()
}
