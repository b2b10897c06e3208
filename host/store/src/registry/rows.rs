//! The registry's SQL. Functions over a connection, inside a transaction of the caller.

use std::collections::BTreeSet;

use atoll_model::{AppName, BackendId, ContentHash, Manifest, Revision};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{AppRecord, RevisionRecord};
use crate::{StoreError, schedules, secrets};

/// A revision with the artifacts that belong to it.
#[derive(Clone, Debug)]
pub(super) struct RevisionRow {
    pub(super) hash: ContentHash,
    pub(super) manifest: String,
    pub(super) created_at: Timestamp,
    pub(super) source: ContentHash,
    pub(super) backend: Option<BackendId>,
    pub(super) frontend: Option<FrontendRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FrontendRow {
    pub(super) artifact: ContentHash,
    pub(super) entry: String,
}

fn kind(backend: BackendId) -> &'static str {
    if backend.engine.is_some() { "javascript" } else { "component" }
}

/// Refuses what belongs to an app that is not there. Inside a write it is surer than the registry in memory, which
/// forgets an app a moment after its rows are gone.
pub(crate) fn check_app(c: &Connection, app: &AppName) -> Result<(), StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM apps WHERE name = ?1)";
    let is_there: bool = c.prepare_cached(sql)?.query_row([app.as_str()], |row| row.get(0))?;
    if is_there { Ok(()) } else { Err(StoreError::NoSuchApp(app.clone())) }
}

/// The number of an app's next revision, taken for good.
pub(super) fn next_revision(c: &Connection, app: &AppName) -> Result<Revision, StoreError> {
    let sql = "INSERT INTO counters (app, last) VALUES (?1, 1)
               ON CONFLICT (app) DO UPDATE SET last = last + 1, deleted_at = NULL RETURNING last";
    let last: i64 = c.prepare_cached(sql)?.query_row([app.as_str()], |row| row.get(0))?;
    Ok(Revision(u64::try_from(last).unwrap_or(0)))
}

pub(super) fn insert(
    c: &Connection,
    app: &AppName,
    revision: Revision,
    staged: bool,
    row: &RevisionRow,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO revisions (app, revision, staged, hash, manifest, created_at, source,
                   backend_kind, backend, engine, frontend_entry, frontend)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let (backend, frontend) = (row.backend, row.frontend.as_ref());
    c.prepare_cached(sql)?.execute(params![
        app.as_str(),
        number(revision),
        staged,
        row.hash.to_string(),
        row.manifest,
        row.created_at.as_microsecond(),
        row.source.to_string(),
        backend.map(kind),
        backend.map(|b| b.code.to_string()),
        backend.and_then(|b| b.engine).map(|e| e.to_string()),
        frontend.map(|f| f.entry.as_str()),
        frontend.map(|f| f.artifact.to_string()),
    ])?;
    Ok(())
}

/// Makes a revision the active one and removes those beyond `kept_max`. Answers the artifacts that nothing
/// names any more.
pub(super) fn activate(
    c: &Connection,
    app: &AppName,
    revision: Revision,
    kept_max: usize,
) -> Result<Vec<ContentHash>, StoreError> {
    let key = params![app.as_str(), number(revision)];
    c.prepare_cached("UPDATE revisions SET staged = 0 WHERE app = ?1 AND revision = ?2")?.execute(key)?;
    c.prepare_cached(
        "INSERT INTO apps (name, active, created_at)
         SELECT app, revision, created_at FROM revisions WHERE app = ?1 AND revision = ?2
         ON CONFLICT (name) DO UPDATE SET active = excluded.active",
    )?
    .execute(key)?;
    let old = "DELETE FROM revisions WHERE app = ?1 AND revision IN (
                   SELECT revision FROM revisions WHERE app = ?1 AND revision <> ?2 AND staged = 0
                   ORDER BY revision DESC LIMIT -1 OFFSET ?3)
               RETURNING source, backend, frontend";
    let kept_max = i64::try_from(kept_max).unwrap_or(i64::MAX);
    delete_returning(c, old, params![app.as_str(), number(revision), kept_max])
}

