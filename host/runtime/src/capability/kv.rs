//! `kv`: the app's own key-value store.

use async_trait::async_trait;
use atoll_model::{AppName, Capability, CapabilityError, KvEntry, KvList, KvPut, Limits};
use bytes::Bytes;

use super::{at_most, guarded};
use crate::{
    bindings::atoll::app::{kv, types},
    json,
    state::CallState,
};

/// The shortest life of a key, as in Workers KV.
const TTL_S_MIN: u64 = 60;

/// Keeps the keys and values of all apps, each app's apart. Durable when a write returns.
#[async_trait]
pub trait KvStore: Send + Sync {
    /// A value, unless it is absent or expired.
    async fn get(&self, app: &AppName, key: &str) -> Result<Option<KvEntry>, CapabilityError>;
    /// Writes a value, or overwrites it.
    async fn put(&self, app: &AppName, key: &str, put: KvPut) -> Result<(), CapabilityError>;
    /// Writes a value if the present one is `expected` (`None`: absent or expired). Answers whether it did; nothing comes
    /// in between.
    async fn compare_and_set(
        &self,
        app: &AppName,
        key: &str,
        expected: Option<Bytes>,
        put: KvPut,
    ) -> Result<bool, CapabilityError>;
    /// Removes a key. One that is absent is no error.
    async fn delete(&self, app: &AppName, key: &str) -> Result<(), CapabilityError>;
    /// Keys with a prefix, in byte order, at most `limit`, from where `cursor` says.
    async fn list(
        &self,
        app: &AppName,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KvList, CapabilityError>;
}

fn check_key(key: &str, limits: &Limits) -> Result<(), CapabilityError> {
    if matches!(key, "" | "." | "..") {
        return Err(CapabilityError::Invalid(format!("{key:?} cannot be a key")));
    }
    at_most("a key", key.len(), "kv_key_bytes_max", limits.kv_key_bytes_max)
}

fn check_put(key: &str, put: &KvPut, limits: &Limits) -> Result<(), CapabilityError> {
    check_key(key, limits)?;
    at_most("a value", put.value.len(), "kv_value_bytes_max", limits.kv_value_bytes_max)?;
    if let Some(metadata) = &put.metadata {
        at_most("metadata", metadata.len(), "kv_metadata_bytes_max", limits.kv_metadata_bytes_max)?;
        json::check("metadata", metadata, limits.json_depth_max)?;
    }
    match put.expiration_ttl_s {
        Some(ttl) if ttl < TTL_S_MIN => Err(CapabilityError::Invalid(format!(
            "an expiration of {ttl} s is too short; at least {TTL_S_MIN}"
        ))),
        _ => Ok(()),
    }
}

impl CallState {
    fn kv(&self) -> Result<&dyn KvStore, CapabilityError> {
        self.check_granted(Capability::Kv)?;
        Ok(&*self.capabilities.kv)
    }
}

/// Reads a value, checked as every access is.
pub(crate) async fn get(state: &CallState, key: &str) -> Result<Option<KvEntry>, CapabilityError> {
    let (store, app) = (state.kv()?, state.app_name());
    check_key(key, &state.limits)?;
    guarded(app, "kv", store.get(app, key)).await
}

/// Writes a value.
pub(crate) async fn put(state: &CallState, key: &str, put: KvPut) -> Result<(), CapabilityError> {
    let (store, app) = (state.kv()?, state.app_name());
    check_put(key, &put, &state.limits)?;
    guarded(app, "kv", store.put(app, key, put)).await
}

/// Writes a value if the present one is what is expected.
pub(crate) async fn compare_and_set(
    state: &CallState,
    key: &str,
    expected: Option<Bytes>,
    put: KvPut,
) -> Result<bool, CapabilityError> {
    let (store, app) = (state.kv()?, state.app_name());
    check_put(key, &put, &state.limits)?;
    guarded(app, "kv", store.compare_and_set(app, key, expected, put)).await
}

/// Removes a key.
pub(crate) async fn delete(state: &CallState, key: &str) -> Result<(), CapabilityError> {
    let (store, app) = (state.kv()?, state.app_name());
    check_key(key, &state.limits)?;
    guarded(app, "kv", store.delete(app, key)).await
}

/// Lists keys.
pub(crate) async fn list(
    state: &CallState,
    prefix: &str,
    cursor: Option<&str>,
    limit: u32,
) -> Result<KvList, CapabilityError> {
    let (store, app, limits) = (state.kv()?, state.app_name(), &state.limits);
    at_most("a prefix", prefix.len(), "kv_key_bytes_max", limits.kv_key_bytes_max)?;
    // A cursor is the store's own text about a key; nothing longer can be one.
    let cursor_max = limits.kv_key_bytes_max.saturating_mul(4);
    at_most("a cursor", cursor.map_or(0, str::len), "kv_key_bytes_max", cursor_max)?;
    let limit = limit.clamp(1, limits.kv_list_keys_max);
    guarded(app, "kv", store.list(app, prefix, cursor, limit)).await
}

impl kv::Host for CallState {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<kv::Entry>, types::Error>> {
        self.count_host_call()?;
        let answer = get(self, &key)
            .await
            .map(|entry| entry.map(|e| kv::Entry { value: e.value.into(), metadata: e.metadata }));
        Ok(answer.map_err(|error| self.told_to_guest("kv", error)))
    }

