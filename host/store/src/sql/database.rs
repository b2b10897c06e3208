//! One app's database: a queue of writes that are committed in groups, and reads beside them.
//!
//! No thread belongs to a database that has nothing to do: the first write that finds the queue idle sends a
//! blocking task, which works until the queue is empty.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use atoll_model::{Limits, SqlRows, SqlStatement};
use atoll_sqlite::{SqliteError, Write, call, checkpoint, commit_group};
use tokio::sync::OnceCell;

use super::{
    failure::sql_error,
    guest::Guest,
    policy::Policy,
    reader::{CancelOnDrop, ReaderPool},
    script,
    session::{Access, Budget, Session, check_sql, check_statement},
};
use crate::{Migration, StoreError, data_dir::DataDir};

/// The most writes in one transaction.
const GROUP_MAX: usize = 128;

/// Where a database is.
enum Place {
    File { dir: Arc<DataDir>, app: atoll_model::AppName },
    Memory,
}

/// One app's database. Opened at its first use.
pub(crate) struct AppDatabase {
    place: Place,
    limits: Arc<Limits>,
    opened: OnceCell<Arc<Opened>>,
    /// Set when the app is deleted: what runs is stopped, what comes is refused.
    closed: Arc<AtomicBool>,
}

struct Opened {
    writer: Mutex<Guest>,
    /// The writer's policy, for the closures that run on it.
    policy: Arc<Policy>,
    readers: Option<Arc<ReaderPool>>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Write>,
    /// A blocking task is at work.
    running: bool,
}

impl AppDatabase {
    pub(crate) fn on_disk(dir: Arc<DataDir>, app: atoll_model::AppName, limits: Arc<Limits>) -> Self {
        Self::new(Place::File { dir, app }, limits)
    }

    pub(crate) fn in_memory(limits: Arc<Limits>) -> Self {
        Self::new(Place::Memory, limits)
    }

    fn new(place: Place, limits: Arc<Limits>) -> Self {
        Self { place, limits, opened: OnceCell::new(), closed: Arc::default() }
    }

    pub(crate) async fn query(&self, statement: SqlStatement) -> Result<SqlRows, StoreError> {
        check_statement(&statement, &self.limits)?;
        let opened = self.open().await?;
        if let Some(readers) = opened.readers.as_ref().filter(|_| script::looks_read_only(&statement.sql))
            && let Some(rows) = readers.query(&statement, &self.closed).await?
        {
            return Ok(rows);
        }
        let limits = Arc::clone(&self.limits);
        self.submit(self.limits.sql_statement_ms, move |session| {
            session.query(&statement).map_err(|failure| failure.into_error(&limits))
        })
        .await
    }

    pub(crate) async fn batch(&self, statements: Vec<SqlStatement>) -> Result<Vec<SqlRows>, StoreError> {
        let max = self.limits.sql_batch_statements_max;
        if statements.len() > max {
            let what = format!("a batch of {} statements", statements.len());
            return Err(StoreError::over(what, "sql_batch_statements_max", max));
        }
        statements.iter().try_for_each(|statement| check_statement(statement, &self.limits))?;
        let limits = Arc::clone(&self.limits);
        self.submit(self.limits.sql_statement_ms, move |session| {
            session.batch(&statements).map_err(|failure| failure.into_error(&limits))
        })
        .await
    }

    pub(crate) async fn exec(&self, script: &str) -> Result<u32, StoreError> {
        check_sql(script, &self.limits)?;
        let max = self.limits.sql_batch_statements_max;
        let count = script::statements(script).len();
        if count > max {
            return Err(StoreError::over(
                format!("a script of {count} statements"),
                "sql_batch_statements_max",
                max,
            ));
        }
        let (limits, script) = (Arc::clone(&self.limits), script.to_owned());
        self.submit(self.limits.sql_statement_ms, move |session| {
            session.exec(&script).map_err(|failure| failure.into_error(&limits))
        })
        .await
    }

    /// Runs the migrations that are pending. Answers their names.
    pub(crate) async fn migrate(
        &self,
        migrations: Vec<Migration>,
        now: jiff::Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        self.submit(self.limits.sql_migration_ms, move |session| session.migrate(&migrations, now)).await
    }

    /// The names of the migrations that are pending.
    pub(crate) async fn pending(&self, migrations: Vec<Migration>) -> Result<Vec<String>, StoreError> {
        self.submit(self.limits.sql_migration_ms, move |session| {
            let pending = session.pending(&migrations)?;
            Ok(pending.into_iter().map(|migration| migration.name.clone()).collect())
        })
        .await
    }

