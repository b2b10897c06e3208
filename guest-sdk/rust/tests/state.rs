//! State and events, as far as the SDK shapes them.

use std::time::Duration;

use atoll_sdk::{
    CapabilityError, bus,
    kv::{self, PutOptions},
    random,
    testing::TestHost,
};
use serde_json::json;

#[test]
fn a_value_is_set_only_where_it_is_what_is_expected() {
    let _host = TestHost::new();
    assert!(!kv::compare_and_set("n", Some(b"0"), "1").unwrap());
    assert!(kv::compare_and_set("n", None, "0").unwrap());
    assert!(!kv::compare_and_set("n", None, "1").unwrap());
    assert!(PutOptions::new().compare_and_set("n", Some(b"0"), "1").unwrap());
    assert_eq!(kv::get_text("n").unwrap().as_deref(), Some("1"));
}

#[test]
fn values_are_written_read_and_gone() {
    let host = TestHost::new();
    kv::put("a", "text").unwrap();
    kv::put_json("b", &[1, 2]).unwrap();
    assert_eq!(kv::get_text("a").unwrap().as_deref(), Some("text"));
    assert_eq!(kv::get_json::<Vec<u8>>("b").unwrap(), Some(vec![1, 2]));
    let wrong = kv::get_json::<String>("b").unwrap_err();
    assert!(matches!(&wrong, CapabilityError::Data(text) if text.contains("\"b\"")), "{wrong}");
    kv::delete("a").unwrap();
    assert_eq!(kv::get("a").unwrap(), None);
    let minute = Duration::from_secs(60);
    PutOptions::new().ttl(minute).metadata(json!({ "n": 1 })).put("c", "x").unwrap();
    let entry = kv::get_entry("c").unwrap().unwrap();
    assert_eq!(entry.metadata::<serde_json::Value>().unwrap(), Some(json!({ "n": 1 })));
    host.advance(minute);
    assert_eq!(kv::get("c").unwrap(), None);
    assert!(matches!(PutOptions::new().ttl(minute / 2).put("c", "x"), Err(CapabilityError::Invalid(_))));
}

#[test]
fn keys_are_listed_over_pages() {
    let _host = TestHost::new();
    for number in 0..7 {
        PutOptions::new().metadata(number).put(&format!("k:{number}"), "").unwrap();
    }
    kv::put("other", "").unwrap();
    let keys: Vec<kv::Key> = kv::list("k:").page_size(3).collect::<Result<_, _>>().unwrap();
    assert_eq!(keys.len(), 7);
    assert_eq!((keys[6].name.as_str(), keys[6].metadata::<u32>().unwrap()), ("k:6", Some(6)));
    assert_eq!(kv::list("none").count(), 0);
    let page = kv::page("k:", None, 7).unwrap();
    assert_eq!((page.keys.len(), page.cursor), (7, None));
}

#[test]
fn an_event_of_the_same_id_is_published_once() {
    let host = TestHost::new();
    bus::publish_once("order-7", "order.placed", &json!({ "id": 7 })).unwrap();
    bus::publish_once("order-7", "order.placed", &json!({ "id": 7 })).unwrap();
    bus::publish("order.paid", "x").unwrap();
    let published = host.published();
    assert_eq!(published.len(), 2);
    assert_eq!((published[0].id.as_str(), &published[0].data), ("order-7", &json!({ "id": 7 })));
}

#[test]
fn random_numbers_differ() {
    let _host = TestHost::new();
    let (a, b) = (random::uuid(), random::uuid());
    assert!(a != b && a.len() == 36 && a.as_bytes()[14] == b'4', "{a}");
    let mut large = vec![0; 100_000];
    random::fill(&mut large);
    assert!(large[70_000..].iter().any(|byte| *byte != 0));
    assert_ne!(random::bytes::<16>(), random::bytes::<16>());
}

#[cfg(feature = "testing-sql")]
mod sql {
    use atoll_sdk::{CapabilityError, sql, testing::TestHost};
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Note {
        id: i64,
        text: String,
        done: bool,
        due: Option<String>,
    }

    fn host() -> TestHost {
        let host = TestHost::new();
        host.migrate(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, done INTEGER NOT NULL DEFAULT 0, due TEXT);
             INSERT INTO notes (text) VALUES ('milk');",
        );
        host
    }

    #[test]
    fn rows_are_read_into_types() {
        let _host = host();
        let added =
            sql::execute("INSERT INTO notes (text, done) VALUES (?1, ?2)", sql::params!["eggs", true])
                .unwrap();
        assert_eq!((added.rows, added.last_row_id), (1, 2));
        let notes: Vec<Note> = sql::all("SELECT * FROM notes ORDER BY id", sql::params![]).unwrap();
        assert_eq!(notes[1], Note { id: 2, text: "eggs".into(), done: true, due: None });
        let count = sql::first::<i64>("SELECT count(*) FROM notes", []).unwrap();
        assert_eq!(count, Some(2));
        let pair: Option<(i64, String)> =
            sql::first("SELECT id, text FROM notes WHERE id = ?", sql::params![1]).unwrap();
        assert_eq!(pair, Some((1, "milk".into())));
        assert_eq!(sql::first::<Note>("SELECT * FROM notes WHERE id = 9", []).unwrap(), None);
    }

    #[test]
    fn a_batch_is_all_or_nothing_and_an_error_is_sqlites() {
        let _host = host();
        let add = |text: &str| sql::statement("INSERT INTO notes (text) VALUES (?)", sql::params![text]);
        let error = sql::batch(&[add("eggs"), add("milk")]).unwrap_err();
        assert!(matches!(&error, CapabilityError::Invalid(text) if text.contains("UNIQUE")), "{error}");
        assert_eq!(sql::first::<i64>("SELECT count(*) FROM notes", []).unwrap(), Some(1));
        assert_eq!(sql::batch(&[add("eggs"), add("tea")]).unwrap().len(), 2);
        assert_eq!(sql::exec("DELETE FROM notes; DELETE FROM notes;").unwrap(), 2);
    }
}
