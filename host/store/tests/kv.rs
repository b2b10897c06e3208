//! The KV store: Workers KV semantics, limits, and apps apart from one another. What can be asked of both is
//! asked of the store on disk and of the one in memory.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use atoll_model::{CapabilityError, KvEntry, KvPut, Limits};
use atoll_store::{Clock, Ephemeral, Store, StoreError, StoreOptions};
use bytes::Bytes;
use common::{app, bundle, put, store_with_app};
use jiff::Timestamp;

#[tokio::test]
async fn a_value_comes_back_with_its_metadata_until_it_is_deleted() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    let memory = Ephemeral::open(&todo, &[], &Limits::default()).await.unwrap();
    let value = KvPut { metadata: Some("{\"a\":1}".into()), ..put("\0binary\u{1}") };
    let entry = KvEntry { value: value.value.clone(), metadata: value.metadata.clone() };

    assert_eq!(store.kv_get(&todo, "k").await.unwrap(), None);
    store.kv_put(&todo, "k", value.clone()).await.unwrap();
    assert_eq!(store.kv_get(&todo, "k").await.unwrap(), Some(entry.clone()));
    store.kv_delete(&todo, "k").await.unwrap();
    store.kv_delete(&todo, "k").await.unwrap();
    assert_eq!(store.kv_get(&todo, "k").await.unwrap(), None);

    memory.kv_put(&todo, "k", value).await.unwrap();
    assert_eq!(memory.kv_get(&todo, "k").await.unwrap(), Some(entry));
    memory.kv_delete(&todo, "k").await.unwrap();
    assert_eq!(memory.kv_get(&todo, "k").await.unwrap(), None);
}

#[tokio::test]
async fn a_list_is_in_byte_order_in_pages_and_only_of_the_prefix() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    for key in ["b", "a/2", "a/10", "a/é", "a", "a/1", "a0"] {
        store.kv_put(&todo, key, put("v")).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.kv_list(&todo, "a/", cursor.as_deref(), 2).await.unwrap();
        assert!(page.keys.len() <= 2);
        seen.extend(page.keys.into_iter().map(|key| key.name));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a/1", "a/10", "a/2", "a/é"]);
    let all = store.kv_list(&todo, "", None, 7).await.unwrap();
    assert_eq!((all.keys.len(), all.cursor), (7, None));
    for (cursor, limit) in [(Some("zz"), 1), (Some("abc"), 1), (None, 0), (None, 1_001)] {
        assert!(store.kv_list(&todo, "", cursor, limit).await.is_err(), "{cursor:?} {limit}");
    }
}

#[tokio::test]
async fn apps_do_not_see_one_anothers_keys() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    let other = app("todo2");
    store.deploy(&bundle("todo2", "x", &[])).await.unwrap();
    store.kv_put(&todo, "k", put("mine")).await.unwrap();
    assert_eq!(store.kv_get(&other, "k").await.unwrap(), None);
    assert_eq!(store.kv_list(&other, "", None, 10).await.unwrap().keys.len(), 0);
    store.kv_delete(&other, "k").await.unwrap();
    assert!(store.kv_get(&todo, "k").await.unwrap().is_some());
}

#[tokio::test]
async fn a_key_past_its_expiration_is_invisible_at_once_and_its_room_comes_back() {
    let now = Arc::new(AtomicI64::new(1_000));
    let time = Arc::clone(&now);
    let clock = Clock::new(move || Timestamp::from_second(time.load(Ordering::Relaxed)).unwrap());
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { kv_bytes_per_app_max: 100, ..Limits::default() };
    let store = Store::open_with(dir.path(), &limits, StoreOptions { clock, ..StoreOptions::default() })
        .await
        .unwrap();
    store.deploy(&bundle("todo", "x", &[])).await.unwrap();
    let todo = app("todo");

    let short = KvPut { expiration_ttl_s: Some(60), ..put(&"x".repeat(80)) };
    store.kv_put(&todo, "short", short.clone()).await.unwrap();
    let listed = store.kv_list(&todo, "", None, 10).await.unwrap();
    assert_eq!(listed.keys[0].expiration_s, Some(1_060));
    assert!(store.kv_put(&todo, "other", put(&"y".repeat(80))).await.is_err(), "the store is full");

    now.store(1_059, Ordering::Relaxed);
    assert!(store.kv_get(&todo, "short").await.unwrap().is_some());
    now.store(1_060, Ordering::Relaxed);
    assert_eq!(store.kv_get(&todo, "short").await.unwrap(), None);
    assert_eq!(store.kv_list(&todo, "", None, 10).await.unwrap().keys.len(), 0);
    store.kv_put(&todo, "other", put(&"y".repeat(80))).await.unwrap();
}

