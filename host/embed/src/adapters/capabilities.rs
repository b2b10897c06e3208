//! What guests use: KV and SQL from the store, publishing from the bus.

use std::sync::{Arc, OnceLock, Weak};

use async_trait::async_trait;
use atoll_bus::Bus;
use atoll_model::{AppName, CapabilityError, EventDraft, KvEntry, KvList, KvPut, SqlRows, SqlStatement};
use atoll_runtime::{KvStore, Publisher, SqlStore};
use atoll_store::{Ephemeral, Store};
use bytes::Bytes;

use crate::{HostError, event_schemas::EventSchemas, spans::Spans};

pub(crate) struct StoreKv(pub(crate) Arc<Store>);

#[async_trait]
impl KvStore for StoreKv {
    async fn get(&self, app: &AppName, key: &str) -> Result<Option<KvEntry>, CapabilityError> {
        Ok(self.0.kv_get(app, key).await?)
    }

    async fn put(&self, app: &AppName, key: &str, put: KvPut) -> Result<(), CapabilityError> {
        Ok(self.0.kv_put(app, key, put).await?)
    }

    async fn compare_and_set(
        &self,
        app: &AppName,
        key: &str,
        expected: Option<Bytes>,
        put: KvPut,
    ) -> Result<bool, CapabilityError> {
        Ok(self.0.kv_compare_and_set(app, key, expected, put).await?)
    }

    async fn delete(&self, app: &AppName, key: &str) -> Result<(), CapabilityError> {
        Ok(self.0.kv_delete(app, key).await?)
    }

    async fn list(
        &self,
        app: &AppName,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KvList, CapabilityError> {
        Ok(self.0.kv_list(app, prefix, cursor, limit).await?)
    }
}

pub(crate) struct StoreSql(pub(crate) Arc<Store>);

#[async_trait]
impl SqlStore for StoreSql {
    async fn query(&self, app: &AppName, statement: SqlStatement) -> Result<SqlRows, CapabilityError> {
        Ok(self.0.sql_query(app, statement).await?)
    }

    async fn batch(
        &self,
        app: &AppName,
        statements: Vec<SqlStatement>,
    ) -> Result<Vec<SqlRows>, CapabilityError> {
        Ok(self.0.sql_batch(app, statements).await?)
    }

    async fn exec(&self, app: &AppName, script: &str) -> Result<u32, CapabilityError> {
        Ok(self.0.sql_exec(app, script).await?)
    }
}

/// The bus delivers to the runtime and the runtime publishes to the bus: this end is made first and
/// connected last. It holds the bus weakly, so that the two do not keep each other alive.
pub(crate) struct PublishToBus {
    bus: OnceLock<Weak<Bus>>,
    spans: Spans,
    schemas: Arc<EventSchemas>,
}

impl PublishToBus {
    pub(crate) fn new(spans: Spans, schemas: Arc<EventSchemas>) -> Self {
        Self { bus: OnceLock::new(), spans, schemas }
    }

    pub(crate) fn connect(&self, bus: &Arc<Bus>) {
        // A second connect would be a bug of the builder, and changes nothing.
        let _ = self.bus.set(Arc::downgrade(bus));
    }
}

#[async_trait]
impl Publisher for PublishToBus {
    async fn publish(&self, app: &AppName, mut draft: EventDraft) -> Result<String, CapabilityError> {
        let bus = self.bus.get().and_then(Weak::upgrade);
        let bus = bus.ok_or_else(|| CapabilityError::Unavailable("the host is shutting down".into()))?;
        self.schemas.check_of_app(app, &draft.event_type, &draft.data).await.map_err(refused)?;
        let source = format!("/apps/{app}");
        let publishing = self.spans.publish(&source, &mut draft);
        let published = bus.publish(&source, draft).await;
        publishing.ended(published.as_ref().ok());
        Ok(published?.id)
    }
}

/// What a guest is told of an event that is not published.
fn refused(error: HostError) -> CapabilityError {
    match error {
        HostError::SchemaMismatch(mismatch) => CapabilityError::Invalid(mismatch.to_string()),
        HostError::Store(error) => error.into(),
        other => CapabilityError::Unavailable(other.to_string()),
    }
}

/// State that one test has to itself.
pub(crate) struct EphemeralState(pub(crate) Arc<Ephemeral>);

#[async_trait]
impl KvStore for EphemeralState {
    async fn get(&self, app: &AppName, key: &str) -> Result<Option<KvEntry>, CapabilityError> {
        Ok(self.0.kv_get(app, key).await?)
    }

    async fn put(&self, app: &AppName, key: &str, put: KvPut) -> Result<(), CapabilityError> {
        Ok(self.0.kv_put(app, key, put).await?)
    }

    async fn compare_and_set(
        &self,
        app: &AppName,
        key: &str,
        expected: Option<Bytes>,
        put: KvPut,
    ) -> Result<bool, CapabilityError> {
        Ok(self.0.kv_compare_and_set(app, key, expected, put).await?)
    }

    async fn delete(&self, app: &AppName, key: &str) -> Result<(), CapabilityError> {
        Ok(self.0.kv_delete(app, key).await?)
    }

    async fn list(
        &self,
        app: &AppName,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KvList, CapabilityError> {
        Ok(self.0.kv_list(app, prefix, cursor, limit).await?)
    }
}

#[async_trait]
impl SqlStore for EphemeralState {
    async fn query(&self, app: &AppName, statement: SqlStatement) -> Result<SqlRows, CapabilityError> {
        Ok(self.0.sql_query(app, statement).await?)
    }

    async fn batch(
        &self,
        app: &AppName,
        statements: Vec<SqlStatement>,
    ) -> Result<Vec<SqlRows>, CapabilityError> {
        Ok(self.0.sql_batch(app, statements).await?)
    }

    async fn exec(&self, app: &AppName, script: &str) -> Result<u32, CapabilityError> {
        Ok(self.0.sql_exec(app, script).await?)
    }
}
