//! Connections for a guest's SQL: the policy, and SQLite's own limits.

use std::{path::Path, sync::Arc};

use atoll_model::Limits;
use atoll_sqlite::{open_memory, open_reader, open_writer};
use rusqlite::{Connection, config::DbConfig, limits::Limit};

use super::{
    functions,
    policy::{MIGRATIONS_TABLE, Policy},
};
use crate::StoreError;

/// Compiled statements kept for each connection. An app has few different ones, and runs them often.
const STATEMENTS_CACHED: usize = 64;

/// A connection that runs a guest's SQL, with the policy that watches over it.
pub(super) struct Guest {
    pub(super) connection: Connection,
    pub(super) policy: Arc<Policy>,
}

impl Guest {
    /// The writing connection of a file.
    pub(super) fn writer(path: &Path, limits: &Limits) -> Result<Self, StoreError> {
        Self::prepare_to_write(open_writer(path)?, limits)
    }

    /// The one connection of a database in memory.
    pub(super) fn memory(limits: &Limits) -> Result<Self, StoreError> {
        Self::prepare_to_write(open_memory()?, limits)
    }

    /// A read-only connection of a file that is there.
    pub(super) fn reader(path: &Path, limits: &Limits) -> Result<Self, StoreError> {
        Self::restrict(open_reader(path)?, limits)
    }

    fn prepare_to_write(connection: Connection, limits: &Limits) -> Result<Self, StoreError> {
        let page_size: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = (limits.sql_bytes_per_app_max / u64::from(page_size.max(1))).max(1);
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
        // There from the start, so that no guest can make one of its own under this name.
        connection.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS {MIGRATIONS_TABLE} (
                 name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)"
        ))?;
        Self::restrict(connection, limits)
    }

    fn restrict(connection: Connection, limits: &Limits) -> Result<Self, StoreError> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
        // No writing to SQLite's own tables, whatever a PRAGMA says.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false)?;
        let number = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        // A migration is as long as a source file may be; a guest's statement is measured before it comes
        // here. The others follow D1 where D1 has a figure; the pattern's bounds LIKE and GLOB, which take more
        // than linear time.
        let sql = limits.sql_statement_bytes_max.max(limits.source_file_bytes_max);
        for (limit, value) in [
            (Limit::SQLITE_LIMIT_LENGTH, number(limits.sql_value_bytes_max.max(sql))),
            (Limit::SQLITE_LIMIT_SQL_LENGTH, number(sql)),
            (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, number(limits.sql_parameters_max)),
            (Limit::SQLITE_LIMIT_COLUMN, 200),
            (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
            (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
            (Limit::SQLITE_LIMIT_VDBE_OP, 250_000),
            (Limit::SQLITE_LIMIT_FUNCTION_ARG, 100),
            (Limit::SQLITE_LIMIT_ATTACHED, 0),
            (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256),
            (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 20),
            (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            connection.set_limit(limit, value)?;
        }
        functions::install(&connection, limits.sql_value_bytes_max.max(sql))?;
        let policy = Policy::install(&connection)?;
        Ok(Self { connection, policy })
    }
}