/// Removes one staged revision. Answers the artifacts that nothing names any more.
pub(super) fn remove_revision(
    c: &Connection,
    app: &AppName,
    revision: Revision,
) -> Result<Vec<ContentHash>, StoreError> {
    let sql = "DELETE FROM revisions WHERE app = ?1 AND revision = ?2 RETURNING source, backend, frontend";
    delete_returning(c, sql, params![app.as_str(), number(revision)])
}

/// Removes an app; its counter stays, and so do those of the `counters_max` apps deleted last. Answers the
/// artifacts that nothing names any more.
pub(super) fn remove_app(
    c: &Connection,
    app: &AppName,
    now: Timestamp,
    counters_max: usize,
) -> Result<Vec<ContentHash>, StoreError> {
    c.execute("DELETE FROM apps WHERE name = ?1", [app.as_str()])?;
    schedules::remove_app(c, app)?;
    secrets::remove_app(c, app)?;
    c.execute(
        "UPDATE counters SET deleted_at = ?2 WHERE app = ?1",
        params![app.as_str(), now.as_microsecond()],
    )?;
    c.execute(
        "DELETE FROM counters WHERE app IN (
             SELECT app FROM counters WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC LIMIT -1 OFFSET ?1)",
        [i64::try_from(counters_max).unwrap_or(i64::MAX)],
    )?;
    let sql = "DELETE FROM revisions WHERE app = ?1 RETURNING source, backend, frontend";
    delete_returning(c, sql, params![app.as_str()])
}

fn delete_returning(
    c: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<ContentHash>, StoreError> {
    let mut statement = c.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut hashes = Vec::new();
    while let Some(row) = rows.next()? {
        for column in 0..3 {
            hashes.extend(row.get::<_, Option<String>>(column)?.as_deref().and_then(ContentHash::parse));
        }
    }
    drop(rows);
    hashes.sort_unstable();
    hashes.dedup();
    let mut garbage = Vec::new();
    for hash in hashes {
        if !is_referenced(c, hash)? {
            garbage.push(hash);
        }
    }
    Ok(garbage)
}

/// Whether any revision names an artifact.
pub(super) fn is_referenced(c: &Connection, hash: ContentHash) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM revisions WHERE source = ?1 OR backend = ?1 OR frontend = ?1 LIMIT 1";
    Ok(c.prepare_cached(sql)?.exists([hash.to_string()])?)
}

/// Puts another backend in a revision's place. Answers the artifact that nothing names any more, if any.
pub(super) fn replace_backend(
    c: &Connection,
    app: &AppName,
    revision: Revision,
    backend: BackendId,
) -> Result<Vec<ContentHash>, StoreError> {
    let Some(old) = get(c, app, revision)? else {
        return Err(StoreError::NoSuchRevision { app: app.clone(), revision });
    };
    let sql = "UPDATE revisions SET backend_kind = ?3, backend = ?4, engine = ?5
               WHERE app = ?1 AND revision = ?2";
    c.prepare_cached(sql)?.execute(params![
        app.as_str(),
        number(revision),
        kind(backend),
        backend.code.to_string(),
        backend.engine.map(|e| e.to_string()),
    ])?;
    let old = old.backend.map(|b| b.code).filter(|hash| *hash != backend.code);
    Ok(match old {
        Some(hash) if !is_referenced(c, hash)? => vec![hash],
        _ => Vec::new(),
    })
}

/// A revision that is not staged.
pub(super) fn get(
    c: &Connection,
    app: &AppName,
    revision: Revision,
) -> Result<Option<RevisionRow>, StoreError> {
    let sql = "SELECT hash, manifest, created_at, source, backend, engine, frontend_entry, frontend
               FROM revisions WHERE app = ?1 AND revision = ?2 AND staged = 0";
    let mut statement = c.prepare_cached(sql)?;
    let row = statement.query_row(params![app.as_str(), number(revision)], |row| Ok(read(row))).optional()?;
    row.transpose()
}

fn read(row: &Row<'_>) -> Result<RevisionRow, StoreError> {
    let frontend = optional_hash(row, 7)?;
    let entry: Option<String> = row.get(6)?;
    Ok(RevisionRow {
        hash: hash(row, 0)?,
        manifest: row.get(1)?,
        created_at: time(row, 2)?,
        source: hash(row, 3)?,
        backend: backend(row, 4)?,
        frontend: frontend.zip(entry).map(|(artifact, entry)| FrontendRow { artifact, entry }),
    })
}

