//! A key-value store in memory.

use std::{collections::BTreeMap, ops::Bound};

use crate::bindings::http::atoll::app::{kv as wit, types::Error};

#[derive(Debug, Default)]
pub(super) struct Kv(BTreeMap<String, Stored>);

#[derive(Debug)]
struct Stored {
    value: Vec<u8>,
    metadata: Option<String>,
    expiration_s: Option<u64>,
}

impl Stored {
    fn is_there(&self, now_s: u64) -> bool {
        self.expiration_s.is_none_or(|at_s| at_s > now_s)
    }
}

fn check(key: &str) -> Result<(), Error> {
    if key.is_empty() || key.len() > 512 {
        return Err(Error::Invalid(format!("a key has 1 to 512 bytes; this one has {}", key.len())));
    }
    Ok(())
}

impl Kv {
    pub(super) fn get(&self, key: &str, now_s: u64) -> Result<Option<wit::Entry>, Error> {
        check(key)?;
        let stored = self.0.get(key).filter(|stored| stored.is_there(now_s));
        Ok(stored.map(|stored| wit::Entry { value: stored.value.clone(), metadata: stored.metadata.clone() }))
    }

    pub(super) fn put(
        &mut self,
        key: &str,
        value: &[u8],
        options: &wit::PutOptions,
        now_s: u64,
    ) -> Result<(), Error> {
        check(key)?;
        if let Some(ttl_s) = options.expiration_ttl_s.filter(|ttl_s| *ttl_s < 60) {
            return Err(Error::Invalid(format!("a value stays for at least 60 s, not {ttl_s} s")));
        }
        let expiration_s = options.expiration_ttl_s.map(|ttl_s| now_s + ttl_s);
        let stored = Stored { value: value.to_vec(), metadata: options.metadata.clone(), expiration_s };
        self.0.insert(key.to_owned(), stored);
        Ok(())
    }

    pub(super) fn compare_and_set(
        &mut self,
        key: &str,
        expected: Option<&[u8]>,
        value: &[u8],
        options: &wit::PutOptions,
        now_s: u64,
    ) -> Result<bool, Error> {
        if self.get(key, now_s)?.as_ref().map(|entry| &entry.value[..]) != expected {
            return Ok(false);
        }
        self.put(key, value, options, now_s).map(|()| true)
    }

    pub(super) fn delete(&mut self, key: &str) -> Result<(), Error> {
        check(key)?;
        self.0.remove(key);
        Ok(())
    }

    /// The cursor is the last key of the page before.
    pub(super) fn list(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
        now_s: u64,
    ) -> Result<wit::Page, Error> {
        if !(1..=1_000).contains(&limit) {
            return Err(Error::Invalid(format!("a page has 1 to 1,000 keys, not {limit}")));
        }
        let start = cursor.map_or(Bound::Included(prefix), Bound::Excluded);
        let mut found = self
            .0
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter(|(_, stored)| stored.is_there(now_s));
        let keys: Vec<_> = found
            .by_ref()
            .take(limit as usize)
            .map(|(name, stored)| wit::Key {
                name: name.clone(),
                expiration_s: stored.expiration_s,
                metadata: stored.metadata.clone(),
            })
            .collect();
        let more = found.next().is_some();
        let cursor = keys.last().filter(|_| more).map(|key| key.name.clone());
        Ok(wit::Page { keys, cursor })
    }
}
