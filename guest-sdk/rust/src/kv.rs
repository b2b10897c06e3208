//! The app's own key-value store. Needs `kv = true` below `[grants]` in `atoll.toml`. Durable when a write
//! returns.

use serde::{Serialize, de::DeserializeOwned};

use crate::{CapabilityError, Error, bindings::http::atoll::app::kv as wit};

/// A page of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Names, in byte order.
    pub keys: Vec<String>,
    /// Where the next page starts; `None` when this was the last.
    pub cursor: Option<String>,
}

/// A value, unless it is absent or expired.
///
/// # Errors
/// [`CapabilityError`].
pub fn get(key: &str) -> Result<Option<Vec<u8>>, CapabilityError> {
    Ok(wit::get(key)?.map(|entry| entry.value))
}

/// A value that [`put_json`] wrote.
///
/// # Errors
/// [`CapabilityError`], or a value of another shape.
pub fn get_json<T: DeserializeOwned>(key: &str) -> Result<Option<T>, Error> {
    Ok(get(key)?.map(|value| serde_json::from_slice(&value)).transpose()?)
}

/// Writes a value.
///
/// # Errors
/// [`CapabilityError`].
pub fn put(key: &str, value: &[u8]) -> Result<(), CapabilityError> {
    write(key, value, None)
}

/// Writes a value that goes after some seconds, at least 60.
///
/// # Errors
/// [`CapabilityError`].
pub fn put_for(key: &str, value: &[u8], seconds: u64) -> Result<(), CapabilityError> {
    write(key, value, Some(seconds))
}

/// Writes a value as JSON.
///
/// # Errors
/// [`CapabilityError`], or a value that has no JSON form.
pub fn put_json(key: &str, value: &impl Serialize) -> Result<(), Error> {
    Ok(put(key, &serde_json::to_vec(value)?)?)
}

fn write(key: &str, value: &[u8], expiration_ttl_s: Option<u64>) -> Result<(), CapabilityError> {
    Ok(wit::put(key, value, &wit::PutOptions { expiration_ttl_s, metadata: None })?)
}

/// Removes a key; one that is absent is no error.
///
/// # Errors
/// [`CapabilityError`].
pub fn delete(key: &str) -> Result<(), CapabilityError> {
    Ok(wit::delete(key)?)
}

/// Keys with a prefix, at most `limit` (1,000 at the most).
///
/// # Errors
/// [`CapabilityError`].
pub fn list(prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Page, CapabilityError> {
    let page = wit::list(prefix, cursor, limit)?;
    Ok(Page { keys: page.keys.into_iter().map(|key| key.name).collect(), cursor: page.cursor })
}
