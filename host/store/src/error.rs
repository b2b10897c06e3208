//! Why the store did not do what it was asked.

use std::{io, path::PathBuf, sync::Arc};

use atoll_model::{AppName, CapabilityError, ContentHash, Revision};
use atoll_sqlite::SqliteError;

/// A failure of the store. What a caller can act on is a variant of its own.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another host runs on this data directory.
    #[error("the data directory {} is in use by another host: stop that one, or choose another directory", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
    },
    /// The secrets of this data directory were sealed with another key.
    #[error(
        "the secrets of this data directory were sealed with another key than {key}; give the one that they were \
         sealed with, or remove secret.key and the secrets from a copy"
    )]
    WrongSecretKey {
        /// Where the key came from.
        key: &'static str,
    },
    /// There is no such app.
    #[error("there is no app {0}")]
    NoSuchApp(AppName),
    /// The app is there, this revision is not.
    #[error("app {app} has no revision {revision}")]
    NoSuchRevision {
        /// The app.
        app: AppName,
        /// The revision.
        revision: Revision,
    },
    /// What the caller or guest gave is wrong.
    #[error("{0}")]
    Invalid(String),
    /// SQLite refused a guest's SQL: its own message, and the SQL.
    #[error("{message} (in: {sql})")]
    Sql {
        /// SQLite's message, or why the statement is not allowed here.
        message: String,
        /// The SQL, cut to 300 characters.
        sql: String,
    },
    /// A limit was reached.
    #[error("{what} is over the limit {limit} = {value}")]
    OverLimit {
        /// What was too big, too many or too long.
        what: String,
        /// The field of `Limits`.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// A migration failed; nothing of any pending one was kept.
    #[error("migrations/{name}{}: {message}", line.map(|l| format!(":{l}")).unwrap_or_default())]
    MigrationFailed {
        /// The file.
        name: String,
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// SQLite's message.
        message: String,
    },
    /// A migration that ran before is another now.
    #[error("migrations/{name} has changed since it ran; put it back as it was, and add a new migration")]
    MigrationChanged {
        /// The file.
        name: String,
    },
    /// A migration that ran before is gone.
    #[error("migrations/{name} ran before and is missing now; put it back as it was")]
    MigrationMissing {
        /// The file.
        name: String,
    },
    /// A new migration sorts before one that ran already.
    #[error(
        "migrations/{name} is new but sorts before migrations/{last}, which ran already; give it a later name"
    )]
    MigrationOutOfOrder {
        /// The new file.
        name: String,
        /// The last one that ran.
        last: String,
    },
    /// An artifact's bytes are not those that were stored: the disk changed them.
    #[error(
        "the artifact {hash} is damaged: its bytes hash to {found}; restore it from a backup, or deploy the app again"
    )]
    ArtifactDamaged {
        /// The hash it was stored under.
        hash: ContentHash,
        /// The hash of what is there.
        found: ContentHash,
    },
    /// An artifact that the registry names is not there.
    #[error("the artifact {hash} is missing; restore it from a backup, or deploy the app again")]
    ArtifactMissing {
        /// Its hash.
        hash: ContentHash,
    },
    /// What the registry holds of an app cannot be read.
    #[error("what is stored of {what} cannot be read: {reason}")]
    Damaged {
        /// Which part.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// The disk is full, or cannot be written. Reads go on.
    #[error("the disk is full or cannot be written: {action}")]
    DiskFull {
        /// What could not be written.
        action: String,
    },
    /// A file could not be read or written.
    #[error("{action}: {source}")]
    Io {
        /// What was tried.
        action: String,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// The caller went away; what had not been written yet was not.
    #[error("the call was cancelled")]
    Cancelled,
    /// The database itself failed.
    #[error(transparent)]
    Database(SqliteError),
}

impl StoreError {
    /// Whether the app's migrations are at fault: their author can act on it.
    #[must_use]
    pub fn is_migration(&self) -> bool {
        matches!(
            self,
            Self::MigrationFailed { .. }
                | Self::MigrationChanged { .. }
                | Self::MigrationMissing { .. }
                | Self::MigrationOutOfOrder { .. }
        )
    }

    /// Whether there is no room: of the disk, or of an app's quota. HTTP says 507.
    #[must_use]
    pub fn is_out_of_storage(&self) -> bool {
        matches!(
            self,
            Self::DiskFull { .. }
                | Self::OverLimit { limit: "kv_bytes_per_app_max" | "sql_bytes_per_app_max", .. }
        )
    }

    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |source| {
            let action = action.into();
            match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                    Self::DiskFull { action }
                }
                _ => Self::Io { action, source: Arc::new(source) },
            }
        }
    }

    pub(crate) fn over(what: impl Into<String>, limit: &'static str, value: impl TryInto<u64>) -> Self {
        Self::OverLimit { what: what.into(), limit, value: value.try_into().unwrap_or(u64::MAX) }
    }

    pub(crate) fn damaged(what: impl Into<String>, reason: impl ToString) -> Self {
        Self::Damaged { what: what.into(), reason: reason.to_string() }
    }

    /// A blocking task that ended without an answer.
    pub(crate) fn task(error: &tokio::task::JoinError) -> Self {
        tracing::error!(%error, "a task of the store failed");
        Self::Database(SqliteError::Panicked)
    }
}

impl From<SqliteError> for StoreError {
    fn from(error: SqliteError) -> Self {
        if error.is_full() { Self::DiskFull { action: error.to_string() } } else { Self::Database(error) }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        SqliteError::from(error).into()
    }
}

impl From<StoreError> for CapabilityError {
    /// What a guest is told: its own mistakes in full, the host's troubles in one word. The rest is logged.
    fn from(error: StoreError) -> Self {
        let is_out_of_storage = error.is_out_of_storage();
        match error {
            StoreError::Invalid(message) => Self::Invalid(message),
            StoreError::Sql { .. } => Self::Invalid(error.to_string()),
            StoreError::OverLimit { limit, value, .. } if is_out_of_storage => {
                Self::OutOfStorage { what: error.to_string(), limit: Some((limit, value)) }
            }
            StoreError::OverLimit { what, limit, value } => Self::OverLimit { what, limit, value },
            StoreError::Cancelled => Self::Unavailable("the call was cancelled".into()),
            StoreError::DiskFull { action } => {
                tracing::error!(%action, "the disk is full or cannot be written");
                Self::OutOfStorage { what: "the host's disk is full".into(), limit: None }
            }
            other => {
                tracing::error!(error = %other, "storage failed");
                Self::Unavailable("storage failed".into())
            }
        }
    }
}
