//! A guest book: a Rust backend with the same state, events, limits and log as any other app of Atoll.

use atoll_sdk::{CapabilityError, Error, IntoResponse, Json, Request, Response, bus, clock, config, kv, log};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const NAME_BYTES_MAX: usize = 200;

#[derive(Deserialize, Serialize)]
struct Guest {
    name: String,
    #[serde(default)]
    signed_at_ms: u64,
}

#[atoll_sdk::main]
fn fetch(mut request: Request) -> Result<Response, Error> {
    match (request.method(), request.path()) {
        ("GET", "/") => greet(&request).into_response(),
        ("GET", "/guests") => guests().into_response(),
        ("POST", "/guests") => sign(request.json()?).into_response(),
        _ => Ok(Response::not_found()),
    }
}

fn greet(request: &Request) -> Json<Value> {
    let greeting = config::get("GREETING").unwrap_or_else(|| "Hi".into());
    let name = request.query("name").unwrap_or_else(|| "world".into());
    Json(json!({ "message": format!("{greeting}, {name}!") }))
}

fn guests() -> Result<Json<Vec<Guest>>, CapabilityError> {
    let mut guests = Vec::new();
    for key in kv::list("guest:").page_size(100).take(100) {
        guests.extend(kv::get_json::<Guest>(&key?.name)?);
    }
    Ok(Json(guests))
}

fn sign(mut guest: Guest) -> Result<(u16, Json<Guest>), Error> {
    // The name is part of a key, and a key has at most 512 bytes.
    if guest.name.trim().is_empty() || guest.name.len() > NAME_BYTES_MAX {
        return Err(Error::bad_request(format!("a name has 1 to {NAME_BYTES_MAX} bytes")));
    }
    guest.signed_at_ms = clock::now_ms();
    kv::put_json(&format!("guest:{}", guest.name), &guest)?;
    bus::publish("guest.signed", &guest)?;
    log::info!("{} signed", guest.name);
    Ok((201, Json(guest)))
}

#[cfg(test)]
mod tests {
    use atoll_sdk::testing::TestHost;

    use super::*;

    #[test]
    fn a_guest_who_signed_is_in_the_book_and_on_the_bus() {
        let host = TestHost::new();
        let ada = Request::new("POST", "/guests").with_json(&json!({ "name": "Ada" }));
        assert_eq!(host.fetch(fetch, ada).status, 201);
        let book: Vec<Value> = host.fetch(fetch, Request::new("GET", "/guests")).json();
        assert_eq!(book[0]["name"], "Ada");
        assert_eq!(host.published()[0].event_type, "guest.signed");
    }

    #[test]
    fn a_name_that_is_none_or_too_long_is_refused() {
        let host = TestHost::new();
        for (name, status) in
            [("".to_owned(), 400), (" ".into(), 400), ("x".repeat(201), 400), ("x".repeat(200), 201)]
        {
            let request = Request::new("POST", "/guests").with_json(&json!({ "name": name }));
            assert_eq!(host.fetch(fetch, request).status, status, "{name:?}");
        }
    }

    #[test]
    fn who_sends_nonsense_is_told_what_is_wrong() {
        let host = TestHost::new();
        let answer = host.fetch(fetch, Request::new("POST", "/guests").with_body(b"nonsense".to_vec()));
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains("the body is not as expected"), "{}", answer.text());
    }
}
