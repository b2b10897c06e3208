//! An app's SQL: what works, what is refused, and what is cut.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use atoll_model::{CapabilityError, Limits, SqlValue};
use atoll_store::{Ephemeral, Store, StoreError};
use common::{app, bundle, integer, query, sql, sql_with, store_with_app};

const ENDLESS: &str = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) ";

async fn with_table(limits: &Limits) -> (Arc<Store>, atoll_model::AppName, tempfile::TempDir) {
    let (store, todo, dir) = store_with_app(limits).await;
    store.sql_exec(&todo, "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT UNIQUE)").await.unwrap();
    (store, todo, dir)
}

#[tokio::test]
async fn every_kind_of_value_goes_in_and_comes_out() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    let values = vec![
        SqlValue::Null,
        SqlValue::Integer(i64::MIN),
        SqlValue::Real(-0.5),
        SqlValue::Text("é\0;".into()),
        SqlValue::Blob(vec![0, 255]),
    ];
    let rows = store.sql_query(&todo, sql_with("SELECT ?, ?, ? AS r, ?, ?", values.clone())).await.unwrap();
    assert_eq!(rows.rows, [values]);
    assert_eq!(rows.columns[2], "r");
    assert_eq!(rows.changes, 0);
}

#[tokio::test]
async fn a_write_tells_its_changes_and_rowid_and_can_answer_rows() {
    let (store, todo, _dir) = with_table(&Limits::default()).await;
    let rows = query(&store, &todo, "INSERT INTO t (x) VALUES ('a'), ('b') RETURNING id").await.unwrap();
    assert_eq!((rows.changes, rows.last_row_id, rows.rows.len()), (2, 2, 2));
    assert_eq!(query(&store, &todo, "UPDATE t SET x = x WHERE id = 9").await.unwrap().changes, 0);
    assert_eq!(query(&store, &todo, "CREATE TABLE u (x)").await.unwrap().changes, 0);
    assert_eq!(query(&store, &todo, "WITH a AS (SELECT 1) DELETE FROM t").await.unwrap().changes, 2);
}

#[tokio::test]
async fn a_write_is_seen_by_the_next_read_and_after_a_restart() {
    let (store, todo, dir) = with_table(&Limits::default()).await;
    for n in 0..20 {
        query(&store, &todo, &format!("INSERT INTO t (x) VALUES ({n})")).await.unwrap();
        assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, n + 1);
    }
    store.shutdown().await;
    drop(store);
    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 20);
}

#[tokio::test]
async fn a_batch_is_all_or_nothing() {
    let (store, todo, _dir) = with_table(&Limits::default()).await;
    let good = vec![sql("INSERT INTO t (x) VALUES ('a')"), sql("SELECT count(*) FROM t")];
    let results = store.sql_batch(&todo, good).await.unwrap();
    assert_eq!(results[1].rows, [[SqlValue::Integer(1)]]);
    let bad = vec![sql("INSERT INTO t (x) VALUES ('b')"), sql("INSERT INTO t (x) VALUES ('a')")];
    let error = store.sql_batch(&todo, bad).await.unwrap_err();
    assert!(error.to_string().contains("UNIQUE constraint failed: t.x (in: INSERT"), "{error}");
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 1);
}

#[tokio::test]
async fn a_script_is_all_or_nothing_and_counts_its_statements() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    let script = "CREATE TABLE a (x); -- ;\nCREATE TRIGGER g AFTER INSERT ON a BEGIN DELETE FROM a; SELECT 1; END; SELECT 1";
    assert_eq!(store.sql_exec(&todo, script).await.unwrap(), 3);
    assert_eq!(store.sql_exec(&todo, " -- nothing").await.unwrap(), 0);
    assert!(store.sql_exec(&todo, "CREATE TABLE b (x); INSERT INTO c VALUES (1)").await.is_err());
    assert!(query(&store, &todo, "SELECT * FROM b").await.is_err());
}

