//! The bus: publishing, following, and what runs behind them; who hears what is in `subscriptions`.

mod subscriptions;

use std::{
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use atoll_model::{AppName, Event, EventDraft, EventPattern, Limits};
use atoll_sqlite::SqliteError;
use futures::stream::BoxStream;
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinSet,
};

use crate::{
    BatchError, BusCounts, BusError, BusLog, DeadLetter, DeadLetters, Delivery, EventHandler, Lagged,
    check::new_event,
    counts::Counts,
    delivery::{Courier, Routes, Subscriber, hand_over, prune, route},
    follow::{self, Live},
    rate::PublishRates,
};

/// A running bus. Dropping it stops the deliveries where they are; [`Bus::shutdown`] ends them well.
pub struct Bus {
    inner: Arc<Inner>,
}

/// What the tasks share.
pub(crate) struct Inner {
    pub(crate) log: Arc<dyn BusLog>,
    pub(crate) handler: Arc<dyn EventHandler>,
    pub(crate) limits: Limits,
    pub(crate) routes: Routes,
    pub(crate) live: Live,
    rates: PublishRates,
    pub(crate) counts: Counts,
    /// One change of the subscriptions at a time, on disk and in memory. Between the two, an app that is new
    /// looks idle, or is not there at all: so the cursors of the idle are moved under it as well.
    subscribing: tokio::sync::Mutex<()>,
    /// Deliveries of all apps.
    pub(crate) places: Semaphore,
    /// Wakes the router to end.
    pub(crate) stopping: Notify,
    tasks: Mutex<JoinSet<()>>,
}

/// What came of delivering a dead letter again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryOutcome {
    /// It was delivered and is a dead letter no more.
    Delivered,
    /// It failed again; the text says why.
    Failed(String),
}

impl Bus {
    /// Starts delivering: first what a stop or a crash left undelivered, then what comes.
    ///
    /// # Errors
    /// [`BusError::Log`] when the subscriptions cannot be read.
    pub async fn start(
        log: Arc<dyn BusLog>,
        handler: Arc<dyn EventHandler>,
        limits: &Limits,
    ) -> Result<Self, BusError> {
        let subscriptions = log.subscriptions().await?;
        let last = *log.last_sequence().borrow();
        let inner = Arc::new(Inner {
            log,
            handler,
            limits: limits.clone(),
            routes: Routes::default(),
            live: Live::new(limits.subscriber_lag_events_max),
            rates: PublishRates::new(limits),
            counts: Counts::default(),
            subscribing: tokio::sync::Mutex::default(),
            places: Semaphore::new(limits.deliveries_concurrent_max.clamp(1, Semaphore::MAX_PERMITS)),
            stopping: Notify::new(),
            tasks: Mutex::default(),
        });
        // The router goes over what the slowest has not seen; each takes notice only of what it has not.
        let routed = subscriptions.iter().map(|s| s.cursor).min().unwrap_or(last);
        inner.routes.routed.store(routed, Ordering::Release);
        for subscription in subscriptions {
            let (cursor, waiting) = (subscription.cursor, subscription.waiting);
            let subscriber = Subscriber::new(subscription.app, &subscription.patterns, cursor, waiting);
            let subscriber = Arc::new(subscriber);
            inner.routes.insert(Arc::clone(&subscriber), &subscription.patterns);
            if subscriber.tell(|_| {}) {
                inner.send_courier(subscriber);
            }
        }
        inner.spawn(route(Arc::clone(&inner)));
        Ok(Self { inner })
    }

    /// Publishes an event in the name of a source: `/apps/{app}` for an app, `/external/{name}` for anybody
    /// else. It is on disk when this returns. The same id of the same source again answers the first event.
    ///
    /// # Errors
    /// [`BusError::Invalid`] or [`BusError::OverLimit`] for what cannot be an event, and for an app that publishes
    /// too fast; [`BusError::DiskFull`] or [`BusError::Log`] when it cannot be stored.
    pub async fn publish(&self, source: &str, draft: EventDraft) -> Result<Event, BusError> {
        let new = new_event(source, draft, &self.inner.limits)?;
        if source.starts_with("/apps/") {
            self.inner.rates.take(source, Instant::now())?;
        }
        let stored = self.inner.log.append(vec![new]).await?;
        self.inner.counts.published();
        stored.into_iter().next().ok_or_else(|| BusError::damaged("an appended event was not answered"))
    }

    /// Publishes events of outside sources, each with its own, all of them or none. They are on disk when this
    /// returns, one after the other.
    ///
    /// # Errors
    /// [`BatchError`] with the index of the event that cannot be one, or without when they cannot be stored.
    pub async fn publish_batch(&self, drafts: Vec<(String, EventDraft)>) -> Result<Vec<Event>, BatchError> {
        let limits = &self.inner.limits;
        if drafts.len() > limits.events_batch_max {
            let what = format!("a batch of {} events", drafts.len());
            return Err(BusError::over(what, "events_batch_max", limits.events_batch_max).into());
        }
        let new = drafts.into_iter().enumerate().map(|(index, (source, draft))| {
            new_event(&source, draft, limits).map_err(|error| BatchError { index: Some(index), error })
        });
        let stored = self.inner.log.append(new.collect::<Result<Vec<_>, _>>()?).await?;
        stored.iter().for_each(|_| self.inner.counts.published());
        Ok(stored)
    }