#[tokio::test]
async fn an_apps_quota_counts_what_is_there_now() {
    let limits = Limits { kv_bytes_per_app_max: 100, ..Limits::default() };
    let (store, todo, _dir) = store_with_app(&limits).await;
    for round in 0..5 {
        store.kv_put(&todo, "k", put(&"x".repeat(90 - round))).await.unwrap();
    }
    let error = store.kv_put(&todo, "l", put(&"x".repeat(90))).await.unwrap_err();
    assert!(error.is_out_of_storage());
    let told = CapabilityError::from(error);
    assert!(matches!(
        &told,
        CapabilityError::OutOfStorage { limit: Some(("kv_bytes_per_app_max", 100)), .. }
    ));
    assert!(told.to_string().contains("kv_bytes_per_app_max = 100"), "{told}");
    store.kv_delete(&todo, "k").await.unwrap();
    store.kv_put(&todo, "l", put(&"x".repeat(90))).await.unwrap();
}

#[tokio::test]
async fn what_is_too_long_or_malformed_is_refused_with_the_limits_name() {
    let limits = Limits { kv_value_bytes_max: 10, ..Limits::default() };
    let (store, todo, _dir) = store_with_app(&limits).await;
    let cases = [
        ("", put("v"), "cannot be a key"),
        ("..", put("v"), "cannot be a key"),
        (&"k".repeat(513), put("v"), "kv_key_bytes_max = 512"),
        ("k", put("01234567890"), "kv_value_bytes_max = 10"),
        ("k", KvPut { metadata: Some("x".repeat(1_025)), ..put("v") }, "kv_metadata_bytes_max"),
        ("k", KvPut { metadata: Some("{".into()), ..put("v") }, "no JSON"),
        ("k", KvPut { expiration_ttl_s: Some(59), ..put("v") }, "at least 60"),
    ];
    for (key, put, reason) in cases {
        let error = store.kv_put(&todo, key, put).await.unwrap_err();
        assert!(error.to_string().contains(reason), "{key:?}: {error}");
    }
    assert_eq!(store.kv_list(&todo, "", None, 10).await.unwrap().keys.len(), 0);
}

#[tokio::test]
async fn writers_at_the_same_time_share_commits_and_lose_nothing() {
    let (store, todo, dir) = store_with_app(&Limits::default()).await;
    let writers = (0..16).map(|writer| {
        let (store, todo) = (Arc::clone(&store), todo.clone());
        tokio::spawn(async move {
            for n in 0..25 {
                // Every fifth is refused, in the middle of its neighbours' transaction.
                let ttl = (n % 5 == 0).then_some(1);
                let put = KvPut { expiration_ttl_s: ttl, ..put("v") };
                assert_eq!(store.kv_put(&todo, &format!("{writer}/{n}"), put).await.is_err(), ttl.is_some());
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    store.shutdown().await;
    assert!(matches!(store.kv_put(&todo, "late", put("v")).await, Err(StoreError::Database(_))));
    drop(store);
    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    assert_eq!(store.kv_list(&todo, "", None, 1_000).await.unwrap().keys.len(), 16 * 20);
}

#[tokio::test]
async fn a_value_is_set_only_where_it_is_what_is_expected() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    let set = async |expected: Option<&'static str>, value: &str| {
        store.kv_compare_and_set(&todo, "n", expected.map(Bytes::from), put(value)).await.unwrap()
    };
    assert!(!set(Some("0"), "1").await, "there is none");
    assert!(set(None, "0").await);
    assert!(!set(None, "1").await, "there is one");
    assert!(!set(Some("1"), "2").await && !set(Some(""), "2").await);
    assert!(set(Some("0"), "").await && set(Some(""), "1").await);
    assert_eq!(&store.kv_get(&todo, "n").await.unwrap().unwrap().value[..], b"1");
}

#[tokio::test]
async fn of_counters_that_compare_and_set_none_loses_a_count() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    let count = async |_| {
        for _ in 0..25 {
            loop {
                let before = store.kv_get(&todo, "n").await.unwrap().map(|entry| entry.value);
                let number =
                    before.as_deref().map_or(0, |text| std::str::from_utf8(text).unwrap().parse().unwrap());
                let after = put(&(number + 1_u32).to_string());
                if store.kv_compare_and_set(&todo, "n", before, after).await.unwrap() {
                    break;
                }
            }
        }
    };
    futures::future::join_all((0..8).map(count)).await;
    assert_eq!(&store.kv_get(&todo, "n").await.unwrap().unwrap().value[..], b"200");
}
