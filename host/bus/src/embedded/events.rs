//! The SQL of the events themselves.

use atoll_model::{Event, EventPattern, EventType, TraceContext};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{BusError, NewEvent, Page};

/// A page ends after this much data, so that a page of the longest events stays small.
const PAGE_BYTES_MAX: usize = 1 << 20;
/// Rows looked at for one page, where few match: bounds how long a read takes.
const PAGE_ROWS_MAX: usize = 20_000;

pub(super) const COLUMNS: &str =
    "e.sequence, e.source, e.id, e.type, e.time, e.subject, e.hops, e.data, e.traceparent, e.tracestate";
/// The first column after them.
pub(super) const COLUMNS_END: usize = 10;

/// An event as its row: what can be made before the writer's turn.
pub(super) struct Row {
    source: String,
    id: String,
    event_type: EventType,
    time: i64,
    subject: Option<String>,
    hops: u32,
    data: String,
    trace: Option<TraceContext>,
}

/// What became of an appended event.
pub(super) enum Stored {
    New(u64),
    /// The same source and id were there.
    Known(Box<Event>),
}

impl Row {
    pub(super) fn new(event: &NewEvent) -> Result<Self, BusError> {
        let data = serde_json::to_string(&event.data).map_err(BusError::damaged)?;
        Ok(Self {
            source: event.source.clone(),
            id: event.id.clone(),
            event_type: event.event_type.clone(),
            time: event.time.as_microsecond(),
            subject: event.subject.clone(),
            hops: event.hops,
            data,
            trace: event.trace.clone(),
        })
    }
}

impl Stored {
    pub(super) fn into_event(self, new: NewEvent) -> Event {
        match self {
            Self::Known(event) => *event,
            Self::New(sequence) => {
                let NewEvent { source, id, event_type, time, subject, data, hops, trace } = new;
                Event { id, source, event_type, time, subject, data, hops, trace, sequence }
            }
        }
    }
}

pub(super) fn append(c: &Connection, rows: &[Row]) -> Result<Vec<Stored>, BusError> {
    let insert = "INSERT INTO events (source, id, type, time, subject, hops, data, traceparent, tracestate)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                  ON CONFLICT (source, id) DO NOTHING RETURNING sequence";
    let mut insert = c.prepare_cached(insert)?;
    let mut stored = Vec::with_capacity(rows.len());
    for row in rows {
        let trace = row.trace.as_ref();
        let values = params![
            row.source,
            row.id,
            row.event_type.as_str(),
            row.time,
            row.subject,
            row.hops,
            row.data,
            trace.map(TraceContext::traceparent),
            trace.and_then(TraceContext::tracestate),
        ];
        let sequence: Option<i64> = insert.query_row(values, |r| r.get(0)).optional()?;
        stored.push(match sequence {
            Some(sequence) => Stored::New(unsigned(sequence)),
            None => Stored::Known(Box::new(known(c, &row.source, &row.id)?)),
        });
    }
    Ok(stored)
}

fn known(c: &Connection, source: &str, id: &str) -> Result<Event, BusError> {
    let sql = format!("SELECT {COLUMNS} FROM events e WHERE e.source = ?1 AND e.id = ?2");
    c.prepare_cached(&sql)?.query_row([source, id], |row| Ok(event(row)))?
}

pub(super) fn get(c: &Connection, sequence: u64) -> Result<Option<Event>, BusError> {
    let sql = format!("SELECT {COLUMNS} FROM events e WHERE e.sequence = ?1");
    let mut statement = c.prepare_cached(&sql)?;
    statement.query_row([signed(sequence)], |row| Ok(event(row))).optional()?.transpose()
}

