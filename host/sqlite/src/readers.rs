//! A few read-only connections to one file. In WAL mode a reader never waits for the writer, nor the writer
//! for a reader.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rusqlite::Connection;

use crate::{SqliteError, open_reader};

/// Read-only connections, shared by turns.
pub struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Readers {
    /// Opens `count` connections (at least one).
    ///
    /// # Errors
    /// [`SqliteError::Open`].
    pub fn open(path: &Path, count: usize) -> Result<Self, SqliteError> {
        let connections: Result<_, _> =
            (0..count.max(1)).map(|_| open_reader(path).map(Mutex::new)).collect();
        Ok(Self { connections: connections?, next: AtomicUsize::new(0) })
    }

    /// Runs a short read on the calling thread: a look-up by key costs less than handing it to another
    /// thread. It must not run long, for it holds up an async thread.
    pub fn point<T>(&self, read: impl FnOnce(&Connection) -> T) -> T {
        read(&self.take())
    }

    /// Runs a longer read on a blocking thread.
    ///
    /// # Errors
    /// The closure's own, or [`SqliteError::Panicked`] as `E`.
    pub async fn scan<T, E>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<SqliteError> + Send + 'static,
    {
        let readers = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || read(&readers.take()));
        task.await.unwrap_or_else(|_| Err(SqliteError::Panicked.into()))
    }

    fn take(&self) -> MutexGuard<'_, Connection> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.connections.len();
        let free = (0..count).find_map(|i| self.connections[(start + i) % count].try_lock().ok());
        // All are busy: wait for the one whose turn it is. A panic while reading leaves nothing half done.
        free.unwrap_or_else(|| self.connections[start % count].lock().unwrap_or_else(PoisonError::into_inner))
    }
}
