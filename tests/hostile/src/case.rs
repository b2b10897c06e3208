//! The format of `cases/*.toml`: a hostile app, what it is asked, and what must come back.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What must hold, in a sentence.
    pub about: String,
    /// The server's configuration file.
    pub config: Option<String>,
    /// The most memory that the server's process may ever have had.
    pub resident_mib_max: Option<u64>,
    /// The app's files.
    pub files: BTreeMap<String, String>,
    /// Components among its files.
    #[serde(default)]
    pub components: BTreeMap<String, Component>,
    /// What the deploy answers.
    #[serde(default)]
    pub deploy: Expectation,
    /// HTTP requests, one after the other.
    #[serde(default)]
    pub requests: Vec<Request>,
    /// Bytes on a socket, after the requests.
    #[serde(default)]
    pub sockets: Vec<Socket>,
}

/// A component as text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Imports and functions of an HTTP guest; see `guest.rs` for what is there besides.
    #[serde(default)]
    pub parts: String,
    /// What the handler of an HTTP guest does.
    pub body: Option<String>,
    /// What the handler of a guest of `wasi:http@0.2` does instead; see `wasi_guest.rs`.
    pub wasi: Option<String>,
    /// What is replaced in the guest's text, and by what.
    pub replace: Option<(String, String)>,
    /// The whole component instead.
    pub text: Option<String>,
}

/// One request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// Below the app's API, or from the root when it starts with `//`.
    pub path: String,
    /// Besides `content-type: application/json`, which these may replace.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: String,
    /// The body, this often.
    #[serde(default = "once")]
    pub body_times: usize,
    /// So many at the same time.
    #[serde(default = "once")]
    pub parallel: usize,
    /// So often, one round after the other.
    #[serde(default = "once")]
    pub times: usize,
    /// So many requests to `/healthz` and to a quiet app are answered while these run.
    #[serde(default = "once")]
    pub meanwhile: usize,
    /// Asked again until it is as expected.
    #[serde(default)]
    pub eventually: bool,
    /// What comes back.
    pub expect: Expectation,
}

/// What is written to a socket.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Socket {
    /// The bytes; `{fill}` stands for what follows.
    pub send: String,
    /// A text…
    #[serde(default)]
    pub fill: String,
    /// … this often.
    #[serde(default)]
    pub fill_times: usize,
    /// The status of the first answer; 0 when there must be none.
    pub status: u16,
    /// How many answers there are until the server closes the connection.
    #[serde(default = "once")]
    pub answers: usize,
    /// What the answers hold.
    #[serde(default)]
    pub says: Vec<String>,
    /// What they do not.
    #[serde(default)]
    pub hides: Vec<String>,
}

/// What an answer must be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The status; 200 stands for 201 as well.
    pub status: u16,
    /// Other statuses that are as good; a body with one of them ends.
    #[serde(default)]
    pub or: Vec<u16>,
    /// What the body must hold.
    #[serde(default)]
    pub says: Vec<String>,
    /// What the body must not hold.
    #[serde(default)]
    pub hides: Vec<String>,
    /// The body with `status` breaks off.
    #[serde(default)]
    pub broken: bool,
}

impl Default for Expectation {
    fn default() -> Self {
        Self { status: 200, or: Vec::new(), says: Vec::new(), hides: Vec::new(), broken: false }
    }
}

fn get() -> String {
    "GET".into()
}

fn once() -> usize {
    1
}