#[tokio::test]
async fn what_a_guest_may_not_do_is_refused_by_name() {
    let (store, todo, dir) = with_table(&Limits::default()).await;
    let outside = dir.path().join("outside.db");
    let attach = format!("ATTACH '{}' AS o", outside.display());
    let vacuum_into = format!("VACUUM INTO '{}'", outside.display());
    let cases: &[(&str, &str)] = &[
        (&attach, "ATTACH"),
        ("DETACH main", "ATTACH"),
        ("VACUUM", "VACUUM"),
        (&vacuum_into, "VACUUM"),
        ("SELECT load_extension('x')", "load_extension"),
        ("SELECT fts3_tokenizer('simple')", "fts3_tokenizer"),
        ("BEGIN", "use batch"),
        ("  /* x */ COMMIT", "use batch"),
        ("ROLLBACK", "use batch"),
        ("SAVEPOINT one", "use batch"),
        ("RELEASE one", "use batch"),
        ("PRAGMA writable_schema = 1", "writable_schema"),
        ("PRAGMA journal_mode = DELETE", "journal_mode"),
        ("PRAGMA synchronous = OFF", "synchronous"),
        ("PRAGMA max_page_count = 999999", "max_page_count can be read here, not set"),
        ("PRAGMA foreign_keys = OFF", "foreign_keys can be read here, not set"),
        ("PRAGMA user_version = 7", "user_version can be read here, not set"),
        ("PRAGMA temp_store_directory = '/'", "temp_store_directory"),
        ("PRAGMA database_list", "database_list"),
        ("PRAGMA cache_size = 1000000", "cache_size"),
        ("PRAGMA mmap_size = 1000000", "mmap_size"),
        ("SELECT * FROM pragma_database_list", "database_list"),
        ("UPDATE sqlite_schema SET sql = 'x'", "may not be modified"),
        ("DELETE FROM sqlite_schema", "may not be modified"),
        ("CREATE VIRTUAL TABLE v USING fts4(x)", "virtual tables of fts4"),
        ("CREATE VIRTUAL TABLE v USING dbstat", "virtual tables of dbstat"),
        ("SELECT * FROM dbstat", "dbstat"),
        ("CREATE TEMP TABLE p (x)", "temporary"),
        ("CREATE TEMPORARY VIEW p AS SELECT 1", "temporary"),
        ("CREATE TABLE temp.p (x)", "temporary"),
        ("CREATE VIEW temp.p AS SELECT 1", "temporary"),
        ("CREATE TRIGGER temp.g AFTER INSERT ON t BEGIN SELECT 1; END", "temporary"),
        ("CREATE VIRTUAL TABLE temp.v USING fts5(x)", "temporary"),
        ("INSERT INTO sqlite_temp_schema VALUES (1, 1, 1, 1, 1)", "may not be modified"),
        ("INSERT INTO _atoll_migrations VALUES ('x', 'y', 'z')", "host's own"),
        ("UPDATE _ATOLL_migrations SET name = 'x'", "host's own"),
        ("DELETE FROM _atoll_migrations", "host's own"),
        ("DROP TABLE _atoll_migrations", "host's own"),
        ("ALTER TABLE _atoll_migrations ADD COLUMN x", "host's own"),
        ("ALTER TABLE _atoll_migrations RENAME TO mine", "host's own"),
        ("CREATE INDEX i ON _atoll_migrations (name)", "host's own"),
        ("CREATE TRIGGER g AFTER INSERT ON _atoll_migrations BEGIN SELECT 1; END", "host's own"),
        ("CREATE TABLE _Atoll_mine (x)", "host's own"),
        ("CREATE VIRTUAL TABLE _atoll_v USING fts5(x)", "host's own"),
        ("ALTER TABLE t RENAME TO _atoll_migrations", "already another table"),
        ("SELECT 1; SELECT 2", "use batch or exec"),
        ("", "no SQL statement"),
        (" -- only a comment", "no SQL statement"),
        ("SELEC 1", "syntax error"),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
        ("SELECT ?", "1 parameters, and 0 were given"),
        ("SELECT ?101", "?1 and ?100"),
    ];
    for (text, reason) in cases {
        for attempt in 0..2 {
            // The second time a statement would come out of the cache of compiled ones, if it were there.
            let error = query(&store, &todo, text).await.expect_err(text);
            assert!(error.to_string().contains(reason), "{text} ({attempt}): {error}");
            assert!(matches!(CapabilityError::from(error), CapabilityError::Invalid(_)), "{text}");
        }
    }
    assert!(!outside.exists());
    assert_eq!(integer(&store, &todo, "PRAGMA foreign_keys").await, 1);
}

