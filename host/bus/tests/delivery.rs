//! What the bus promises: at least once, in order, a few attempts, then a dead letter.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use atoll_bus::{Bus, BusError, Delivery, EmbeddedLog, Lagged, RetryOutcome};
use atoll_model::{Limits, manifest::SubscribeFrom};
use futures::StreamExt as _;
use serde_json::json;
use support::{Answers, app, draft, patterns, quick_limits, start};

#[tokio::test]
async fn an_event_reaches_who_subscribes_and_nobody_else() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    bus.subscribe_app(&app("mail"), &patterns(&["mail.sent"])).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!({"title": "a"}))).await.unwrap();
    let delivered = handler.wait_for(1).await;
    assert_eq!(delivered[0].app, app("calendar"));
    assert_eq!(delivered[0].event.source, "/apps/todo");
    assert_eq!(delivered[0].attempt, 1);
    bus.shutdown().await;
    assert_eq!(handler.all().len(), 1);
}

#[tokio::test]
async fn events_of_one_publisher_and_type_arrive_in_order_also_around_failures() {
    // Every third attempt fails.
    let answers = Answers::by(|delivery, count| match count % 3 {
        0 if delivery.attempt < 3 => Delivery::Retry("not now".into()),
        _ => Delivery::Done,
    });
    let (bus, handler, _dir) = start(&answers).await;
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    for number in 0..50 {
        bus.publish("/apps/todo", draft("todo.created", json!(number))).await.unwrap();
    }
    handler.wait_until(|all| all.iter().filter(|d| d.done).count() == 50).await;
    let done: Vec<i64> =
        handler.all().iter().filter(|d| d.done).filter_map(|d| d.event.data.as_i64()).collect();
    assert_eq!(done, (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_failing_event_does_not_hold_up_other_types() {
    let answers = Answers::by(|delivery, _| match delivery.event.event_type.as_str() {
        "todo.broken" => Delivery::Retry("never".into()),
        _ => Delivery::Done,
    });
    let (bus, handler, _dir) = start(&answers).await;
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    bus.publish("/apps/todo", draft("todo.broken", json!(1))).await.unwrap();
    bus.publish("/apps/todo", draft("todo.fine", json!(2))).await.unwrap();
    handler.wait_until(|all| all.iter().any(|d| d.done)).await;
}

#[tokio::test]
async fn after_its_attempts_an_event_is_a_dead_letter_that_can_be_retried() {
    let answers = Answers::by(|delivery, _| match delivery.attempt {
        0..=3 => Delivery::Retry("the calendar is full".into()),
        _ => Delivery::Done,
    });
    let (bus, handler, _dir) = start(&answers).await;
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!(1))).await.unwrap();
    handler.wait_for(3).await;
    let letters = support::dead_letters(&bus, 1).await;
    assert_eq!((letters[0].attempts, letters[0].app.as_str()), (3, "calendar"));
    assert!(letters[0].error.contains("the calendar is full"), "{}", letters[0].error);

    assert_eq!(bus.retry_dead_letter(letters[0].id).await.unwrap(), Some(RetryOutcome::Delivered));
    assert!(bus.dead_letters(None, None, 100).await.unwrap().letters.is_empty());
    assert_eq!(bus.retry_dead_letter(letters[0].id).await.unwrap(), None);
}

#[tokio::test]
async fn a_rejected_event_is_not_tried_again() {
    let (bus, handler, _dir) = start(&Answers::by(|_, _| Delivery::Reject("not mine".into()))).await;
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!(1))).await.unwrap();
    let letters = support::dead_letters(&bus, 1).await;
    assert!(letters[0].error.contains("not mine"));
    assert_eq!(handler.all().len(), 1);
}

#[tokio::test]
async fn an_event_that_came_through_too_many_handlers_is_not_delivered() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    bus.subscribe_app(&app("ping"), &patterns(&["pong.said"])).await.unwrap();
    let mut cycled = draft("pong.said", json!(1));
    cycled.hops = Limits::default().event_hops_max;
    bus.publish("/apps/pong", cycled).await.unwrap();
    let letters = support::dead_letters(&bus, 1).await;
    assert!(letters[0].error.contains("event_hops_max = 8") && letters[0].error.contains("/apps/pong"));
    assert!(handler.all().is_empty());
}

#[tokio::test]
async fn an_app_hears_itself_only_when_it_names_the_type() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    bus.subscribe_app(&app("todo"), &patterns(&["todo.*", "todo.archived"])).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!(1))).await.unwrap();
    bus.publish("/apps/todo", draft("todo.archived", json!(2))).await.unwrap();
    bus.publish("/apps/other", draft("todo.created", json!(3))).await.unwrap();
    handler.wait_for(2).await;
    bus.shutdown().await;
    let mut heard: Vec<i64> = handler.all().iter().filter_map(|d| d.event.data.as_i64()).collect();
    heard.sort_unstable();
    assert_eq!(heard, [2, 3]);
}

#[tokio::test]
async fn the_same_source_and_id_is_the_same_event() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    let mut first = draft("todo.created", json!("first"));
    first.id = Some("1".into());
    let mut second = draft("todo.created", json!("second"));
    second.id = Some("1".into());
    let one = bus.publish("/apps/todo", first.clone()).await.unwrap();
    assert_eq!(bus.publish("/apps/todo", second).await.unwrap(), one);
    let other = bus.publish("/apps/other", first).await.unwrap();
    assert_ne!(other.sequence, one.sequence);
    handler.wait_for(2).await;
    bus.shutdown().await;
    assert_eq!(handler.all().len(), 2);
}

