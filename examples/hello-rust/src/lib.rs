//! A guest book: a Rust backend with the same state, events, limits and log as any other app of Atoll.

use atoll_sdk::{Error, Request, Response, bus, kv, log, now_ms, variable};
use serde::{Deserialize, Serialize};

atoll_sdk::http_app!(fetch);

#[derive(Deserialize, Serialize)]
struct Guest {
    name: String,
    #[serde(default)]
    signed_at_ms: u64,
}

fn fetch(request: Request) -> Result<Response, Error> {
    match (request.method(), request.path()) {
        ("GET", "/") => greet(&request),
        ("GET", "/guests") => guests(),
        ("POST", "/guests") => sign(&request),
        _ => Ok(Response::not_found()),
    }
}

fn greet(request: &Request) -> Result<Response, Error> {
    let greeting = variable("GREETING").unwrap_or_else(|| "Hi".into());
    let name = request.query("name").unwrap_or_else(|| "world".into());
    Response::json(&serde_json::json!({ "message": format!("{greeting}, {name}!") }))
}

/// The first thousand guests, by name: one page of the store.
fn guests() -> Result<Response, Error> {
    let mut guests = Vec::new();
    for key in kv::list("guest:", None, 1000)?.keys {
        guests.extend(kv::get_json::<Guest>(&key)?);
    }
    Response::json(&guests)
}

fn sign(request: &Request) -> Result<Response, Error> {
    let Ok(mut guest) = request.json::<Guest>() else {
        return Ok(Response::bad_request("send {\"name\": \"…\"}"));
    };
    // The name is part of a key, and a key has at most 512 bytes.
    if guest.name.trim().is_empty() || guest.name.len() > 200 {
        return Ok(Response::bad_request("a name has 1 to 200 bytes"));
    }
    guest.signed_at_ms = now_ms();
    kv::put_json(&format!("guest:{}", guest.name), &guest)?;
    bus::publish("guest.signed", &guest)?;
    log::info(format!("{} signed", guest.name));
    Ok(Response::json(&guest)?.with_status(201))
}