#[tokio::test]
async fn what_a_guest_needs_is_allowed() {
    let (store, todo, _dir) = with_table(&Limits::default()).await;
    for text in [
        "SELECT name FROM sqlite_schema",
        "SELECT name FROM _atoll_migrations",
        "SELECT * FROM pragma_table_info('t')",
        "PRAGMA table_list",
        "PRAGMA index_list(t)",
        "PRAGMA foreign_key_check",
        "PRAGMA user_version",
        "PRAGMA optimize",
        "EXPLAIN QUERY PLAN SELECT * FROM t",
        "ANALYZE",
        "REINDEX t",
        "ALTER TABLE t ADD COLUMN y",
        "ALTER TABLE t RENAME COLUMN y TO z",
        "ALTER TABLE t DROP COLUMN z",
        "ALTER TABLE t RENAME TO u",
        "CREATE VIEW w AS SELECT x FROM u",
        "CREATE INDEX ux ON u (x)",
        "DROP INDEX ux",
        "CREATE TABLE child (u INTEGER REFERENCES u (id)) STRICT",
        "CREATE TRIGGER g AFTER INSERT ON u BEGIN INSERT INTO child VALUES (new.id); END",
        "INSERT INTO u (x) VALUES ('a') ON CONFLICT DO NOTHING",
        "CREATE VIRTUAL TABLE search USING fts5(x)",
        "INSERT INTO search VALUES ('the lagoon'), ('the islet')",
        "SELECT highlight(search, 0, '<b>', '</b>') FROM search WHERE search MATCH 'lagoon' ORDER BY rank",
        "CREATE VIRTUAL TABLE box USING rtree(id, a, b)",
        "INSERT INTO box VALUES (1, 0, 1)",
        "SELECT id FROM box WHERE a < 1",
        "SELECT key, value FROM json_each('[1, 2]')",
        "SELECT json_object('a', 1) ->> 'a', row_number() OVER () FROM u",
        "DROP TABLE search",
    ] {
        query(&store, &todo, text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM child").await, 1);
}

#[tokio::test]
async fn foreign_keys_hold_and_a_violation_put_off_to_the_commit_is_told() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    let script = "CREATE TABLE p (id INTEGER PRIMARY KEY);
                  CREATE TABLE c (p REFERENCES p (id)); CREATE TABLE d (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)";
    store.sql_exec(&todo, script).await.unwrap();
    for text in ["INSERT INTO c VALUES (1)", "INSERT INTO d VALUES (1)"] {
        let error = query(&store, &todo, text).await.unwrap_err();
        assert!(error.to_string().contains("FOREIGN KEY constraint failed"), "{error}");
        assert!(matches!(error, StoreError::Sql { .. }));
    }
    let batch = vec![sql("INSERT INTO d VALUES (1)"), sql("INSERT INTO p VALUES (1)")];
    store.sql_batch(&todo, batch).await.unwrap();
}

#[tokio::test]
async fn an_endless_statement_is_cut_and_others_go_on() {
    let limits = Limits { sql_statement_ms: 100, ..Limits::default() };
    let (store, todo, _dir) = with_table(&limits).await;
    store.sql_exec(&todo, "CREATE TABLE u (id)").await.unwrap();
    let endless = [
        format!("{ENDLESS}SELECT count(*) FROM r"),
        format!("{ENDLESS}INSERT INTO u SELECT n FROM r"),
        format!("{ENDLESS}, s AS (SELECT n FROM r ORDER BY n DESC) SELECT * FROM s"),
    ];
    for text in &endless {
        let start = Instant::now();
        let (cut, beside, wrote) = tokio::join!(
            query(&store, &todo, text),
            query(&store, &todo, "SELECT 1"),
            query(&store, &todo, "INSERT INTO t (x) VALUES (hex(randomblob(8)))"),
        );
        let error = cut.unwrap_err();
        assert!(error.to_string().contains("sql_statement_ms = 100"), "{error}");
        assert!(beside.is_ok() && wrote.is_ok());
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
    // What stood in the same transaction as the one that was cut was written all the same.
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 3);
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM u").await, 0);
    let batch = vec![sql("INSERT INTO t (x) VALUES ('b')"), sql(&endless[0])];
    assert!(store.sql_batch(&todo, batch).await.is_err());
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 3);
}

#[tokio::test]
async fn a_statement_whose_caller_went_away_is_stopped() {
    let (store, todo, _dir) = with_table(&Limits::default()).await;
    let start = Instant::now();
    for text in
        [format!("{ENDLESS}SELECT count(*) FROM r"), format!("{ENDLESS}INSERT INTO t (id) SELECT n FROM r")]
    {
        let call = query(&store, &todo, &text);
        assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    }
    // The writer is free again long before the five seconds that the statement had.
    query(&store, &todo, "INSERT INTO t (x) VALUES ('a')").await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 1);
}

