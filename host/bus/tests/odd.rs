//! What comes seldom: data that cannot be read back, a damaged log, a subscription in the middle of another
//! write.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use async_trait::async_trait;
use atoll_bus::{
    Bus, BusError, DeadLetter, DeadLetters, DeliveryState, EmbeddedLog, EventLog, NewEvent, Page, Progress,
    Subscription,
};
use atoll_model::{AppName, Event, EventPattern, Limits, manifest::SubscribeFrom};
use futures::StreamExt as _;
use serde_json::json;
use support::{Answers, app, draft, patterns, quick_limits, start};
use tokio::sync::{Notify, watch};

#[tokio::test]
async fn data_that_could_not_be_read_back_is_refused() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    let poison = json!({"a": [{"b": 1, "$serde_json::private::RawValue": "no JSON"}]});
    let refused = bus.publish("/apps/todo", draft("todo.created", poison)).await;
    assert!(matches!(refused, Err(BusError::Invalid(_))), "{refused:?}");
    bus.publish("/apps/todo", draft("todo.created", json!(1))).await.unwrap();
    assert_eq!(handler.wait_for(1).await[0].event.data, json!(1));
}

#[tokio::test]
async fn nesting_is_bounded_by_what_can_be_read_back_whatever_the_limit_says() {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path().join("events.db")).await.unwrap();
    let limits = Limits { json_depth_max: 10_000, ..quick_limits() };
    let answers = Answers::done();
    let bus = Bus::start(Arc::new(log), answers.clone(), &limits).await.unwrap();
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let refused = bus.publish("/apps/todo", draft("todo.created", nested(128))).await;
    assert!(matches!(refused, Err(BusError::OverLimit { limit: "json_depth_max", .. })), "{refused:?}");
    bus.publish("/apps/todo", draft("todo.created", nested(127))).await.unwrap();
    assert_eq!(answers.wait_for(1).await[0].event.data, nested(127));
}

#[tokio::test]
async fn a_damaged_event_holds_up_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.db");
    let answers = Answers::done();
    let log = EmbeddedLog::open(&path).await.unwrap();
    let bus = Bus::start(Arc::new(log), answers.clone(), &quick_limits()).await.unwrap();
    for number in 1..=3 {
        bus.publish("/apps/todo", draft("todo.created", json!(number))).await.unwrap();
    }
    bus.shutdown().await;
    drop(bus);
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute("UPDATE events SET data = '{' WHERE sequence = 2", []).unwrap();
    drop(database);

    let log = EmbeddedLog::open(&path).await.unwrap();
    let bus = Bus::start(Arc::new(log), answers.clone(), &quick_limits()).await.unwrap();
    bus.subscribe_app_from(&app("calendar"), &patterns(&["todo.*"]), SubscribeFrom::Start).await.unwrap();
    let delivered = answers.wait_for(2).await;
    let data: Vec<_> = delivered.iter().map(|d| d.event.data.clone()).collect();
    assert_eq!(data, [json!(1), json!(3)]);
}

#[tokio::test]
async fn a_reader_whose_place_is_beyond_the_end_hears_what_comes() {
    let (bus, _, _dir) = start(&Answers::done()).await;
    bus.publish("/apps/todo", draft("todo.created", json!(1))).await.unwrap();
    let mut events = bus.follow(patterns(&["*"]), Some(5_000));
    bus.publish("/apps/todo", draft("todo.created", json!(2))).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, json!(2));
}

/// A log whose `subscribe` answers late, when it has long been written.
struct LateAnswer {
    log: EmbeddedLog,
    subscribed: Notify,
    go_on: Notify,
}

