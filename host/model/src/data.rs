//! The values that pass between guests and what keeps their state: KV entries, SQL statements and rows, and
//! the one error that a capability can answer with.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Why a capability did not do what a guest asked. The guest sees it as an error value (in JavaScript: a
/// rejected promise), and goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CapabilityError {
    /// The manifest does not grant it.
    #[error("{what} is not granted to this app; {hint}")]
    NotGranted {
        /// Which capability, type or origin.
        what: String,
        /// What to write into the manifest.
        hint: String,
    },
    /// What the guest gave is wrong: its own SQL, key, type or value.
    #[error("{0}")]
    Invalid(String),
    /// A limit was reached.
    #[error("{what} is over the limit {limit} = {value}")]
    OverLimit {
        /// What was too big or too many.
        what: String,
        /// The field of `Limits`.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// There is no room to keep it. Reads go on.
    #[error("{what}")]
    OutOfStorage {
        /// What is full, in words for the guest.
        what: String,
        /// The limit of `Limits` that was reached, and its value; `None` when it is the host's disk.
        limit: Option<(&'static str, u64)>,
    },
    /// The host could not: disk, database, broker. The cause is logged, not told to the guest.
    #[error("the host could not do this now: {0}")]
    Unavailable(String),
}

/// A value in the KV store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvEntry {
    /// The bytes.
    pub value: Bytes,
    /// JSON text stored beside it.
    pub metadata: Option<String>,
}

/// What to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvPut {
    /// The bytes.
    pub value: Bytes,
    /// JSON text to store beside it.
    pub metadata: Option<String>,
    /// Seconds until it goes; `None` stays.
    pub expiration_ttl_s: Option<u64>,
}

/// A page of keys, in byte order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KvList {
    /// Name, expiration (seconds since the epoch) and metadata of each key.
    pub keys: Vec<KvListKey>,
    /// Where the next page starts; `None` when this was the last.
    pub cursor: Option<String>,
}

/// One key of a [`KvList`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvListKey {
    /// The key.
    pub name: String,
    /// When it goes, in seconds since the epoch.
    pub expiration_s: Option<u64>,
    /// JSON text stored beside the value.
    pub metadata: Option<String>,
}

/// An SQLite value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SqlValue {
    /// NULL.
    Null,
    /// INTEGER.
    Integer(i64),
    /// REAL.
    Real(f64),
    /// TEXT.
    Text(String),
    /// BLOB.
    Blob(Vec<u8>),
}

/// One statement with its parameters, bound by position.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlStatement {
    /// The SQL: exactly one statement.
    pub sql: String,
    /// The parameters.
    pub parameters: Vec<SqlValue>,
}

/// What a statement answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SqlRows {
    /// Column names, in order.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<SqlValue>>,
    /// Rows changed by an INSERT, UPDATE or DELETE.
    pub changes: u64,
    /// The rowid of the last INSERT on this connection.
    pub last_row_id: i64,
    /// How long it took.
    pub duration_us: u64,
}