#[tokio::test]
async fn giant_results_values_and_statements_are_refused_with_the_limits_name() {
    let limits = Limits {
        sql_rows_max: 10,
        sql_result_bytes_max: 100_000,
        sql_statement_bytes_max: 1_000,
        sql_value_bytes_max: 1_000_000,
        source_file_bytes_max: 1_000,
        sql_batch_statements_max: 2,
        ..Limits::default()
    };
    let (store, todo, _dir) = with_table(&limits).await;
    let long = format!("SELECT '{}'", "x".repeat(1_000));
    let cases = [
        (format!("{ENDLESS}SELECT n FROM r"), "sql_rows_max = 10"),
        ("SELECT zeroblob(200000)".into(), "sql_result_bytes_max = 100000"),
        ("SELECT zeroblob(2000000)".into(), "sql_value_bytes_max = 1000000"),
        ("SELECT length(replace(hex(zeroblob(400000)), '0', '0123456789'))".into(), "sql_value_bytes_max"),
        (long, "sql_statement_bytes_max = 1000"),
    ];
    for (text, limit) in cases {
        let error = query(&store, &todo, &text).await.unwrap_err();
        assert!(error.to_string().contains(limit), "{error}");
        assert!(matches!(CapabilityError::from(error), CapabilityError::OverLimit { .. }));
    }
    let half = sql("SELECT zeroblob(60000)");
    let error = store.sql_batch(&todo, vec![half.clone(), half.clone()]).await.unwrap_err();
    assert!(error.to_string().contains("sql_result_bytes_max"), "{error}");
    let error = store.sql_batch(&todo, vec![half.clone(), half.clone(), half]).await.unwrap_err();
    assert!(error.to_string().contains("sql_batch_statements_max = 2"), "{error}");
    let many = sql_with("SELECT 1", vec![SqlValue::Null; 101]);
    assert!(store.sql_query(&todo, many).await.unwrap_err().to_string().contains("sql_parameters_max = 100"));
}

#[tokio::test]
async fn an_apps_quota_ends_its_writes_and_not_its_reads() {
    let limits = Limits { sql_bytes_per_app_max: 200_000, ..Limits::default() };
    let (store, todo, _dir) = with_table(&limits).await;
    let insert = "INSERT INTO t (x) VALUES (hex(randomblob(10000)))";
    let error = loop {
        if let Err(error) = query(&store, &todo, insert).await {
            break error;
        }
    };
    assert!(error.to_string().contains("sql_bytes_per_app_max = 200000"), "{error}");
    assert!(error.is_out_of_storage());
    assert!(integer(&store, &todo, "SELECT count(*) FROM t").await > 3);
    query(&store, &todo, "DELETE FROM t").await.unwrap();
    query(&store, &todo, insert).await.unwrap();
}

#[tokio::test]
async fn writers_of_one_app_share_commits_and_one_that_fails_harms_no_other() {
    let (store, todo, _dir) = with_table(&Limits::default()).await;
    let writers = (0..64).map(|n| {
        let (store, todo) = (Arc::clone(&store), todo.clone());
        tokio::spawn(async move {
            // Pairs write the same value: exactly one of each pair is refused.
            query(&store, &todo, &format!("INSERT INTO t (x) VALUES ({})", n / 2)).await.is_ok()
        })
    });
    let mut written = 0;
    for writer in writers.collect::<Vec<_>>() {
        written += usize::from(writer.await.unwrap());
    }
    assert_eq!(written, 32);
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 32);
}

#[tokio::test]
async fn a_full_queue_is_told_and_does_not_grow() {
    let limits = Limits { sql_queue_max: 2, sql_statement_ms: 300, ..Limits::default() };
    let (store, todo, _dir) = with_table(&limits).await;
    let slow = format!("{ENDLESS}INSERT INTO t (id) SELECT n FROM r");
    let calls = (0..8).map(|_| {
        let (store, todo, slow) = (Arc::clone(&store), todo.clone(), slow.clone());
        tokio::spawn(async move { query(&store, &todo, &slow).await.unwrap_err().to_string() })
    });
    let mut errors = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        errors.push(call.await.unwrap());
    }
    let refused = errors.iter().filter(|error| error.contains("sql_queue_max = 2")).count();
    assert!((4..8).contains(&refused), "{errors:?}");
    query(&store, &todo, "INSERT INTO t (x) VALUES ('a')").await.unwrap();
}

