//! `kill -9` while KV, SQL and deploys are written: what was acknowledged is there, and nothing is half.
//!
//! The test binary starts itself as the process to be killed; the ignored test below is that process.
#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use atoll_model::{Limits, Revision, SqlValue};
use atoll_store::Store;
use common::{app, bundle, image, integer, put, sql_with};

const DIR: &str = "ATOLL_TEST_KILL_DIR";
const ROUNDS: u64 = 10;

#[test]
fn what_was_acknowledged_survives_kill_nine_and_nothing_is_mixed() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::from([("kv", 0), ("sql", 0), ("deploy", 0)]);
    let mut moved = 0;
    for round in 0..ROUNDS {
        let before = acknowledged.clone();
        write_until_killed(dir.path(), round, &mut acknowledged);
        moved += u64::from(before != acknowledged);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check(dir.path(), &acknowledged));
    }
    assert!(moved > ROUNDS / 2, "too few rounds wrote anything: {acknowledged:?}");
    assert!(acknowledged.values().all(|count| *count > 0), "{acknowledged:?}");
}

/// Starts a writer, kills it at a random moment, and takes in what it had acknowledged by then.
fn write_until_killed(dir: &Path, round: u64, acknowledged: &mut BTreeMap<&'static str, i64>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer_process", "--ignored", "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (started, start) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for line in lines.map_while(Result::ok) {
            // Everything after the first acknowledgement is a random moment; nothing is waited for blindly.
            let _ = started.send(());
            seen.push(line);
        }
        seen
    });
    start.recv_timeout(Duration::from_secs(60)).expect("the writer acknowledges something");
    let jitter = getrandom::u32().unwrap() % 120;
    std::thread::sleep(Duration::from_millis(u64::from(jitter) + round));
    child.kill().unwrap();
    child.wait().unwrap();
    for line in reader.join().unwrap() {
        let Some((kind, number)) = line.trim().split_once(' ') else { continue };
        if let (Some(last), Ok(number)) = (acknowledged.get_mut(kind), number.parse::<i64>()) {
            *last = number.max(*last);
        }
    }
}

async fn check(dir: &Path, acknowledged: &BTreeMap<&'static str, i64>) {
    let store = Store::open(dir, &Limits::default()).await.unwrap();
    let todo = app("todo");
    for n in 1..=acknowledged["kv"] {
        let entry = store.kv_get(&todo, &n.to_string()).await.unwrap();
        assert_eq!(entry.unwrap_or_else(|| panic!("kv {n} is lost")).value, n.to_string());
    }
    if acknowledged["sql"] > 0 {
        let present = integer(&store, &todo, "SELECT count(*) FROM a").await;
        assert!(present >= acknowledged["sql"], "{present} of {acknowledged:?}");
        assert_eq!(
            integer(&store, &todo, "SELECT max(n) FROM a").await,
            present,
            "none is missing in between"
        );
        let unpaired = "SELECT count(*) FROM a FULL JOIN b ON a.n = b.n WHERE a.n IS NULL OR b.n IS NULL";
        assert_eq!(integer(&store, &todo, unpaired).await, 0, "a batch is whole or absent");
        assert_eq!(
            store.sql_query(&todo, common::sql("PRAGMA foreign_key_check")).await.unwrap().rows.len(),
            0
        );
    }
    if let Some(record) = store.active(&todo).await.unwrap() {
        let Revision(revision) = record.revision;
        assert!(i64::try_from(revision).unwrap() >= acknowledged["deploy"], "{revision} of {acknowledged:?}");
        let source = store.source(&todo, record.revision).await.unwrap().unwrap();
        let text = source.text("backend/index.ts").unwrap().trim_start_matches("// ");
        assert_eq!(record.hash, source.hash());
        assert_eq!(store.backend(&todo, record.revision).await.unwrap(), Some(image(text)));
        let page = store.frontend(&todo, record.revision).await.unwrap().unwrap();
        assert_eq!(page.modules["frontend/App.js"].code, format!("/* {text} */"));
        // Its migrations have run, and no others.
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'm%'";
        assert_eq!(integer(&store, &todo, tables).await, source.under("migrations").count() as i64 - 1);
    }
    store.shutdown().await;
}

#[test]
#[ignore = "the process that is killed: started by the test above"]
fn writer_process() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    // The test runner has begun a line.
    println!();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async move {
        let store = Store::open(Path::new(&dir), &Limits::default()).await.unwrap();
        let todo = app("todo");
        if store.active(&todo).await.unwrap().is_none() {
            store.deploy(&numbered(0)).await.unwrap();
        }
        let kv_next = last_key(&store).await + 1;
        let sql_next = integer(&store, &todo, "SELECT coalesce(max(n), 0) FROM a").await + 1;
        let deploy_next = store.active(&todo).await.unwrap().unwrap().revision.0 + 1;
        tokio::join!(
            write_kv(Arc::clone(&store), kv_next),
            write_sql(Arc::clone(&store), sql_next),
            deploy(Arc::clone(&store), deploy_next)
        )
    });
}

fn acknowledge(kind: &str, number: i64) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{kind} {number}").unwrap();
    out.flush().unwrap();
}

async fn last_key(store: &Store) -> i64 {
    let mut last = 0;
    while store.kv_get(&app("todo"), &(last + 1).to_string()).await.unwrap().is_some() {
        last += 1;
    }
    last
}

async fn write_kv(store: Arc<Store>, first: i64) {
    for n in first.. {
        store.kv_put(&app("todo"), &n.to_string(), put(&n.to_string())).await.unwrap();
        acknowledge("kv", n);
    }
}

async fn write_sql(store: Arc<Store>, first: i64) {
    for n in first.. {
        let insert =
            |table: &str| sql_with(&format!("INSERT INTO {table} VALUES (?)"), [SqlValue::Integer(n)]);
        store.sql_batch(&app("todo"), vec![insert("a"), insert("b")]).await.unwrap();
        acknowledge("sql", n);
    }
}

async fn deploy(store: Arc<Store>, first: u64) {
    for n in first.. {
        let deployed = store.deploy(&numbered(n)).await.unwrap();
        acknowledge("deploy", i64::try_from(deployed.revision.0).unwrap());
    }
}

/// Revision `n`, which has `n / 4` migrations besides the first.
fn numbered(n: u64) -> atoll_model::Bundle {
    let mut files = vec![("0000.sql".to_owned(), "CREATE TABLE a (n); CREATE TABLE b (n)".to_owned())];
    files.extend((1..=n / 4).map(|m| (format!("{m:04}.sql"), format!("CREATE TABLE m{m} (x)"))));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, sql)| (name.as_str(), sql.as_str())).collect();
    bundle("todo", &n.to_string(), &files)
}
