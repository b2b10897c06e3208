//! All that a test's host holds.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use serde_json::Value;

use super::{TestResponse, kv::Kv, network::Network, sql::Sql, streams::Streams};
use crate::log::Level;

/// 2026-01-01T00:00:00Z.
const START_US: u64 = 1_767_225_600_000_000;

/// An event that the app published.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// Its id.
    pub id: String,
    /// Its type.
    pub event_type: String,
    /// Its data.
    pub data: Value,
}

/// What an operation waits for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waits {
    /// A moment, in nanoseconds.
    Until(u64),
    /// The answer of a request whose body is still being written.
    Request,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(super) now_ns: u64,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) published: Vec<Published>,
    pub(super) logged: Vec<(Level, String)>,
    pub(super) kv: Kv,
    pub(super) sql: Sql,
    pub(super) network: Network,
    pub(super) streams: Streams,
    pub(super) operations: HashMap<u32, Waits>,
    pub(super) responder: Responder,
    pub(super) seed: u64,
    last_operation: u32,
}

#[derive(Debug)]
pub(super) enum Responder {
    /// No request is being handled.
    Absent,
    Ready,
    Started {
        status: u16,
        headers: Vec<(String, String)>,
        stream: u32,
    },
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            now_ns: 0,
            variables: BTreeMap::new(),
            published: Vec::new(),
            logged: Vec::new(),
            kv: Kv::default(),
            sql: Sql::new(),
            network: Network::default(),
            streams: Streams::default(),
            operations: HashMap::new(),
            responder: Responder::Absent,
            seed: 0,
            last_operation: 0,
        }
    }

    pub(super) fn now_us(&self) -> u64 {
        START_US + self.now_ns / 1_000
    }

    pub(super) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.now_ns)
    }

    pub(super) fn advance(&mut self, time: Duration) {
        self.now_ns += u64::try_from(time.as_nanos()).expect("a time that fits a test");
    }

    pub(super) fn add_operation(&mut self, waits: Waits) -> u32 {
        self.last_operation += 1;
        self.operations.insert(self.last_operation, waits);
        self.last_operation
    }

    /// Those of some operations that are done.
    fn done(&self, operations: &[u32]) -> Vec<u32> {
        let is_done = |number: &&u32| match self.operations.get(number) {
            Some(Waits::Until(at_ns)) => *at_ns <= self.now_ns,
            Some(Waits::Request) => false,
            None => panic!("{number} is no operation of this call"),
        };
        operations.iter().filter(is_done).copied().collect()
    }

    /// Waits: that is, sets the clock to when the first of them is done.
    pub(super) fn wait(&mut self, operations: &[u32], timeout_ns: Option<u64>) -> Vec<u32> {
        let done = self.done(operations);
        if !done.is_empty() {
            return done;
        }
        let moments = operations.iter().filter_map(|number| match self.operations[number] {
            Waits::Until(at_ns) => Some(at_ns),
            Waits::Request => None,
        });
        let timeout = timeout_ns.map(|ns| self.now_ns.saturating_add(ns));
        let first = moments.chain(timeout).min();
        self.now_ns = first.expect("the handler waits for something that nothing will bring");
        self.done(operations)
    }

    pub(super) fn begin_call(&mut self) {
        self.responder = Responder::Ready;
    }

    /// Answers what was sent through the responder, if anything was.
    pub(super) fn end_call(&mut self) -> Option<TestResponse> {
        match std::mem::replace(&mut self.responder, Responder::Absent) {
            Responder::Started { status, headers, stream } => {
                let (body, is_complete) = self.streams.written(stream);
                Some(TestResponse { status, headers, body, is_complete, error: None })
            }
            Responder::Absent | Responder::Ready => None,
        }
    }
}
