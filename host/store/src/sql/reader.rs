//! Read-only statements, run beside the writes.
//!
//! A read by key takes microseconds, and handing it to another thread would take longer than running it. So
//! a read first gets a moment on the caller's own thread; one that is not done by then is stopped, which a
//! read does not mind, and starts again on a blocking thread with its full time.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    time::Duration,
};

use atoll_model::{Limits, SqlRows, SqlStatement};
use tokio::sync::Semaphore;

use super::{
    failure::Failure,
    guest::Guest,
    session::{Access, Budget, Session},
};
use crate::StoreError;

/// The moment on the caller's thread: long against a read by key, short against a turn of the scheduler.
const INLINE: Duration = Duration::from_micros(300);

/// The reading connections of one database.
pub(super) struct ReaderPool {
    path: PathBuf,
    idle: Mutex<Vec<Guest>>,
    turns: Arc<Semaphore>,
    limits: Arc<Limits>,
}

impl ReaderPool {
    /// Opens the first connection; others follow when several reads run at once. Blocks on the disk.
    pub(super) fn open(path: PathBuf, limits: Arc<Limits>) -> Result<Arc<Self>, StoreError> {
        let first = Guest::reader(&path, &limits)?;
        let turns = Arc::new(Semaphore::new(limits.sql_readers_per_app_max.max(1)));
        Ok(Arc::new(Self { path, idle: Mutex::new(vec![first]), turns, limits }))
    }

    /// Runs a statement that seems to read; `None` when it writes after all.
    pub(super) async fn query(
        self: &Arc<Self>,
        statement: &SqlStatement,
        closed: &Arc<AtomicBool>,
    ) -> Result<Option<SqlRows>, StoreError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| StoreError::Database(atoll_sqlite::SqliteError::Closed))?;
        if let Some(guest) = self.take() {
            let outcome = self.run(&guest, statement, INLINE, Vec::new());
            self.put(guest);
            match outcome {
                Err(Failure::OutOfTime) => {}
                Err(Failure::Writes) => return Ok(None),
                other => return other.map(Some).map_err(|failure| failure.into_error(&self.limits)),
            }
        }
        let cancelled = CancelOnDrop::default();
        let flags = vec![cancelled.flag(), Arc::clone(closed)];
        let (pool, statement) = (Arc::clone(self), statement.clone());
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let guest = match pool.take() {
                Some(guest) => guest,
                None => Guest::reader(&pool.path, &pool.limits)?,
            };
            let time = Duration::from_millis(pool.limits.sql_statement_ms);
            let outcome = pool.run(&guest, &statement, time, flags);
            pool.put(guest);
            match outcome {
                Err(Failure::Writes) => Ok(None),
                other => other.map(Some).map_err(|failure| failure.into_error(&pool.limits)),
            }
        });
        task.await.map_err(|error| StoreError::task(&error))?
    }

    fn run(
        &self,
        guest: &Guest,
        statement: &SqlStatement,
        time: Duration,
        cancelled: Vec<Arc<AtomicBool>>,
    ) -> Result<SqlRows, Failure> {
        let session = Session {
            connection: &guest.connection,
            policy: &guest.policy,
            limits: &self.limits,
            budget: Budget::new(time, cancelled),
            access: Access::Read,
        };
        let rows = session.query(statement)?;
        // A reader has inserted nothing.
        Ok(SqlRows { last_row_id: 0, ..rows })
    }

    fn take(&self) -> Option<Guest> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, guest: Guest) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(guest);
    }
}

/// Tells a statement that runs elsewhere that its caller is gone.
#[derive(Default)]
pub(super) struct CancelOnDrop(Arc<AtomicBool>);

impl CancelOnDrop {
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}
