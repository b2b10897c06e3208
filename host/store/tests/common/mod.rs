//! What the store's tests share: a store in a folder of its own, and bundles to put into it.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::{collections::BTreeMap, sync::Arc};

use atoll_model::{
    AppName, Artifact, Backend, Bundle, ContentHash, Frontend, FrontendModule, KvPut, Limits, Manifest,
    SourcePath, SourceTree, SqlRows, SqlStatement, SqlValue,
};
use atoll_store::{Store, StoreError};
use bytes::Bytes;
use tempfile::TempDir;

pub(crate) fn app(name: &str) -> AppName {
    AppName::parse(name).unwrap()
}

pub(crate) async fn store() -> (Arc<Store>, TempDir) {
    store_with(&Limits::default()).await
}

pub(crate) async fn store_with(limits: &Limits) -> (Arc<Store>, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (Store::open(dir.path(), limits).await.unwrap(), dir)
}

/// A store in which the app `todo` is deployed.
pub(crate) async fn store_with_app(limits: &Limits) -> (Arc<Store>, AppName, TempDir) {
    let (store, dir) = store_with(limits).await;
    store.deploy(&bundle("todo", "first", &[])).await.unwrap();
    (store, app("todo"), dir)
}

/// A bundle whose every part holds `text`.
pub(crate) fn bundle(name: &str, text: &str, migrations: &[(&str, &str)]) -> Bundle {
    let manifest = format!(
        "name = \"{name}\"\n[backend]\nentry = \"backend/index.ts\"\n[frontend]\nentry = \"frontend/App.tsx\"\n\
         [grants]\nkv = true\nsql = true\n"
    );
    let mut source = SourceTree::new();
    let mut file = |path: &str, content: &str| {
        let path = SourcePath::parse(path).unwrap();
        source.insert(path, content.to_owned(), &Limits::default()).unwrap();
    };
    file("atoll.toml", &manifest);
    file("backend/index.ts", &format!("// {text}"));
    for (name, sql) in migrations {
        file(&format!("migrations/{name}"), sql);
    }
    let module = FrontendModule { code: format!("/* {text} */"), source_map: Some("{}".into()) };
    Bundle {
        manifest: Manifest::parse(&manifest).unwrap(),
        source,
        backend: Some(image(text)),
        frontend: Some(Frontend {
            entry: "frontend/App.js".into(),
            modules: BTreeMap::from([("frontend/App.js".into(), module)]),
        }),
        tests: None,
        diagnostics: Vec::new(),
    }
}

pub(crate) fn image(text: &str) -> Backend {
    Backend::JavaScript {
        image: Artifact::new(format!("image {text}")),
        engine: ContentHash::of(b"engine 1"),
    }
}

pub(crate) fn put(value: &str) -> KvPut {
    KvPut { value: Bytes::from(value.to_owned()), metadata: None, expiration_ttl_s: None }
}

pub(crate) fn sql(text: &str) -> SqlStatement {
    SqlStatement { sql: text.into(), parameters: Vec::new() }
}

pub(crate) fn sql_with(text: &str, parameters: impl IntoIterator<Item = SqlValue>) -> SqlStatement {
    SqlStatement { sql: text.into(), parameters: parameters.into_iter().collect() }
}

pub(crate) async fn query(store: &Store, app: &AppName, text: &str) -> Result<SqlRows, StoreError> {
    store.sql_query(app, sql(text)).await
}

/// The one integer that a query answers.
pub(crate) async fn integer(store: &Store, app: &AppName, text: &str) -> i64 {
    match query(store, app, text).await.unwrap().rows[0][0] {
        SqlValue::Integer(n) => n,
        ref other => panic!("{other:?} is no integer"),
    }
}
