//! Group commit: several writes in one transaction, so that they share one sync of the disk.
//!
//! Each write runs in a savepoint of its own: one that fails is undone and the others stay. Some failures
//! take the whole transaction with them (SQLite rolls back when a statement is interrupted, or the disk is
//! full in the middle of one); then the failed write is answered and the others run again. So a write is a
//! closure that may run more than once, and must not remember what it did the last time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::SqliteError;

/// What a write wants done with what it wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Keep,
    Undo,
}

/// One write that waits for its turn. Made by [`call`].
pub struct Write(Box<dyn Run>);

trait Run: Send {
    fn run(&mut self, connection: &Connection) -> Outcome;
    fn answer(self: Box<Self>, commit: Result<(), SqliteError>);
}

struct Call<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Run for Call<T, E, F>
where
    T: Send,
    E: From<SqliteError> + Send,
    F: FnMut(&Connection) -> Result<T, E> + Send,
{
    fn run(&mut self, connection: &Connection) -> Outcome {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(connection)))
            .unwrap_or_else(|_| Err(SqliteError::Panicked.into()));
        let outcome = if result.is_ok() { Outcome::Keep } else { Outcome::Undo };
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, commit: Result<(), SqliteError>) {
        let result = match (self.result, commit) {
            // Its own failure says more than the commit's.
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(SqliteError::Closed.into()),
        };
        // Nobody waits any more: the caller was cancelled. What was committed stays.
        let _ = self.reply.send(result);
    }
}

/// Makes a write of a closure. The closure may run more than once; what it returns last is the answer, sent
/// when it is on disk. An `Err` undoes what it wrote.
pub fn call<T, E, F>(work: F) -> (Write, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<SqliteError> + Send + 'static,
    F: FnMut(&Connection) -> Result<T, E> + Send + 'static,
{
    let (reply, receiver) = oneshot::channel();
    (Write(Box::new(Call { work, result: None, reply })), receiver)
}

impl Write {
    /// Answers with an error: its own when it ran and failed, else this one.
    pub fn refuse(self, error: SqliteError) {
        self.0.answer(Err(error));
    }
}

enum Attempt {
    Committed,
    /// The transaction is gone, and this write took it along.
    Lost(usize),
    /// The commit violated a constraint that is checked only there.
    Violated(SqliteError),
    Failed(SqliteError),
}

/// Runs writes in one transaction and answers each of them. `committed` runs after each commit and before its
/// answers: who was answered finds whatever it tells others.
pub fn commit_group(connection: &Connection, mut writes: Vec<Write>, committed: &dyn Fn(&Connection)) {
    while !writes.is_empty() {
        match attempt(connection, &mut writes) {
            Attempt::Committed => {
                committed(connection);
                writes.drain(..).for_each(|write| write.0.answer(Ok(())));
            }
            // Its own error, if it noticed; never an "it is on disk" for what was undone.
            Attempt::Lost(index) => writes.remove(index).refuse(SqliteError::Undone),
            // Whose fault it was shows when each is committed alone.
            Attempt::Violated(_) if writes.len() > 1 => {
                writes.drain(..).for_each(|write| commit_group(connection, vec![write], committed));
            }
            Attempt::Violated(error) | Attempt::Failed(error) => {
                writes.drain(..).for_each(|write| write.refuse(error.clone()));
            }
        }
    }
}

fn attempt(connection: &Connection, writes: &mut [Write]) -> Attempt {
    match transaction(connection, writes) {
        Ok(attempt) => attempt,
        Err(error) => {
            roll_back(connection);
            Attempt::Failed(error.into())
        }
    }
}

fn transaction(connection: &Connection, writes: &mut [Write]) -> rusqlite::Result<Attempt> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    // Alone, a write needs no savepoint: undoing it is undoing everything.
    let alone = writes.len() == 1;
    let mut kept = 0;
    for (index, write) in writes.iter_mut().enumerate() {
        if !alone {
            connection.execute_batch("SAVEPOINT one")?;
        }
        let outcome = write.0.run(connection);
        if connection.is_autocommit() {
            return Ok(Attempt::Lost(index));
        }
        kept += usize::from(outcome == Outcome::Keep);
        match outcome {
            _ if alone => {}
            Outcome::Keep => connection.execute_batch("RELEASE one")?,
            Outcome::Undo => connection.execute_batch("ROLLBACK TO one; RELEASE one")?,
        }
    }
    if kept == 0 {
        roll_back(connection);
        return Ok(Attempt::Committed);
    }
    match connection.execute_batch("COMMIT").map_err(SqliteError::from) {
        Ok(()) => Ok(Attempt::Committed),
        Err(error) => {
            roll_back(connection);
            Ok(if error.is_constraint() { Attempt::Violated(error) } else { Attempt::Failed(error) })
        }
    }
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}

#[cfg(test)]
mod tests;