#[async_trait]
impl EventLog for LateAnswer {
    async fn append(&self, events: Vec<NewEvent>) -> Result<Vec<Event>, BusError> {
        self.log.append(events).await
    }
    async fn read(&self, after: u64, patterns: &[EventPattern], limit: usize) -> Result<Page, BusError> {
        self.log.read(after, patterns, limit).await
    }
    async fn get(&self, sequence: u64) -> Result<Option<Event>, BusError> {
        self.log.get(sequence).await
    }
    fn last_sequence(&self) -> watch::Receiver<u64> {
        self.log.last_sequence()
    }
    async fn prune(&self, kept: u64, limit: usize) -> Result<usize, BusError> {
        self.log.prune(kept, limit).await
    }
    async fn close(&self) {
        self.log.close().await;
    }
}

#[async_trait]
impl DeliveryState for LateAnswer {
    async fn subscriptions(&self) -> Result<Vec<Subscription>, BusError> {
        self.log.subscriptions().await
    }
    async fn subscribe(
        &self,
        app: &AppName,
        patterns: &[EventPattern],
        from: SubscribeFrom,
        at_least: u64,
    ) -> Result<u64, BusError> {
        let cursor = self.log.subscribe(app, patterns, from, at_least).await;
        self.subscribed.notify_one();
        self.go_on.notified().await;
        cursor
    }
    async fn unsubscribe(&self, app: &AppName) -> Result<(), BusError> {
        self.log.unsubscribe(app).await
    }
    async fn forget(&self, app: &AppName) -> Result<(), BusError> {
        self.log.forget(app).await
    }
    async fn record(&self, app: &AppName, progress: Progress, max: u64) -> Result<(), BusError> {
        self.log.record(app, progress, max).await
    }
    async fn advance(&self, to: u64, busy: Vec<AppName>) -> Result<(), BusError> {
        self.log.advance(to, busy).await
    }
    async fn dead_letters(
        &self,
        app: Option<&AppName>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<DeadLetters, BusError> {
        self.log.dead_letters(app, before, limit).await
    }
    async fn dead_letter(&self, id: u64) -> Result<Option<DeadLetter>, BusError> {
        self.log.dead_letter(id).await
    }
    async fn resolve(&self, id: u64, failed: Option<String>) -> Result<(), BusError> {
        self.log.resolve(id, failed).await
    }
}

#[tokio::test]
async fn an_app_that_is_just_subscribing_is_not_taken_for_one_that_has_seen_everything() {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path().join("events.db")).await.unwrap();
    let log = Arc::new(LateAnswer { log, subscribed: Notify::new(), go_on: Notify::new() });
    let limits = Limits { drain_ms: 1, ..quick_limits() };
    let bus = Arc::new(Bus::start(log.clone(), Answers::never(), &limits).await.unwrap());
    let mut routed = bus.follow(patterns(&["*"]), None);
    bus.publish("/apps/todo", draft("todo.created", json!(1))).await.unwrap();
    routed.next().await.unwrap().unwrap();

    let subscribing = tokio::spawn({
        let bus = Arc::clone(&bus);
        let (calendar, todo) = (app("calendar"), patterns(&["todo.*"]));
        async move { bus.subscribe_app_from(&calendar, &todo, SubscribeFrom::Start).await }
    });
    log.subscribed.notified().await;
    let pruning = tokio::spawn({
        let bus = Arc::clone(&bus);
        async move { bus.prune().await }
    });
    // Room for what must not happen.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    log.go_on.notify_one();
    subscribing.await.unwrap().unwrap();
    pruning.await.unwrap();
    let subscriptions = log.subscriptions().await.unwrap();
    assert_eq!(subscriptions[0].cursor, 0, "its first event is not delivered yet");
}

#[tokio::test]
async fn an_app_can_be_unsubscribed_after_a_stop_that_cut_its_delivery_off() {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path().join("events.db")).await.unwrap();
    let limits = Limits { drain_ms: 1, ..quick_limits() };
    let answers = Answers::never();
    let bus = Bus::start(Arc::new(log), answers.clone(), &limits).await.unwrap();
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!(1))).await.unwrap();
    answers.wait_for(1).await;
    bus.shutdown().await;
    // The log is closed, so it is an error; it must not wait for the delivery that was cut off.
    assert!(bus.unsubscribe_app(&app("calendar")).await.is_err());
}