    /// Events that match any of the patterns: those after a place in the log (`None`: from now on), and then
    /// live, in order, without a gap or a duplicate. A reader that is behind takes its time; one that is live
    /// and falls more than `subscriber_lag_events_max` events behind gets [`Lagged`] and the end, and so does
    /// one whose place is not kept any more. A place beyond the end of the log means from now on. The stream
    /// ends when the bus stops.
    #[must_use]
    pub fn follow(
        &self,
        patterns: Vec<EventPattern>,
        after: Option<u64>,
    ) -> BoxStream<'static, Result<Event, Lagged>> {
        follow::follow(Arc::clone(&self.inner.log), self.inner.live.subscribe(), patterns, after)
    }

    /// The sequence number of the last event; 0 before the first.
    #[must_use]
    pub fn last_sequence(&self) -> u64 {
        *self.inner.log.last_sequence().borrow()
    }

    /// What was published and delivered since the start.
    #[must_use]
    pub fn counts(&self) -> BusCounts {
        self.inner.counts.read(self.inner.routes.len())
    }

    /// A page of the deliveries that were given up, of one app or of all, newest first: those with a number below
    /// `before` (the `next` of the page before), at most `limit` and `events_page_max`.
    ///
    /// # Errors
    /// [`BusError::Log`] when they cannot be read.
    pub async fn dead_letters(
        &self,
        app: Option<&AppName>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<DeadLetters, BusError> {
        let limit = limit.clamp(1, self.inner.limits.events_page_max.max(1));
        self.inner.log.dead_letters(app, before, limit).await
    }

    /// One delivery that was given up.
    ///
    /// # Errors
    /// [`BusError::Log`] when it cannot be read.
    pub async fn dead_letter(&self, id: u64) -> Result<Option<DeadLetter>, BusError> {
        self.inner.log.dead_letter(id).await
    }

    /// Lets a dead letter go: nobody will get its event. Answers whether there was one.
    ///
    /// # Errors
    /// [`BusError::Log`] when the log cannot be read or written.
    pub async fn discard_dead_letter(&self, id: u64) -> Result<bool, BusError> {
        if self.inner.log.dead_letter(id).await?.is_none() {
            return Ok(false);
        }
        self.inner.log.resolve(id, None).await.map(|()| true)
    }

    /// Delivers a dead letter once more, now. When that fails it stays a dead letter, with the new error.
    /// `None` when there is none of that number.
    ///
    /// # Errors
    /// [`BusError::Log`] when the log cannot be read or written, or the bus has stopped.
    pub async fn retry_dead_letter(&self, id: u64) -> Result<Option<RetryOutcome>, BusError> {
        let inner = &self.inner;
        let Some(letter) = inner.log.dead_letter(id).await? else { return Ok(None) };
        let _place = inner.places.acquire().await.map_err(|_| SqliteError::Closed)?;
        let attempt = letter.attempts.saturating_add(1);
        Ok(Some(match hand_over(inner, &letter.app, &letter.event, attempt).await {
            Delivery::Done => {
                inner.log.resolve(id, None).await?;
                RetryOutcome::Delivered
            }
            Delivery::Retry(error) | Delivery::Reject(error) => {
                inner.log.resolve(id, Some(error.clone())).await?;
                RetryOutcome::Failed(error)
            }
        }))
    }

    /// Removes what `events_kept_max` allows to go. It is done by itself every so often.
    pub async fn prune(&self) {
        prune(&self.inner).await;
    }

    /// Ends the bus: starts no more deliveries, waits for those that run for at most `drain_ms`, writes down
    /// how far everybody is, and closes the log. What was not delivered is, after the next start.
    pub async fn shutdown(&self) {
        let inner = &self.inner;
        inner.stop();
        let subscribers = inner.routes.all();
        let drained = async {
            for subscriber in &subscribers {
                subscriber.idle().await;
            }
        };
        let drain = Duration::from_millis(inner.limits.drain_ms);
        if tokio::time::timeout(drain, drained).await.is_err() {
            tracing::warn!("deliveries were still running after drain_ms; they will be made again");
        }
        let mut tasks = std::mem::take(&mut *inner.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.shutdown().await;
        inner.advance_idle().await;
        inner.live.close();
        inner.log.close().await;
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.inner.stop();
        // The tasks hold what holds them: without this, neither would ever go.
        self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        self.inner.live.close();
    }
}

impl Inner {
    /// Sends a courier to a subscriber that has just become busy.
    pub(crate) fn send_courier(self: &Arc<Self>, subscriber: Arc<Subscriber>) {
        self.spawn(Courier::new(Arc::clone(self), subscriber).run());
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that have ended are let go; there are as many as are busy.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    fn stop(&self) {
        self.stopping.notify_one();
        self.places.close();
        for subscriber in self.routes.all() {
            let _ = subscriber.tell(|inbox| inbox.stopping = true);
        }
    }

    /// Writes down how far those are that have nothing to do.
    pub(crate) async fn advance_idle(&self) {
        let _subscribing = self.subscribing.lock().await;
        // In this order: what was routed before is settled by now, or its subscriber is busy.
        let routed = self.routes.routed.load(Ordering::Acquire);
        let all = self.routes.all();
        let busy = all.iter().filter(|subscriber| !subscriber.is_settled()).map(|s| s.app.clone()).collect();
        match self.log.advance(routed, busy).await {
            Ok(()) | Err(BusError::Log(SqliteError::Closed)) => {}
            Err(error) => tracing::warn!(%error, "the cursors of idle apps cannot be written"),
        }
    }
}
