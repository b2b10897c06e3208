//! Running a guest's statements on a connection, within a time, and reading what they answer, within caps.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use atoll_model::{Limits, SqlRows, SqlStatement, SqlValue};
use rusqlite::{
    Connection, Row, Statement,
    types::{ToSqlOutput, Value, ValueRef},
};

use super::{
    failure::{Failure, failure, sql_error},
    policy::{Policy, TEMPORARY},
    script,
};
use crate::StoreError;

/// Virtual machine instructions between two looks at the clock: some 10 µs.
const STEPS_BETWEEN_LOOKS: i32 = 500;

/// How long a call may run, and what else ends it.
#[derive(Clone)]
pub(super) struct Budget {
    deadline: Instant,
    cancelled: Vec<Arc<AtomicBool>>,
}

impl Budget {
    /// From now on, until a time has passed or one of the flags is set.
    pub(super) fn new(time: Duration, cancelled: Vec<Arc<AtomicBool>>) -> Self {
        Self { deadline: Instant::now() + time, cancelled }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.iter().any(|flag| flag.load(Ordering::Relaxed))
    }

    fn is_spent(&self) -> bool {
        Instant::now() >= self.deadline || self.is_cancelled()
    }
}

/// Which statements a session runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// One call's statements on one connection.
pub(super) struct Session<'a> {
    pub(super) connection: &'a Connection,
    pub(super) policy: &'a Policy,
    pub(super) limits: &'a Limits,
    pub(super) budget: Budget,
    pub(super) access: Access,
}

impl Session<'_> {
    /// Runs one statement.
    pub(super) fn query(&self, statement: &SqlStatement) -> Result<SqlRows, Failure> {
        self.run(&statement.sql, &statement.parameters, true)
    }

    /// Runs statements one after the other; the caller holds the transaction.
    pub(super) fn batch(&self, statements: &[SqlStatement]) -> Result<Vec<SqlRows>, Failure> {
        let mut room = self.limits.sql_result_bytes_max;
        let mut results = Vec::with_capacity(statements.len());
        for statement in statements {
            let rows = self.query(statement)?;
            // All results are held until the commit: the cap is on their sum.
            room = room.checked_sub(rows_size(&rows)).ok_or_else(|| self.result_too_big())?;
            results.push(rows);
        }
        Ok(results)
    }

    /// Runs a script, and throws away what its statements answer.
    pub(super) fn exec(&self, text: &str) -> Result<u32, Failure> {
        let mut count = 0;
        for (offset, sql) in script::statements(text) {
            self.run(sql, &[], false).map_err(|failure| match failure {
                Failure::Refused { error, offset: inside } => {
                    Failure::Refused { error, offset: Some(offset + inside.unwrap_or(0)) }
                }
                other => other,
            })?;
            count += 1;
        }
        Ok(count)
    }

    fn run(&self, sql: &str, parameters: &[SqlValue], keep_rows: bool) -> Result<SqlRows, Failure> {
        let start = Instant::now();
        if self.budget.is_spent() {
            return Err(if self.budget.is_cancelled() { Failure::Cancelled } else { Failure::OutOfTime });
        }
        let budget = self.budget.clone();
        let looks = self.connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || budget.is_spent()));
        looks.map_err(StoreError::from)?;
        let outcome = self.policy.as_guest(|| self.run_watched(sql, parameters, keep_rows));
        self.connection.progress_handler(0, None::<fn() -> bool>).map_err(StoreError::from)?;

        let refusal = self.policy.take_refusal();
        let mut rows = outcome.map_err(|stopped| match stopped {
            Stopped::Sqlite(error) => {
                failure(error, refusal, sql, self.connection, &self.budget, self.limits)
            }
            Stopped::Failure(failure) => failure,
        })?;
        rows.duration_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(rows)
    }

    fn run_watched(&self, sql: &str, parameters: &[SqlValue], keep_rows: bool) -> Result<SqlRows, Stopped> {
        let mut statement = self.connection.prepare_cached(sql)?;
        if self.access == Access::Read && !statement.readonly() {
            return Err(Failure::Writes.into());
        }
        self.bind(&mut statement, sql, parameters)?;
        let writes = !statement.readonly();
        let changes_before = self.connection.total_changes();

        let mut answer = SqlRows::default();
        let mut bytes = 0;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if keep_rows {
                bytes += read(row, &mut answer);
                self.check_result(&answer, bytes)?;
            }
        }
        drop(rows);
        // Named after the run: SQLite compiles a statement again when the tables have changed meanwhile.
        answer.columns = statement.column_names().into_iter().map(str::to_owned).collect();
        if writes {
            self.refuse_temporary(sql)?;
            if self.connection.total_changes() > changes_before {
                answer.changes = self.connection.changes();
            }
        }
        answer.last_row_id = self.connection.last_insert_rowid();
        Ok(answer)
    }

    /// `CREATE TRIGGER temp.g ON t` looks to the policy like a trigger of the app's own database, so what a
    /// statement left in the temporary one is looked up. The error undoes it.
    fn refuse_temporary(&self, sql: &str) -> Result<(), Stopped> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM sqlite_temp_schema LIMIT 1")?;
        if statement.exists([])? {
            return Err(Failure::from(sql_error(TEMPORARY, sql)).into());
        }
        Ok(())
    }

    fn bind(&self, statement: &mut Statement<'_>, sql: &str, values: &[SqlValue]) -> Result<(), Stopped> {
        // Nothing but spaces and comments compiles to nothing, which looks like this.
        if statement.column_count() == 0 && statement.readonly() && script::statements(sql).is_empty() {
            return Err(Failure::from(StoreError::Invalid("there is no SQL statement".into())).into());
        }
        let wanted = statement.parameter_count();
        if wanted != values.len() {
            let message = format!("the statement has {wanted} parameters, and {} were given", values.len());
            return Err(Failure::from(sql_error(message, sql)).into());
        }
        for (index, value) in values.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, output(value))?;
        }
        Ok(())
    }

    fn check_result(&self, answer: &SqlRows, bytes: usize) -> Result<(), Failure> {
        let max = self.limits.sql_rows_max;
        if answer.rows.len() > max {
            return Err(StoreError::over("a result", "sql_rows_max", max).into());
        }
        if bytes > self.limits.sql_result_bytes_max { Err(self.result_too_big()) } else { Ok(()) }
    }

    fn result_too_big(&self) -> Failure {
        StoreError::over("a result", "sql_result_bytes_max", self.limits.sql_result_bytes_max).into()
    }
}

