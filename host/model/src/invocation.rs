//! What a call of a guest leaves behind besides its answer: log lines and what it used.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// `console.debug`.
    Debug,
    /// `console.log`, `console.info`.
    Info,
    /// `console.warn`.
    Warn,
    /// `console.error`, and what the host says of a failed call.
    Error,
}

/// One line of an app's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// When.
    pub time: jiff::Timestamp,
    /// How loud.
    pub level: LogLevel,
    /// What: control characters other than line breaks and tabs are escaped, so that a terminal cannot be
    /// driven by a guest.
    pub message: String,
    /// The request, delivery or test it belongs to.
    pub call: String,
    /// The revision that ran.
    pub revision: u64,
}

/// What a call used.
///
/// Of a call whose response is still being sent, it is what is known so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time on a CPU.
    pub cpu: Duration,
    /// Time from the first instruction to the last, waiting included.
    pub wall: Duration,
    /// Time spent waiting for a place to run.
    pub queued: Duration,
    /// wasmtime fuel.
    pub fuel: u64,
    /// Calls into the host.
    pub host_calls: u32,
    /// The most linear memory it had, in bytes.
    pub memory_bytes: u64,
    /// Bytes of the request's body that the guest got.
    pub bytes_in: u64,
    /// Bytes of the response's body that the guest gave.
    pub bytes_out: u64,
    /// Outbound HTTP requests.
    pub outbound_requests: u32,
}
