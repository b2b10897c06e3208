//! Apps, revisions and artifacts.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::{fs, path::Path, sync::Arc};

use atoll_model::{Artifact, Backend, ContentHash, Limits, Revision};
use atoll_store::{Store, StoreError};
use common::{app, bundle, image, integer, put, query, store, store_with, store_with_app};

/// The files of the artifacts' folder.
fn artifacts(dir: &Path) -> Vec<std::path::PathBuf> {
    fs::read_dir(dir.join("artifacts")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn what_was_deployed_comes_back_also_after_a_restart() {
    let (store, dir) = store().await;
    let first = bundle("todo", "one", &[]);
    let deployed = store.deploy(&first).await.unwrap();
    assert_eq!((deployed.revision, deployed.unchanged), (Revision(1), false));

    store.shutdown().await;
    drop(store);
    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    let record = store.active(&app("todo")).await.unwrap().unwrap();
    assert_eq!((record.revision, record.hash), (Revision(1), first.source.hash()));
    assert_eq!(record.manifest, first.manifest);
    assert_eq!(record.frontend_entry.as_deref(), Some("frontend/App.js"));
    assert_eq!(store.source(&app("todo"), Revision(1)).await.unwrap(), Some(first.source));
    assert_eq!(store.backend(&app("todo"), Revision(1)).await.unwrap(), first.backend);
    assert_eq!(store.frontend(&app("todo"), Revision(1)).await.unwrap(), first.frontend);
    let module = store.frontend_module(&app("todo"), Revision(1), "frontend/App.js").await.unwrap().unwrap();
    assert_eq!((module.code.as_str(), module.source_map.as_deref()), ("/* one */", Some("{}")));
    assert_eq!(store.frontend_module(&app("todo"), Revision(1), "nowhere.js").await.unwrap(), None);
}

#[tokio::test]
async fn the_same_source_again_is_no_new_revision_but_a_new_backend_takes_the_old_ones_place() {
    let (store, dir) = store().await;
    store.deploy(&bundle("todo", "one", &[])).await.unwrap();
    let again = store.deploy(&bundle("todo", "one", &[])).await.unwrap();
    assert_eq!((again.revision, again.unchanged), (Revision(1), true));

    let mut rebuilt = bundle("todo", "one", &[]);
    let engine = ContentHash::of(b"engine 2");
    rebuilt.backend = Some(Backend::JavaScript { image: Artifact::new("another image"), engine });
    assert!(store.deploy(&rebuilt).await.unwrap().unchanged);
    assert_eq!(store.backend(&app("todo"), Revision(1)).await.unwrap(), rebuilt.backend);
    let active = store.active(&app("todo")).await.unwrap().unwrap();
    assert_eq!(active.backend, rebuilt.backend.map(|backend| backend.id()), "memory follows");
    assert_eq!(artifacts(dir.path()).len(), 3, "the old image is gone");

    let changed = store.deploy(&bundle("todo", "two", &[])).await.unwrap();
    assert_eq!((changed.revision, changed.unchanged), (Revision(2), false));
}

#[tokio::test]
async fn a_backend_is_replaced_for_one_revision_only() {
    let (store, _dir) = store().await;
    store.deploy(&bundle("todo", "one", &[])).await.unwrap();
    store.deploy(&bundle("todo", "two", &[])).await.unwrap();
    store.replace_backend(&app("todo"), Revision(1), &image("renewed")).await.unwrap();
    assert_eq!(store.backend(&app("todo"), Revision(1)).await.unwrap(), Some(image("renewed")));
    assert_eq!(store.backend(&app("todo"), Revision(2)).await.unwrap(), Some(image("two")));
    let error = store.replace_backend(&app("todo"), Revision(9), &image("x")).await.unwrap_err();
    assert!(matches!(error, StoreError::NoSuchRevision { revision: Revision(9), .. }));
}

#[tokio::test]
async fn revisions_beyond_the_limit_go_with_their_artifacts_and_their_numbers_are_not_used_again() {
    let (store, dir) = store_with(&Limits { revisions_kept_max: 2, ..Limits::default() }).await;
    for text in ["one", "two", "three", "four", "five"] {
        store.deploy(&bundle("todo", text, &[])).await.unwrap();
    }
    let kept: Vec<_> = store.revisions(&app("todo")).await.unwrap();
    assert_eq!(kept.iter().map(|r| r.revision.0).collect::<Vec<_>>(), [5, 4, 3]);
    assert_eq!(kept.iter().map(|r| r.active).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(artifacts(dir.path()).len(), 9);
    assert_eq!(store.source(&app("todo"), Revision(1)).await.unwrap(), None);

    store.delete(&app("todo")).await.unwrap();
    assert_eq!(artifacts(dir.path()).len(), 0);
    let again = store.deploy(&bundle("todo", "six", &[])).await.unwrap();
    assert_eq!(again.revision, Revision(6), "browsers keep what revision 1 looked like");
}

#[tokio::test]
async fn a_deleted_app_leaves_nothing_to_its_successor() {
    let (store, dir) = store().await;
    let todo = app("todo");
    store.deploy(&bundle("todo", "one", &[("0001.sql", "CREATE TABLE t (x)")])).await.unwrap();
    store.kv_put(&todo, "key", put("value")).await.unwrap();
    query(&store, &todo, "INSERT INTO t VALUES (1)").await.unwrap();

    store.delete(&todo).await.unwrap();
    assert_eq!(store.active(&todo).await.unwrap(), None);
    assert!(!dir.path().join("apps/todo").exists());
    assert!(matches!(store.delete(&todo).await, Err(StoreError::NoSuchApp(_))));
    assert!(matches!(store.kv_put(&todo, "late", put("x")).await, Err(StoreError::NoSuchApp(_))));
    assert!(matches!(query(&store, &todo, "SELECT 1").await, Err(StoreError::NoSuchApp(_))));

    store.deploy(&bundle("todo", "two", &[("0001.sql", "CREATE TABLE t (x)")])).await.unwrap();
    assert_eq!(store.kv_get(&todo, "key").await.unwrap(), None);
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 0);
}

#[tokio::test]
async fn one_app_too_many_is_refused_and_named() {
    let (store, _dir) = store_with(&Limits { apps_max: 1, ..Limits::default() }).await;
    store.deploy(&bundle("todo", "one", &[])).await.unwrap();
    let error = store.deploy(&bundle("calendar", "one", &[])).await.unwrap_err();
    assert!(error.to_string().contains("apps_max = 1"), "{error}");
    store.deploy(&bundle("todo", "two", &[])).await.unwrap();
}

#[tokio::test]
async fn a_flipped_byte_is_named_and_never_served_and_a_deploy_heals_it() {
    let (store, dir) = store().await;
    store.deploy(&bundle("todo", "one", &[])).await.unwrap();
    for path in artifacts(dir.path()) {
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    let todo = app("todo");
    let damaged = |error: StoreError| matches!(error, StoreError::ArtifactDamaged { .. });
    assert!(damaged(store.source(&todo, Revision(1)).await.unwrap_err()));
    assert!(damaged(store.backend(&todo, Revision(1)).await.unwrap_err()));
    assert!(damaged(store.frontend_module(&todo, Revision(1), "frontend/App.js").await.unwrap_err()));

    assert!(store.deploy(&bundle("todo", "one", &[])).await.unwrap().unchanged);
    assert_eq!(store.backend(&todo, Revision(1)).await.unwrap(), Some(image("one")));
    fs::remove_file(artifacts(dir.path()).pop().unwrap()).unwrap();
    let source = store.source(&todo, Revision(1)).await;
    let missing = [
        source.err(),
        store.backend(&todo, Revision(1)).await.err(),
        store.frontend(&todo, Revision(1)).await.err(),
    ];
    assert!(missing.iter().flatten().all(|e| matches!(e, StoreError::ArtifactMissing { .. })));
    assert_eq!(missing.iter().flatten().count(), 1);
}

#[tokio::test]
async fn two_hosts_cannot_run_on_one_directory() {
    let (store, dir) = store().await;
    let second = Store::open(dir.path(), &Limits::default()).await.err().unwrap();
    assert!(matches!(second, StoreError::InUse { .. }), "{second}");
    assert!(second.to_string().contains(dir.path().file_name().unwrap().to_str().unwrap()));
    store.shutdown().await;
    drop(store);
    Store::open(dir.path(), &Limits::default()).await.unwrap();
}

#[tokio::test]
async fn a_directory_of_a_newer_release_is_refused_and_named() {
    let (store, dir) = store().await;
    store.shutdown().await;
    drop(store);
    let registry = rusqlite::Connection::open(dir.path().join("registry.db")).unwrap();
    registry.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(registry);
    let error = Store::open(dir.path(), &Limits::default()).await.err().unwrap();
    assert!(error.to_string().contains("registry.db has version 99"), "{error}");
}

#[tokio::test]
async fn a_registry_that_is_no_database_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("registry.db"), "not a database, but long enough to be read as one".repeat(99))
        .unwrap();
    let error = Store::open(dir.path(), &Limits::default()).await.err().unwrap();
    assert!(error.to_string().contains("registry.db cannot be opened"), "{error}");
}

#[tokio::test]
async fn deploys_of_many_apps_at_once_all_arrive() {
    let (store, _dir) = store().await;
    let deploys = (0..20).map(|n| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.deploy(&bundle(&format!("app-{n}"), "one", &[])).await.unwrap() })
    });
    for deploy in deploys.collect::<Vec<_>>() {
        assert_eq!(deploy.await.unwrap().revision, Revision(1));
    }
    assert_eq!(store.apps().await.unwrap().len(), 20);
}

