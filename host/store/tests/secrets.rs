//! Secrets at rest.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc};

use atoll_model::{AppName, Limits};
use atoll_store::{SecretKey, Store, StoreError, StoreOptions};
use common::{app, bundle, store_with, store_with_app};
use zeroize::Zeroizing;

const HUSH: &str = "hush-hush-0123456789";

async fn set(store: &Store, app: &AppName, name: &str, value: &str) -> Result<(), StoreError> {
    store.set_secret(app, name, Zeroizing::new(value.to_owned())).await
}

async fn get(store: &Store, app: &AppName, name: &str) -> Option<String> {
    store.secret(app, name).await.unwrap().map(|value| value.to_string())
}

/// Every byte in the folder.
fn bytes(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        all.extend(if path.is_dir() { bytes(&path) } else { fs::read(&path).unwrap() });
    }
    all
}

fn holds(dir: &Path, text: &str) -> bool {
    bytes(dir).windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_secret_is_its_apps_alone_outlives_a_restart_and_is_nowhere_in_clear() {
    let (store, todo, dir) = store_with_app(&Limits::default()).await;
    store.deploy(&bundle("notes", "x", &[])).await.unwrap();
    set(&store, &todo, "API_KEY", HUSH).await.unwrap();
    assert_eq!(get(&store, &app("notes"), "API_KEY").await, None);
    assert_eq!(get(&store, &todo, "OTHER").await, None);
    let mode = fs::metadata(dir.path().join("secret.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    store.shutdown().await;
    drop(store);
    assert!(!holds(dir.path(), HUSH), "found in the data directory");

    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    assert_eq!(get(&store, &todo, "API_KEY").await.as_deref(), Some(HUSH));
    let names: Vec<_> = store.secrets(&todo).await.unwrap().into_iter().map(|secret| secret.name).collect();
    assert_eq!(names, ["API_KEY"]);
    assert!(store.remove_secret(&todo, "API_KEY").await.unwrap());
    assert!(!store.remove_secret(&todo, "API_KEY").await.unwrap());
    set(&store, &todo, "API_KEY", HUSH).await.unwrap();
    store.delete(&todo).await.unwrap();
    store.deploy(&bundle("todo", "again", &[])).await.unwrap();
    assert_eq!(get(&store, &todo, "API_KEY").await, None, "another app of the same name");
}

#[tokio::test]
async fn a_row_that_was_moved_to_another_app_does_not_open() {
    let (store, todo, dir) = store_with_app(&Limits::default()).await;
    store.deploy(&bundle("notes", "x", &[])).await.unwrap();
    set(&store, &todo, "API_KEY", HUSH).await.unwrap();
    store.shutdown().await;
    drop(store);
    let connection = rusqlite::Connection::open(dir.path().join("registry.db")).unwrap();
    connection.execute("INSERT INTO secrets SELECT 'notes', name, sealed, set_at FROM secrets", []).unwrap();
    connection.close().unwrap();
    let store = Store::open(dir.path(), &Limits::default()).await.unwrap();
    let error = store.secret(&app("notes"), "API_KEY").await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }) && error.to_string().contains("notes"), "{error}");
    assert_eq!(get(&store, &todo, "API_KEY").await.as_deref(), Some(HUSH));
}

#[tokio::test]
async fn another_key_or_a_lost_one_is_refused_at_the_start_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let open = async |key: Option<&str>| {
        let secret_key = key.map(|key| SecretKey::parse(key).unwrap());
        let options = StoreOptions { secret_key, ..StoreOptions::default() };
        Store::open_with(dir.path(), &Limits::default(), options).await
    };
    let (first, second) = ("11".repeat(32), "22".repeat(32));
    let store = open(Some(&first)).await.unwrap();
    store.deploy(&bundle("todo", "x", &[])).await.unwrap();
    store.shutdown().await;
    drop(store);
    // Nothing is sealed yet: any key may be used.
    let store = open(Some(&second)).await.unwrap();
    set(&store, &app("todo"), "API_KEY", HUSH).await.unwrap();
    store.shutdown().await;
    drop(store);
    for key in [Some(&*first), None] {
        let error = open(key).await.map(drop).unwrap_err();
        assert!(matches!(error, StoreError::WrongSecretKey { .. }), "{error}");
    }
    assert!(!dir.path().join("secret.key").exists(), "a new key would hide what is wrong");
    let store = open(Some(&second)).await.unwrap();
    assert_eq!(get(&store, &app("todo"), "API_KEY").await.as_deref(), Some(HUSH));
    store.shutdown().await;
    drop(store);
    fs::write(dir.path().join("secret.key"), "no key").unwrap();
    let error = open(None).await.map(drop).unwrap_err();
    assert!(error.to_string().contains("secret.key"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_a_secret_is_refused_in_words() {
    let limits = Limits { secret_value_bytes_max: 32, secrets_per_app_max: 2, ..Limits::default() };
    let (store, todo, _dir) = store_with_app(&limits).await;
    for name in ["", "api_key", "A B", "KV", "É", &"A".repeat(100)] {
        let error = set(&store, &todo, name, HUSH).await.unwrap_err();
        assert!(matches!(error, StoreError::Invalid(_)), "{name}: {error}");
    }
    assert!(set(&store, &todo, "A", "").await.is_err());
    let too_long = set(&store, &todo, "A", &"x".repeat(33)).await.unwrap_err();
    assert!(too_long.to_string().contains("secret_value_bytes_max = 32"), "{too_long}");
    set(&store, &todo, "A", HUSH).await.unwrap();
    set(&store, &todo, "B", HUSH).await.unwrap();
    set(&store, &todo, "B", "other").await.unwrap();
    let too_many = set(&store, &todo, "C", HUSH).await.unwrap_err();
    assert!(too_many.to_string().contains("secrets_per_app_max = 2"), "{too_many}");
    assert_eq!(store.secrets(&todo).await.unwrap().len(), 2);
    let (nobody, _dir) = store_with(&limits).await;
    assert!(matches!(set(&nobody, &todo, "A", HUSH).await, Err(StoreError::NoSuchApp(_))));
    let _: Arc<Store> = nobody;
}

#[tokio::test]
async fn a_secret_that_is_set_while_its_app_is_deleted_does_not_outlive_it() {
    let (store, todo, _dir) = store_with_app(&Limits::default()).await;
    for round in 0..50 {
        let keys = vec!["@daily UTC".to_owned()];
        let (deleted, _, _) = tokio::join!(
            store.delete(&todo),
            set(&store, &todo, "API_KEY", HUSH),
            store.set_schedules(&todo, keys)
        );
        deleted.unwrap();
        store.deploy(&bundle("todo", &round.to_string(), &[])).await.unwrap();
        assert_eq!(get(&store, &todo, "API_KEY").await, None, "round {round}");
        assert_eq!(store.schedules(&todo).await.unwrap(), [], "round {round}");
    }
}