    async fn put(
        &mut self,
        key: String,
        value: Vec<u8>,
        options: kv::PutOptions,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        self.count_host_call()?;
        let put = to_put(value, options);
        Ok(self::put(self, &key, put).await.map_err(|error| self.told_to_guest("kv", error)))
    }

    async fn compare_and_set(
        &mut self,
        key: String,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
        options: kv::PutOptions,
    ) -> wasmtime::Result<Result<bool, types::Error>> {
        self.count_host_call()?;
        let (expected, put) = (expected.map(Bytes::from), to_put(value, options));
        let set = compare_and_set(self, &key, expected, put).await;
        Ok(set.map_err(|error| self.told_to_guest("kv", error)))
    }

    async fn delete(&mut self, key: String) -> wasmtime::Result<Result<(), types::Error>> {
        self.count_host_call()?;
        Ok(delete(self, &key).await.map_err(|error| self.told_to_guest("kv", error)))
    }

    async fn list(
        &mut self,
        prefix: String,
        cursor: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Result<kv::Page, types::Error>> {
        self.count_host_call()?;
        let answer = list(self, &prefix, cursor.as_deref(), limit).await.map(page);
        Ok(answer.map_err(|error| self.told_to_guest("kv", error)))
    }
}

fn to_put(value: Vec<u8>, options: kv::PutOptions) -> KvPut {
    let kv::PutOptions { expiration_ttl_s, metadata } = options;
    KvPut { value: value.into(), metadata, expiration_ttl_s }
}

fn page(list: KvList) -> kv::Page {
    let key = |key: atoll_model::KvListKey| kv::Key {
        name: key.name,
        expiration_s: key.expiration_s,
        metadata: key.metadata,
    };
    kv::Page { keys: list.keys.into_iter().map(key).collect(), cursor: list.cursor }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(
        value: usize,
        metadata: Option<&str>,
        expiration_ttl_s: Option<u64>,
    ) -> Result<(), CapabilityError> {
        let put = KvPut {
            value: Bytes::from(vec![0; value]),
            metadata: metadata.map(Into::into),
            expiration_ttl_s,
        };
        check_put("key", &put, &Limits::default())
    }

    #[test]
    fn sizes_are_checked_before_the_store_is_asked() {
        let limits = Limits::default();
        assert!(check_key(&"k".repeat(512), &limits).is_ok());
        let over = check_key(&"k".repeat(513), &limits).unwrap_err().to_string();
        assert_eq!(over, "a key of 513 is over the limit kv_key_bytes_max = 512");
        assert!(check_key("", &limits).is_err());
        assert!(put(1 << 20, None, None).is_ok());
        assert!(put((1 << 20) + 1, None, None).is_err());
    }

    #[test]
    fn metadata_is_json_and_a_life_has_a_shortest() {
        assert!(put(1, Some("{\"a\":1}"), Some(60)).is_ok());
        assert!(put(1, Some("{a:1}"), None).is_err());
        assert!(put(1, Some(&format!("\"{}\"", "x".repeat(2_000))), None).is_err());
        assert!(put(1, None, Some(59)).is_err());
    }
}
