//! Keeps notes. Every call runs in a fresh sandbox: what is to last goes into `kv`, never into a static.

use atoll_sdk::{CapabilityError, Error, IntoResponse, Json, Request, Response, bus, clock, kv};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Note {
    text: String,
    #[serde(default)]
    added_at_ms: u64,
}

#[atoll_sdk::main]
fn answer(mut request: Request) -> Result<Response, Error> {
    match (request.method(), request.path()) {
        ("GET", "/notes") => list().into_response(),
        ("POST", "/notes") => add(request.json()?).into_response(),
        _ => Ok(Response::not_found()),
    }
}

fn list() -> Result<Json<serde_json::Value>, CapabilityError> {
    let mut notes = Vec::new();
    for key in kv::list("note:").page_size(100).take(100) {
        notes.extend(kv::get_json::<Note>(&key?.name)?);
    }
    Ok(Json(serde_json::json!({ "notes": notes })))
}

fn add(mut note: Note) -> Result<(u16, Json<Note>), CapabilityError> {
    note.added_at_ms = clock::now_ms();
    kv::put_json(&format!("note:{}:{}", note.added_at_ms, note.text), &note)?;
    bus::publish("{{name}}.note-added", &note)?;
    Ok((201, Json(note)))
}

#[cfg(test)]
mod tests {
    use atoll_sdk::testing::TestHost;

    use super::*;

    #[test]
    fn a_note_that_was_added_is_there_and_the_bus_knows_it() {
        let host = TestHost::new();
        let milk = Request::new("POST", "/notes").with_json(&serde_json::json!({ "text": "milk" }));
        assert_eq!(host.fetch(answer, milk).status, 201);
        let notes: serde_json::Value = host.fetch(answer, Request::new("GET", "/notes")).json();
        assert_eq!(notes["notes"][0]["text"], "milk");
        assert_eq!(host.published()[0].event_type, "{{name}}.note-added");
    }
}
