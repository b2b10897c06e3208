//! Reading server-sent events, coming back where the connection was lost.

use std::time::Duration;

use futures::{StreamExt as _, stream::BoxStream};
use reqwest::Method;

use crate::{client::Client, error::CliError};

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerEvent {
    /// `message` when the server gave no name.
    pub(crate) name: String,
    /// The data, lines joined.
    pub(crate) data: String,
}

/// A stream of events that survives lost connections.
pub(crate) struct Events {
    client: Client,
    path: String,
    parser: Parser,
    body: Option<BoxStream<'static, reqwest::Result<atoll::Bytes>>>,
    failures: u32,
}

/// Attempts to connect again before giving up.
const FAILURES_MAX: u32 = 5;
const PAUSE: Duration = Duration::from_millis(300);
/// An event longer than this is not one of ours.
const EVENT_BYTES_MAX: usize = 16 << 20;

impl Events {
    /// Opens a stream. Fails at once when the server refuses.
    pub(crate) async fn open(client: &Client, path: impl Into<String>) -> Result<Self, CliError> {
        let mut events = Self {
            client: client.clone(),
            path: path.into(),
            parser: Parser::default(),
            body: None,
            failures: 0,
        };
        events.connect().await?;
        Ok(events)
    }

    async fn connect(&mut self) -> Result<(), CliError> {
        let mut request = self.client.request(Method::GET, &self.path).header("accept", "text/event-stream");
        if let Some(id) = &self.parser.last_id {
            request = request.header("last-event-id", id);
        }
        let response = self.client.send(request).await?;
        self.parser.reset();
        self.body = Some(response.bytes_stream().boxed());
        Ok(())
    }

    /// The next event; `None` when the server ended the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<ServerEvent>, CliError> {
        loop {
            if let Some(event) = self.parser.next_event()? {
                self.failures = 0;
                return Ok(Some(event));
            }
            let Some(body) = &mut self.body else {
                self.reconnect().await?;
                continue;
            };
            match body.next().await {
                Some(Ok(bytes)) => self.parser.push(&bytes),
                None => return Ok(None),
                Some(Err(_)) => self.body = None,
            }
        }
    }

    async fn reconnect(&mut self) -> Result<(), CliError> {
        tokio::time::sleep(PAUSE * (1 << self.failures)).await;
        self.failures += 1;
        match self.connect().await {
            Err(CliError::Unreachable { .. }) if self.failures < FAILURES_MAX => Ok(()),
            other => other,
        }
    }
}

/// Cuts a byte stream into events (HTML standard §9.2.6).
#[derive(Debug, Default)]
struct Parser {
    buffer: Vec<u8>,
    event: ServerEvent,
    has_data: bool,
    last_id: Option<String>,
}

impl Parser {
    /// What was half read before a connection broke is no event.
    fn reset(&mut self) {
        self.buffer.clear();
        self.event = ServerEvent::default();
        self.has_data = false;
    }

    fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn next_event(&mut self) -> Result<Option<ServerEvent>, CliError> {
        while let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.buffer.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                let has_data = std::mem::take(&mut self.has_data);
                let mut event = std::mem::take(&mut self.event);
                if has_data {
                    if event.name.is_empty() {
                        event.name.push_str("message");
                    }
                    return Ok(Some(event));
                }
                continue;
            }
            self.field(line);
        }
        if self.buffer.len() + self.event.data.len() > EVENT_BYTES_MAX {
            return Err(CliError::Failed("the server sent an event that is too long".into()));
        }
        Ok(None)
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "id" => self.last_id = Some(value.to_owned()),
            // A comment, or a field we have no use for.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_whatever_the_pieces() {
        let text = ": hello\n\nid: 7\nevent: state\ndata: {\"a\":1}\ndata: x\n\ndata:y\r\n\r\nid: 9\n\n";
        for size in 1..text.len() {
            let mut parser = Parser::default();
            let mut events = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                parser.push(piece);
                while let Some(event) = parser.next_event().unwrap() {
                    events.push((event.name, event.data));
                }
            }
            let expected = [("state", "{\"a\":1}\nx"), ("message", "y")];
            assert_eq!(events, expected.map(|(name, data)| (name.to_owned(), data.to_owned())));
            assert_eq!(parser.last_id.as_deref(), Some("9"));
        }
    }
}