pub(super) fn read(
    c: &Connection,
    after: u64,
    patterns: &[EventPattern],
    limit: usize,
) -> Result<Page, BusError> {
    // One view of the log for all that follows.
    let c = c.unchecked_transaction()?;
    let c = &*c;
    let last = last_sequence(c)?;
    let sql = format!("SELECT {COLUMNS} FROM events e WHERE e.sequence > ?1 ORDER BY e.sequence");
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query([signed(after)])?;
    let mut page = Page { through: after, oldest: removed_to(c)?, ..Page::default() };
    let (mut looked_at, mut bytes) = (0, 0);
    while let Some(row) = rows.next()? {
        if page.events.len() >= limit || looked_at >= PAGE_ROWS_MAX || bytes >= PAGE_BYTES_MAX {
            return Ok(page);
        }
        looked_at += 1;
        match matching(row, patterns) {
            Ok(Some((event, length))) => {
                bytes += length;
                page.events.push(event);
            }
            Ok(None) => {}
            // One event that the disk has spoilt must not hold up all that come after it.
            Err(BusError::Damaged(reason)) => tracing::error!(%reason, "an event is damaged, and left out"),
            Err(error) => return Err(error),
        }
        page.through = unsigned(row.get(0)?);
    }
    page.through = page.through.max(last);
    page.complete = true;
    Ok(page)
}

/// The event in a row, with the length of its data; `None` when no pattern matches. The data is only parsed
/// where the type matches.
fn matching(row: &rusqlite::Row<'_>, patterns: &[EventPattern]) -> Result<Option<(Event, usize)>, BusError> {
    let event_type = event_type(row, 3)?;
    if !patterns.iter().any(|pattern| pattern.matches(&event_type)) {
        return Ok(None);
    }
    let length = row.get_ref(7)?.as_str().map_or(0, str::len);
    Ok(Some((event(row)?, length)))
}

/// The last sequence number ever given.
pub(super) fn last_sequence(c: &Connection) -> Result<u64, BusError> {
    let mut statement = c.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'events'")?;
    Ok(unsigned(statement.query_row([], |row| row.get(0)).optional()?.unwrap_or(0)))
}

pub(super) fn prune(c: &Connection, kept: u64, limit: usize) -> Result<usize, BusError> {
    let passed = "SELECT min(coalesce((SELECT min(cursor) FROM subscriptions), ?1),
                             coalesce((SELECT min(sequence) - 1 FROM waiting), ?1))";
    let old = signed(last_sequence(c)?.saturating_sub(kept));
    let passed: i64 = c.prepare_cached(passed)?.query_row([old], |row| row.get(0))?;
    let delete = "DELETE FROM events WHERE sequence IN (
                      SELECT sequence FROM events e WHERE sequence <= ?1
                          AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.sequence = e.sequence)
                      ORDER BY sequence LIMIT ?2)";
    let to = old.min(passed);
    c.prepare_cached("UPDATE retention SET removed_to = max(removed_to, ?1)")?.execute([to])?;
    Ok(c.prepare_cached(delete)?.execute([to, i64::try_from(limit).unwrap_or(i64::MAX)])?)
}

fn removed_to(c: &Connection) -> Result<u64, BusError> {
    let removed_to = c.prepare_cached("SELECT removed_to FROM retention")?.query_row([], |row| row.get(0));
    Ok(unsigned(removed_to?))
}

/// Reads an event from the columns of [`COLUMNS`].
pub(super) fn event(row: &rusqlite::Row<'_>) -> Result<Event, BusError> {
    let sequence = unsigned(row.get(0)?);
    let damaged = |reason: String| BusError::damaged(format!("event {sequence}: {reason}"));
    let data = row.get_ref(7)?;
    let data = data.as_str().map_err(|error| damaged(error.to_string()))?;
    Ok(Event {
        id: row.get(2)?,
        source: row.get(1)?,
        event_type: event_type(row, 3)?,
        time: Timestamp::from_microsecond(row.get(4)?).map_err(|error| damaged(error.to_string()))?,
        subject: row.get(5)?,
        data: serde_json::from_str(data).map_err(|error| damaged(error.to_string()))?,
        hops: row.get(6)?,
        trace: trace(row)?,
        sequence,
    })
}

/// A trace that cannot be read is no reason to lose the event.
fn trace(row: &rusqlite::Row<'_>) -> Result<Option<TraceContext>, BusError> {
    let parent: Option<String> = row.get(8)?;
    let state: Option<String> = row.get(9)?;
    Ok(parent.and_then(|parent| TraceContext::parse(&parent, state.as_deref())))
}

pub(super) fn event_type(row: &rusqlite::Row<'_>, column: usize) -> Result<EventType, BusError> {
    let text = row.get_ref(column)?;
    let text = text.as_str().map_err(BusError::damaged)?;
    EventType::parse(text).map_err(BusError::damaged)
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
