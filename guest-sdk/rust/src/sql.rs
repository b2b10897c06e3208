//! The app's own SQLite database. Needs `sql = true` below `[grants]` in `atoll.toml`. Durable when a write
//! returns.
//!
//! ```no_run
//! # use atoll_sdk::{CapabilityError, sql};
//! #[derive(serde::Deserialize)]
//! struct Note {
//!     id: i64,
//!     text: String,
//!     done: bool,
//! }
//!
//! # fn notes(word: &str) -> Result<(), CapabilityError> {
//! sql::execute("INSERT INTO notes (text) VALUES (?1)", sql::params![word])?;
//! let notes: Vec<Note> = sql::all("SELECT id, text, done FROM notes", sql::params![])?;
//! let count: Option<i64> = sql::first("SELECT count(*) FROM notes WHERE done = ?1", sql::params![true])?;
//! # Ok(()) }
//! ```
//!
//! A row becomes a struct by the names of its columns, a tuple by their order, and of a single column the value
//! itself. A NULL becomes an `Option`, an integer also a `bool`, a text also a unit variant of an enum, or, where
//! the field is a list, a map or a struct, what is in it as JSON.

mod row;
mod value;

use serde::de::DeserializeOwned;

use crate::{CapabilityError, host::sql as wit};

pub use crate::__sql_params as params;
pub use crate::bindings::http::atoll::app::sql::{Rows, Statement, Value};

/// Values for a statement, by position: `params![title, Some(3), true]`. They are what a [`Value`] can be made of.
#[doc(hidden)]
#[macro_export]
macro_rules! __sql_params {
    () => { <[$crate::sql::Value; 0]>::default() };
    ($($value:expr),+ $(,)?) => { [$($crate::sql::Value::from($value)),+] };
}

/// What a statement changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Rows inserted, updated or deleted.
    pub rows: u64,
    /// The id of the row that was inserted last.
    pub last_row_id: i64,
}

/// A statement with its values, for [`batch`].
pub fn statement(sql: &str, parameters: impl Into<Vec<Value>>) -> Statement {
    Statement { sql: sql.to_owned(), parameters: parameters.into() }
}

/// Runs one statement.
///
/// # Errors
/// [`CapabilityError`]; for wrong SQL it has SQLite's message.
pub fn query(sql: &str, parameters: impl Into<Vec<Value>>) -> Result<Rows, CapabilityError> {
    Ok(wit::query(&statement(sql, parameters))?)
}

/// Runs a statement that changes something.
///
/// # Errors
/// As [`query`].
pub fn execute(sql: &str, parameters: impl Into<Vec<Value>>) -> Result<Changes, CapabilityError> {
    let rows = query(sql, parameters)?;
    Ok(Changes { rows: rows.changes, last_row_id: rows.last_row_id })
}

/// All rows that a statement brings.
///
/// # Errors
/// As [`query`]; [`CapabilityError::Data`] for a row of another form.
pub fn all<T: DeserializeOwned>(
    sql: &str,
    parameters: impl Into<Vec<Value>>,
) -> Result<Vec<T>, CapabilityError> {
    query(sql, parameters)?.parse()
}

/// The first row that a statement brings, if it brings any.
///
/// # Errors
/// As [`all`].
pub fn first<T: DeserializeOwned>(
    sql: &str,
    parameters: impl Into<Vec<Value>>,
) -> Result<Option<T>, CapabilityError> {
    query(sql, parameters)?.parse_first()
}

/// Runs statements in one transaction: every one, or none.
///
/// # Errors
/// As [`query`]; then none of them has run.
pub fn batch(statements: &[Statement]) -> Result<Vec<Rows>, CapabilityError> {
    Ok(wit::batch(statements)?)
}

/// Runs a script without values in one transaction, and answers how many statements ran.
///
/// # Errors
/// As [`batch`].
pub fn exec(script: &str) -> Result<u32, CapabilityError> {
    Ok(wit::exec(script)?)
}

impl Rows {
    /// The rows as a type.
    ///
    /// # Errors
    /// [`CapabilityError::Data`] for a row of another form.
    pub fn parse<T: DeserializeOwned>(self) -> Result<Vec<T>, CapabilityError> {
        let Self { columns, rows, .. } = self;
        rows.into_iter().map(|row| row::parse(&columns, row)).collect()
    }

    /// The first row as a type, if there is one.
    ///
    /// # Errors
    /// As [`Rows::parse`].
    pub fn parse_first<T: DeserializeOwned>(self) -> Result<Option<T>, CapabilityError> {
        let Self { columns, rows, .. } = self;
        rows.into_iter().next().map(|row| row::parse(&columns, row)).transpose()
    }
}
