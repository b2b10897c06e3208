//! Each app's own SQLite database, with D1's semantics: one statement a query, a batch as one transaction,
//! no transaction of the guest's own.
//!
//! A guest's SQL is hostile until proven otherwise. What keeps it in its place:
//! - [`policy`]: SQLite's authorizer, asked while a statement is compiled, with a list of what is allowed;
//! - [`guest`]: SQLite's own limits on lengths, depths and pages, and its defensive mode;
//! - [`functions`]: replacements for functions that would run past any deadline;
//! - [`session`]: a deadline and a cancellation flag that SQLite asks about while a statement runs, and caps
//!   on rows and bytes of a result.
//!
//! [`database`] queues writes for group commit and runs reads beside them; [`databases`] keeps the most
//! recently used databases open.

mod database;
mod databases;
mod failure;
mod functions;
mod guest;
mod migrations;
mod policy;
mod reader;
mod script;
mod session;

use std::sync::Arc;

use atoll_model::{AppName, SqlRows, SqlStatement};

pub(crate) use database::AppDatabase;
pub(crate) use databases::Databases;

use crate::{Migration, Store, StoreError};

impl Store {
    /// Runs exactly one statement. A write is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::Sql`] with SQLite's own message; [`StoreError::OverLimit`] for what is too long, too
    /// big, or runs too long; [`StoreError::NoSuchApp`].
    pub async fn sql_query(&self, app: &AppName, statement: SqlStatement) -> Result<SqlRows, StoreError> {
        self.database(app)?.query(statement).await
    }

    /// Runs statements in one transaction: all of them, or none.
    ///
    /// # Errors
    /// As [`Store::sql_query`], for the first statement that failed.
    pub async fn sql_batch(
        &self,
        app: &AppName,
        statements: Vec<SqlStatement>,
    ) -> Result<Vec<SqlRows>, StoreError> {
        self.database(app)?.batch(statements).await
    }

    /// Runs a script of statements without parameters in one transaction. Answers how many there were.
    ///
    /// # Errors
    /// As [`Store::sql_query`], for the first statement that failed.
    pub async fn sql_exec(&self, app: &AppName, script: &str) -> Result<u32, StoreError> {
        self.database(app)?.exec(script).await
    }

    /// Runs an app's migrations that have not run yet, in the order of their names, all in one transaction.
    /// Answers the names of those that ran. [`Store::deploy`] does this itself.
    ///
    /// # Errors
    /// The migration errors ([`StoreError::is_migration`]); nothing has changed then.
    pub async fn migrate(&self, app: &AppName, migrations: &[Migration]) -> Result<Vec<String>, StoreError> {
        self.databases.migrate(app, migrations.to_vec()).await
    }

    /// Tries the migrations that have not run yet on the app's data, and takes everything back. Answers the
    /// names of those that would run.
    ///
    /// # Errors
    /// The errors [`Store::migrate`] would give.
    pub async fn pending_migrations(
        &self,
        app: &AppName,
        migrations: &[Migration],
    ) -> Result<Vec<String>, StoreError> {
        self.databases.rehearse(app, migrations.to_vec()).await
    }

    fn database(&self, app: &AppName) -> Result<Arc<AppDatabase>, StoreError> {
        self.registry.known().check(app)?;
        Ok(self.databases.get(app))
    }
}
