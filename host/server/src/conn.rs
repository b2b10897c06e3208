//! One TCP connection: what hyper does not do by itself.
//!
//! - [`framing`] notices requests that state their length in two ways, before hyper settles for one.
//! - [`stream`] cuts a reader that stalls, and lets a client whose headers were too slow hear of it (408).

mod framing;
mod stream;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

pub(crate) use framing::HeadScan;
pub(crate) use stream::{GuardedStream, say_last};

/// What was noticed about a connection, for the requests on it.
#[derive(Debug, Default)]
pub(crate) struct ConnectionFlags {
    ambiguous: AtomicBool,
    last: AtomicBool,
    in_head: AtomicBool,
}

impl ConnectionFlags {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A request on this connection had an ambiguous length: nothing after it can be told apart.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.ambiguous.load(Ordering::Relaxed)
    }

    /// The requests from here on are not looked at, so there must be none.
    pub(crate) fn is_last(&self) -> bool {
        self.last.load(Ordering::Relaxed)
    }

    /// Whether the beginning of a request came, and not yet all of its headers.
    pub(crate) fn is_in_head(&self) -> bool {
        self.in_head.load(Ordering::Relaxed)
    }
}
