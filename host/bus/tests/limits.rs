//! The bus under load and at its limits: concurrency, order, restarts, retention, slow readers.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use atoll_bus::{Bus, DeadLetterReason, Delivery, EmbeddedLog, EventHandler, Lagged};
use atoll_model::{AppName, Event, Limits};
use futures::StreamExt as _;
use serde_json::json;
use support::{Answers, app, dead_letters, draft, patterns, quick_limits, start};
use tokio::sync::{Semaphore, watch};

async fn start_in(dir: &Path, handler: Arc<dyn EventHandler>, limits: &Limits) -> Bus {
    let log = EmbeddedLog::open_with_limits(dir.join("events.db"), limits).await.unwrap();
    Bus::start(Arc::new(log), handler, limits).await.unwrap()
}

/// Publishes `count` events of each of some sources and types, all sources at once.
async fn publish_streams(bus: &Bus, sources: usize, types: &[&str], count: usize) {
    let publishers = (0..sources).map(|source| async move {
        for number in 0..count {
            for event_type in types {
                let source = format!("/apps/publisher-{source}");
                bus.publish(&source, draft(event_type, json!(number))).await.unwrap();
            }
        }
    });
    futures::future::join_all(publishers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_subscriber_gets_everything_in_order_although_a_fifth_of_all_attempts_fails() {
    let handler = Answers::by(|delivery, count| match (count + delivery.event.sequence as usize) % 5 {
        0 if delivery.attempt < 3 => Delivery::Retry("not now".into()),
        _ => Delivery::Done,
    });
    let (bus, handler, _dir) = start(&handler).await;
    for subscriber in ["one", "two", "three"] {
        bus.subscribe_app(&app(subscriber), &patterns(&["a.*", "b.*"])).await.unwrap();
    }
    publish_streams(&bus, 4, &["a.x", "b.x", "c.x"], 40).await;
    let all = handler.wait_until(|all| all.iter().filter(|d| d.done).count() >= 3 * 4 * 2 * 40).await;

    let mut streams: HashMap<(AppName, String, String), Vec<i64>> = HashMap::new();
    for delivery in all.iter().filter(|d| d.done) {
        let event = &delivery.event;
        let key = (delivery.app.clone(), event.source.clone(), event.event_type.to_string());
        streams.entry(key).or_default().push(event.data.as_i64().unwrap());
    }
    assert_eq!(streams.len(), 3 * 4 * 2);
    for (stream, numbers) in streams {
        assert_eq!(numbers, (0..40).collect::<Vec<_>>(), "{stream:?}");
    }
    assert!(bus.dead_letters(None, None, 100).await.unwrap().letters.is_empty());
    bus.shutdown().await;
}

/// Counts how many deliveries run at once, and lets them end when told.
struct Gate {
    running: AtomicUsize,
    most: AtomicUsize,
    started: watch::Sender<usize>,
    open: Semaphore,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            started: watch::Sender::new(0),
            open: Semaphore::new(0),
        })
    }
}

#[async_trait]
impl EventHandler for Gate {
    async fn deliver(&self, _: &AppName, _: &Event, _: u32) -> Delivery {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        self.started.send_modify(|started| *started += 1);
        self.open.acquire().await.unwrap().forget();
        self.running.fetch_sub(1, Ordering::SeqCst);
        Delivery::Done
    }
}

