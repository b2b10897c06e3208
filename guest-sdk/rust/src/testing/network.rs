//! Requests of the app to others, which the test answers.

use std::{collections::HashMap, fmt, time::Duration};

use serde::Serialize;

use super::state::{State, Waits};
use crate::bindings::http::atoll::app::{http_client as wit, types::Error};

/// What a host takes in one call, as it comes. More ends the call there.
const BYTES_PER_CALL_MAX: usize = 10 << 20;

/// A request that the app sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Upper case.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, streamed or not.
    pub body: Vec<u8>,
}

impl Sent {
    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// How a test answers a request.
#[derive(Clone, Debug)]
pub struct Answer {
    response: Result<Whole, String>,
    after: Duration,
}

#[derive(Clone, Debug)]
struct Whole {
    status: u16,
    headers: Vec<(String, String)>,
    chunks: Vec<Vec<u8>>,
}

impl Answer {
    /// A status and a body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let whole = Whole { status, headers: Vec::new(), chunks: vec![body.into()] };
        Self { response: Ok(whole), after: Duration::ZERO }
    }

    /// 200 and a value as JSON.
    ///
    /// # Panics
    /// When the value has no JSON form.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        let body = serde_json::to_vec(value).expect("the value has a JSON form");
        Self::new(200, body).with_header("content-type", "application/json")
    }

    /// 200 and a body that comes bit by bit.
    pub fn chunks<B: Into<Vec<u8>>>(chunks: impl IntoIterator<Item = B>) -> Self {
        let chunks = chunks.into_iter().map(Into::into).collect();
        let whole = Whole { status: 200, headers: Vec::new(), chunks };
        Self { response: Ok(whole), after: Duration::ZERO }
    }

    /// No answer, for this reason.
    pub fn unreachable(why: &str) -> Self {
        Self { response: Err(why.to_owned()), after: Duration::ZERO }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Ok(whole) = &mut self.response {
            whole.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        self
    }

    /// The same after some time, which passes on the test's clock alone.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }
}

type Answers = Box<dyn FnMut(&Sent) -> Answer>;

#[derive(Default)]
pub(super) struct Network {
    pub(super) answer: Option<Answers>,
    pub(super) sent: Vec<Sent>,
    pending: HashMap<u32, Pending>,
}

#[derive(Debug)]
enum Pending {
    /// Its body is being written to this stream.
    Writing(Sent, u32),
    Answered(String, Answer),
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("sent", &self.sent).finish_non_exhaustive()
    }
}

impl Network {
    fn ask(&mut self, request: Sent) -> Answer {
        let answer = match &mut self.answer {
            Some(answer) => answer(&request),
            None => Answer::unreachable("this test has no network: say TestHost::network what answers"),
        };
        self.sent.push(request);
        answer
    }
}

impl State {
    pub(super) fn send_request(&mut self, request: &wit::Request) -> Result<wit::Pending, Error> {
        if !request.url.starts_with("https://") && !request.url.starts_with("http://") {
            return Err(Error::Invalid("the URL is none: write it as https://host/path".into()));
        }
        let mut sent = Sent {
            method: request.method.clone(),
            url: request.url.clone(),
            headers: request.headers.clone(),
            body: Vec::new(),
        };
        if let wit::Body::Stream = request.body {
            let stream = self.streams.add_outgoing();
            let operation = self.add_operation(Waits::Request);
            self.network.pending.insert(operation, Pending::Writing(sent, stream));
            return Ok(wit::Pending { operation, body: Some(stream) });
        }
        if let wit::Body::Bytes(bytes) = &request.body {
            if bytes.len() > BYTES_PER_CALL_MAX {
                return Err(Error::OverLimit(format!(
                    "a host takes at most {BYTES_PER_CALL_MAX} bytes at once"
                )));
            }
            sent.body.clone_from(bytes);
        }
        let operation = self.add_operation(Waits::Request);
        self.answer_request(operation, sent);
        Ok(wit::Pending { operation, body: None })
    }

    fn answer_request(&mut self, operation: u32, sent: Sent) {
        let url = sent.url.clone();
        let answer = self.network.ask(sent);
        let at_ns = self.now_ns + u64::try_from(answer.after.as_nanos()).expect("a time that fits a test");
        self.operations.insert(operation, Waits::Until(at_ns));
        self.network.pending.insert(operation, Pending::Answered(url, answer));
    }

    /// A request whose body is complete is answered.
    pub(super) fn finish_upload(&mut self, stream: u32) {
        let mut pending = self.network.pending.iter();
        let found =
            pending.find(|(_, pending)| matches!(pending, Pending::Writing(_, body) if *body == stream));
        let Some(operation) = found.map(|(operation, _)| *operation) else { return };
        if let Some(Pending::Writing(mut sent, _)) = self.network.pending.remove(&operation) {
            sent.body = self.streams.written(stream).0;
            self.answer_request(operation, sent);
        }
    }

    pub(super) fn receive_answer(&mut self, operation: u32) -> Result<wit::Response, Error> {
        self.operations.remove(&operation);
        match self.network.pending.remove(&operation) {
            Some(Pending::Answered(url, answer)) => match answer.response {
                Ok(Whole { status, headers, chunks }) => {
                    let body = self.streams.add_incoming(chunks.into(), 0);
                    Ok(wit::Response { status, url, redirected: false, headers, body })
                }
                Err(why) => Err(Error::Unavailable(why)),
            },
            _ => Err(Error::Invalid("the request is not done: wait for its operation first".into())),
        }
    }

    pub(super) fn cancel_operation(&mut self, operation: u32) {
        self.operations.remove(&operation);
        self.network.pending.remove(&operation);
    }
}
