//! What the host keeps for itself: the canvas' layout and the key it signs with.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{Store, StoreError};

const LAYOUT: &str = "layout";
const SIGNING_KEY: &str = "signing-key";

impl Store {
    /// The saved layout of the canvas; `None` before the first save.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is no JSON any more.
    pub async fn layout(&self) -> Result<Option<serde_json::Value>, StoreError> {
        let text = self.registry.readers.scan(|c| get(c, LAYOUT)).await?;
        let parse = |bytes: Vec<u8>| {
            serde_json::from_slice(&bytes).map_err(|error| StoreError::damaged("the layout", error))
        };
        text.map(parse).transpose()
    }

    /// Saves the layout of the canvas.
    ///
    /// # Errors
    /// [`StoreError::OverLimit`] when it is longer than `layout_bytes_max` as JSON.
    pub async fn set_layout(&self, layout: serde_json::Value) -> Result<(), StoreError> {
        let text = layout.to_string().into_bytes();
        let max = self.limits.layout_bytes_max;
        if text.len() > max {
            let what = format!("a layout of {} bytes", text.len());
            return Err(StoreError::over(what, "layout_bytes_max", max));
        }
        self.registry.writer.write(move |c| set(c, LAYOUT, &text)).await
    }

    /// A secret of this data directory: 32 random bytes, made on the first call, the same from then on.
    ///
    /// # Errors
    /// [`StoreError`] when there is no randomness to be had, or the disk fails.
    pub async fn signing_key(&self) -> Result<[u8; 32], StoreError> {
        let mut fresh = [0; 32];
        getrandom::fill(&mut fresh)
            .map_err(|error| StoreError::damaged("the system's random numbers", error))?;
        let write = self.registry.writer.write(move |c| {
            if let Some(key) = get(c, SIGNING_KEY)? {
                return Ok(key);
            }
            set(c, SIGNING_KEY, &fresh)?;
            Ok::<_, StoreError>(fresh.to_vec())
        });
        let key: Vec<u8> = write.await?;
        key.try_into().map_err(|_| StoreError::damaged("the signing key", "it is not 32 bytes long"))
    }
}

pub(crate) fn get(connection: &Connection, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(crate) fn set(connection: &Connection, key: &str, value: &[u8]) -> Result<(), StoreError> {
    let sql = "INSERT INTO settings (key, value) VALUES (?1, ?2)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    connection.prepare_cached(sql)?.execute(params![key, value])?;
    Ok(())
}
