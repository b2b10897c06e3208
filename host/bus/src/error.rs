//! Why the bus did not do what it was asked.

use atoll_model::CapabilityError;
use atoll_sqlite::SqliteError;

/// A failure of the bus. What a caller can act on is a variant of its own.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BusError {
    /// What the publisher gave is wrong.
    #[error("{0}")]
    Invalid(String),
    /// A limit was reached.
    #[error("{what} is over the limit {limit} = {value}")]
    OverLimit {
        /// What was too big.
        what: String,
        /// The field of `Limits`.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// The disk is full, or cannot be written. Reads go on.
    #[error("the disk is full or cannot be written: the event was not kept")]
    DiskFull,
    /// Something in the log cannot be read.
    #[error("the event log is damaged: {0}")]
    Damaged(String),
    /// The log failed or is closed.
    #[error("the event log: {0}")]
    Log(SqliteError),
}

impl BusError {
    pub(crate) fn over(what: impl Into<String>, limit: &'static str, value: usize) -> Self {
        Self::OverLimit { what: what.into(), limit, value: value as u64 }
    }

    pub(crate) fn damaged(reason: impl ToString) -> Self {
        Self::Damaged(reason.to_string())
    }
}

impl From<SqliteError> for BusError {
    fn from(error: SqliteError) -> Self {
        if error.is_full() { Self::DiskFull } else { Self::Log(error) }
    }
}

impl From<rusqlite::Error> for BusError {
    fn from(error: rusqlite::Error) -> Self {
        SqliteError::from(error).into()
    }
}

impl From<BusError> for CapabilityError {
    /// What a guest is told: its own mistakes in full, the host's troubles in one word. The rest is logged.
    fn from(error: BusError) -> Self {
        match error {
            BusError::Invalid(message) => Self::Invalid(message),
            BusError::OverLimit { what, limit, value } => Self::OverLimit { what, limit, value },
            BusError::DiskFull => {
                tracing::error!(%error, "the event could not be published");
                Self::OutOfStorage { what: "the host's disk is full".into(), limit: None }
            }
            other => {
                tracing::error!(error = %other, "the event could not be published");
                Self::Unavailable("the event bus failed".into())
            }
        }
    }
}

/// Why a batch of events was not published. None of them was.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}{error}", index.map(|index| format!("event {index} of the batch: ")).unwrap_or_default())]
pub struct BatchError {
    /// Which event is at fault, from 0; `None` when none is.
    pub index: Option<usize>,
    /// Why.
    pub error: BusError,
}

impl From<BusError> for BatchError {
    fn from(error: BusError) -> Self {
        Self { index: None, error }
    }
}

/// Why a reader of [`Bus::follow`](crate::Bus::follow) was cut off. It can follow again from the last event it
/// saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Lagged {
    /// It did not keep up.
    #[error("the reader fell {missed} events behind (limit subscriber_lag_events_max) and was dropped")]
    Slow {
        /// How many events it missed at least.
        missed: u64,
    },
    /// What it asks for is not kept any more.
    #[error(
        "the events after {place} are no longer all kept: the oldest that are follow {oldest} (limit events_kept_max)"
    )]
    Gone {
        /// Where the reader was.
        place: u64,
        /// The earliest place to follow from without a gap.
        oldest: u64,
    },
}