#[tokio::test]
async fn deliveries_at_once_are_limited_for_one_app_and_for_all() {
    let dir = tempfile::tempdir().unwrap();
    let gate = Gate::new();
    let limits = Limits { deliveries_per_app_max: 2, deliveries_concurrent_max: 3, ..quick_limits() };
    let bus = start_in(dir.path(), gate.clone(), &limits).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.*"])).await.unwrap();
    publish_streams(&bus, 10, &["a.x"], 1).await;
    let mut started = gate.started.subscribe();
    started.wait_for(|started| *started == 2).await.unwrap();
    bus.subscribe_app(&app("two"), &patterns(&["a.*"])).await.unwrap();
    publish_streams(&bus, 10, &["a.x"], 1).await;
    started.wait_for(|started| *started == 3).await.unwrap();
    gate.open.add_permits(1_000);
    started.wait_for(|started| *started == 30).await.unwrap();
    assert_eq!(gate.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn shutdown_waits_for_what_runs_and_starts_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let gate = Gate::new();
    let limits = Limits { deliveries_per_app_max: 1, ..quick_limits() };
    let bus = start_in(dir.path(), gate.clone(), &limits).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.*"])).await.unwrap();
    publish_streams(&bus, 5, &["a.x"], 1).await;
    gate.started.subscribe().wait_for(|started| *started == 1).await.unwrap();
    let open = async {
        // The shutdown is under way first: `join` polls in order.
        gate.open.add_permits(1);
    };
    tokio::join!(bus.shutdown(), open);
    assert_eq!(*gate.started.borrow(), 1, "nothing was started after");
    assert!(bus.publish("/external/late", draft("a.x", json!(1))).await.is_err());
    drop(bus);

    let handler = Answers::done();
    let bus = start_in(dir.path(), handler.clone(), &limits).await;
    handler.wait_for(4).await;
    bus.shutdown().await;
    assert_eq!(handler.all().len(), 4, "what was done is not repeated, what was not is done");
}

#[tokio::test]
async fn attempts_are_remembered_over_a_restart_and_others_have_passed() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits {
        delivery_attempts_max: 4,
        delivery_backoff_ms: 60_000,
        delivery_backoff_ms_max: 60_000,
        ..quick_limits()
    };
    let picky = || {
        Answers::by(|delivery, _| match delivery.event.event_type.as_str() {
            "a.bad" => Delivery::Retry("no".into()),
            _ => Delivery::Done,
        })
    };
    let publish = async |bus: &Bus, event_type: &str, number: i64| {
        bus.publish("/apps/p", draft(event_type, json!(number))).await.unwrap();
    };
    let handler = picky();
    let bus = start_in(dir.path(), handler.clone(), &limits).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.*"])).await.unwrap();
    publish(&bus, "a.bad", 1).await;
    publish(&bus, "a.bad", 2).await;
    publish(&bus, "a.good", 3).await;
    handler.wait_for(2).await;
    bus.shutdown().await;
    drop(bus);

    for round in 2..=4 {
        let handler = picky();
        let bus = start_in(dir.path(), handler.clone(), &limits).await;
        let seen = handler.wait_for(1).await;
        assert_eq!((seen[0].event.data.clone(), seen[0].attempt), (json!(1), round), "and 3 is not repeated");
        if round == 4 {
            // Given up: its successor in the stream has its turn.
            let seen = handler.wait_for(2).await;
            assert_eq!((seen[1].event.data.clone(), seen[1].attempt), (json!(2), 1));
            let letters = dead_letters(&bus, 1).await;
            assert_eq!((letters[0].attempts, letters[0].reason), (4, DeadLetterReason::Exhausted));
        }
        bus.shutdown().await;
    }
}

#[tokio::test]
async fn a_handler_that_panics_has_failed_and_nothing_else_suffers() {
    let handler = Answers::by(|delivery, _| {
        assert_ne!(delivery.event.data, json!("panic"), "as asked");
        Delivery::Done
    });
    let (bus, handler, _dir) = start(&handler).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.x"])).await.unwrap();
    bus.publish("/apps/p", draft("a.x", json!("panic"))).await.unwrap();
    bus.publish("/apps/p", draft("a.x", json!("fine"))).await.unwrap();
    handler.wait_until(|all| all.iter().any(|d| d.done)).await;
    let letters = dead_letters(&bus, 1).await;
    assert_eq!((letters[0].error.as_str(), letters[0].attempts), ("the handler panicked", 3));
}

