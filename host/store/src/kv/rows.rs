//! The KV store's SQL. Functions over a connection; the caller has checked sizes and holds the transaction.

use atoll_model::{AppName, KvEntry, KvList, KvListKey, KvPut};
use atoll_sqlite::Schema;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::check::encode_cursor;
use crate::StoreError;

/// Expired keys removed with each write, besides what the write itself does.
const SWEPT_PER_WRITE: u32 = 16;
/// Expired keys removed when an app's quota is reached, before it is told so.
const SWEPT_FOR_ROOM: u32 = 1_000;
/// Above every key: UTF-8 has no such byte.
const ABOVE_ALL_KEYS: &[u8] = &[0xff];

/// Keys are blobs, so that they sort by bytes and a prefix is a range. What a list needs stands before the
/// value: a long value's overflow pages are not read for it.
pub(super) const SCHEMA: Schema = Schema {
    name: "kv.db",
    steps: &["
        CREATE TABLE kv (
            app        TEXT NOT NULL,
            key        BLOB NOT NULL,
            expires_at INTEGER,
            metadata   TEXT,
            value      BLOB NOT NULL,
            PRIMARY KEY (app, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX kv_expiring ON kv (expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE kv_usage (
            app   TEXT PRIMARY KEY,
            bytes INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;"],
};

pub(super) fn get(c: &Connection, app: &AppName, key: &str, now: u64) -> Result<Option<KvEntry>, StoreError> {
    let sql = "SELECT value, metadata FROM kv
               WHERE app = ?1 AND key = ?2 AND (expires_at IS NULL OR expires_at > ?3)";
    let mut statement = c.prepare_cached(sql)?;
    let entry = statement.query_row(params![app.as_str(), key.as_bytes(), seconds(now)], |row| {
        Ok(KvEntry { value: Bytes::copy_from_slice(row.get_ref(0)?.as_blob()?), metadata: row.get(1)? })
    });
    Ok(entry.optional()?)
}

pub(super) fn put(
    c: &Connection,
    app: &AppName,
    key: &str,
    put: &KvPut,
    now: u64,
    quota: u64,
) -> Result<(), StoreError> {
    sweep(c, None, now, SWEPT_PER_WRITE)?;
    let size = (key.len() + put.value.len() + put.metadata.as_ref().map_or(0, String::len)) as u64;
    let after = |c: &Connection| -> Result<u64, StoreError> {
        Ok(usage(c, app)?.saturating_sub(size_of(c, app, key)?).saturating_add(size))
    };
    let mut total = after(c)?;
    if total > quota && sweep(c, Some(app), now, SWEPT_FOR_ROOM)? > 0 {
        total = after(c)?;
    }
    if total > quota {
        let what = format!("the app's KV store with this value ({total} bytes)");
        return Err(StoreError::over(what, "kv_bytes_per_app_max", quota));
    }
    let expires_at = put.expiration_ttl_s.map(|ttl| seconds(now.saturating_add(ttl)));
    c.prepare_cached("REPLACE INTO kv (app, key, expires_at, metadata, value) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![app.as_str(), key.as_bytes(), expires_at, put.metadata, &put.value[..]])?;
    set_usage(c, app.as_str(), total)
}

/// Puts a value if the one that is there is what is expected. Answers whether it did.
pub(super) fn compare_and_set(
    c: &Connection,
    app: &AppName,
    key: &str,
    expected: Option<&[u8]>,
    new: &KvPut,
    now: u64,
    quota: u64,
) -> Result<bool, StoreError> {
    let present = get(c, app, key, now)?;
    if present.as_ref().map(|entry| &entry.value[..]) != expected {
        return Ok(false);
    }
    put(c, app, key, new, now, quota)?;
    Ok(true)
}

pub(super) fn delete(c: &Connection, app: &AppName, key: &str) -> Result<(), StoreError> {
    let size = size_of(c, app, key)?;
    if size > 0 {
        let total = usage(c, app)?.saturating_sub(size);
        c.prepare_cached("DELETE FROM kv WHERE app = ?1 AND key = ?2")?
            .execute(params![app.as_str(), key.as_bytes()])?;
        set_usage(c, app.as_str(), total)?;
    }
    Ok(())
}

pub(super) fn list(
    c: &Connection,
    app: &AppName,
    prefix: &str,
    after: Option<&[u8]>,
    limit: u32,
    now: u64,
) -> Result<KvList, StoreError> {
    let sql = "SELECT key, expires_at, metadata FROM kv
               WHERE app = ?1 AND key >= ?2 AND key > ?3 AND key < ?4
                   AND (expires_at IS NULL OR expires_at > ?5)
               ORDER BY key LIMIT ?6";
    let above = above(prefix.as_bytes());
    let after = after.unwrap_or_default();
    let mut statement = c.prepare_cached(sql)?;
    // One more than asked for shows whether there is another page.
    let mut rows = statement.query(params![
        app.as_str(),
        prefix.as_bytes(),
        after,
        above,
        seconds(now),
        i64::from(limit) + 1
    ])?;
    let mut page = KvList::default();
    while let Some(row) = rows.next()? {
        if page.keys.len() == limit as usize {
            page.cursor = page.keys.last().map(|key| encode_cursor(key.name.as_bytes()));
            break;
        }
        let name = std::str::from_utf8(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)
            .map_err(|error| StoreError::damaged("a key", error))?;
        let expires_at: Option<i64> = row.get(1)?;
        page.keys.push(KvListKey {
            name: name.to_owned(),
            expiration_s: expires_at.and_then(|s| u64::try_from(s).ok()),
            metadata: row.get(2)?,
        });
    }
    Ok(page)
}

/// The least byte string above all that start with `prefix`.
fn above(prefix: &[u8]) -> Vec<u8> {
    let end = prefix.iter().rposition(|byte| *byte < 0xff);
    let mut above = end.map_or(ABOVE_ALL_KEYS, |end| &prefix[..=end]).to_vec();
    if end.is_some()
        && let Some(last) = above.last_mut()
    {
        *last += 1;
    }
    above
}

/// Removes some expired keys, of one app or of all. Answers how many.
fn sweep(c: &Connection, app: Option<&AppName>, now: u64, limit: u32) -> Result<usize, StoreError> {
    let sql = "DELETE FROM kv WHERE (app, key) IN (
                   SELECT app, key FROM kv WHERE expires_at <= ?1 AND (?2 IS NULL OR app = ?2) LIMIT ?3)
               RETURNING app, octet_length(key) + octet_length(value) + coalesce(octet_length(metadata), 0)";
    let mut statement = c.prepare_cached(sql)?;
    let rows = statement.query_map(params![seconds(now), app.map(AppName::as_str), limit], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
    })?;
    let gone: Vec<(String, i64)> = rows.collect::<Result<_, _>>()?;
    for (app, bytes) in &gone {
        c.prepare_cached("UPDATE kv_usage SET bytes = max(0, bytes - ?2) WHERE app = ?1")?
            .execute(params![app, bytes])?;
    }
    Ok(gone.len())
}

/// Removes some keys of an app, and its usage with the last of them. Answers how many.
pub(super) fn remove_some(c: &Connection, app: &str, limit: u32) -> Result<usize, StoreError> {
    let sql = "DELETE FROM kv WHERE app = ?1 AND key IN (SELECT key FROM kv WHERE app = ?1 LIMIT ?2)";
    let count = c.prepare_cached(sql)?.execute(params![app, limit])?;
    if count == 0 {
        c.prepare_cached("DELETE FROM kv_usage WHERE app = ?1")?.execute([app])?;
    }
    Ok(count)
}

/// The apps that keep anything.
pub(super) fn apps(c: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = c.prepare("SELECT app FROM kv_usage")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a key takes; 0 when there is none.
fn size_of(c: &Connection, app: &AppName, key: &str) -> Result<u64, StoreError> {
    let sql = "SELECT octet_length(key) + octet_length(value) + coalesce(octet_length(metadata), 0)
               FROM kv WHERE app = ?1 AND key = ?2";
    let mut statement = c.prepare_cached(sql)?;
    let size: Option<i64> =
        statement.query_row(params![app.as_str(), key.as_bytes()], |row| row.get(0)).optional()?;
    Ok(u64::try_from(size.unwrap_or(0)).unwrap_or(0))
}

fn usage(c: &Connection, app: &AppName) -> Result<u64, StoreError> {
    let mut statement = c.prepare_cached("SELECT bytes FROM kv_usage WHERE app = ?1")?;
    let bytes: Option<i64> = statement.query_row([app.as_str()], |row| row.get(0)).optional()?;
    Ok(u64::try_from(bytes.unwrap_or(0)).unwrap_or(0))
}

fn set_usage(c: &Connection, app: &str, bytes: u64) -> Result<(), StoreError> {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    c.prepare_cached("REPLACE INTO kv_usage (app, bytes) VALUES (?1, ?2)")?.execute(params![app, bytes])?;
    Ok(())
}

fn seconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_range_that_holds_exactly_what_starts_with_it() {
        for (prefix, inside, outside) in
            [("a", "a\u{10ffff}zz", "b"), ("a/", "a/b", "a0"), ("ÿ", "ÿÿ", "Ā"), ("", "\u{10ffff}", "")]
        {
            let above = above(prefix.as_bytes());
            assert!(inside.as_bytes() >= prefix.as_bytes() && inside.as_bytes() < &above[..], "{prefix}");
            assert!(outside.is_empty() || outside.as_bytes() >= &above[..], "{prefix}");
        }
    }
}
