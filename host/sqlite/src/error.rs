//! What can go wrong below the rooms' own rules.

use std::{path::PathBuf, sync::Arc};

use rusqlite::{ErrorCode, ffi};

/// How SQLite says that a file could not be written or made longer, unless it is for want of room on the disk.
const WRITES_FAILED: [i32; 4] =
    [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_TRUNCATE, ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_SHMSIZE];

/// A failure of the database itself. One failed commit is told to every write of its group, so it is cheap
/// to clone.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteError {
    /// The file cannot be opened or is no database.
    #[error("the database {} cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// SQLite's error.
        source: Arc<rusqlite::Error>,
    },
    /// The file was written by a newer release.
    #[error(
        "the database {name} has version {found}; this release knows versions up to {known}: use the newer release, or a backup"
    )]
    Newer {
        /// Which database.
        name: &'static str,
        /// Its version.
        found: u32,
        /// The newest version this release knows.
        known: u32,
    },
    /// SQLite refused or failed.
    #[error("the database failed: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    /// The database was closed while the write was on its way; it was not made.
    #[error("the database is closed")]
    Closed,
    /// SQLite undid the transaction in the middle of the write, and the write did not say so itself.
    #[error("the transaction was undone while it ran; nothing of the write was kept")]
    Undone,
    /// The write itself panicked; nothing of it was kept.
    #[error("a database write panicked; nothing of it was kept")]
    Panicked,
    /// A thread could not be started.
    #[error("a database thread cannot be started: {0}")]
    Thread(Arc<std::io::Error>),
}

impl SqliteError {
    /// SQLite's primary result code, where there is one.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        self.cause().map(|cause| cause.code)
    }

    fn cause(&self) -> Option<&ffi::Error> {
        match self {
            Self::Open { source, .. } | Self::Sqlite(source) => source.sqlite_error(),
            _ => None,
        }
    }

    /// Whether nothing more can be written: the disk is full, or the database's own page limit is reached, or the
    /// system takes no more (a quota, a limit on the size of files, a broken disk).
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.cause().is_some_and(|cause| {
            cause.code == ErrorCode::DiskFull || WRITES_FAILED.contains(&cause.extended_code)
        })
    }

    /// Whether the file is damaged.
    #[must_use]
    pub fn is_corrupt(&self) -> bool {
        matches!(self.code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }

    /// Whether a constraint was violated: the one failure of a commit that is one write's own fault.
    #[must_use]
    pub(crate) fn is_constraint(&self) -> bool {
        self.code() == Some(ErrorCode::ConstraintViolation)
    }
}

impl From<rusqlite::Error> for SqliteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}
