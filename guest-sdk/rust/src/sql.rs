//! The app's own SQLite database. Needs `sql = true` below `[grants]` in `atoll.toml`. Durable when a write
//! returns.

use crate::{CapabilityError, bindings::http::atoll::app::sql as wit};

pub use wit::{Rows, Statement, Value};

macro_rules! value_from {
    ($($type:ty => $case:ident $convert:expr;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let convert: fn($type) -> _ = $convert;
                Value::$case(convert(value))
            }
        }
    )*};
}
value_from! {
    i64 => Integer |value| value;
    i32 => Integer i64::from;
    u32 => Integer i64::from;
    bool => Integer i64::from;
    f64 => Real |value| value;
    &str => Text str::to_owned;
    String => Text |value| value;
    Vec<u8> => Blob |value| value;
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// A statement with parameters, bound by position: `statement("SELECT ?", ["a".into()])`.
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

/// Runs statements in one transaction: every one, or none.
///
/// # Errors
/// [`CapabilityError`].
pub fn batch(statements: &[Statement]) -> Result<Vec<Rows>, CapabilityError> {
    Ok(wit::batch(statements)?)
}

/// Runs a script without parameters in one transaction, and answers how many statements ran.
///
/// # Errors
/// [`CapabilityError`].
pub fn exec(script: &str) -> Result<u32, CapabilityError> {
    Ok(wit::exec(script)?)
}
