//! The app's own key-value store. Needs `kv = true` below `[grants]` in `atoll.toml`. Durable when a write
//! returns.

use std::{collections::VecDeque, time::Duration};

use serde::{Serialize, de::DeserializeOwned};

use crate::{CapabilityError, host::kv as wit};

/// The most keys that one page holds.
pub const PAGE_MAX: u32 = 1_000;

/// A value and what was written beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The value.
    pub value: Vec<u8>,
    metadata: Option<String>,
}

/// A key as [`list`] finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// When it goes, in seconds since 1970.
    pub expiration_s: Option<u64>,
    metadata: Option<String>,
}

/// Some keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// In byte order.
    pub keys: Vec<Key>,
    /// Where the next page starts; `None` when this was the last.
    pub cursor: Option<String>,
}

fn metadata<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, CapabilityError> {
    text.map(serde_json::from_str).transpose().map_err(|error| CapabilityError::data("the metadata", error))
}

impl Entry {
    /// The value as JSON.
    ///
    /// # Errors
    /// [`CapabilityError::Data`] when it is not of this form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CapabilityError> {
        serde_json::from_slice(&self.value).map_err(|error| CapabilityError::data("the value", error))
    }

    /// What was written beside it, if anything was.
    ///
    /// # Errors
    /// [`CapabilityError::Data`] when it is not of this form.
    pub fn metadata<T: DeserializeOwned>(&self) -> Result<Option<T>, CapabilityError> {
        metadata(self.metadata.as_deref())
    }
}

impl Key {
    /// What was written beside the value, if anything was.
    ///
    /// # Errors
    /// [`CapabilityError::Data`] when it is not of this form.
    pub fn metadata<T: DeserializeOwned>(&self) -> Result<Option<T>, CapabilityError> {
        metadata(self.metadata.as_deref())
    }
}

/// A value, unless it is absent or expired.
///
/// # Errors
/// [`CapabilityError`].
pub fn get(key: &str) -> Result<Option<Vec<u8>>, CapabilityError> {
    Ok(get_entry(key)?.map(|entry| entry.value))
}

/// A value as text.
///
/// # Errors
/// [`CapabilityError`]; [`CapabilityError::Data`] when it is no UTF-8.
pub fn get_text(key: &str) -> Result<Option<String>, CapabilityError> {
    let text = get(key)?.map(String::from_utf8).transpose();
    text.map_err(|error| CapabilityError::data(&format!("the value of {key:?}"), error))
}

/// A value that [`put_json`] wrote.
///
/// # Errors
/// [`CapabilityError`]; [`CapabilityError::Data`] when it is not of this form.
pub fn get_json<T: DeserializeOwned>(key: &str) -> Result<Option<T>, CapabilityError> {
    let value = get(key)?.map(|value| serde_json::from_slice(&value)).transpose();
    value.map_err(|error| CapabilityError::data(&format!("the value of {key:?}"), error))
}

/// A value with what was written beside it.
///
/// # Errors
/// [`CapabilityError`].
pub fn get_entry(key: &str) -> Result<Option<Entry>, CapabilityError> {
    Ok(wit::get(key)?.map(|entry| Entry { value: entry.value, metadata: entry.metadata }))
}

/// Writes a value.
///
/// # Errors
/// [`CapabilityError`].
pub fn put(key: &str, value: impl AsRef<[u8]>) -> Result<(), CapabilityError> {
    PutOptions::new().put(key, value)
}

/// Writes a value as JSON.
///
/// # Errors
/// [`CapabilityError`]; [`CapabilityError::Data`] for a value that has no JSON form.
pub fn put_json<T: Serialize + ?Sized>(key: &str, value: &T) -> Result<(), CapabilityError> {
    PutOptions::new().put_json(key, value)
}

/// Writes a value if the present one is `expected` (`None`: there is none). Answers whether it did; nothing comes in
/// between. Read, compute, compare and set, and begin again when it was `false`.
///
/// # Errors
/// [`CapabilityError`].
pub fn compare_and_set(
    key: &str,
    expected: Option<&[u8]>,
    value: impl AsRef<[u8]>,
) -> Result<bool, CapabilityError> {
    PutOptions::new().compare_and_set(key, expected, value)
}

