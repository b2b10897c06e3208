//! One TCP connection: what hyper does not do by itself.
//!
//! - [`framing`] notices requests that state their length in two ways, before hyper settles for one.
//! - [`left`] notices a client that goes while its upload waits to be read.
//! - [`stream`] cuts a reader that stalls, and lets a client whose headers were too slow hear of it (408).

mod framing;
mod left;
mod stream;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use tokio::sync::Notify;

pub(crate) use framing::HeadScan;
pub(crate) use left::client_left;
pub(crate) use stream::{GuardedStream, say_last};

/// What was noticed about a connection, for the requests on it.
#[derive(Debug, Default)]
pub(crate) struct ConnectionFlags {
    ambiguous: AtomicBool,
    last: AtomicBool,
    in_head: AtomicBool,
    /// Request bodies that are handed to an app piece by piece and have not ended.
    uploads: AtomicUsize,
    upload_began: Notify,
    bytes_read: AtomicU64,
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

    /// The body of a request is handed over as it comes, until [`ConnectionFlags::end_upload`].
    pub(crate) fn begin_upload(&self) {
        self.uploads.fetch_add(1, Ordering::Relaxed);
        self.upload_began.notify_one();
    }

    pub(crate) fn end_upload(&self) {
        self.uploads.fetch_sub(1, Ordering::Relaxed);
    }

    fn is_uploading(&self) -> bool {
        self.uploads.load(Ordering::Relaxed) > 0
    }

    /// Bytes that were read off the socket so far.
    fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }
}
