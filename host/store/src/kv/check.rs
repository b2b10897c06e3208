//! What a key, a value and a page may be, before any of them reaches a database.

use atoll_model::{KvPut, Limits};

use crate::StoreError;

/// The shortest life of a key, as in Workers KV.
const EXPIRATION_TTL_S_MIN: u64 = 60;

pub(super) fn key(key: &str, limits: &Limits) -> Result<(), StoreError> {
    // As in Workers KV: these three cannot be told from no key in a path.
    if matches!(key, "" | "." | "..") {
        return Err(StoreError::Invalid(format!("{key:?} cannot be a key")));
    }
    within(key.len(), "a key", "kv_key_bytes_max", limits.kv_key_bytes_max)
}

pub(super) fn put(key: &str, put: &KvPut, limits: &Limits) -> Result<(), StoreError> {
    self::key(key, limits)?;
    within(put.value.len(), "a value", "kv_value_bytes_max", limits.kv_value_bytes_max)?;
    if let Some(metadata) = &put.metadata {
        within(metadata.len(), "metadata", "kv_metadata_bytes_max", limits.kv_metadata_bytes_max)?;
        // A raw value: only the form is checked, nothing is built.
        serde_json::from_str::<&serde_json::value::RawValue>(metadata)
            .map_err(|error| StoreError::Invalid(format!("the metadata is no JSON: {error}")))?;
    }
    match put.expiration_ttl_s {
        Some(ttl) if ttl < EXPIRATION_TTL_S_MIN => Err(StoreError::Invalid(format!(
            "expirationTtl is {ttl}; it must be at least {EXPIRATION_TTL_S_MIN} seconds"
        ))),
        _ => Ok(()),
    }
}

/// Answers the key to start after.
pub(super) fn list(
    prefix: &str,
    cursor: Option<&str>,
    limit: u32,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, StoreError> {
    within(prefix.len(), "a prefix", "kv_key_bytes_max", limits.kv_key_bytes_max)?;
    if limit == 0 {
        return Err(StoreError::Invalid("a page of 0 keys cannot be listed".into()));
    }
    if limit > limits.kv_list_keys_max {
        let what = format!("a page of {limit} keys");
        return Err(StoreError::over(what, "kv_list_keys_max", limits.kv_list_keys_max));
    }
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    let key = decode_cursor(cursor).filter(|key| key.len() <= limits.kv_key_bytes_max);
    key.map(Some).ok_or_else(|| StoreError::Invalid("the cursor is not one that a list has given".into()))
}

/// A cursor is the last key in hexadecimal digits: opaque, and safe in a URL.
pub(super) fn encode_cursor(key: &[u8]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode_cursor(cursor: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = cursor.as_bytes().as_chunks::<2>();
    let digit = |c: u8| char::from(c).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

fn within(bytes: usize, what: &str, limit: &'static str, max: usize) -> Result<(), StoreError> {
    if bytes <= max {
        return Ok(());
    }
    Err(StoreError::over(format!("{what} of {bytes} bytes"), limit, max))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_and_anything_else_is_refused_calmly(key in ".{0,40}", text in ".{0,40}") {
            prop_assert_eq!(decode_cursor(&encode_cursor(key.as_bytes())), Some(key.into_bytes()));
            let _ = decode_cursor(&text);
        }
    }
}
