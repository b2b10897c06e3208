//! Migrations: once each, in order, all pending ones or none; and deploys that carry them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use atoll_model::{AppName, Limits, Revision};
use atoll_store::{Ephemeral, Migration, Store, StoreError};
use common::{app, bundle, integer, query, sql, store, store_with_app};

fn migrations(files: &[(&str, &str)]) -> Vec<Migration> {
    files.iter().map(|(name, sql)| Migration { name: (*name).into(), sql: (*sql).into() }).collect()
}

const FIRST: (&str, &str) = ("0001_first.sql", "CREATE TABLE t (x);\nINSERT INTO t VALUES (1);");
const SECOND: (&str, &str) = ("0002_second.sql", "ALTER TABLE t ADD COLUMN y;");

async fn columns(store: &Store, app: &AppName) -> i64 {
    integer(store, app, "SELECT count(*) FROM pragma_table_info('t')").await
}

#[tokio::test]
async fn each_runs_once_in_the_order_of_names() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    // Given out of order, run in order.
    assert_eq!(store.migrate(&todo, &migrations(&[SECOND, FIRST])).await.unwrap(), [FIRST.0, SECOND.0]);
    assert!(store.migrate(&todo, &migrations(&[FIRST, SECOND])).await.unwrap().is_empty());
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 1);
    let recorded = query(&store, &todo, "SELECT name FROM _atoll_migrations").await.unwrap();
    assert_eq!(recorded.rows.len(), 2);
}

#[tokio::test]
async fn a_failing_one_leaves_everything_as_it_was_and_names_its_line() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    for (text, line, reason) in [
        ("CREATE TABLE u (x);\n\nCREATE TABLE u (x);", 3, "table u already exists"),
        ("-- a comment\nCREATE TABLE u (x);\nINSERT INTO u\n  VALUES (1, 2)", 3, "1 columns but 2 values"),
        ("CREATE TABLE u (x NOT NULL);\nINSERT INTO u VALUES (NULL)", 2, "NOT NULL constraint failed"),
        ("SELECT 1;\nSELECT\n  nowhere", 3, "no such column: nowhere"),
        ("SELECT 1;\nCOMMIT", 2, "use batch"),
        ("DELETE FROM _atoll_migrations", 1, "host's own"),
    ] {
        let error = store.migrate(&todo, &migrations(&[FIRST, ("0002_bad.sql", text)])).await.unwrap_err();
        assert!(error.is_migration());
        let told = error.to_string();
        assert!(
            told.starts_with(&format!("migrations/0002_bad.sql:{line}: ")) && told.contains(reason),
            "{told}"
        );
        assert!(query(&store, &todo, "SELECT * FROM t").await.is_err(), "the first one was undone, too");
    }
}

#[tokio::test]
async fn one_that_ran_must_stay_as_it_was() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    store.migrate(&todo, &migrations(&[FIRST, SECOND])).await.unwrap();
    let changed = migrations(&[(FIRST.0, "CREATE TABLE t (z)"), SECOND]);
    assert!(
        matches!(store.migrate(&todo, &changed).await, Err(StoreError::MigrationChanged { name }) if name == FIRST.0)
    );
    let missing = migrations(&[SECOND]);
    assert!(
        matches!(store.migrate(&todo, &missing).await, Err(StoreError::MigrationMissing { name }) if name == FIRST.0)
    );
    let between = migrations(&[FIRST, ("0001_later.sql", "SELECT 1"), SECOND]);
    let error = store.migrate(&todo, &between).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::MigrationOutOfOrder { name, .. } if name == "0001_later.sql"),
        "{error}"
    );
}

#[tokio::test]
async fn a_table_can_be_rebuilt_while_others_refer_to_it() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    let start = (
        "1.sql",
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id));
                           INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)",
    );
    let rebuild = (
        "2.sql",
        "CREATE TABLE q (id INTEGER PRIMARY KEY, x); INSERT INTO q (id) SELECT id FROM p;
                             DROP TABLE p; ALTER TABLE q RENAME TO p",
    );
    store.migrate(&todo, &migrations(&[start, rebuild])).await.unwrap();
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM c JOIN p ON c.p = p.id").await, 1);
    let breaks = ("3.sql", "DELETE FROM p");
    let error = store.migrate(&todo, &migrations(&[start, rebuild, breaks])).await.unwrap_err();
    assert!(error.to_string().contains("3.sql: it leaves rows of c that refer to rows of p"), "{error}");
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM p").await, 1);
    assert!(query(&store, &todo, "DELETE FROM p").await.is_err(), "afterwards they are enforced again");
}