#[tokio::test]
async fn more_apps_than_open_databases_keep_their_data() {
    let limits = Limits { sql_open_databases_max: 2, ..Limits::default() };
    let (store, _todo, _dir) = store_with_app(&limits).await;
    for round in 1..=2 {
        for n in 0..5 {
            let name = format!("app-{n}");
            store.deploy(&bundle(&name, "x", &[("1.sql", "CREATE TABLE t (x)")])).await.unwrap();
            query(&store, &app(&name), "INSERT INTO t VALUES (1)").await.unwrap();
            assert_eq!(integer(&store, &app(&name), "SELECT count(*) FROM t").await, round);
        }
    }
}

#[tokio::test]
async fn a_database_in_memory_is_under_the_same_rules() {
    let limits = Limits { sql_statement_ms: 100, sql_bytes_per_app_max: 100_000, ..Limits::default() };
    let todo = app("todo");
    let memory = Ephemeral::open(&todo, &[], &limits).await.unwrap();
    let run = |text: &str| memory.sql_query(&todo, sql(text));
    assert_eq!(memory.sql_exec(&todo, "CREATE TABLE t (x); INSERT INTO t VALUES (1)").await.unwrap(), 2);
    assert_eq!(run("SELECT x FROM t").await.unwrap().rows, [[SqlValue::Integer(1)]]);
    for (text, reason) in [
        ("ATTACH ':memory:' AS o", "ATTACH"),
        ("BEGIN", "use batch"),
        ("PRAGMA writable_schema = 1", "writable_schema"),
        (&format!("{ENDLESS}SELECT count(*) FROM r"), "sql_statement_ms = 100"),
        ("INSERT INTO t VALUES (zeroblob(200000))", "sql_bytes_per_app_max = 100000"),
    ] {
        let error = run(text).await.unwrap_err();
        assert!(error.to_string().contains(reason), "{text}: {error}");
    }
    let bad = vec![sql("INSERT INTO t VALUES (2)"), sql("INSERT INTO u VALUES (2)")];
    assert!(memory.sql_batch(&todo, bad).await.is_err());
    assert_eq!(run("SELECT x FROM t").await.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn another_apps_database_is_another_file() {
    let (store, todo, dir) = with_table(&Limits::default()).await;
    store.deploy(&bundle("other", "x", &[])).await.unwrap();
    assert!(query(&store, &app("other"), "SELECT * FROM t").await.is_err());
    assert!(dir.path().join("apps/todo/data.db").exists() && dir.path().join("apps/other/data.db").exists());
    query(&store, &todo, "SELECT * FROM t").await.unwrap();
}

#[tokio::test]
async fn a_single_step_cannot_run_past_the_deadline() {
    let (store, todo, _dir) = with_table(&Limits::default()).await;
    let start = Instant::now();
    let needle = "instr(hex(zeroblob(900000)), hex(zeroblob(400000)) || 'b')";
    assert_eq!(integer(&store, &todo, &format!("SELECT {needle}")).await, 0);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    // The replacements stand wherever SQLite's own may.
    for text in [
        "CREATE INDEX i ON t (replace(x, 'a', 'b'))",
        "CREATE TABLE g (x, y AS (trim(x, '.')) STORED, CHECK (instr(x, '!') = 0))",
        "CREATE VIEW v AS SELECT ltrim(x, '.') AS x FROM g",
        "INSERT INTO g (x) VALUES ('..a.')",
    ] {
        query(&store, &todo, text).await.unwrap();
    }
    let rows = query(&store, &todo, "SELECT g.y, v.x FROM g, v").await.unwrap();
    assert_eq!(rows.rows, [[SqlValue::Text("a".into()), SqlValue::Text("a.".into())]]);
    assert!(query(&store, &todo, "INSERT INTO g (x) VALUES ('!')").await.is_err());
    query(&store, &todo, "PRAGMA optimize").await.unwrap();
}

#[tokio::test]
async fn the_hosts_names_are_not_for_views() {
    let (store, todo, _dir) = with_table(&Limits::default()).await;
    let error = query(&store, &todo, "CREATE VIEW _atoll_x AS SELECT 1").await.unwrap_err();
    assert!(error.to_string().contains("_atoll_"), "{error}");
}

#[tokio::test]
async fn after_a_shutdown_nothing_is_opened_again() {
    let (store, todo, _dir) = with_table(&Limits::default()).await;
    store.shutdown().await;
    assert!(query(&store, &todo, "INSERT INTO t (x) VALUES ('late')").await.is_err());
    assert!(query(&store, &todo, "SELECT * FROM t").await.is_err());
}
