//! What takes time, on a clock that is moved on by waiting: operations, streams, and a network with one origin
//! whose answers go by the path.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use super::Host;
use super::bindings::atoll::app::{http_client, http_responder, operations, streams, types::Error};

/// What a body that is read does next.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Data(Vec<u8>),
    /// Nothing for some milliseconds.
    Wait(u64),
    Break,
}

/// A stream by its number.
#[derive(Clone, Debug)]
enum Stream {
    Read { pieces: VecDeque<Piece>, waits: Option<u32> },
    Write(Sink),
}

/// What was written to a stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sink {
    /// Each write by itself.
    pub(crate) writes: Vec<Vec<u8>>,
    pub(crate) finished: bool,
    pub(crate) aborted: bool,
    behind: Option<u32>,
}

impl Sink {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.writes.concat()).unwrap()
    }
}

#[derive(Clone, Debug)]
enum Operation {
    /// Done at this time.
    At(Duration),
    /// A response, there at this time.
    Response(Duration, Box<Sent>),
}

/// A request that went out.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) redirect: http_client::Redirect,
    /// The stream of a body that is written afterwards.
    upload: Option<u32>,
}

/// The head of a response, and the number of the stream for its body.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    stream: u32,
}

/// The state of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    pub(crate) slept: Duration,
    /// Each wait: how many operations, and the timeout in milliseconds.
    pub(crate) waits: Vec<(usize, Option<u64>)>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) cancelled: usize,
    /// What went through `http-responder`.
    pub(crate) head: Option<Head>,
    /// From how many writes on the client of the response has gone.
    pub(crate) client_leaves_after: Option<usize>,
    operations: BTreeMap<u32, Operation>,
    streams: BTreeMap<u32, Stream>,
    last: u32,
}

/// How long the other side takes for what was written to it.
const DRAIN: Duration = Duration::from_millis(10);

impl Network {
    fn number(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// A body that comes piece by piece.
    pub(crate) fn incoming(&mut self, pieces: impl IntoIterator<Item = Piece>) -> u32 {
        let number = self.number();
        self.streams.insert(number, Stream::Read { pieces: pieces.into_iter().collect(), waits: None });
        number
    }

    fn outgoing(&mut self) -> u32 {
        let number = self.number();
        self.streams.insert(number, Stream::Write(Sink::default()));
        number
    }

    fn after(&mut self, wait: Duration) -> u32 {
        let number = self.number();
        self.operations.insert(number, Operation::At(self.slept + wait));
        number
    }

    /// What the response's body was, as far as it was written.
    pub(crate) fn response_body(&self) -> &Sink {
        self.sink(self.head.as_ref().unwrap().stream)
    }

    fn sink(&self, number: u32) -> &Sink {
        match &self.streams[&number] {
            Stream::Write(sink) => sink,
            Stream::Read { .. } => panic!("stream {number} is read"),
        }
    }

    fn is_done(&self, number: u32) -> wasmtime::Result<bool> {
        match self.operations.get(&number) {
            Some(Operation::At(time) | Operation::Response(time, _)) => Ok(*time <= self.slept),
            None => Err(wasmtime::Error::msg(format!("{number} is no operation"))),
        }
    }

    fn take(&mut self, number: u32) -> wasmtime::Result<Operation> {
        if !self.is_done(number)? {
            return Err(wasmtime::Error::msg(format!("operation {number} is not done")));
        }
        Ok(self.operations.remove(&number).unwrap())
    }
}

impl operations::Host for Host {
    async fn wait(&mut self, list: Vec<u32>, timeout_ns: Option<u64>) -> wasmtime::Result<Vec<u32>> {
        let mut network = self.network.lock().unwrap();
        network.waits.push((list.len(), timeout_ns.map(|ns| ns / 1_000_000)));
        let mut next = timeout_ns.map(|ns| network.slept + Duration::from_nanos(ns));
        for number in &list {
            network.is_done(*number)?;
            let (Operation::At(time) | Operation::Response(time, _)) = network.operations[number];
            next = Some(next.map_or(time, |next| next.min(time)));
        }
        let next = next.ok_or_else(|| wasmtime::Error::msg("waits for nothing, for ever"))?;
        network.slept = network.slept.max(next);
        Ok(list.into_iter().filter(|number| network.is_done(*number).unwrap()).collect())
    }