#[tokio::test]
async fn a_rehearsal_finds_the_failure_and_changes_nothing() {
    let (store, todo, dir) = store_with_app(&Limits::default()).await;
    assert_eq!(store.pending_migrations(&todo, &migrations(&[FIRST])).await.unwrap(), [FIRST.0]);
    assert!(!dir.path().join("apps/todo").exists(), "an app without a database gets none from a rehearsal");
    store.migrate(&todo, &migrations(&[FIRST])).await.unwrap();
    let both = migrations(&[FIRST, SECOND]);
    assert_eq!(store.pending_migrations(&todo, &both).await.unwrap(), [SECOND.0]);
    assert_eq!(columns(&store, &todo).await, 1);
    // It fails on the data that is there, as it would when it ran.
    let unique =
        migrations(&[FIRST, ("0002.sql", "INSERT INTO t VALUES (1); CREATE UNIQUE INDEX i ON t (x)")]);
    assert!(store.pending_migrations(&todo, &unique).await.unwrap_err().is_migration());
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 1);
}

#[tokio::test]
async fn a_deploy_carries_its_migrations() {
    let (store, dir) = store().await;
    let todo = app("todo");
    store.deploy(&bundle("todo", "one", &[FIRST])).await.unwrap();
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 1);
    store.deploy(&bundle("todo", "two", &[FIRST, SECOND])).await.unwrap();
    assert_eq!(columns(&store, &todo).await, 2);

    let bad = bundle("todo", "three", &[FIRST, SECOND, ("0003.sql", "CREATE TABLE t (x)")]);
    assert!(store.deploy(&bad).await.unwrap_err().is_migration());
    let record = store.active(&todo).await.unwrap().unwrap();
    assert_eq!(record.revision, Revision(2), "the running revision is as it was");
    let artifacts = std::fs::read_dir(dir.path().join("artifacts")).unwrap().count();
    assert_eq!(artifacts, 6, "and what the failed deploy brought is gone");
    assert_eq!(store.revisions(&todo).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_deploy_that_was_cut_off_is_finished_after_its_migrations_and_dropped_before_them() {
    for (migrated, revision, columns_then) in [(true, Revision(2), 2), (false, Revision(1), 1)] {
        let (store, dir) = store().await;
        let todo = app("todo");
        store.deploy(&bundle("todo", "one", &[FIRST])).await.unwrap();
        store.deploy(&bundle("todo", "two", &[FIRST, SECOND])).await.unwrap();
        store.shutdown().await;
        drop(store);
        // Set back to the moment before the activation, and in one case to that before the migration.
        let registry = rusqlite::Connection::open(dir.path().join("registry.db")).unwrap();
        registry
            .execute_batch("UPDATE revisions SET staged = 1 WHERE revision = 2; UPDATE apps SET active = 1")
            .unwrap();
        drop(registry);
        if !migrated {
            let data = rusqlite::Connection::open(dir.path().join("apps/todo/data.db")).unwrap();
            data.execute_batch(
                "ALTER TABLE t DROP COLUMN y; DELETE FROM _atoll_migrations WHERE name LIKE '0002%'",
            )
            .unwrap();
        }
        let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
        assert_eq!(store.active(&todo).await.unwrap().unwrap().revision, revision);
        assert_eq!(columns(&store, &todo).await, columns_then);
        assert_eq!(store.revisions(&todo).await.unwrap().len() as u64, revision.0);
    }
}

#[tokio::test]
async fn a_test_starts_on_a_migrated_database_or_not_at_all() {
    let todo = app("todo");
    let memory = Ephemeral::open(&todo, &migrations(&[FIRST]), &Limits::default()).await.unwrap();
    assert_eq!(memory.sql_query(&todo, sql("SELECT x FROM t")).await.unwrap().rows.len(), 1);
    let bad = migrations(&[("1.sql", "CREATE TABEL t (x)")]);
    let error = Ephemeral::open(&todo, &bad, &Limits::default()).await.err().unwrap();
    assert!(error.is_migration() && error.to_string().contains("1.sql:1: near \"TABEL\""), "{error}");
}
