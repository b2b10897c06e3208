//! Keeps notes. Every call runs in a fresh sandbox: what is to last goes into `kv`, never into a static.

use atoll_sdk::{Error, Request, Response, bus, kv, now_ms};
use serde::{Deserialize, Serialize};

atoll_sdk::http_app!(fetch);

#[derive(Deserialize, Serialize)]
struct Note {
    text: String,
    #[serde(default)]
    added_at_ms: u64,
}

fn fetch(request: Request) -> Result<Response, Error> {
    match (request.method(), request.path()) {
        ("GET", "/notes") => list(),
        ("POST", "/notes") => add(&request),
        _ => Ok(Response::not_found()),
    }
}

fn list() -> Result<Response, Error> {
    let mut notes = Vec::new();
    for key in kv::list("note:", None, 100)?.keys {
        notes.extend(kv::get_json::<Note>(&key)?);
    }
    Response::json(&serde_json::json!({ "notes": notes }))
}

fn add(request: &Request) -> Result<Response, Error> {
    let Ok(mut note) = request.json::<Note>() else {
        return Ok(Response::bad_request("send {\"text\": \"…\"}"));
    };
    note.added_at_ms = now_ms();
    kv::put_json(&format!("note:{}:{}", note.added_at_ms, note.text), &note)?;
    bus::publish("{{name}}.note-added", &note)?;
    Ok(Response::json(&note)?.with_status(201))
}
