//! `sql`: the app's own SQLite database.
//!
//! What a statement may do, how long it runs and how much it answers is the store's to check, since only
//! SQLite knows; what goes in is checked here.

use async_trait::async_trait;
use atoll_model::{AppName, Capability, CapabilityError, Limits, SqlRows, SqlStatement, SqlValue};

use super::{at_most, guarded};
use crate::{
    bindings::atoll::app::{sql, types},
    state::CallState,
};

/// Keeps the databases of all apps, each app's apart. Durable when a write returns.
#[async_trait]
pub trait SqlStore: Send + Sync {
    /// Runs one statement.
    async fn query(&self, app: &AppName, statement: SqlStatement) -> Result<SqlRows, CapabilityError>;
    /// Runs statements in one transaction: every one, or none.
    async fn batch(
        &self,
        app: &AppName,
        statements: Vec<SqlStatement>,
    ) -> Result<Vec<SqlRows>, CapabilityError>;
    /// Runs a script of statements without parameters in one transaction, and answers how many ran.
    async fn exec(&self, app: &AppName, script: &str) -> Result<u32, CapabilityError>;
}

fn check_statement(statement: &SqlStatement, limits: &Limits) -> Result<(), CapabilityError> {
    at_most("a statement", statement.sql.len(), "sql_statement_bytes_max", limits.sql_statement_bytes_max)?;
    at_most(
        "a number of parameters",
        statement.parameters.len(),
        "sql_parameters_max",
        limits.sql_parameters_max,
    )?;
    for value in &statement.parameters {
        let size = match value {
            SqlValue::Text(text) => text.len(),
            SqlValue::Blob(blob) => blob.len(),
            SqlValue::Null | SqlValue::Integer(_) | SqlValue::Real(_) => 0,
        };
        at_most("a parameter", size, "sql_value_bytes_max", limits.sql_value_bytes_max)?;
    }
    Ok(())
}

fn check_batch(statements: &[SqlStatement], limits: &Limits) -> Result<(), CapabilityError> {
    at_most("a batch", statements.len(), "sql_batch_statements_max", limits.sql_batch_statements_max)?;
    statements.iter().try_for_each(|statement| check_statement(statement, limits))
}

impl CallState {
    fn sql(&self) -> Result<&dyn SqlStore, CapabilityError> {
        self.check_granted(Capability::Sql)?;
        Ok(&*self.capabilities.sql)
    }
}

impl sql::Host for CallState {
    async fn query(
        &mut self,
        statement: sql::Statement,
    ) -> wasmtime::Result<Result<sql::Rows, types::Error>> {
        self.count_host_call()?;
        let (app, statement) = (self.app_name(), from_guest(statement));
        let answer = async {
            let store = self.sql()?;
            check_statement(&statement, &self.limits)?;
            guarded(app, "sql", store.query(app, statement)).await
        };
        Ok(answer.await.map(to_guest).map_err(|error| self.told_to_guest("sql", error)))
    }

    async fn batch(
        &mut self,
        statements: Vec<sql::Statement>,
    ) -> wasmtime::Result<Result<Vec<sql::Rows>, types::Error>> {
        self.count_host_call()?;
        let app = self.app_name();
        let statements: Vec<SqlStatement> = statements.into_iter().map(from_guest).collect();
        let answer = async {
            let store = self.sql()?;
            check_batch(&statements, &self.limits)?;
            guarded(app, "sql", store.batch(app, statements)).await
        };
        let answer = answer.await.map(|all| all.into_iter().map(to_guest).collect());
        Ok(answer.map_err(|error| self.told_to_guest("sql", error)))
    }

    async fn exec(&mut self, script: String) -> wasmtime::Result<Result<u32, types::Error>> {
        self.count_host_call()?;
        let app = self.app_name();
        let answer = async {
            let store = self.sql()?;
            at_most(
                "a script",
                script.len(),
                "sql_statement_bytes_max",
                self.limits.sql_statement_bytes_max,
            )?;
            guarded(app, "sql", store.exec(app, &script)).await
        };
        Ok(answer.await.map_err(|error| self.told_to_guest("sql", error)))
    }
}

fn from_guest(statement: sql::Statement) -> SqlStatement {
    let value = |value| match value {
        sql::Value::Null => SqlValue::Null,
        sql::Value::Integer(integer) => SqlValue::Integer(integer),
        sql::Value::Real(real) => SqlValue::Real(real),
        sql::Value::Text(text) => SqlValue::Text(text),
        sql::Value::Blob(blob) => SqlValue::Blob(blob),
    };
    SqlStatement { sql: statement.sql, parameters: statement.parameters.into_iter().map(value).collect() }
}

fn to_guest(rows: SqlRows) -> sql::Rows {
    let value = |value| match value {
        SqlValue::Null => sql::Value::Null,
        SqlValue::Integer(integer) => sql::Value::Integer(integer),
        SqlValue::Real(real) => sql::Value::Real(real),
        SqlValue::Text(text) => sql::Value::Text(text),
        SqlValue::Blob(blob) => sql::Value::Blob(blob),
    };
    sql::Rows {
        columns: rows.columns,
        rows: rows.rows.into_iter().map(|row| row.into_iter().map(value).collect()).collect(),
        changes: rows.changes,
        last_row_id: rows.last_row_id,
        duration_us: rows.duration_us,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked_before_the_store_is_asked() {
        let limits = Limits { sql_value_bytes_max: 10, ..Limits::default() };
        let check =
            |sql: &str, parameters| check_statement(&SqlStatement { sql: sql.into(), parameters }, &limits);
        assert!(check("SELECT ?", vec![SqlValue::Text("0123456789".into())]).is_ok());
        assert!(check("SELECT ?", vec![SqlValue::Text("0123456789x".into())]).is_err());
        assert!(check("SELECT ?", vec![SqlValue::Blob(vec![0; 11])]).is_err());
        assert!(check("SELECT 1", vec![SqlValue::Null; 101]).is_err());
        let over = check(&" ".repeat(102_401), vec![]).unwrap_err().to_string();
        assert_eq!(over, "a statement of 102401 is over the limit sql_statement_bytes_max = 102400");
    }

    #[test]
    fn a_batch_has_a_largest_size() {
        let limits = Limits { sql_batch_statements_max: 1, ..Limits::default() };
        let one = SqlStatement { sql: "SELECT 1".into(), parameters: vec![] };
        assert!(check_batch(std::slice::from_ref(&one), &limits).is_ok());
        assert!(check_batch(&[one.clone(), one], &limits).is_err());
    }
}
