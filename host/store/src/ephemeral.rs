//! KV and SQL in memory, for running an app's tests: the same code and the same limits as on disk, nothing
//! kept.

use std::sync::Arc;

use atoll_model::{AppName, KvEntry, KvList, KvPut, Limits, SqlRows, SqlStatement};
use bytes::Bytes;

use crate::{Clock, Migration, StoreError, kv::EphemeralKv, sql::AppDatabase};

/// The state of one app for one test.
pub struct Ephemeral {
    kv: EphemeralKv,
    sql: Arc<AppDatabase>,
}

impl Ephemeral {
    /// An empty KV store and an empty database with all migrations run.
    ///
    /// # Errors
    /// The migration errors ([`StoreError::is_migration`]).
    pub async fn open(_app: &AppName, migrations: &[Migration], limits: &Limits) -> Result<Self, StoreError> {
        let (limits, clock) = (Arc::new(limits.clone()), Clock::default());
        let kv = EphemeralKv::open(clock.clone(), Arc::clone(&limits))?;
        let sql = Arc::new(AppDatabase::in_memory(limits));
        if !migrations.is_empty() {
            sql.migrate(migrations.to_vec(), clock.now()).await?;
        }
        Ok(Self { kv, sql })
    }

    /// As `Store::kv_get`.
    ///
    /// # Errors
    /// As `Store::kv_get`.
    pub async fn kv_get(&self, app: &AppName, key: &str) -> Result<Option<KvEntry>, StoreError> {
        self.kv.get(app, key)
    }

    /// As `Store::kv_put`.
    ///
    /// # Errors
    /// As `Store::kv_put`.
    pub async fn kv_put(&self, app: &AppName, key: &str, put: KvPut) -> Result<(), StoreError> {
        self.kv.put(app, key, &put)
    }

    /// As `Store::kv_compare_and_set`.
    ///
    /// # Errors
    /// As `Store::kv_compare_and_set`.
    pub async fn kv_compare_and_set(
        &self,
        app: &AppName,
        key: &str,
        expected: Option<Bytes>,
        put: KvPut,
    ) -> Result<bool, StoreError> {
        self.kv.compare_and_set(app, key, expected.as_deref(), &put)
    }

    /// As `Store::kv_delete`.
    ///
    /// # Errors
    /// As `Store::kv_delete`.
    pub async fn kv_delete(&self, app: &AppName, key: &str) -> Result<(), StoreError> {
        self.kv.delete(app, key)
    }

    /// As `Store::kv_list`.
    ///
    /// # Errors
    /// As `Store::kv_list`.
    pub async fn kv_list(
        &self,
        app: &AppName,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KvList, StoreError> {
        self.kv.list(app, prefix, cursor, limit)
    }

    /// As `Store::sql_query`.
    ///
    /// # Errors
    /// As `Store::sql_query`.
    pub async fn sql_query(&self, _app: &AppName, statement: SqlStatement) -> Result<SqlRows, StoreError> {
        self.sql.query(statement).await
    }

    /// As `Store::sql_batch`.
    ///
    /// # Errors
    /// As `Store::sql_batch`.
    pub async fn sql_batch(
        &self,
        _app: &AppName,
        statements: Vec<SqlStatement>,
    ) -> Result<Vec<SqlRows>, StoreError> {
        self.sql.batch(statements).await
    }

    /// As `Store::sql_exec`.
    ///
    /// # Errors
    /// As `Store::sql_exec`.
    pub async fn sql_exec(&self, _app: &AppName, script: &str) -> Result<u32, StoreError> {
        self.sql.exec(script).await
    }
}
