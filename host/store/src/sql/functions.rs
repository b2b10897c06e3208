//! SQL functions of our own in the place of SQLite's, where SQLite's take a time that grows with the product of
//! two lengths: `instr(x, y)`, `replace(x, y, z)` and `trim(x, y)` compare at every place, all in one step of
//! its machine, where neither the deadline nor a cancellation is looked at. Two texts of a megabyte keep it
//! busy for minutes. These answer the same, in linear time.
//!
//! `unhex(x, y)` is of the same kind and rarely used: it is refused. `unhex(x)` stays.

use std::{borrow::Cow, collections::HashSet};

use rusqlite::{
    Connection, Error,
    ffi::{self, SQLITE_TOOBIG},
    functions::FunctionFlags,
    types::{Value, ValueRef},
};

/// Puts the functions on a connection. `bytes_max` is the longest text that `replace` makes.
pub(super) fn install(connection: &Connection, bytes_max: usize) -> rusqlite::Result<()> {
    // Usable wherever SQLite's own are: in indexes, views and generated columns.
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("instr", 2, flags, |c| Ok(instr(c.get_raw(0), c.get_raw(1))))?;
    connection.create_scalar_function("replace", 3, flags, move |c| {
        replace(c.get_raw(0), c.get_raw(1), c.get_raw(2), bytes_max)
    })?;
    connection.create_scalar_function("trim", 2, flags, |c| {
        Ok(trim(c.get_raw(0), c.get_raw(1), |text, set| text.trim_matches(set)))
    })?;
    connection.create_scalar_function("ltrim", 2, flags, |c| {
        Ok(trim(c.get_raw(0), c.get_raw(1), |text, set| text.trim_start_matches(set)))
    })?;
    connection.create_scalar_function("rtrim", 2, flags, |c| {
        Ok(trim(c.get_raw(0), c.get_raw(1), |text, set| text.trim_end_matches(set)))
    })?;
    connection.create_scalar_function("unhex", 2, flags, |_| -> rusqlite::Result<Value> {
        Err(Error::UserFunctionError(
            "unhex with two arguments is not available: remove the characters first".into(),
        ))
    })
}

fn instr(haystack: ValueRef<'_>, needle: ValueRef<'_>) -> Value {
    if let (ValueRef::Blob(haystack), ValueRef::Blob(needle)) = (haystack, needle) {
        // A byte for a character, so that the search for texts does for bytes.
        let characters = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        return Value::Integer(place(&characters(haystack), &characters(needle)));
    }
    match (text(haystack), text(needle)) {
        (Some(haystack), Some(needle)) => Value::Integer(place(&haystack, &needle)),
        _ => Value::Null,
    }
}

/// In characters, from 1; 0 when it is not there.
fn place(haystack: &str, needle: &str) -> i64 {
    let characters = haystack.find(needle).map(|at| haystack[..at].chars().count() + 1);
    i64::try_from(characters.unwrap_or(0)).unwrap_or(i64::MAX)
}

fn replace(
    x: ValueRef<'_>,
    pattern: ValueRef<'_>,
    with: ValueRef<'_>,
    bytes_max: usize,
) -> rusqlite::Result<Value> {
    let (Some(whole), Some(pattern)) = (text(x), text(pattern)) else { return Ok(Value::Null) };
    // To SQLite, a pattern that starts with NUL is empty as well.
    if pattern.is_empty() || pattern.starts_with('\0') {
        return Ok(Value::Text(whole.into_owned()));
    }
    let Some(with) = text(with) else { return Ok(Value::Null) };
    // Measured before it is made: a character for a megabyte, a million times, is no memory to ask for.
    let count = whole.matches(&*pattern).count();
    let length = (whole.len() - count * pattern.len()).saturating_add(count.saturating_mul(with.len()));
    if length > bytes_max {
        return Err(Error::SqliteFailure(ffi::Error::new(SQLITE_TOOBIG), None));
    }
    Ok(Value::Text(whole.replace(&*pattern, &with)))
}

/// Whether a character is to go.
type InSet<'s> = &'s dyn Fn(char) -> bool;