/// Refuses what need not reach SQLite.
pub(super) fn check_statement(statement: &SqlStatement, limits: &Limits) -> Result<(), StoreError> {
    check_sql(&statement.sql, limits)?;
    if statement.parameters.len() > limits.sql_parameters_max {
        let what = format!("a statement with {} parameters", statement.parameters.len());
        return Err(StoreError::over(what, "sql_parameters_max", limits.sql_parameters_max));
    }
    Ok(())
}

pub(super) fn check_sql(sql: &str, limits: &Limits) -> Result<(), StoreError> {
    if sql.len() > limits.sql_statement_bytes_max {
        let what = format!("SQL of {} bytes", sql.len());
        return Err(StoreError::over(what, "sql_statement_bytes_max", limits.sql_statement_bytes_max));
    }
    Ok(())
}

enum Stopped {
    Sqlite(rusqlite::Error),
    Failure(Failure),
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

fn output(value: &SqlValue) -> ToSqlOutput<'_> {
    match value {
        SqlValue::Null => ToSqlOutput::Owned(Value::Null),
        SqlValue::Integer(n) => ToSqlOutput::Owned(Value::Integer(*n)),
        SqlValue::Real(x) => ToSqlOutput::Owned(Value::Real(*x)),
        SqlValue::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        SqlValue::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
    }
}

/// Adds a row to the answer; says how big it is.
fn read(row: &Row<'_>, answer: &mut SqlRows) -> usize {
    let columns = row.as_ref().column_count();
    let values: Vec<SqlValue> = (0..columns)
        .map(|column| match row.get_ref(column) {
            Ok(ValueRef::Integer(n)) => SqlValue::Integer(n),
            Ok(ValueRef::Real(x)) => SqlValue::Real(x),
            // SQLite lets a text hold any bytes; a guest gets text.
            Ok(ValueRef::Text(text)) => SqlValue::Text(String::from_utf8_lossy(text).into_owned()),
            Ok(ValueRef::Blob(bytes)) => SqlValue::Blob(bytes.to_vec()),
            Ok(ValueRef::Null) | Err(_) => SqlValue::Null,
        })
        .collect();
    let bytes = values.iter().map(value_size).sum();
    answer.rows.push(values);
    bytes
}

fn rows_size(rows: &SqlRows) -> usize {
    rows.rows.iter().flatten().map(value_size).sum()
}

fn value_size(value: &SqlValue) -> usize {
    match value {
        SqlValue::Text(text) => text.len() + size_of::<SqlValue>(),
        SqlValue::Blob(bytes) => bytes.len() + size_of::<SqlValue>(),
        SqlValue::Null | SqlValue::Integer(_) | SqlValue::Real(_) => size_of::<SqlValue>(),
    }
}
