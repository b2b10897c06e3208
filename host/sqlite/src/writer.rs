//! The thread that owns a database's one writing connection.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::{SqliteError, Write, call, checkpoint, commit_group};

/// The most writes in one transaction: bounds how long the first of them waits for the last.
const GROUP_MAX: usize = 512;

/// A handle to the writing thread. While one group is being synced to disk the next one gathers, so the
/// more writers there are, the fewer syncs each of them costs.
pub struct Writer {
    queue: Mutex<Option<mpsc::Sender<Write>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. `committed` runs on it after every commit, before the writes in it are answered.
    ///
    /// # Errors
    /// [`SqliteError::Thread`].
    pub fn start(
        name: &str,
        connection: Connection,
        queue_max: usize,
        committed: impl Fn(&Connection) + Send + 'static,
    ) -> Result<Self, SqliteError> {
        let (sender, receiver) = mpsc::channel(queue_max.max(1));
        let thread = std::thread::Builder::new()
            .name(format!("{name}-writer"))
            .spawn(move || run(&connection, receiver, committed))
            .map_err(|error| SqliteError::Thread(Arc::new(error)))?;
        Ok(Self { queue: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs a closure in a transaction, and answers when it is on disk. The closure may run more than once
    /// (see [`commit_group`]). Dropping the future does not stop a write that is queued.
    ///
    /// # Errors
    /// The closure's own; or a [`SqliteError`] as `E`, and then nothing was written.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<SqliteError> + Send + 'static,
        F: FnMut(&Connection) -> Result<T, E> + Send + 'static,
    {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let queue = queue.ok_or(SqliteError::Closed)?;
        let (write, answer) = call(work);
        queue.send(write).await.map_err(|_| SqliteError::Closed)?;
        // Held no longer than needed: the thread ends when the last sender is gone.
        drop(queue);
        answer.await.unwrap_or_else(|_| Err(SqliteError::Closed.into()))
    }

    /// Takes no more writes, finishes those that are queued, and closes the connection.
    pub async fn close(&self) {
        if let Some(thread) = self.stop() {
            // Joining waits for a disk: not on an async thread.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    fn stop(&self) -> Option<JoinHandle<()>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Without this, a data directory could be opened again while the last group is still on its way.
        if let Some(thread) = self.stop() {
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, mut queue: mpsc::Receiver<Write>, committed: impl Fn(&Connection)) {
    let mut group = Vec::new();
    while let Some(first) = queue.blocking_recv() {
        group.push(first);
        while group.len() < GROUP_MAX
            && let Ok(next) = queue.try_recv()
        {
            group.push(next);
        }
        commit_group(connection, std::mem::take(&mut group), &committed);
        checkpoint(connection);
    }
}
