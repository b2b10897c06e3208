//! The table of notes, and what is told of it.

use atoll_sdk::{
    CapabilityError, Error, bus, clock, kv, random,
    sql::{self, Statement, params},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::summary;

const TEXT_CHARS_MAX: usize = 10_000;

/// A note.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Note {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) tags: Vec<String>,
    pub(crate) pinned: bool,
    pub(crate) added_at_ms: i64,
}

/// A note as callers send it.
#[derive(Debug, Deserialize)]
pub(crate) struct NewNote {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
}

/// Which notes, in the query.
#[derive(Debug, Deserialize)]
pub(crate) struct Search {
    q: Option<String>,
    limit: Option<u32>,
}

impl Search {
    pub(crate) fn newest(limit: u32) -> Self {
        Self { q: None, limit: Some(limit) }
    }
}

const COLUMNS: &str = "id, text, tags, pinned, added_at_ms";

pub(crate) fn find(search: &Search) -> Result<Vec<Note>, CapabilityError> {
    let limit = search.limit.unwrap_or(50).min(500);
    sql::all(
        &format!(
            "SELECT {COLUMNS} FROM notes WHERE ?1 IS NULL OR instr(lower(text), lower(?1)) > 0
             ORDER BY pinned DESC, added_at_ms DESC, id LIMIT ?2"
        ),
        params![search.q.as_deref(), limit],
    )
}

/// At most so many notes, by their ids, after one of them: how all of them are gone through.
pub(crate) fn after(id: &str, limit: u32) -> Result<Vec<Note>, CapabilityError> {
    let sql = format!("SELECT {COLUMNS} FROM notes WHERE id > ?1 ORDER BY id LIMIT ?2");
    sql::all(&sql, params![id, limit])
}

pub(crate) fn get(id: &str) -> Result<Option<Note>, CapabilityError> {
    sql::first(&format!("SELECT {COLUMNS} FROM notes WHERE id = ?1"), params![id])
}

pub(crate) fn add(new: NewNote) -> Result<Note, Error> {
    check(&new)?;
    let NewNote { text, tags } = new;
    let added_at_ms = i64::try_from(clock::now_ms())?;
    let note = Note { id: random::uuid(), text, tags, pinned: false, added_at_ms };
    insert(std::slice::from_ref(&note))?;
    bus::publish_once(&note.id, "note.added", &note)?;
    Ok(note)
}

/// Adds a note unless there is one of that id.
pub(crate) fn add_once(id: &str, new: &NewNote) -> Result<(), CapabilityError> {
    let sql =
        "INSERT INTO notes (id, text, tags, added_at_ms) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING";
    let tags = json!(new.tags).to_string();
    sql::execute(sql, params![id, &new.text, tags, clock::now_ms() as i64])?;
    Ok(())
}

pub(crate) fn check(new: &NewNote) -> Result<(), Error> {
    let chars = new.text.chars().count();
    if new.text.trim().is_empty() || chars > TEXT_CHARS_MAX {
        return Err(Error::bad_request(format!(
            "a note has 1 to {TEXT_CHARS_MAX} characters; this one has {chars}"
        )));
    }
    Ok(())
}

/// All of them, or none.
pub(crate) fn insert(notes: &[Note]) -> Result<(), CapabilityError> {
    let insert = |note: &Note| -> Statement {
        let sql = "INSERT INTO notes (id, text, tags, pinned, added_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
        let tags = json!(note.tags).to_string();
        sql::statement(sql, params![&note.id, &note.text, tags, note.pinned, note.added_at_ms])
    };
    let statements: Vec<Statement> = notes.iter().map(insert).collect();
    sql::batch(&statements).map(drop)
}

pub(crate) fn pin(mut note: Note, pinned: bool) -> Result<Note, CapabilityError> {
    sql::execute("UPDATE notes SET pinned = ?1 WHERE id = ?2", params![pinned, &note.id])?;
    note.pinned = pinned;
    Ok(note)
}

pub(crate) fn remove(note: Note) -> Result<(), CapabilityError> {
    sql::execute("DELETE FROM notes WHERE id = ?1", params![&note.id])?;
    kv::delete(&summary::cache_key(&note.id))
}
