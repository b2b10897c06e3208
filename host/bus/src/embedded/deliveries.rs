//! The SQL of subscriptions, of what waits, and of dead letters.

use std::collections::HashMap;

use atoll_model::{AppName, EventPattern, manifest::SubscribeFrom};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::events::{COLUMNS, COLUMNS_END, event, event_type, last_sequence, signed, unsigned};
use crate::{BusError, DeadLetter, DeadLetterReason, DeadLetters, Progress, Subscription, Waiting};

/// A list of dead letters ends after this much data.
const LIST_BYTES_MAX: usize = 8 << 20;

pub(super) fn subscriptions(c: &Connection) -> Result<Vec<Subscription>, BusError> {
    let mut waiting = waiting(c)?;
    let mut statement = c.prepare("SELECT app, patterns, cursor FROM subscriptions ORDER BY app")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let app = app(row, 0)?;
        let patterns: String = row.get(1)?;
        let patterns = serde_json::from_str(&patterns).map_err(BusError::damaged)?;
        let waiting = waiting.remove(&app).unwrap_or_default();
        found.push(Subscription { app, patterns, cursor: unsigned(row.get(2)?), waiting });
    }
    Ok(found)
}

fn waiting(c: &Connection) -> Result<HashMap<AppName, Vec<Waiting>>, BusError> {
    let sql = "SELECT w.app, w.sequence, e.source, e.type, w.attempts
               FROM waiting w JOIN events e ON e.sequence = w.sequence ORDER BY w.app, w.sequence";
    let mut statement = c.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut found: HashMap<AppName, Vec<Waiting>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (sequence, source) = (unsigned(row.get(1)?), row.get(2)?);
        let one = Waiting { sequence, source, event_type: event_type(row, 3)?, attempts: row.get(4)? };
        found.entry(app(row, 0)?).or_default().push(one);
    }
    Ok(found)
}

pub(super) fn subscribe(
    c: &Connection,
    app: &AppName,
    patterns: &[EventPattern],
    from: SubscribeFrom,
    at_least: u64,
) -> Result<u64, BusError> {
    let patterns = serde_json::to_string(patterns).map_err(BusError::damaged)?;
    let sql = "INSERT INTO subscriptions (app, patterns, cursor) VALUES (?1, ?2, ?3)
               ON CONFLICT (app) DO UPDATE SET patterns = excluded.patterns, cursor = max(cursor, ?4)
               RETURNING cursor";
    let last = last_sequence(c)?;
    let first = match from {
        SubscribeFrom::Now => last,
        SubscribeFrom::Start => 0,
    };
    let values = params![app.as_str(), patterns, signed(first), signed(at_least.min(last))];
    Ok(unsigned(c.prepare_cached(sql)?.query_row(values, |row| row.get(0))?))
}

pub(super) fn unsubscribe(c: &Connection, app: &AppName) -> Result<(), BusError> {
    for table in ["subscriptions", "waiting"] {
        c.execute(&format!("DELETE FROM {table} WHERE app = ?1"), [app.as_str()])?;
    }
    Ok(())
}

pub(super) fn forget(c: &Connection, app: &AppName) -> Result<(), BusError> {
    unsubscribe(c, app)?;
    c.execute("DELETE FROM dead_letters WHERE app = ?1", [app.as_str()])?;
    Ok(())
}

pub(super) fn record(
    c: &Connection,
    app: &AppName,
    progress: &Progress,
    dead_max: u64,
) -> Result<(), BusError> {
    let app = app.as_str();
    let update = "UPDATE subscriptions SET cursor = max(cursor, ?2) WHERE app = ?1";
    if c.prepare_cached(update)?.execute(params![app, signed(progress.cursor)])? == 0 {
        // Unsubscribed meanwhile: nothing of it is kept.
        return Ok(());
    }
    for (sequence, attempts) in &progress.waiting {
        c.prepare_cached("REPLACE INTO waiting (app, sequence, attempts) VALUES (?1, ?2, ?3)")?
            .execute(params![app, signed(*sequence), attempts])?;
    }
    let dead = progress.dead.iter().map(|dead| dead.sequence);
    for sequence in progress.settled.iter().copied().chain(dead) {
        c.prepare_cached("DELETE FROM waiting WHERE app = ?1 AND sequence = ?2")?
            .execute(params![app, signed(sequence)])?;
    }
    for dead in &progress.dead {
        let sql = "INSERT INTO dead_letters (app, sequence, attempts, reason, error, time)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (app, sequence) DO NOTHING";
        c.prepare_cached(sql)?.execute(params![
            app,
            signed(dead.sequence),
            dead.attempts,
            reason_text(dead.reason),
            dead.error,
            dead.time.as_microsecond()
        ])?;
    }
    if !progress.dead.is_empty() {
        let sql = "DELETE FROM dead_letters WHERE id IN (
                       SELECT id FROM dead_letters WHERE app = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)";
        c.prepare_cached(sql)?.execute(params![app, signed(dead_max)])?;
    }
    Ok(())
}