    fn cancel(&mut self, number: u32) -> wasmtime::Result<()> {
        let mut network = self.network.lock().unwrap();
        network.cancelled += 1;
        match network.operations.remove(&number) {
            Some(_) => Ok(()),
            None => Err(wasmtime::Error::msg(format!("{number} is no operation to cancel"))),
        }
    }
}

impl streams::Host for Host {
    fn read(&mut self, number: u32, max_bytes: u32) -> wasmtime::Result<Result<streams::Chunk, Error>> {
        let mut network = self.network.lock().unwrap();
        let waited = match network.streams.get_mut(&number) {
            Some(Stream::Read { waits, .. }) => waits.take(),
            _ => return Err(wasmtime::Error::msg(format!("{number} is no stream to read"))),
        };
        if let Some(operation) = waited {
            network.take(operation)?;
        }
        let Some(Stream::Read { pieces, .. }) = network.streams.get_mut(&number) else { unreachable!() };
        Ok(match pieces.pop_front() {
            None => Ok(streams::Chunk::End),
            Some(Piece::Break) => Err(Error::Unavailable("the other side broke off".into())),
            Some(Piece::Data(mut data)) => {
                let rest = data.split_off(data.len().min(max_bytes as usize));
                if !rest.is_empty() {
                    pieces.push_front(Piece::Data(rest));
                }
                Ok(streams::Chunk::Data(data))
            }
            Some(Piece::Wait(ms)) => {
                let operation = network.after(Duration::from_millis(ms));
                if let Some(Stream::Read { waits, .. }) = network.streams.get_mut(&number) {
                    *waits = Some(operation);
                }
                Ok(streams::Chunk::Pending(operation))
            }
        })
    }

    /// The other side is always behind.
    fn write(&mut self, number: u32, data: Vec<u8>) -> wasmtime::Result<Result<Option<u32>, Error>> {
        let mut network = self.network.lock().unwrap();
        let leaves = network.head.as_ref().is_some_and(|head| head.stream == number);
        let leaves = network.client_leaves_after.filter(|_| leaves);
        let Some(Stream::Write(sink)) = network.streams.get_mut(&number) else {
            return Err(wasmtime::Error::msg(format!("{number} is no stream to write")));
        };
        if sink.finished || sink.aborted || data.is_empty() || data.len() > 1 << 20 {
            return Err(wasmtime::Error::msg(format!("stream {number} cannot take {} bytes", data.len())));
        }
        if leaves.is_some_and(|after| sink.writes.len() >= after) {
            return Ok(Err(Error::Unavailable("the client has gone".into())));
        }
        if let Some(operation) = sink.behind.take()
            && network.take(operation).is_err()
        {
            return Ok(Err(Error::OverLimit("the last write is not through".into())));
        }
        let operation = network.after(DRAIN);
        if let Some(Stream::Write(sink)) = network.streams.get_mut(&number) {
            sink.writes.push(data);
            sink.behind = Some(operation);
        }
        Ok(Ok(Some(operation)))
    }

    fn finish(&mut self, number: u32) -> wasmtime::Result<Result<(), Error>> {
        match self.network.lock().unwrap().streams.get_mut(&number) {
            Some(Stream::Write(sink)) if !sink.finished && !sink.aborted => sink.finished = true,
            _ => return Err(wasmtime::Error::msg(format!("{number} is no stream to finish"))),
        }
        Ok(Ok(()))
    }