fn trim(x: ValueRef<'_>, set: ValueRef<'_>, cut: for<'t> fn(&'t str, InSet<'_>) -> &'t str) -> Value {
    let (Some(whole), Some(set)) = (text(x), text(set)) else { return Value::Null };
    // SQLite reads the set up to a NUL.
    let set: HashSet<char> = set.chars().take_while(|c| *c != '\0').collect();
    Value::Text(cut(&whole, &|c| set.contains(&c)).to_owned())
}

/// A value as text, as SQLite's functions see it; `None` for NULL.
fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into()),
        ValueRef::Real(number) => Some(real(number).into()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}

/// From this power of ten on, SQLite writes a number with an exponent.
const EXPONENT_FROM: i32 = 17;

/// A number as SQLite writes it: with as many digits as tell it from its neighbours, and always with a point.
fn real(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "Inf".into() } else { "-Inf".into() };
    }
    let with_point =
        |digits: &str| if digits.contains('.') { digits.to_owned() } else { format!("{digits}.0") };
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..EXPONENT_FROM).contains(&exponent) {
        return with_point(&number.to_string());
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", with_point(mantissa), exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a connection answers, as SQL text with its type.
    fn answers(connection: &Connection, sql: &str) -> String {
        connection
            .query_row(&format!("SELECT typeof(x) || quote(x) FROM (SELECT {sql} AS x)"), [], |row| {
                row.get(0)
            })
            .unwrap()
    }

    #[test]
    fn they_answer_what_sqlites_own_answer() {
        let (ours, theirs) = (Connection::open_in_memory().unwrap(), Connection::open_in_memory().unwrap());
        install(&ours, 1_000_000).unwrap();
        let values = [
            "NULL",
            "''",
            "'a'",
            "'banana'",
            "'an'",
            "'äöäö'",
            "'ö'",
            "'ba'",
            "'🌴a'",
            "x''",
            "x'6e'",
            "x'00616e'",
            "0",
            "12",
            "-7",
            "1.0",
            "0.5",
            "-1.25",
            "0.1",
            "1e20",
            "1e-7",
            "123456789012345678",
            "1e15",
            "1e16",
            "1e17",
            "0.0001",
            "0.00001",
            "0.1 + 0.2",
            "1.7976931348623157e308",
            "123456.75",
            "9e999",
        ];
        let mut different = Vec::new();
        for x in values {
            for y in values {
                let mut calls: Vec<String> =
                    ["instr", "trim", "ltrim", "rtrim"].map(|name| format!("{name}({x}, {y})")).into();
                calls.extend(["'-'", "NULL", "''", "3"].map(|z| format!("replace({x}, {y}, {z})")));
                for call in calls {
                    let (ours, theirs) = (answers(&ours, &call), answers(&theirs, &call));
                    if ours != theirs {
                        different.push(format!("{call}: {ours}, not {theirs}"));
                    }
                }
            }
        }
        assert!(different.is_empty(), "{different:#?}");
    }

    #[test]
    fn they_take_linear_time() {
        let connection = Connection::open_in_memory().unwrap();
        install(&connection, 4_000_000).unwrap();
        let long = "hex(zeroblob(900000))";
        let needle = "hex(zeroblob(400000)) || 'b'";
        let start = std::time::Instant::now();
        for call in [
            format!("instr({long}, {needle})"),
            format!("instr(CAST({long} AS BLOB), CAST({needle} AS BLOB))"),
            format!("length(replace({long}, {needle}, ''))"),
            format!("length(trim({long}, 'abcdef' || {long}))"),
        ] {
            answers(&connection, &call);
        }
        assert!(start.elapsed().as_secs() < 10, "SQLite's own take minutes");
    }

    #[test]
    fn what_would_be_too_long_is_not_made() {
        let connection = Connection::open_in_memory().unwrap();
        install(&connection, 1_000).unwrap();
        let sql = "SELECT replace(hex(zeroblob(100)), '0', hex(zeroblob(100)))";
        let error = connection.query_row(sql, [], |_| Ok(())).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::TooBig));
    }
}
