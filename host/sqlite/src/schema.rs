//! A database's own tables, by version, in SQLite's `user_version`.

use rusqlite::Connection;

use crate::SqliteError;

/// The tables of a database: step `n` (from 0) leads from version `n` to `n + 1`.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// Which database, for messages.
    pub name: &'static str,
    /// SQL scripts. Never change one that was released; add another.
    pub steps: &'static [&'static str],
}

impl Schema {
    /// Brings a database to the newest version, all in one transaction.
    ///
    /// # Errors
    /// [`SqliteError::Newer`] when a newer release wrote it; [`SqliteError::Sqlite`] otherwise.
    pub fn apply(&self, connection: &mut Connection) -> Result<(), SqliteError> {
        let known = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let found: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found > known {
            return Err(SqliteError::Newer { name: self.name, found, known });
        }
        if found == known {
            return Ok(());
        }
        for step in self.steps.iter().skip(found as usize) {
            transaction.execute_batch(step)?;
        }
        transaction.execute_batch(&format!("PRAGMA user_version = {known}"))?;
        transaction.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_run_once_and_a_newer_database_is_refused() {
        let mut connection = crate::open_memory().unwrap();
        let one = Schema { name: "test", steps: &["CREATE TABLE a (x)"] };
        let two = Schema { name: "test", steps: &["CREATE TABLE a (x)", "CREATE TABLE b (x)"] };
        one.apply(&mut connection).unwrap();
        two.apply(&mut connection).unwrap();
        two.apply(&mut connection).unwrap();
        assert!(matches!(one.apply(&mut connection), Err(SqliteError::Newer { found: 2, known: 1, .. })));
    }
}