#[tokio::test]
async fn the_layout_and_the_signing_key_outlive_a_restart() {
    let (store, dir) = store_with(&Limits { layout_bytes_max: 64, ..Limits::default() }).await;
    assert_eq!(store.layout().await.unwrap(), None);
    let layout = serde_json::json!({"viewport": {"x": 1}});
    store.set_layout(layout.clone()).await.unwrap();
    let error = store.set_layout(serde_json::json!("x".repeat(64))).await.unwrap_err();
    assert!(error.to_string().contains("layout_bytes_max = 64"), "{error}");
    let key = store.signing_key().await.unwrap();
    assert_ne!(key, [0; 32]);
    store.shutdown().await;
    drop(store);
    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    assert_eq!(store.layout().await.unwrap(), Some(layout));
    assert_eq!(store.signing_key().await.unwrap(), key);
}

#[cfg(unix)]
#[tokio::test]
async fn a_data_directory_is_its_users_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let _store = Store::open(&dir, &Limits::default()).await.unwrap();
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn what_a_crash_left_behind_goes_at_the_next_start() {
    let (store, dir) = store().await;
    store.deploy(&bundle("todo", "one", &[])).await.unwrap();
    store.shutdown().await;
    drop(store);
    fs::write(dir.path().join("artifacts/temporary-x"), "half").unwrap();
    fs::write(dir.path().join(format!("artifacts/{}", ContentHash::of(b"x"))), "x").unwrap();
    fs::create_dir(dir.path().join("apps/gone")).unwrap();
    fs::write(dir.path().join("apps/gone/data.db"), "").unwrap();
    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    assert_eq!(artifacts(dir.path()).len(), 3);
    assert!(!dir.path().join("apps/gone").exists());
    assert!(store.backend(&app("todo"), Revision(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn an_app_that_cannot_be_read_keeps_its_data_and_stops_no_other() {
    let (store, dir) = store().await;
    for name in ["todo", "notes"] {
        store.deploy(&bundle(name, "one", &[])).await.unwrap();
        store.kv_put(&app(name), "key", put("value")).await.unwrap();
    }
    store.shutdown().await;
    drop(store);
    let registry = rusqlite::Connection::open(dir.path().join("registry.db")).unwrap();
    registry.execute("UPDATE revisions SET manifest = '{' WHERE app = 'todo'", []).unwrap();
    drop(registry);

    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    let names: Vec<_> = store.apps().await.unwrap().into_iter().map(|record| record.name).collect();
    assert_eq!(names, [app("notes")]);
    store.deploy(&bundle("todo", "two", &[])).await.unwrap();
    let entry = store.kv_get(&app("todo"), "key").await.unwrap().unwrap();
    assert_eq!(&entry.value[..], b"value");
}

#[tokio::test]
async fn a_scheduled_run_is_taken_by_one_and_its_place_outlives_a_restart() {
    let (store, app, dir) = store_with_app(&Limits::default()).await;
    let keys = || vec!["0 9 * * * UTC".to_owned(), "@daily UTC".to_owned()];
    let first = store.set_schedules(&app, keys()).await.unwrap().remove(0);
    let due = first.place + std::time::Duration::from_secs(60);
    let claims = (0..8).map(|_| store.claim_run(&app, &first.key, first.place, due));
    let claims = futures::future::join_all(claims).await;
    assert_eq!(claims.into_iter().filter(|claim| *claim.as_ref().unwrap()).count(), 1);
    store.end_run(&app, &first.key, due, Some("it broke")).await.unwrap();
    store.shutdown().await;
    drop(store);

    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    let again = store.set_schedules(&app, keys()).await.unwrap().remove(0);
    assert_eq!(again.place, due, "the same schedule of a new revision goes on where it stands");
    let end = again.last.unwrap().end.unwrap();
    assert_eq!(end.error.as_deref(), Some("it broke"));
    // Another run has begun meanwhile: the end of the one before is not its.
    let later = due + std::time::Duration::from_secs(60);
    assert!(store.claim_run(&app, &first.key, due, later).await.unwrap());
    store.end_run(&app, &first.key, due, None).await.unwrap();
    assert_eq!(store.schedules(&app).await.unwrap()[0].last.as_ref().unwrap().end, None);

    store.set_schedules(&app, vec!["@daily UTC".into()]).await.unwrap();
    assert_eq!(store.schedules(&app).await.unwrap().len(), 1);
    store.delete(&app).await.unwrap();
    assert_eq!(store.schedules(&app).await.unwrap(), []);
    assert!(store.set_schedules(&app, keys()).await.is_err(), "there is no such app");
}