/// A backend in two columns: its code and its engine.
fn backend(row: &Row<'_>, column: usize) -> Result<Option<BackendId>, StoreError> {
    let engine = optional_hash(row, column + 1)?;
    Ok(optional_hash(row, column)?.map(|code| BackendId { code, engine }))
}

/// The revisions of an app, newest first.
pub(super) fn list(c: &Connection, app: &AppName) -> Result<Vec<RevisionRecord>, StoreError> {
    let sql = "SELECT r.revision, r.hash, r.created_at, r.revision = a.active
               FROM revisions r JOIN apps a ON a.name = r.app
               WHERE r.app = ?1 AND r.staged = 0 ORDER BY r.revision DESC";
    let mut statement = c.prepare_cached(sql)?;
    let mut rows = statement.query([app.as_str()])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(RevisionRecord {
            revision: revision(row, 0)?,
            hash: hash(row, 1)?,
            created_at: time(row, 2)?,
            active: row.get(3)?,
        });
    }
    Ok(records)
}

/// Every app with its active revision, or the one app. One that cannot be read is told to the log and left out,
/// so that the others answer; what it keeps stays, and a deploy of it heals it.
pub(super) fn active(c: &Connection, app: Option<&AppName>) -> Result<Vec<AppRecord>, StoreError> {
    let sql = "SELECT a.name, a.active, r.hash, r.manifest, r.frontend_entry, a.created_at, r.created_at,
                   r.backend, r.engine
               FROM apps a JOIN revisions r ON r.app = a.name AND r.revision = a.active
               WHERE ?1 IS NULL OR a.name = ?1";
    let mut statement = c.prepare(sql)?;
    let mut rows = statement.query([app.map(AppName::as_str)])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        match record(row) {
            Ok(record) => records.push(record),
            Err(error) => tracing::error!(%error, "an app cannot be read and is left out"),
        }
    }
    Ok(records)
}

fn record(row: &Row<'_>) -> Result<AppRecord, StoreError> {
    let name: String = row.get(0)?;
    let manifest: String = row.get(3)?;
    let damaged = |reason: String| StoreError::damaged(format!("app {name:?}"), reason);
    Ok(AppRecord {
        name: AppName::parse(&name).map_err(|e| damaged(e.to_string()))?,
        revision: revision(row, 1)?,
        hash: hash(row, 2)?,
        manifest: serde_json::from_str::<Manifest>(&manifest).map_err(|e| damaged(e.to_string()))?,
        frontend_entry: row.get(4)?,
        created_at: time(row, 5)?,
        updated_at: time(row, 6)?,
        backend: backend(row, 7)?,
    })
}

/// The names of all apps, also of those that cannot be read.
pub(super) fn names(c: &Connection) -> Result<BTreeSet<String>, StoreError> {
    let mut statement = c.prepare("SELECT name FROM apps")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

pub(super) fn all_active(c: &Connection) -> Result<Vec<AppRecord>, StoreError> {
    active(c, None)
}

/// Revisions that a crash left between their migrations and their activation.
pub(super) fn staged(c: &Connection) -> Result<Vec<(AppName, Revision, ContentHash)>, StoreError> {
    let mut statement = c.prepare("SELECT app, revision, source FROM revisions WHERE staged = 1")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let app = AppName::parse(&name).map_err(|e| StoreError::damaged("the registry", e))?;
        found.push((app, revision(row, 1)?, hash(row, 2)?));
    }
    Ok(found)
}

fn number(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}

fn revision(row: &Row<'_>, column: usize) -> Result<Revision, StoreError> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map(Revision).map_err(|e| StoreError::damaged("a revision's number", e))
}

fn hash(row: &Row<'_>, column: usize) -> Result<ContentHash, StoreError> {
    optional_hash(row, column)?.ok_or_else(|| StoreError::damaged("a revision", "it lacks a hash"))
}

fn optional_hash(row: &Row<'_>, column: usize) -> Result<Option<ContentHash>, StoreError> {
    let Some(text) = row.get::<_, Option<String>>(column)? else { return Ok(None) };
    let parsed = ContentHash::parse(&text);
    parsed.map(Some).ok_or_else(|| StoreError::damaged("a revision", format!("{text:?} is no hash")))
}

fn time(row: &Row<'_>, column: usize) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|e| StoreError::damaged("a time", e))
}