#[tokio::test]
async fn dead_letters_are_bounded_and_a_failed_retry_stays_one_with_its_new_error() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { dead_letters_per_app_max: 3, ..quick_limits() };
    let handler = Answers::by(|delivery, _| Delivery::Reject(format!("no, {}", delivery.attempt)));
    let bus = start_in(dir.path(), handler.clone(), &limits).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.x"])).await.unwrap();
    for number in 0..6 {
        bus.publish("/apps/p", draft("a.x", json!(number))).await.unwrap();
    }
    handler.wait_for(6).await;
    let letters = loop {
        let letters = dead_letters(&bus, 3).await;
        if letters[0].event.data == json!(5) {
            break letters;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(letters.iter().map(|l| l.event.data.as_i64().unwrap()).collect::<Vec<_>>(), [5, 4, 3]);
    assert_eq!(letters[0].reason, DeadLetterReason::Rejected);

    bus.retry_dead_letter(letters[0].id).await.unwrap();
    let again = bus.dead_letters(Some(&app("one")), None, 100).await.unwrap().letters;
    assert_eq!((again[0].error.as_str(), again[0].attempts), ("no, 2", 2));
    assert!(bus.dead_letters(Some(&app("other")), None, 100).await.unwrap().letters.is_empty());
    bus.unsubscribe_app(&app("one")).await.unwrap();
    assert_eq!(bus.dead_letters(None, None, 100).await.unwrap().letters.len(), 3);
    bus.forget_app(&app("one")).await.unwrap();
    assert!(bus.dead_letters(None, None, 100).await.unwrap().letters.is_empty());
}

#[tokio::test]
async fn what_somebody_has_not_passed_is_not_pruned_and_dead_letters_keep_their_event() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { events_kept_max: 10, ..quick_limits() };
    let handler = Answers::by(|delivery, _| match delivery.event.data.as_i64() {
        Some(0) => Delivery::Reject("no".into()),
        _ => Delivery::Done,
    });
    let bus = start_in(dir.path(), handler.clone(), &limits).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.x"])).await.unwrap();
    // Hears nothing of all this, and holds nothing up.
    bus.subscribe_app(&app("idle"), &patterns(&["z.*"])).await.unwrap();
    publish_streams(&bus, 1, &["a.x"], 50).await;
    handler.wait_for(50).await;
    let letters = dead_letters(&bus, 1).await;
    bus.shutdown().await;
    drop(bus);

    let stuck = Answers::never();
    let limits = Limits { drain_ms: 1, ..limits };
    let bus = start_in(dir.path(), stuck.clone(), &limits).await;
    publish_streams(&bus, 1, &["a.x"], 50).await;
    stuck.wait_for(1).await;
    bus.prune().await;
    let kept: Vec<u64> =
        bus.follow(patterns(&["*"]), Some(0)).take(51).map(|e| e.unwrap().sequence).collect().await;
    assert_eq!(kept[..3], [1, 51, 52], "the dead letter's, and everything that is still to be delivered");
    assert_eq!(bus.dead_letters(None, None, 100).await.unwrap().letters, letters);
    bus.shutdown().await;
    drop(bus);

    let done = Answers::done();
    let bus = start_in(dir.path(), done.clone(), &limits).await;
    done.wait_for(50).await;
    let next = bus.publish("/external/x", draft("b.x", json!(1))).await.unwrap();
    assert_eq!(next.sequence, 101, "numbers are not used again");
}

