//! Running an app's migrations: each once, in the order of their names, all pending ones together or none.
//!
//! While a migration runs, foreign keys are not enforced, and after it they are checked: so a table can be
//! rebuilt under the rows that refer to it, which SQLite's own instructions for schema changes ask for. What
//! a migration deletes takes nothing along with it (no ON DELETE CASCADE); what it leaves dangling fails it.

use rusqlite::{Connection, config::DbConfig, params};

use super::{failure::Failure, policy::MIGRATIONS_TABLE, script::line_of, session::Session};
use crate::{Migration, StoreError};

impl Session<'_> {
    /// The migrations that have not run yet, after checking those that have.
    pub(super) fn pending<'m>(&self, migrations: &'m [Migration]) -> Result<Vec<&'m Migration>, StoreError> {
        let sql = format!("SELECT name, checksum FROM {MIGRATIONS_TABLE} ORDER BY name");
        let mut statement = self.connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let applied: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;

        for (name, checksum) in &applied {
            let Some(migration) = migrations.iter().find(|migration| migration.name == *name) else {
                return Err(StoreError::MigrationMissing { name: name.clone() });
            };
            if migration.checksum() != *checksum {
                return Err(StoreError::MigrationChanged { name: name.clone() });
            }
        }
        let is_new = |migration: &&Migration| applied.iter().all(|(name, _)| *name != migration.name);
        let mut pending: Vec<&Migration> = migrations.iter().filter(is_new).collect();
        pending.sort_by(|a, b| a.name.cmp(&b.name));
        if let (Some(first), Some((last, _))) = (pending.first(), applied.last())
            && first.name < *last
        {
            return Err(StoreError::MigrationOutOfOrder { name: first.name.clone(), last: last.clone() });
        }
        Ok(pending)
    }

    /// Runs what is pending; the caller holds the transaction. Answers the names.
    pub(super) fn migrate(
        &self,
        migrations: &[Migration],
        now: jiff::Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let pending = self.pending(migrations)?;
        let _unenforced = ForeignKeysOff::new(self.connection)?;
        for migration in &pending {
            self.exec(&migration.sql).map_err(|failure| self.migration_failed(migration, failure))?;
            self.check_foreign_keys(migration)?;
            let sql =
                format!("INSERT INTO {MIGRATIONS_TABLE} (name, checksum, applied_at) VALUES (?1, ?2, ?3)");
            let record = params![migration.name, migration.checksum(), now.to_string()];
            self.connection.prepare(&sql)?.execute(record)?;
        }
        Ok(pending.into_iter().map(|migration| migration.name.clone()).collect())
    }

    fn check_foreign_keys(&self, migration: &Migration) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(()) };
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        let message = format!("it leaves rows of {table} that refer to rows of {parent} that are not there");
        Err(StoreError::MigrationFailed { name: migration.name.clone(), line: None, message })
    }

    fn migration_failed(&self, migration: &Migration, failure: Failure) -> StoreError {
        let (message, offset) = match failure {
            Failure::Refused { error: StoreError::Sql { message, .. }, offset } => (message, offset),
            Failure::Refused {
                error: error @ (StoreError::OverLimit { .. } | StoreError::Invalid(_)),
                offset,
            } => (error.to_string(), offset),
            // The migration is not to blame.
            Failure::Refused { error, .. } => return error,
            Failure::OutOfTime => {
                let max = self.limits.sql_migration_ms;
                (StoreError::over("the time of the migrations", "sql_migration_ms", max).to_string(), None)
            }
            other => return other.into_error(self.limits),
        };
        let line = offset.map(|offset| line_of(&migration.sql, offset));
        StoreError::MigrationFailed { name: migration.name.clone(), line, message }
    }
}

/// Foreign keys are not enforced while this lives. Unlike the PRAGMA, it works inside a transaction.
struct ForeignKeysOff<'a>(&'a Connection);

impl<'a> ForeignKeysOff<'a> {
    fn new(connection: &'a Connection) -> rusqlite::Result<Self> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
        Ok(Self(connection))
    }
}

impl Drop for ForeignKeysOff<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true) {
            tracing::error!(%error, "foreign keys could not be enforced again");
        }
    }
}
