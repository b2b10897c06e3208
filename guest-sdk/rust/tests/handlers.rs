//! Handlers as apps write them, called the way a host calls them.

use atoll_sdk::{
    CapabilityError, Error, Event, Html, IntoOutcome, IntoResponse, Json, Outcome, Request, Response, Tick,
    config, log, sleep, testing::TestHost,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Deserialize, Serialize, PartialEq)]
struct Note {
    text: String,
}

#[atoll_sdk::main]
async fn answer(mut request: Request) -> Result<Response, Error> {
    match (request.method(), &request.segments()[..]) {
        ("GET", ["text"]) => "text".into_response(),
        ("GET", ["page"]) => Html("<p>").into_response(),
        ("GET", ["nothing"]) => ().into_response(),
        ("POST", ["notes"]) => (201, Json(request.json::<Note>()?)).into_response(),
        ("GET", ["notes", id]) => Err(Error::not_found(format!("no note {id}"))),
        ("GET", ["secret"]) => config::secret("KEY")?.expose().into_response(),
        ("GET", ["odd"]) => Err(Error::new("the disk is odd")),
        _ => Ok(Response::not_found()),
    }
}

fn get(path: &str) -> Request {
    Request::new("GET", path)
}

#[test]
fn what_a_handler_returns_becomes_a_response() {
    let host = TestHost::new();
    let text = host.fetch(answer, get("/text"));
    assert_eq!((text.status, text.text()), (200, "text"));
    assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(host.fetch(answer, get("/page")).header("Content-Type"), Some("text/html; charset=utf-8"));
    assert_eq!(host.fetch(answer, get("/nothing")).status, 204);
    let note = Note { text: "milk".into() };
    let created = host.fetch(answer, Request::new("POST", "/notes").with_json(&note));
    assert_eq!((created.status, created.json::<Note>()), (201, note));
    assert_eq!(host.fetch(answer, get("/elsewhere")).status, 404);
}

#[test]
fn an_error_with_a_status_is_told_and_any_other_is_kept() {
    let host = TestHost::new();
    let missing = host.fetch(answer, get("/notes/7"));
    assert_eq!((missing.status, missing.text()), (404, "{\"error\":\"no note 7\"}"));
    let wrong = host.fetch(answer, Request::new("POST", "/notes").with_body(b"{}".to_vec()));
    assert!(wrong.status == 400 && wrong.text().contains("`text`"), "{}", wrong.text());
    let odd = host.fetch(answer, get("/odd"));
    assert_eq!((odd.status, odd.text()), (500, ""));
    assert_eq!(odd.error.unwrap().to_string(), "the disk is odd");
}

#[test]
fn a_secret_is_read_by_its_name_and_does_not_show_itself() {
    let host = TestHost::new();
    let unset = host.fetch(answer, get("/secret")).error.unwrap().to_string();
    assert!(unset.contains("KEY") && unset.contains("the host has no value for it"), "{unset}");
    host.set("KEY", "s3cret");
    assert_eq!(host.fetch(answer, get("/secret")).text(), "s3cret");
    assert_eq!(format!("{:?}", config::secret("KEY").unwrap()), "Secret(…)");
    assert!(config::require("KEY").is_ok() && config::require("OTHER").is_err());
}

#[test]
fn a_handler_may_be_a_plain_function_and_read_a_body_that_comes_bit_by_bit() {
    fn length(mut request: Request) -> Result<String, CapabilityError> {
        Ok(request.bytes()?.len().to_string())
    }
    let host = TestHost::new();
    let body = host.streamed_body(["abc", "", "de"]);
    assert_eq!(host.fetch(length, Request::new("PUT", "/").with_body(body)).text(), "5");
}

#[atoll_sdk::event]
fn on_note(event: Event<Note>) -> Result<Outcome, CapabilityError> {
    log::info!("{} from {}, attempt {}", event.data().text, event.source(), event.attempt());
    match event.data().text.as_str() {
        "never" => Ok(Outcome::Reject("never".into())),
        "later" => Err(CapabilityError::Unavailable("the disk is full".into())),
        _ => Ok(Outcome::Done),
    }
}

#[test]
fn an_event_is_done_tried_again_or_rejected() {
    let host = TestHost::new();
    let deliver = |data| host.deliver(on_note, Event::new("todo", "todo.created", data));
    assert_eq!(deliver(json!({ "text": "milk" })), Outcome::Done);
    assert_eq!(deliver(json!({ "text": "later" })), Outcome::Retry("the disk is full".into()));
    assert_eq!(deliver(json!({ "text": "never" })), Outcome::Reject("never".into()));
    let Outcome::Reject(reason) = deliver(json!({ "title": "milk" })) else { panic!("it was not rejected") };
    assert!(reason.contains("`text`"), "{reason}");
    assert_eq!(host.logged()[0].1, "milk from /apps/todo, attempt 1");
    assert_eq!(host.logged().len(), 3);
}

#[test]
fn an_event_handler_may_be_async_take_any_data_and_use_an_outcome_as_its_error() {
    async fn handle(event: Event) -> Result<(), Outcome> {
        let note: Event<Note> = event.parse().map_err(|error| Outcome::Reject(error.to_string()))?;
        if note.data().text.is_empty() { Err(Error::new("empty"))? } else { Ok(()) }
    }
    let host = TestHost::new();
    let deliver = |data| host.deliver(handle, Event::new("todo", "todo.created", data));
    assert_eq!(deliver(json!({ "text": "x" })), Outcome::Done);
    assert_eq!(deliver(json!({ "text": "" })), Outcome::Retry("empty".into()));
    assert!(matches!(deliver(json!(3)), Outcome::Reject(_)));
    assert_eq!(().into_outcome(), Outcome::Done);
}

#[atoll_sdk::scheduled]
async fn tidy(tick: Tick) -> Result<(), Error> {
    sleep(std::time::Duration::from_millis(1)).await;
    log::info!("{} at {}", tick.cron(), tick.scheduled_time_ms());
    config::secret("KEY").map(|_| ())
}

#[test]
fn a_scheduled_run_ends_well_or_with_an_error() {
    let host = TestHost::new();
    let error = host.run_scheduled(tidy, Tick::new("@daily", 1e12)).unwrap_err();
    assert!(error.to_string().contains("KEY"), "{error}");
    host.set("KEY", "value");
    host.run_scheduled(tidy, Tick::new("@daily", 1e12)).unwrap();
    assert_eq!(host.logged()[0].1, "@daily at 1000000000000");
    host.run_scheduled(|_: Tick| (), Tick::new("@weekly", 0.0)).unwrap();
}
