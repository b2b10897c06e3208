//! The KV store: Workers KV semantics, every app in a space of its own.
//!
//! Keys are text in byte order. A key past its expiration is invisible at once and removed later: a few with
//! every write, so that no timer runs while nothing happens.

mod check;
mod rows;

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use atoll_model::{AppName, KvEntry, KvList, KvPut, Limits};
use atoll_sqlite::{Readers, Writer, open_memory, open_writer};
use bytes::Bytes;
use rusqlite::Connection;

use crate::{Clock, Store, StoreError, registry::Known};

/// Connections for reading. A read by key runs on the caller's thread, so this is how many run at once.
const READERS: usize = 4;
/// Rows removed in one write when an app goes.
const REMOVED_PER_WRITE: u32 = 1_000;

/// `kv.db`.
pub(crate) struct Kv {
    writer: Writer,
    readers: Arc<Readers>,
    known: Known,
    clock: Clock,
}

impl Kv {
    /// Opens the database. Blocks on the disk.
    pub(crate) fn open(path: &Path, known: Known, clock: Clock, limits: &Limits) -> Result<Self, StoreError> {
        let mut connection = open_writer(path)?;
        rows::SCHEMA.apply(&mut connection)?;
        let writer = Writer::start("kv", connection, limits.write_queue_max, |_| {})?;
        let readers = Arc::new(Readers::open(path, READERS)?);
        Ok(Self { writer, readers, known, clock })
    }

    pub(crate) async fn close(&self) {
        self.writer.close().await;
    }

    /// Removes everything of an app, in bounded writes.
    pub(crate) async fn remove_app(&self, app: &str) -> Result<(), StoreError> {
        loop {
            let name = app.to_owned();
            let write = self.writer.write(move |c| rows::remove_some(c, &name, REMOVED_PER_WRITE));
            if write.await? == 0 {
                return Ok(());
            }
        }
    }

    /// Removes everything of apps that are not in `names`.
    pub(crate) async fn remove_others(&self, names: &BTreeSet<String>) -> Result<(), StoreError> {
        for app in self.readers.point(rows::apps)?.into_iter().filter(|app| !names.contains(app)) {
            self.remove_app(&app).await?;
        }
        Ok(())
    }
}

impl Store {
    /// A value; `None` when there is none, or it has expired.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] or [`StoreError::OverLimit`] for a key that cannot be one.
    pub async fn kv_get(&self, app: &AppName, key: &str) -> Result<Option<KvEntry>, StoreError> {
        check::key(key, &self.limits)?;
        let now = self.kv.clock.now_s();
        self.kv.readers.point(|c| rows::get(c, app, key, now))
    }

    /// Stores a value.
    ///
    /// # Errors
    /// [`StoreError::OverLimit`] for a key, value or metadata that is too long, and for an app whose store is
    /// full; [`StoreError::Invalid`] for an expiration below 60 seconds or metadata that is no JSON.
    pub async fn kv_put(&self, app: &AppName, key: &str, put: KvPut) -> Result<(), StoreError> {
        check::put(key, &put, &self.limits)?;
        let (app, key, known) = (app.clone(), key.to_owned(), self.kv.known.clone());
        let (now, quota) = (self.kv.clock.now_s(), self.limits.kv_bytes_per_app_max);
        let write = self.kv.writer.write(move |c| {
            known.check(&app)?;
            rows::put(c, &app, &key, &put, now, quota)
        });
        write.await
    }

    /// Stores a value if the present one is `expected` (`None`: there is none, or it has expired). Answers whether it
    /// did. The comparison and the write are one.
    ///
    /// # Errors
    /// As [`Store::kv_put`].
    pub async fn kv_compare_and_set(
        &self,
        app: &AppName,
        key: &str,
        expected: Option<Bytes>,
        put: KvPut,
    ) -> Result<bool, StoreError> {
        check::put(key, &put, &self.limits)?;
        let (app, key, known) = (app.clone(), key.to_owned(), self.kv.known.clone());
        let (now, quota) = (self.kv.clock.now_s(), self.limits.kv_bytes_per_app_max);
        let write = self.kv.writer.write(move |c| {
            known.check(&app)?;
            rows::compare_and_set(c, &app, &key, expected.as_deref(), &put, now, quota)
        });
        write.await
    }

    /// Removes a key. It is no error when there is none.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] or [`StoreError::OverLimit`] for a key that cannot be one.
    pub async fn kv_delete(&self, app: &AppName, key: &str) -> Result<(), StoreError> {
        check::key(key, &self.limits)?;
        let (app, key) = (app.clone(), key.to_owned());
        self.kv.writer.write(move |c| rows::delete(c, &app, &key)).await
    }

    /// A page of the keys that start with `prefix`, in byte order, after `cursor` (from the page before).
    ///
    /// # Errors
    /// [`StoreError::OverLimit`] for a `limit` above `kv_list_keys_max`; [`StoreError::Invalid`] for a limit
    /// of 0 or a cursor that is none.
    pub async fn kv_list(
        &self,
        app: &AppName,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KvList, StoreError> {
        let after = check::list(prefix, cursor, limit, &self.limits)?;
        let (app, prefix, now) = (app.clone(), prefix.to_owned(), self.kv.clock.now_s());
        let read = move |c: &Connection| rows::list(c, &app, &prefix, after.as_deref(), limit, now);
        self.kv.readers.scan(read).await
    }
}

/// The same in memory, for one app's tests.
pub(crate) struct EphemeralKv {
    connection: Mutex<Connection>,
    clock: Clock,
    limits: Arc<Limits>,
}

impl EphemeralKv {
    pub(crate) fn open(clock: Clock, limits: Arc<Limits>) -> Result<Self, StoreError> {
        let mut connection = open_memory()?;
        rows::SCHEMA.apply(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection), clock, limits })
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    pub(crate) fn get(&self, app: &AppName, key: &str) -> Result<Option<KvEntry>, StoreError> {
        check::key(key, &self.limits)?;
        self.with(|c| rows::get(c, app, key, self.clock.now_s()))
    }

    pub(crate) fn put(&self, app: &AppName, key: &str, put: &KvPut) -> Result<(), StoreError> {
        check::put(key, put, &self.limits)?;
        self.with(|c| rows::put(c, app, key, put, self.clock.now_s(), self.limits.kv_bytes_per_app_max))
    }

    pub(crate) fn compare_and_set(
        &self,
        app: &AppName,
        key: &str,
        expected: Option<&[u8]>,
        put: &KvPut,
    ) -> Result<bool, StoreError> {
        check::put(key, put, &self.limits)?;
        let (now, quota) = (self.clock.now_s(), self.limits.kv_bytes_per_app_max);
        self.with(|c| rows::compare_and_set(c, app, key, expected, put, now, quota))
    }

    pub(crate) fn delete(&self, app: &AppName, key: &str) -> Result<(), StoreError> {
        check::key(key, &self.limits)?;
        self.with(|c| rows::delete(c, app, key))
    }

    pub(crate) fn list(
        &self,
        app: &AppName,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KvList, StoreError> {
        let after = check::list(prefix, cursor, limit, &self.limits)?;
        self.with(|c| rows::list(c, app, prefix, after.as_deref(), limit, self.clock.now_s()))
    }
}
