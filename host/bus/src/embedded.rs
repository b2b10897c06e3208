//! The log on one machine: `events.db`.

mod deliveries;
mod events;
mod schema;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use atoll_model::{AppName, Event, EventPattern, Limits, manifest::SubscribeFrom};
use atoll_sqlite::{Readers, SqliteError, Writer, open_writer};
use tokio::sync::watch;

use crate::{
    BusError, DeadLetter, DeadLetters, DeliveryState, EventLog, NewEvent, Page, Progress, Subscription,
};

/// Connections for reading: the router, a few couriers and followers at once.
const READERS: usize = 4;

/// The events and the subscriptions in one SQLite file. Writes of all publishers and subscriptions share
/// commits.
pub struct EmbeddedLog {
    writer: Writer,
    readers: Arc<Readers>,
    last: watch::Receiver<u64>,
}

impl EmbeddedLog {
    /// Opens the file with the default limit on its queue.
    ///
    /// # Errors
    /// As [`EmbeddedLog::open_with_limits`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, BusError> {
        Self::open_with_limits(path, &Limits::default()).await
    }

    /// Opens the file, and makes it when it is absent. The folder is the caller's, and so is seeing to it
    /// that no other host has it open. `write_queue_max` is the one limit that counts here.
    ///
    /// # Errors
    /// [`BusError::Log`] when the file cannot be opened or is no event log.
    pub async fn open_with_limits(path: impl AsRef<Path>, limits: &Limits) -> Result<Self, BusError> {
        let (path, queue_max) = (path.as_ref().to_owned(), limits.write_queue_max);
        let task = tokio::task::spawn_blocking(move || Self::open_blocking(&path, queue_max));
        task.await.unwrap_or_else(|_| Err(SqliteError::Panicked.into()))
    }

    fn open_blocking(path: &Path, queue_max: usize) -> Result<Self, BusError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // SQLite refuses to follow links; a folder that is reached by one is the operator's choice.
        let path = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.to_owned())
            .join(path.file_name().unwrap_or_default());
        let mut connection = open_writer(&path)?;
        schema::SCHEMA.apply(&mut connection)?;
        let (sender, last) = watch::channel(events::last_sequence(&connection)?);
        let writer = Writer::start("events", connection, queue_max, move |connection| {
            match events::last_sequence(connection) {
                Ok(last) => drop(sender.send_if_modified(|known| std::mem::replace(known, last) != last)),
                Err(error) => tracing::error!(%error, "the end of the event log cannot be read"),
            }
        })?;
        let readers = Arc::new(Readers::open(&path, READERS)?);
        Ok(Self { writer, readers, last })
    }
}

#[async_trait]
impl EventLog for EmbeddedLog {
    async fn append(&self, new: Vec<NewEvent>) -> Result<Vec<Event>, BusError> {
        let rows = new.iter().map(events::Row::new).collect::<Result<Vec<_>, _>>()?;
        let stored = self.writer.write(move |c| events::append(c, &rows)).await?;
        Ok(new.into_iter().zip(stored).map(|(new, stored)| stored.into_event(new)).collect())
    }

    async fn read(&self, after: u64, patterns: &[EventPattern], limit: usize) -> Result<Page, BusError> {
        let (patterns, limit) = (patterns.to_vec(), limit.max(1));
        self.readers.scan(move |c| events::read(c, after, &patterns, limit)).await
    }

    async fn get(&self, sequence: u64) -> Result<Option<Event>, BusError> {
        self.readers.point(|c| events::get(c, sequence))
    }

    fn last_sequence(&self) -> watch::Receiver<u64> {
        self.last.clone()
    }

    async fn prune(&self, kept: u64, limit: usize) -> Result<usize, BusError> {
        self.writer.write(move |c| events::prune(c, kept, limit)).await
    }

    async fn close(&self) {
        self.writer.close().await;
    }
}

#[async_trait]
impl DeliveryState for EmbeddedLog {
    async fn subscriptions(&self) -> Result<Vec<Subscription>, BusError> {
        self.readers.scan(deliveries::subscriptions).await
    }

    async fn subscribe(
        &self,
        app: &AppName,
        patterns: &[EventPattern],
        from: SubscribeFrom,
        at_least: u64,
    ) -> Result<u64, BusError> {
        let (app, patterns) = (app.clone(), patterns.to_vec());
        self.writer.write(move |c| deliveries::subscribe(c, &app, &patterns, from, at_least)).await
    }

    async fn unsubscribe(&self, app: &AppName) -> Result<(), BusError> {
        let app = app.clone();
        self.writer.write(move |c| deliveries::unsubscribe(c, &app)).await
    }

    async fn forget(&self, app: &AppName) -> Result<(), BusError> {
        let app = app.clone();
        self.writer.write(move |c| deliveries::forget(c, &app)).await
    }

    async fn record(&self, app: &AppName, progress: Progress, dead_letters_max: u64) -> Result<(), BusError> {
        let app = app.clone();
        self.writer.write(move |c| deliveries::record(c, &app, &progress, dead_letters_max)).await
    }

    async fn advance(&self, to: u64, busy: Vec<AppName>) -> Result<(), BusError> {
        self.writer.write(move |c| deliveries::advance(c, to, &busy)).await
    }

    async fn dead_letters(
        &self,
        app: Option<&AppName>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<DeadLetters, BusError> {
        let app = app.cloned();
        self.readers.scan(move |c| deliveries::dead_letters(c, app.as_ref(), before, limit)).await
    }

    async fn dead_letter(&self, id: u64) -> Result<Option<DeadLetter>, BusError> {
        self.readers.point(|c| deliveries::dead_letter(c, id))
    }

    async fn resolve(&self, id: u64, failed: Option<String>) -> Result<(), BusError> {
        self.writer.write(move |c| deliveries::resolve(c, id, failed.as_deref())).await
    }
}

#[cfg(test)]
mod tests {
    use atoll_model::{EventType, TraceContext};
    use atoll_sqlite::Schema;

    use super::*;

    #[tokio::test]
    async fn a_log_of_before_traces_opens_and_new_events_keep_theirs() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.db");
        {
            let mut connection = open_writer(&path).unwrap();
            let first = Schema { name: "events.db", steps: &schema::SCHEMA.steps[..1] };
            first.apply(&mut connection).unwrap();
            let old = "INSERT INTO events (source, id, type, time, hops, data)
                       VALUES ('/apps/a', '1', 'a.b', 0, 2, '{}')";
            connection.execute(old, []).unwrap();
        }
        let log = EmbeddedLog::open(&path).await.unwrap();
        let old = log.get(1).await.unwrap().unwrap();
        assert_eq!((old.id.as_str(), old.hops, old.trace), ("1", 2, None));

        let trace =
            TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Some("a=1"));
        let new = NewEvent {
            source: "/apps/a".into(),
            id: "2".into(),
            event_type: EventType::parse("a.b").unwrap(),
            time: jiff::Timestamp::UNIX_EPOCH,
            subject: None,
            data: serde_json::Value::Null,
            hops: 0,
            trace: trace.clone(),
        };
        let stored = log.append(vec![new]).await.unwrap().remove(0);
        assert_eq!(stored.trace, trace);
        assert_eq!(log.get(2).await.unwrap(), Some(stored));
        log.close().await;
    }
}
