//! From SQLite's errors to what a guest, or the host, is told.

use atoll_model::Limits;
use rusqlite::{Connection, Error, ErrorCode};

use super::session::Budget;
use crate::StoreError;

/// How much of a statement an error shows.
const SQL_SHOWN_CHARS: usize = 300;

/// Why a statement did not run to its end.
pub(super) enum Failure {
    /// What to say, and where in the statement, if SQLite told.
    Refused { error: StoreError, offset: Option<usize> },
    /// It would write, and this connection only reads.
    Writes,
    /// Its time was up.
    OutOfTime,
    /// Nobody waits for it any more.
    Cancelled,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused { error, offset: None }
    }
}

impl Failure {
    pub(super) fn into_error(self, limits: &Limits) -> StoreError {
        match self {
            Self::Refused { error, .. } => error,
            Self::Writes => {
                StoreError::Invalid("this statement writes, and only reading is possible here".into())
            }
            Self::OutOfTime => {
                StoreError::over("the time of this SQL", "sql_statement_ms", limits.sql_statement_ms)
            }
            Self::Cancelled => StoreError::Cancelled,
        }
    }
}

/// Reads SQLite's error about a guest's statement.
pub(super) fn failure(
    error: Error,
    refusal: Option<String>,
    sql: &str,
    connection: &Connection,
    budget: &Budget,
    limits: &Limits,
) -> Failure {
    let offset = match &error {
        Error::SqlInputError { offset, .. } => usize::try_from(*offset).ok(),
        _ => None,
    };
    let refused = |error| Failure::Refused { error, offset };
    if let Some(message) = refusal {
        return refused(sql_error(message, sql));
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) if budget.is_cancelled() => Failure::Cancelled,
        Some(ErrorCode::OperationInterrupted) => Failure::OutOfTime,
        Some(ErrorCode::TooBig) => {
            refused(StoreError::over("a value or a row", "sql_value_bytes_max", limits.sql_value_bytes_max))
        }
        Some(ErrorCode::DiskFull) if is_at_quota(connection) => refused(StoreError::over(
            "the app's database",
            "sql_bytes_per_app_max",
            limits.sql_bytes_per_app_max,
        )),
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::PermissionDenied
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::ApiMisuse
            | ErrorCode::InternalMalfunction,
        ) => refused(error.into()),
        _ => refused(match error {
            Error::SqlInputError { msg, .. } | Error::SqliteFailure(_, Some(msg)) => sql_error(msg, sql),
            Error::MultipleStatement => StoreError::Invalid(format!(
                "more than one statement in one query: use batch or exec (in: {})",
                shown(sql)
            )),
            other => sql_error(other.to_string(), sql),
        }),
    }
}

pub(super) fn sql_error(message: impl Into<String>, sql: &str) -> StoreError {
    StoreError::Sql { message: message.into(), sql: shown(sql) }
}

fn shown(sql: &str) -> String {
    let mut shown: String = sql.trim().chars().take(SQL_SHOWN_CHARS).collect();
    if shown.len() < sql.trim().len() {
        shown.push('…');
    }
    shown
}

/// Room on a disk below which it counts as full.
const DISK_ROOM_BYTES_MIN: u64 = 1 << 20;

/// Whether it was the app's own quota that was reached, and not the disk's end: SQLite says "full" for both.
fn is_at_quota(connection: &Connection) -> bool {
    let Some(path) = connection.path().filter(|path| !path.is_empty()) else { return true };
    let room = rustix::fs::statvfs(path).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    room.is_ok_and(|bytes| bytes >= DISK_ROOM_BYTES_MIN)
}
