//! Capabilities behind which there is nothing, for what is about the code of an app and not about its state.

use std::sync::Arc;

use async_trait::async_trait;
use atoll_model::{AppName, CapabilityError, KvEntry, KvList, KvPut, LogLine, SqlRows, SqlStatement};
use atoll_runtime::{Capabilities, KvStore, LogSink, NoNetwork, RecordingPublisher, SqlStore};
use bytes::Bytes;

struct Nothing;

/// Empty stores, no network, and a log that nobody reads.
pub(crate) fn capabilities() -> Capabilities {
    let nothing = Arc::new(Nothing);
    Capabilities {
        kv: Arc::clone(&nothing) as _,
        sql: Arc::clone(&nothing) as _,
        bus: Arc::new(RecordingPublisher::default()),
        http: Arc::new(NoNetwork("there is no network here")),
        logs: nothing,
    }
}

#[async_trait]
impl KvStore for Nothing {
    async fn get(&self, _: &AppName, _: &str) -> Result<Option<KvEntry>, CapabilityError> {
        Ok(None)
    }
    async fn put(&self, _: &AppName, _: &str, _: KvPut) -> Result<(), CapabilityError> {
        Ok(())
    }
    async fn compare_and_set(
        &self,
        _: &AppName,
        _: &str,
        _: Option<Bytes>,
        _: KvPut,
    ) -> Result<bool, CapabilityError> {
        Ok(true)
    }
    async fn delete(&self, _: &AppName, _: &str) -> Result<(), CapabilityError> {
        Ok(())
    }
    async fn list(&self, _: &AppName, _: &str, _: Option<&str>, _: u32) -> Result<KvList, CapabilityError> {
        Ok(KvList::default())
    }
}

#[async_trait]
impl SqlStore for Nothing {
    async fn query(&self, _: &AppName, _: SqlStatement) -> Result<SqlRows, CapabilityError> {
        Ok(SqlRows::default())
    }
    async fn batch(&self, _: &AppName, _: Vec<SqlStatement>) -> Result<Vec<SqlRows>, CapabilityError> {
        Ok(Vec::new())
    }
    async fn exec(&self, _: &AppName, _: &str) -> Result<u32, CapabilityError> {
        Ok(0)
    }
}

impl LogSink for Nothing {
    fn write(&self, _: &AppName, _: Vec<LogLine>) {}
}
