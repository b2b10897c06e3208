//! Secrets of apps: sealed at rest, given out to the host alone.
//!
//! A value is sealed with XChaCha20-Poly1305 under the data directory's key, bound to its app and name: a row that
//! is copied to another app or name does not open. The key is in `secret.key` beside the databases, or given from
//! outside; a copy of `registry.db` without it is of no use to anybody.

mod key;

use atoll_model::AppName;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use zeroize::Zeroizing;

use crate::{Store, StoreError, registry::check_app, settings};

pub use key::{SecretKey, SecretKeyError};

/// Sealed with the key when the first secret is set: whether it opens tells a wrong key from a damaged secret.
const KEY_CHECK: &str = "secret-key-check";

/// A secret that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRecord {
    /// Its name.
    pub name: String,
    /// When its value was set.
    pub set_at: Timestamp,
}

impl Store {
    /// Sets a secret of an app. It is sealed on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::NoSuchApp`]; [`StoreError::Invalid`] for a name that cannot be one and for an empty value;
    /// [`StoreError::OverLimit`] for a value that is too long and one secret too many.
    pub async fn set_secret(
        &self,
        app: &AppName,
        name: &str,
        value: Zeroizing<String>,
    ) -> Result<(), StoreError> {
        check_name(name)?;
        let (value_max, count_max) = (self.limits.secret_value_bytes_max, self.limits.secrets_per_app_max);
        if value.is_empty() {
            return Err(StoreError::Invalid(format!("the secret {name} has no value; remove it instead")));
        }
        if value.len() > value_max {
            let what = format!("a secret of {} bytes", value.len());
            return Err(StoreError::over(what, "secret_value_bytes_max", value_max));
        }
        let key = &self.secret_key;
        let (sealed, check) = (key.seal(&bound(app, name), value.as_bytes())?, key.seal(KEY_CHECK, b"")?);
        let (app, name, now) = (app.clone(), name.to_owned(), self.clock.now().as_microsecond());
        let write = self.registry.writer.write(move |c| {
            check_app(c, &app)?;
            let sql = "INSERT INTO secrets (app, name, sealed, set_at) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (app, name) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at";
            c.prepare_cached(sql)?.execute(params![app.as_str(), name, sealed, now])?;
            let count = "SELECT count(*) FROM secrets WHERE app = ?1";
            let count: i64 = c.prepare_cached(count)?.query_row([app.as_str()], |row| row.get(0))?;
            if usize::try_from(count).unwrap_or(usize::MAX) > count_max {
                return Err(StoreError::over(format!("a secret more of {app}"), "secrets_per_app_max", count_max));
            }
            settings::set(c, KEY_CHECK, &check)
        });
        write.await
    }

    /// Removes a secret of an app. Answers whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the disk fails.
    pub async fn remove_secret(&self, app: &AppName, name: &str) -> Result<bool, StoreError> {
        let (app, name) = (app.clone(), name.to_owned());
        let write = self.registry.writer.write(move |c| {
            let sql = "DELETE FROM secrets WHERE app = ?1 AND name = ?2";
            Ok::<_, StoreError>(c.prepare_cached(sql)?.execute(params![app.as_str(), name])? == 1)
        });
        write.await
    }

    /// The names of an app's secrets, in order.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the disk fails.
    pub async fn secrets(&self, app: &AppName) -> Result<Vec<SecretRecord>, StoreError> {
        let app = app.clone();
        self.registry.readers.scan(move |c| list(c, &app)).await
    }

    /// The value of an app's secret, for the host alone; `None` when it is not set.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it does not open: the disk changed it, or it is another's.
    pub async fn secret(&self, app: &AppName, name: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        let sealed = {
            let (app, name) = (app.clone(), name.to_owned());
            self.registry.readers.scan(move |c| sealed(c, &app, &name)).await?
        };
        let Some(sealed) = sealed else { return Ok(None) };
        let damaged = |reason: &str| StoreError::damaged(format!("the secret {name} of app {app}"), reason);
        let value = self.secret_key.open(&bound(app, name), &sealed);
        let value = value.ok_or_else(|| damaged("it does not open; set it again"))?;
        let text = String::from_utf8(value.to_vec()).map_err(|_| damaged("it is no text"))?;
        Ok(Some(Zeroizing::new(text)))
    }
}

/// Whether the key is the one that the stored secrets were sealed with. Where there are no secrets any key is, and none
/// too.
pub(crate) fn check_key(c: &Connection, key: Option<&SecretKey>) -> Result<bool, StoreError> {
    let any: bool = c.query_row("SELECT EXISTS (SELECT 1 FROM secrets)", [], |row| row.get(0))?;
    if !any {
        return Ok(true);
    }
    let Some(key) = key else { return Ok(false) };
    let check = settings::get(c, KEY_CHECK)?;
    Ok(check.is_some_and(|check| key.open(KEY_CHECK, &check).is_some()))
}

/// Forgets an app's secrets.
pub(crate) fn remove_app(c: &Connection, app: &AppName) -> Result<(), StoreError> {
    c.prepare_cached("DELETE FROM secrets WHERE app = ?1")?.execute([app.as_str()])?;
    Ok(())
}

/// What a value is bound to. An app's name has no colon.
fn bound(app: &AppName, name: &str) -> String {
    format!("{app}:{name}")
}

fn check_name(name: &str) -> Result<(), StoreError> {
    atoll_model::SecretGrant::check_name(name).map_err(StoreError::Invalid)
}

fn list(c: &Connection, app: &AppName) -> Result<Vec<SecretRecord>, StoreError> {
    let mut statement = c.prepare_cached("SELECT name, set_at FROM secrets WHERE app = ?1 ORDER BY name")?;
    let mut rows = statement.query([app.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let set_at = Timestamp::from_microsecond(row.get(1)?);
        let set_at = set_at.map_err(|error| StoreError::damaged("the time of a secret", error))?;
        found.push(SecretRecord { name: row.get(0)?, set_at });
    }
    Ok(found)
}

fn sealed(c: &Connection, app: &AppName, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = c.prepare_cached("SELECT sealed FROM secrets WHERE app = ?1 AND name = ?2")?;
    Ok(statement.query_row(params![app.as_str(), name], |row| row.get(0)).optional()?)
}