/// How to write a value: `PutOptions::new().ttl(Duration::from_secs(3_600)).put("session", id)?`.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "writes nothing until `put`, `put_json` or `compare_and_set`"]
pub struct PutOptions {
    ttl: Option<Duration>,
    metadata: Option<serde_json::Value>,
}

impl PutOptions {
    /// For ever, and nothing beside it.
    pub fn new() -> Self {
        Self::default()
    }

    /// It goes after that time, in whole seconds; at least 60.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// A small value beside it, which [`list`] brings along: `metadata(json!({ "title": title }))`.
    pub fn metadata(mut self, metadata: impl Into<serde_json::Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// Writes a value.
    ///
    /// # Errors
    /// [`CapabilityError`].
    pub fn put(self, key: &str, value: impl AsRef<[u8]>) -> Result<(), CapabilityError> {
        Ok(wit::put(key, value.as_ref(), &self.into_host())?)
    }

    /// Writes a value if the present one is `expected`. See [`compare_and_set`].
    ///
    /// # Errors
    /// [`CapabilityError`].
    pub fn compare_and_set(
        self,
        key: &str,
        expected: Option<&[u8]>,
        value: impl AsRef<[u8]>,
    ) -> Result<bool, CapabilityError> {
        Ok(wit::compare_and_set(key, expected, value.as_ref(), &self.into_host())?)
    }

    fn into_host(self) -> wit::PutOptions {
        wit::PutOptions {
            expiration_ttl_s: self.ttl.map(|ttl| ttl.as_secs()),
            metadata: self.metadata.map(|metadata| metadata.to_string()),
        }
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    /// [`CapabilityError`]; [`CapabilityError::Data`] for a value that has no JSON form.
    pub fn put_json<T: Serialize + ?Sized>(self, key: &str, value: &T) -> Result<(), CapabilityError> {
        let json = serde_json::to_vec(value)
            .map_err(|error| CapabilityError::data(&format!("the value of {key:?}"), error))?;
        self.put(key, json)
    }
}

/// Removes a key; one that is absent is no error.
///
/// # Errors
/// [`CapabilityError`].
pub fn delete(key: &str) -> Result<(), CapabilityError> {
    Ok(wit::delete(key)?)
}

/// All keys with a prefix, in byte order. They are fetched page by page, as the iterator comes to them.
pub fn list(prefix: &str) -> Keys {
    Keys { prefix: prefix.to_owned(), page_size: PAGE_MAX, page: VecDeque::new(), next: Next::First }
}

/// One page of keys with a prefix, at most `limit` ([`PAGE_MAX`] at the most).
///
/// # Errors
/// [`CapabilityError`].
pub fn page(prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Page, CapabilityError> {
    let page = wit::list(prefix, cursor, limit)?;
    let keys = page.keys.into_iter();
    let keys = keys.map(|key| Key { name: key.name, expiration_s: key.expiration_s, metadata: key.metadata });
    Ok(Page { keys: keys.collect(), cursor: page.cursor })
}

/// The keys that [`list`] finds. After an error there are no more.
#[derive(Clone, Debug)]
pub struct Keys {
    prefix: String,
    page_size: u32,
    page: VecDeque<Key>,
    next: Next,
}

#[derive(Clone, Debug)]
enum Next {
    First,
    After(String),
    Nothing,
}

impl Keys {
    /// So many keys at a time, at most [`PAGE_MAX`]. Fewer are wise when only the first ones matter.
    #[must_use]
    pub fn page_size(mut self, keys: u32) -> Self {
        self.page_size = keys.clamp(1, PAGE_MAX);
        self
    }
}

impl Iterator for Keys {
    type Item = Result<Key, CapabilityError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.page.is_empty() {
            let found = match std::mem::replace(&mut self.next, Next::Nothing) {
                Next::Nothing => return None,
                Next::First => page(&self.prefix, None, self.page_size),
                Next::After(cursor) => page(&self.prefix, Some(&cursor), self.page_size),
            };
            match found {
                Ok(page) => {
                    self.page = page.keys.into();
                    self.next = page.cursor.map_or(Next::Nothing, Next::After);
                }
                Err(error) => return Some(Err(error)),
            }
        }
        self.page.pop_front().map(Ok)
    }
}