#[tokio::test]
async fn a_reader_that_keeps_up_sees_all_and_one_that_does_not_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { subscriber_lag_events_max: 16, ..quick_limits() };
    let bus = start_in(dir.path(), Answers::done(), &limits).await;
    let mut live = bus.follow(patterns(&["*"]), None);
    let mut slow = bus.follow(patterns(&["*"]), None);
    for number in 0..500 {
        bus.publish("/apps/p", draft("a.x", json!(number))).await.unwrap();
        assert_eq!(live.next().await.unwrap().unwrap().data, json!(number));
    }
    let lagged = slow.next().await.unwrap().unwrap_err();
    assert!(matches!(lagged, Lagged::Slow { missed } if missed >= 400), "{lagged}");
    assert!(lagged.to_string().contains("subscriber_lag_events_max"));
    assert!(slow.next().await.is_none());
    // One that is behind is not cut off, however long it takes.
    let mut behind = bus.follow(patterns(&["*"]), Some(0));
    for number in 0..500 {
        assert_eq!(behind.next().await.unwrap().unwrap().data, json!(number));
    }
    bus.shutdown().await;
    assert!(behind.next().await.is_none() && live.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_joins_while_many_publish_sees_no_gap_and_no_repeat() {
    let (bus, _handler, _dir) = start(&Answers::done()).await;
    let bus = Arc::new(bus);
    let publishers = (0..8).map(|publisher| {
        let bus = Arc::clone(&bus);
        tokio::spawn(async move {
            for number in 0..200 {
                let source = format!("/external/{publisher}");
                bus.publish(&source, draft("a.x", json!(number))).await.unwrap();
            }
        })
    });
    let publishers: Vec<_> = publishers.collect();
    for after in [0, 10, 300] {
        let events = bus.follow(patterns(&["a.x"]), Some(after));
        let sequences: Vec<u64> = events.take(500).map(|event| event.unwrap().sequence).collect().await;
        assert_eq!(sequences, (after + 1..=after + 500).collect::<Vec<_>>());
    }
    for publisher in publishers {
        publisher.await.unwrap();
    }
}

#[tokio::test]
async fn thousands_of_idle_subscriptions_cost_no_task_and_do_not_slow_the_others() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    let subscribe = (0..2_000).map(|n| {
        let bus = &bus;
        async move { bus.subscribe_app(&app(&format!("idle-{n}")), &patterns(&["never.*"])).await.unwrap() }
    });
    futures::future::join_all(subscribe).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.*"])).await.unwrap();
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    publish_streams(&bus, 1, &["a.x"], 100).await;
    handler.wait_for(100).await;
    let after = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert!(after <= before + 16, "{before} tasks before, {after} after");
    let apps: BTreeSet<AppName> = handler.all().into_iter().map(|d| d.app).collect();
    assert_eq!(apps, BTreeSet::from([app("one")]));
}

#[tokio::test]
async fn an_app_that_is_removed_while_it_handles_an_event_is_let_go() {
    let (bus, stuck, _dir) = start(&Answers::never()).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.x"])).await.unwrap();
    bus.publish("/apps/p", draft("a.x", json!(1))).await.unwrap();
    stuck.wait_for(1).await;
    bus.forget_app(&app("one")).await.unwrap();
    bus.subscribe_app(&app("one"), &patterns(&["a.x"])).await.unwrap();
    bus.publish("/apps/p", draft("a.x", json!(2))).await.unwrap();
    let seen = stuck.wait_for(2).await;
    assert_eq!(seen[1].event.data, json!(2));
}

#[tokio::test]
async fn changed_patterns_count_from_then_on() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    bus.subscribe_app(&app("one"), &patterns(&["a.x"])).await.unwrap();
    bus.publish("/apps/p", draft("b.x", json!("before"))).await.unwrap();
    bus.publish("/apps/p", draft("a.x", json!("a"))).await.unwrap();
    handler.wait_for(1).await;
    bus.subscribe_app(&app("one"), &patterns(&["b.*"])).await.unwrap();
    bus.publish("/apps/p", draft("a.x", json!("not any more"))).await.unwrap();
    bus.publish("/apps/p", draft("b.x", json!("b"))).await.unwrap();
    let seen = handler.wait_for(2).await;
    assert_eq!(seen.iter().map(|d| d.event.data.clone()).collect::<Vec<_>>(), [json!("a"), json!("b")]);
}

#[tokio::test]
async fn an_event_reads_back_as_it_was_answered() {
    let (bus, _handler, _dir) = start(&Answers::done()).await;
    let mut full = draft("a.x", json!({"ü": [1, 2.5, null, "\u{0}"], "__proto__": {"x": 1}}));
    full.subject = Some("item/1".into());
    full.hops = 3;
    let answered = bus.publish("/external/ci", full).await.unwrap();
    let mut events = bus.follow(patterns(&["*"]), Some(0));
    assert_eq!(events.next().await.unwrap().unwrap(), answered);
    assert_eq!(bus.last_sequence(), answered.sequence);
    for source in ["/apps/Todo", "todo", "/external/../apps/todo"] {
        assert!(bus.publish(source, draft("a.x", json!(1))).await.is_err(), "{source}");
    }
}
