//! Notes: a Rust backend that uses what Atoll has. Rows in SQL, a cache in the key-value store, events out and in,
//! requests to a service elsewhere (several at a time, with a secret), bodies that stream both ways, and work after
//! the response.
//!
//! What flows: `lib.rs` is the ways in; `notes.rs` the table; `summary.rs` the service; `transfer.rs` bulk in and out.

mod notes;
mod summary;
#[cfg(test)]
mod tests;
mod transfer;

use atoll_sdk::{CapabilityError, Error, Event, IntoResponse, Json, Outcome, Request, Response, wait_until};
use serde::Deserialize;
use serde_json::json;

use notes::{NewNote, Note};

#[atoll_sdk::main]
async fn answer(mut request: Request) -> Result<Response, Error> {
    match (request.method(), &request.segments()[..]) {
        ("GET", ["notes"]) => Json(notes::find(&request.query_as()?)?).into_response(),
        ("POST", ["notes"]) => add(request.json()?).into_response(),
        ("GET", ["notes", id]) => Json(known(id)?).into_response(),
        ("PATCH", ["notes", id]) => {
            let note = known(id)?;
            let change: Change = request.json()?;
            Json(notes::pin(note, change.pinned)?).into_response()
        }
        ("DELETE", ["notes", id]) => notes::remove(known(id)?).into_response(),
        ("GET", ["notes", id, "summary"]) => {
            let summary = summary::of(&known(id)?).await?;
            Json(json!({ "summary": summary })).into_response()
        }
        ("GET", ["digest"]) => Json(summary::digest().await?).into_response(),
        ("GET", ["export"]) => Ok(transfer::export()),
        ("POST", ["import"]) => {
            Json(json!({ "added": transfer::import(request.body_mut()).await? })).into_response()
        }
        _ => Err(Error::not_found("there is nothing here")),
    }
}

#[derive(Deserialize)]
struct Change {
    pinned: bool,
}

fn known(id: &str) -> Result<Note, Error> {
    notes::get(id)?.ok_or_else(|| Error::not_found(format!("there is no note {id}")))
}

/// The caller need not wait for the summary, which is in the cache when somebody asks.
fn add(new: NewNote) -> Result<(u16, Json<Note>), Error> {
    let note = notes::add(new)?;
    let copy = note.clone();
    wait_until(async move { summary::of(&copy).await });
    Ok((201, Json(note)))
}

/// What the todo app publishes, as far as it matters here.
#[derive(Deserialize)]
struct Todo {
    title: String,
}

/// A todo is a note, too. An event may be delivered more than once: its id is the note's.
#[atoll_sdk::event]
fn on_todo(event: Event<Todo>) -> Result<Outcome, CapabilityError> {
    if event.data().title.trim().is_empty() {
        return Ok(Outcome::Reject("a todo without a title is no note".into()));
    }
    let note = NewNote { text: event.data().title.clone(), tags: vec!["todo".into()] };
    notes::add_once(&format!("todo-{}", event.id()), &note)?;
    Ok(Outcome::Done)
}