pub(super) fn advance(c: &Connection, to: u64, busy: &[AppName]) -> Result<(), BusError> {
    let busy = serde_json::to_string(busy).map_err(BusError::damaged)?;
    let sql = "UPDATE subscriptions SET cursor = ?1
               WHERE cursor < ?1 AND app NOT IN (SELECT value FROM json_each(?2))";
    c.prepare_cached(sql)?.execute(params![signed(to), busy])?;
    Ok(())
}

const LETTERS: &str = "d.id, d.app, d.attempts, d.reason, d.error, d.time
     FROM dead_letters d JOIN events e ON e.sequence = d.sequence";

pub(super) fn dead_letters(
    c: &Connection,
    of: Option<&AppName>,
    before: Option<u64>,
    limit: usize,
) -> Result<DeadLetters, BusError> {
    let sql = format!(
        "SELECT {COLUMNS}, {LETTERS} WHERE (?1 IS NULL OR d.app = ?1) AND (?2 IS NULL OR d.id < ?2)
         ORDER BY d.id DESC LIMIT ?3"
    );
    let mut statement = c.prepare_cached(&sql)?;
    // One more than asked for shows whether there is another page.
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = statement.query(params![of.map(AppName::as_str), before.map(signed), one_more])?;
    let (mut page, mut bytes) = (DeadLetters::default(), 0);
    while let Some(row) = rows.next()? {
        bytes += row.get_ref(7)?.as_str().map_or(0, str::len);
        let is_full = page.letters.len() >= limit || bytes > LIST_BYTES_MAX;
        if let Some(last) = page.letters.last().filter(|_| is_full) {
            page.next = Some(last.id);
            break;
        }
        page.letters.push(letter(row)?);
    }
    Ok(page)
}

pub(super) fn dead_letter(c: &Connection, id: u64) -> Result<Option<DeadLetter>, BusError> {
    let sql = format!("SELECT {COLUMNS}, {LETTERS} WHERE d.id = ?1");
    let mut statement = c.prepare_cached(&sql)?;
    statement.query_row([signed(id)], |row| Ok(letter(row))).optional()?.transpose()
}

pub(super) fn resolve(c: &Connection, id: u64, failed: Option<&str>) -> Result<(), BusError> {
    match failed {
        Some(error) => c
            .prepare_cached("UPDATE dead_letters SET attempts = attempts + 1, error = ?2 WHERE id = ?1")?
            .execute(params![signed(id), error])?,
        None => c.prepare_cached("DELETE FROM dead_letters WHERE id = ?1")?.execute([signed(id)])?,
    };
    Ok(())
}

fn letter(row: &rusqlite::Row<'_>) -> Result<DeadLetter, BusError> {
    let reason: String = row.get(COLUMNS_END + 3)?;
    Ok(DeadLetter {
        id: unsigned(row.get(COLUMNS_END)?),
        app: app(row, COLUMNS_END + 1)?,
        event: event(row)?,
        reason: reason_of(&reason)?,
        error: row.get(COLUMNS_END + 4)?,
        attempts: row.get(COLUMNS_END + 2)?,
        time: Timestamp::from_microsecond(row.get(COLUMNS_END + 5)?).map_err(BusError::damaged)?,
    })
}

fn app(row: &rusqlite::Row<'_>, column: usize) -> Result<AppName, BusError> {
    let name: String = row.get(column)?;
    AppName::parse(&name).map_err(BusError::damaged)
}

fn reason_text(reason: DeadLetterReason) -> &'static str {
    match reason {
        DeadLetterReason::Rejected => "rejected",
        DeadLetterReason::Exhausted => "exhausted",
        DeadLetterReason::TooManyHops => "too-many-hops",
    }
}

fn reason_of(text: &str) -> Result<DeadLetterReason, BusError> {
    Ok(match text {
        "rejected" => DeadLetterReason::Rejected,
        "exhausted" => DeadLetterReason::Exhausted,
        "too-many-hops" => DeadLetterReason::TooManyHops,
        other => return Err(BusError::damaged(format!("{other:?} is no reason of a dead letter"))),
    })
}