    fn abort(&mut self, number: u32) -> wasmtime::Result<()> {
        match self.network.lock().unwrap().streams.get_mut(&number) {
            Some(Stream::Write(sink)) if !sink.finished && !sink.aborted => sink.aborted = true,
            Some(Stream::Read { pieces, waits }) => {
                *pieces = [Piece::Break].into();
                *waits = None;
            }
            _ => return Err(wasmtime::Error::msg(format!("{number} is no stream to abort"))),
        }
        Ok(())
    }
}

impl http_responder::Host for Host {
    fn start(&mut self, status: u16, headers: Vec<(String, String)>) -> wasmtime::Result<Result<u32, Error>> {
        let mut network = self.network.lock().unwrap();
        if network.head.is_some() {
            return Ok(Err(Error::Invalid("the head was sent already".into())));
        }
        let number = network.outgoing();
        network.head = Some(Head { status, headers, stream: number });
        Ok(Ok(number))
    }
}

impl http_client::Host for Host {
    fn send(
        &mut self,
        request: http_client::Request,
    ) -> wasmtime::Result<Result<http_client::Pending, Error>> {
        let Some(path) = request.url.strip_prefix("https://origin.example") else {
            let hint = "add the origin under [grants] in atoll.toml: http = [\"https://other.example\"]";
            return Ok(Err(Error::NotGranted(hint.into())));
        };
        let mut network = self.network.lock().unwrap();
        let ms = path.split("ms=").nth(1).map_or(1, |ms| ms.parse().unwrap());
        let (body, upload) = match request.body {
            http_client::Body::None => (None, None),
            http_client::Body::Bytes(bytes) => (Some(bytes), None),
            http_client::Body::Stream => (None, Some(network.outgoing())),
        };
        let http_client::Request { method, url, headers, redirect, .. } = request;
        let sent = Sent { method, url, headers, body, redirect, upload };
        network.sent.push(sent.clone());
        let number = network.number();
        let time = network.slept + Duration::from_millis(ms);
        network.operations.insert(number, Operation::Response(time, Box::new(sent)));
        Ok(Ok(http_client::Pending { operation: number, body: upload }))
    }

    fn receive(&mut self, number: u32) -> wasmtime::Result<Result<http_client::Response, Error>> {
        let mut network = self.network.lock().unwrap();
        let Operation::Response(_, sent) = network.take(number)? else {
            return Err(wasmtime::Error::msg(format!("{number} is no response")));
        };
        let data = |text: &str| Piece::Data(text.into());
        let path =
            sent.url.split("example").nth(1).and_then(|path| path.split('?').next()).unwrap_or_default();
        let (status, pieces) = match path {
            "/refused" => return Ok(Err(Error::Unavailable("the origin refused the connection".into()))),
            "/pieces" => {
                (200, vec![data("one "), Piece::Wait(20), data("two "), Piece::Wait(20), data("three")])
            }
            "/breaks" => (200, vec![data("one "), Piece::Wait(20), Piece::Break]),
            "/endless" => (200, vec![[data("on and "), Piece::Wait(20)]; 50].concat()),
            "/nothing" => (204, vec![]),
            "/moved" => (301, vec![data("elsewhere")]),
            "/upload" => {
                let sink = network.sink(sent.upload.unwrap());
                let text = format!("{} writes: {} {}", sink.writes.len(), sink.text(), sink.finished);
                (200, vec![Piece::Data(text.into())])
            }
            _ => {
                let body = sent.body.as_deref().map(String::from_utf8_lossy);
                let seen = serde_json::json!({ "method": sent.method, "url": sent.url, "headers": sent.headers,
                    "body": body, "redirect": format!("{:?}", sent.redirect).trim_start_matches("Redirect::") });
                (200, vec![Piece::Data(seen.to_string().into())])
            }
        };
        let body = network.incoming(pieces);
        let headers = vec![("content-type".into(), "text/plain".into()), ("x-from".into(), "origin".into())];
        let redirected = path == "/redirected";
        let url = if redirected { "https://origin.example/there".into() } else { sent.url.clone() };
        Ok(Ok(http_client::Response { status, url, redirected, headers, body }))
    }
}
