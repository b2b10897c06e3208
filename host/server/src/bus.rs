//! `GET /api/v1/bus`: the canvas's WebSocket.
//!
//! Server → client, JSON texts: `hello` (the place in the log), `event`, `app` (deployed, deleted), `layout`,
//! `dropped` (with a reason, before the server closes). Client → server: `subscribe` with patterns and a
//! place to start after; a later one takes the earlier one's place.
//!
//! A reader that does not keep up is dropped with a reason: it asks again, with the sequence it saw last.

use std::{pin::Pin, time::Duration};

use atoll::{Change, Event, Lagged};
use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    response::Response,
};
use futures::{Stream, StreamExt as _, stream::BoxStream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{events, json_body, layout, problem::Problem, state::ServerState};

/// A message from a client.
const MESSAGE_BYTES_MAX: usize = 64 << 10;
/// How often a silent client is asked whether it is there; one that says nothing for two rounds is not.
const PING: Duration = Duration::from_secs(20);

/// Upgrades to a WebSocket.
pub(crate) async fn connect(
    State(state): State<ServerState>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| {
        Problem::new(426, "websocket-only", "WebSocket only").detail(rejection.body_text())
    })?;
    let place = state.stream_place()?;
    let tasks = state.tasks().clone();
    Ok(upgrade
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .on_upgrade(move |socket| tasks.track_future(Session::run(socket, state, place))))
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum ServerMessage {
    Hello { sequence: u64 },
    Event { event: Value },
    App(Change),
    Layout { layout: Value },
    Dropped { reason: String },
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum ClientMessage {
    Subscribe {
        types: Vec<String>,
        #[serde(default)]
        after: Option<u64>,
    },
}

/// Why a session ends.
enum End {
    /// The client closed, or is gone.
    Gone,
    /// The server ends it, with a reason for the client.
    Dropped(String),
}

type Events = Pin<Box<dyn Stream<Item = Result<Event, Lagged>> + Send>>;

struct Session {
    socket: WebSocket,
    state: ServerState,
    events: Events,
    /// Rounds of pings since the client was last heard.
    silent_rounds: u32,
    _place: OwnedSemaphorePermit,
}

impl Session {
    async fn run(socket: WebSocket, state: ServerState, place: OwnedSemaphorePermit) {
        // Subscribed to first, so that no change between here and the loop is missed.
        let changes = state.host().changes();
        let events = Box::pin(futures::stream::pending());
        let mut session = Self { socket, state, events, silent_rounds: 0, _place: place };
        let end = match session.serve(changes).await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        if let End::Dropped(reason) = end {
            // As good as it goes: the reader may be gone.
            let _ = session.send(&ServerMessage::Dropped { reason: reason.clone() }).await;
            let frame =
                CloseFrame { code: close_code::AWAY, reason: close_reason(&reason).to_owned().into() };
            let _ = timeout(session.state.idle(), session.socket.send(Message::Close(Some(frame)))).await;
        }
    }

    async fn serve(
        &mut self,
        mut changes: BoxStream<'static, Change>,
    ) -> Result<std::convert::Infallible, End> {
        let sequence = self.state.host().last_sequence();
        self.send(&ServerMessage::Hello { sequence }).await?;
        let closing = self.state.closing().clone();
        let mut ping = interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        loop {
            tokio::select! {
                () = closing.cancelled() => return Err(End::Dropped("the server is shutting down".into())),
                message = self.socket.recv() => self.heard(message).await?,
                Some(change) = changes.next() => self.tell(change).await?,
                event = self.events.next() => self.pass_on(event).await?,
                _ = ping.tick() => self.ping().await?,
            }
        }
    }

    async fn heard(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.silent_rounds = 0;
        match message {
            None | Some(Err(_) | Ok(Message::Close(_))) => Err(End::Gone),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Binary(_))) => Err(End::Dropped("messages are JSON texts".into())),
            Some(Ok(Message::Text(text))) => self.subscribe(text.as_bytes()),
        }
    }

    fn subscribe(&mut self, text: &[u8]) -> Result<(), End> {
        let dropped = |problem: Problem| End::Dropped(problem.into_detail());
        let depth_max = self.state.limits().json_depth_max;
        let ClientMessage::Subscribe { types, after } = json_body::parse(text, depth_max).map_err(dropped)?;
        let patterns = events::patterns(types.iter().map(String::as_str)).map_err(dropped)?;
        self.events = self.state.host().follow(patterns, after);
        Ok(())
    }

    async fn pass_on(&mut self, event: Option<Result<Event, Lagged>>) -> Result<(), End> {
        match event {
            Some(Ok(event)) => self.send(&ServerMessage::Event { event: event.to_cloud_event(0) }).await,
            Some(Err(lagged)) => Err(End::Dropped(lagged.to_string())),
            None => Err(End::Dropped("the event stream ended".into())),
        }
    }

    async fn tell(&mut self, change: Change) -> Result<(), End> {
        let message = match change {
            Change::Layout => {
                let layout = layout::current(&self.state).await;
                ServerMessage::Layout {
                    layout: layout.map_err(|problem| End::Dropped(problem.into_detail()))?,
                }
            }
            change => ServerMessage::App(change),
        };
        self.send(&message).await
    }

    async fn ping(&mut self) -> Result<(), End> {
        self.silent_rounds += 1;
        if self.silent_rounds > 2 {
            return Err(End::Gone);
        }
        self.write(Message::Ping(Vec::new().into())).await
    }

    async fn send(&mut self, message: &ServerMessage) -> Result<(), End> {
        let Ok(text) = serde_json::to_string(message) else { return Ok(()) };
        self.write(Message::Text(text.into())).await
    }

    async fn write(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.state.idle(), self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

/// As much of a reason as a close frame holds: a longer one is no frame, and the client would see none.
fn close_reason(reason: &str) -> &str {
    /// RFC 6455 §5.5: a control frame has at most 125 bytes, two of which are the code.
    const REASON_BYTES_MAX: usize = 123;
    reason.get(..reason.floor_char_boundary(REASON_BYTES_MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use atoll::{AppName, Revision};

    use super::*;

    #[test]
    fn messages_have_the_shapes_of_the_contract() {
        let json = |message: &ServerMessage| serde_json::to_value(message).unwrap();
        assert_eq!(
            json(&ServerMessage::Hello { sequence: 7 }),
            serde_json::json!({"kind": "hello", "sequence": 7})
        );
        let deployed = Change::Deployed { app: AppName::parse("todo").unwrap(), revision: Revision(2) };
        assert_eq!(
            json(&ServerMessage::App(deployed)),
            serde_json::json!({"kind": "app", "change": "deployed", "app": "todo", "revision": 2})
        );
        let deleted = Change::Deleted { app: AppName::parse("todo").unwrap() };
        assert_eq!(
            json(&ServerMessage::App(deleted)),
            serde_json::json!({"kind": "app", "change": "deleted", "app": "todo"})
        );
    }

    #[test]
    fn a_reason_fits_its_close_frame_in_any_script() {
        assert_eq!(close_reason("short"), "short");
        for reason in ["x".repeat(500), "é".repeat(200), "🏝".repeat(60)] {
            let cut = close_reason(&reason);
            assert!((120..=123).contains(&cut.len()) && reason.starts_with(cut), "{}", cut.len());
        }
    }
}