    /// Runs the migrations that are pending, and takes everything back. Answers their names.
    pub(crate) async fn rehearse(
        &self,
        migrations: Vec<Migration>,
        now: jiff::Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        // An error is what undoes a write, so the names go out beside it.
        let names = Arc::new(Mutex::new(None));
        let found = Arc::clone(&names);
        let outcome = self.submit(self.limits.sql_migration_ms, move |session| {
            let migrated = session.migrate(&migrations, now)?;
            *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(migrated);
            Err::<(), _>(StoreError::Cancelled)
        });
        match (outcome.await, names.lock().unwrap_or_else(PoisonError::into_inner).take()) {
            (Err(StoreError::Cancelled), Some(names)) => Ok(names),
            // It really was cancelled, or failed.
            (Err(error), _) => Err(error),
            (Ok(()), names) => Ok(names.unwrap_or_default()),
        }
    }

    /// Queues a write and waits until it is on disk. It is not begun when the caller goes away before its
    /// turn, and stopped when it goes away while it runs.
    async fn submit<T: Send + 'static>(
        &self,
        time_ms: u64,
        mut work: impl FnMut(&Session<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let opened = self.open().await?;
        let cancelled = CancelOnDrop::default();
        let flags = vec![cancelled.flag(), Arc::clone(&self.closed)];
        let (policy, limits) = (Arc::clone(&opened.policy), Arc::clone(&self.limits));
        let (write, answer) = call(move |connection| {
            let budget = Budget::new(Duration::from_millis(time_ms), flags.clone());
            let session =
                Session { connection, policy: &policy, limits: &limits, budget, access: Access::Write };
            work(&session)
        });
        opened.enqueue(write, self.limits.sql_queue_max)?;
        answer.await.unwrap_or(Err(StoreError::Database(SqliteError::Closed))).map_err(|error| match error {
            // Put off to the commit, where no statement is at hand.
            StoreError::Database(error) if error.code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                foreign_key_failed("the commit")
            }
            other => other,
        })
    }

    async fn open(&self) -> Result<Arc<Opened>, StoreError> {
        let opened = self.opened.get_or_try_init(|| async {
            let limits = Arc::clone(&self.limits);
            let file = match &self.place {
                Place::File { dir, app } => Some((Arc::clone(dir), app.clone())),
                Place::Memory => None,
            };
            let closed = Arc::clone(&self.closed);
            let task = tokio::task::spawn_blocking(move || {
                if closed.load(Ordering::Relaxed) {
                    return Err(StoreError::Database(SqliteError::Closed));
                }
                let path = file.map(|(dir, app)| dir.app_database(&app)).transpose()?;
                Opened::new(path, limits).map(Arc::new)
            });
            task.await.map_err(|error| StoreError::task(&error))?
        });
        opened.await.cloned()
    }

    /// Refuses and stops everything, and waits until nothing runs.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.finish();
    }

    /// Waits until what runs is done. Blocks.
    pub(crate) fn finish(&self) {
        if let Some(opened) = self.opened.get() {
            opened.work();
        }
    }
}

impl Opened {
    fn new(path: Option<PathBuf>, limits: Arc<Limits>) -> Result<Self, StoreError> {
        let writer = match &path {
            Some(path) => Guest::writer(path, &limits)?,
            None => Guest::memory(&limits)?,
        };
        let policy = Arc::clone(&writer.policy);
        let readers = path.map(|path| ReaderPool::open(path, limits)).transpose()?;
        Ok(Self { writer: Mutex::new(writer), policy, readers, queue: Mutex::default() })
    }

    fn enqueue(self: &Arc<Self>, write: Write, queue_max: usize) -> Result<(), StoreError> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.waiting.len() >= queue_max {
            return Err(StoreError::over("the queue for the app's database", "sql_queue_max", queue_max));
        }
        queue.waiting.push_back(write);
        if !queue.running {
            queue.running = true;
            let opened = Arc::clone(self);
            tokio::task::spawn_blocking(move || opened.work());
        }
        Ok(())
    }

    /// Works until the queue is empty.
    fn work(&self) {
        let guest = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let group: Vec<Write> = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                let count = queue.waiting.len().min(GROUP_MAX);
                if count == 0 {
                    queue.running = false;
                    return;
                }
                queue.waiting.drain(..count).collect()
            };
            commit_group(&guest.connection, group, &|_| {});
            checkpoint(&guest.connection);
        }
    }
}

fn foreign_key_failed(place: &str) -> StoreError {
    sql_error("FOREIGN KEY constraint failed", place)
}