#[tokio::test]
async fn what_was_not_delivered_is_delivered_after_a_restart_and_what_was_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.db");
    let open = async || std::sync::Arc::new(EmbeddedLog::open(&path).await.unwrap());
    let handler = Answers::done();
    let bus = Bus::start(open().await, handler.clone(), &quick_limits()).await.unwrap();
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!(1))).await.unwrap();
    handler.wait_for(1).await;
    bus.shutdown().await;
    drop(bus);

    // A handler that never answers stands for a crash in the middle of a delivery.
    let stuck = Answers::never();
    let limits = Limits { drain_ms: 1, ..quick_limits() };
    let bus = Bus::start(open().await, stuck.clone(), &limits).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!(2))).await.unwrap();
    stuck.wait_for(1).await;
    bus.shutdown().await;
    drop(bus);

    let handler = Answers::done();
    let bus = Bus::start(open().await, handler.clone(), &quick_limits()).await.unwrap();
    let delivered = handler.wait_for(1).await;
    assert_eq!(delivered[0].event.data, json!(2));
    bus.shutdown().await;
}

#[tokio::test]
async fn an_unsubscribed_app_hears_nothing_and_starts_from_now_when_it_returns() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    bus.unsubscribe_app(&app("calendar")).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!("missed"))).await.unwrap();
    bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!("heard"))).await.unwrap();
    let delivered = handler.wait_for(1).await;
    assert_eq!(delivered[0].event.data, json!("heard"));
}

#[tokio::test]
async fn an_app_that_asks_for_the_start_hears_what_was_published_before_it_came() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    for number in 0..3 {
        bus.publish("/apps/todo", draft("todo.created", json!(number))).await.unwrap();
    }
    let from = SubscribeFrom::Start;
    bus.subscribe_app_from(&app("calendar"), &patterns(&["todo.*"]), from).await.unwrap();
    handler.wait_for(3).await;
    // A later deploy goes on where it stands.
    bus.subscribe_app_from(&app("calendar"), &patterns(&["todo.created"]), from).await.unwrap();
    bus.publish("/apps/todo", draft("todo.created", json!(3))).await.unwrap();
    let heard: Vec<i64> = handler.wait_for(4).await.iter().filter_map(|d| d.event.data.as_i64()).collect();
    assert_eq!(heard, [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_redeployed_app_misses_nothing() {
    let (bus, handler, _dir) = start(&Answers::done()).await;
    for round in 0..20 {
        bus.subscribe_app(&app("calendar"), &patterns(&["todo.*"])).await.unwrap();
        bus.publish("/apps/todo", draft("todo.created", json!(round))).await.unwrap();
    }
    handler.wait_until(|all| (0..20).all(|n| all.iter().any(|d| d.event.data == json!(n)))).await;
}

#[tokio::test]
async fn a_follower_gets_what_was_then_what_comes_without_gap_or_repeat() {
    let (bus, _handler, _dir) = start(&Answers::done()).await;
    for number in 0..200 {
        bus.publish("/apps/todo", draft("todo.created", json!(number))).await.unwrap();
        bus.publish("/apps/todo", draft("other.created", json!(number))).await.unwrap();
    }
    let mut events = bus.follow(patterns(&["todo.*"]), Some(0));
    for number in 0..200 {
        assert_eq!(events.next().await.unwrap().unwrap().data, json!(number));
    }
    bus.publish("/apps/todo", draft("todo.created", json!("live"))).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, json!("live"));
}

#[tokio::test]
async fn a_follower_whose_place_is_gone_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let log = std::sync::Arc::new(EmbeddedLog::open(&dir.path().join("events.db")).await.unwrap());
    let limits = Limits { events_kept_max: 100, ..quick_limits() };
    let bus = Bus::start(log, Answers::done(), &limits).await.unwrap();
    let publishers = (0..1_000).map(|n| bus.publish("/apps/todo", draft("todo.created", json!(n))));
    assert!(futures::future::join_all(publishers).await.iter().all(Result::is_ok));
    bus.prune().await;
    let mut behind = bus.follow(patterns(&["*"]), Some(5));
    let lagged = behind.next().await.unwrap().unwrap_err();
    assert_eq!(lagged, Lagged::Gone { place: 5, oldest: 900 });
    assert!(behind.next().await.is_none());
    // Who asks for everything gets everything that is kept.
    let mut all = bus.follow(patterns(&["*"]), Some(0));
    assert_eq!(all.next().await.unwrap().unwrap().sequence, 901);
}

#[tokio::test]
async fn oversized_and_malformed_events_are_refused() {
    let (bus, _handler, _dir) = start(&Answers::done()).await;
    let big = "x".repeat(Limits::default().event_data_bytes_max);
    let error = bus.publish("/apps/todo", draft("todo.created", json!(big))).await.unwrap_err();
    assert!(matches!(error, BusError::OverLimit { limit: "event_data_bytes_max", .. }), "{error}");
    let deep = (0..100).fold(json!(1), |value, _| json!([value]));
    let error = bus.publish("/apps/todo", draft("todo.created", deep)).await.unwrap_err();
    assert!(matches!(error, BusError::OverLimit { limit: "json_depth_max", .. }), "{error}");
    let mut escape = draft("todo.created", json!(1));
    escape.id = Some("\u{1b}[2J".into());
    assert!(matches!(bus.publish("/apps/todo", escape).await, Err(BusError::Invalid(_))));
}

#[tokio::test]
async fn many_publishers_at_once_lose_nothing() {
    let (bus, _handler, _dir) = start(&Answers::done()).await;
    let publishes = (0..500).map(|n| bus.publish("/apps/todo", draft("todo.created", json!(n))));
    let mut sequences: Vec<u64> =
        futures::future::join_all(publishes).await.into_iter().map(|event| event.unwrap().sequence).collect();
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=500).collect::<Vec<_>>());
}
