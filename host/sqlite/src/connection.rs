//! Connections with the settings that durability rests on.
//!
//! WAL with `synchronous = FULL` syncs the log at every commit, so a commit that returned is on disk.
//! Checkpoints are taken by [`checkpoint`] after the answers have gone out, not inside a commit, so that no
//! write waits for the log to be copied.

use std::{cell::Cell, path::Path, sync::Arc, time::Duration};

use rusqlite::{Connection, OpenFlags};

use crate::SqliteError;

/// How long a connection waits for another one of this process before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages in the write-ahead log at which it is copied into the database (4 MiB).
const CHECKPOINT_PAGES: i32 = 1_000;
/// Pages at which readers are made to wait, so that the log is emptied whatever they do (64 MiB).
const CHECKPOINT_PAGES_MAX: i32 = 16_000;

thread_local! {
    /// Pages in the log after this thread's last commit. SQLite calls the hook on the committing thread.
    static WAL_PAGES: Cell<i32> = const { Cell::new(0) };
}

const WRITER_SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA trusted_schema = OFF;";

/// Opens the one connection that writes to a file; the file is made when it is absent. The path must not
/// lead through a symbolic link.
///
/// # Errors
/// [`SqliteError::Open`] when the file cannot be made or is no database.
pub fn open_writer(path: &Path) -> Result<Connection, SqliteError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open(path, flags)?;
    let set_up = || -> rusqlite::Result<()> {
        connection.execute_batch(WRITER_SETTINGS)?;
        connection.wal_hook(Some(|_, pages| {
            WAL_PAGES.set(pages);
            Ok(())
        }));
        Ok(())
    };
    set_up().map_err(|source| SqliteError::Open { path: path.to_owned(), source: Arc::new(source) })?;
    Ok(connection)
}

/// Opens a connection that only reads. The file must be there.
///
/// # Errors
/// [`SqliteError::Open`] when the file is absent or no database.
pub fn open_reader(path: &Path) -> Result<Connection, SqliteError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // The first read finds out whether the file is a database: better here, with its name, than later.
    let set_up =
        || connection.execute_batch("PRAGMA trusted_schema = OFF; SELECT count(*) FROM sqlite_schema");
    set_up().map_err(|source| SqliteError::Open { path: path.to_owned(), source: Arc::new(source) })?;
    Ok(connection)
}

/// Opens a database in memory, for tests of apps: the same settings where they mean something.
///
/// # Errors
/// [`SqliteError::Sqlite`] when memory is short.
pub fn open_memory() -> Result<Connection, SqliteError> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF")?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, SqliteError> {
    // No URI: a `?` in a folder's name must stay a character.
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        Ok(connection)
    };
    open().map_err(|source| SqliteError::Open { path: path.to_owned(), source: Arc::new(source) })
}

/// Copies the write-ahead log into the database when this thread's last commit left it long. Call it after
/// a commit, on the same thread, when nobody waits.
pub fn checkpoint(connection: &Connection) {
    let pages = WAL_PAGES.take();
    if pages < CHECKPOINT_PAGES {
        return;
    }
    let mode = if pages < CHECKPOINT_PAGES_MAX { "PASSIVE" } else { "RESTART" };
    let outcome = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()));
    if let Err(error) = outcome {
        // The log keeps everything that was committed; the next commit tries again.
        tracing::warn!(%error, pages, "the write-ahead log could not be copied into the database");
    }
}
