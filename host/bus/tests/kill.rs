//! `kill -9` while events are published and delivered: what was acknowledged is in the log, everything in the
//! log is delivered, and in order.
//!
//! The test binary starts itself as the process to be killed; the ignored test below is that process.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use atoll_bus::{Bus, Delivery, EmbeddedLog, EventHandler, EventLog as _};
use atoll_model::{AppName, Event};
use serde_json::json;
use support::{Answers, app, draft, patterns, quick_limits};

const DIR: &str = "ATOLL_TEST_KILL_DIR";
const ROUNDS: u64 = 10;
const PUBLISHERS: usize = 8;

#[test]
fn what_was_acknowledged_survives_kill_nine_and_everything_is_delivered() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.db");
    let mut acknowledged: BTreeMap<u64, String> = BTreeMap::new();
    let mut delivered: Vec<u64> = Vec::new();
    for round in 0..ROUNDS {
        let before = acknowledged.len();
        for line in run_until_killed(&path, round) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["published", sequence, id] => {
                    let lost = acknowledged.insert(sequence.parse().unwrap(), id.to_owned());
                    assert_eq!(lost, None, "a sequence number was given twice");
                }
                ["delivered", sequence] => delivered.push(sequence.parse().unwrap()),
                // A line that the kill cut in two.
                _ => {}
            }
        }
        assert!(acknowledged.len() > before, "round {round} wrote nothing");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check_log(&path, &acknowledged));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    delivered.extend(runtime.block_on(deliver_the_rest(&path)));
    check_deliveries(&acknowledged, &delivered);
}

fn run_until_killed(path: &Path, round: u64) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "bus_process", "--ignored", "--nocapture", "--test-threads=1"])
        .env(DIR, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (started, start) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for line in lines.map_while(Result::ok) {
            if line.starts_with("published") {
                let _ = started.send(());
            }
            seen.push(line);
        }
        seen
    });
    start.recv_timeout(Duration::from_secs(60)).expect("the process publishes something");
    let jitter = getrandom::u32().unwrap() % 120;
    std::thread::sleep(Duration::from_millis(u64::from(jitter) + round));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

async fn check_log(path: &Path, acknowledged: &BTreeMap<u64, String>) {
    let log = EmbeddedLog::open(path).await.unwrap();
    for (sequence, id) in acknowledged {
        let event = log.get(*sequence).await.unwrap().unwrap_or_else(|| panic!("event {sequence} is lost"));
        assert_eq!(event.id, *id);
        assert_eq!(event.data, json!({ "id": id }), "and it is whole");
    }
    log.close().await;
}

async fn deliver_the_rest(path: &Path) -> Vec<u64> {
    let log = EmbeddedLog::open(path).await.unwrap();
    let handler = Answers::done();
    let bus = Bus::start(Arc::new(log), handler.clone(), &quick_limits()).await.unwrap();
    // A last event of every stream: when it has come, so has everything before it.
    for publisher in 0..PUBLISHERS {
        bus.publish(&format!("/external/{publisher}"), draft("a.x", json!("last"))).await.unwrap();
    }
    let all =
        handler.wait_until(|all| all.iter().filter(|d| d.event.data == json!("last")).count() == PUBLISHERS);
    let sequences = all.await.iter().map(|d| d.event.sequence).collect();
    bus.shutdown().await;
    sequences
}

fn check_deliveries(acknowledged: &BTreeMap<u64, String>, delivered: &[u64]) {
    let once: BTreeSet<u64> = delivered.iter().copied().collect();
    let lost: Vec<&u64> = acknowledged.keys().filter(|sequence| !once.contains(sequence)).collect();
    assert!(lost.is_empty(), "published and never delivered: {lost:?}");
    // In order: a stream's events are first seen in the order of their publication.
    let mut last: HashMap<&str, u64> = HashMap::new();
    let mut seen = BTreeSet::new();
    for sequence in delivered.iter().filter(|sequence| seen.insert(**sequence)) {
        let Some(publisher) = acknowledged.get(sequence).and_then(|id| id.split('-').next()) else {
            continue;
        };
        let before = last.insert(publisher, *sequence).unwrap_or(0);
        assert!(before < *sequence, "{sequence} of {publisher} came after {before}");
    }
    let duplicates = delivered.len() - once.len();
    say(&format!(
        "{} acknowledged, {} delivered, {duplicates} of them again",
        acknowledged.len(),
        once.len()
    ));
}

#[test]
#[ignore = "the process that is killed: started by the test above"]
fn bus_process() {
    let Some(path) = std::env::var_os(DIR) else { return };
    // The test runner has begun a line.
    say("");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async move {
        let log = EmbeddedLog::open(Path::new(&path)).await.unwrap();
        let bus = Bus::start(Arc::new(log), Arc::new(Told), &quick_limits()).await.unwrap();
        bus.subscribe_app(&app("one"), &patterns(&["a.*"])).await.unwrap();
        let publishers = (0..PUBLISHERS).map(|publisher| publish_for_ever(&bus, publisher));
        futures::future::join_all(publishers).await
    });
}

/// Says what it is given, before it says that it is done.
struct Told;

#[async_trait]
impl EventHandler for Told {
    async fn deliver(&self, _: &AppName, event: &Event, attempt: u32) -> Delivery {
        if event.sequence.is_multiple_of(7) && attempt == 1 {
            return Delivery::Retry("not at once".into());
        }
        say(&format!("delivered {}", event.sequence));
        Delivery::Done
    }
}

async fn publish_for_ever(bus: &Bus, publisher: usize) {
    loop {
        let id = format!("{publisher}-{}", getrandom::u64().unwrap());
        let mut event = draft("a.x", json!({ "id": id }));
        event.id = Some(id);
        let event = bus.publish(&format!("/external/{publisher}"), event).await.unwrap();
        say(&format!("published {} {}", event.sequence, event.id));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}
