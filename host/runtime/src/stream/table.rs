//! The streams of one call. A number is a place in the table; nothing is taken out while the call runs, so no
//! number ever means something else. How many there are is bounded by what makes them: one request, one
//! response, and two for each outbound request.

use super::{Incoming, Outgoing};

/// One stream.
pub(crate) struct Stream {
    pub(crate) side: Side,
    /// The operation that a guest waits for before it reads or writes on, and since when.
    pub(crate) waiting: Option<(u32, tokio::time::Instant)>,
    /// Whether the client of the request is on the other side, who may stand still for `http_idle_ms`. For an
    /// outbound request that is the [`crate::HttpClient`]'s to watch.
    pub(crate) is_clients: bool,
}

impl Stream {
    /// Since when the client stands still while a guest waits for it.
    pub(crate) fn still_since(&self) -> Option<tokio::time::Instant> {
        let (_, waiting_since) = self.waiting.filter(|_| self.is_clients)?;
        Some(match &self.side {
            Side::Out(outgoing) => outgoing.still_since(waiting_since),
            Side::In(_) => waiting_since,
        })
    }
}

/// Which way it goes.
pub(crate) enum Side {
    In(Incoming),
    Out(Outgoing),
}

/// The streams of a call, by number from 0.
#[derive(Default)]
pub(crate) struct Streams(Vec<Stream>);

impl Streams {
    /// A stream from or to the client of the request.
    pub(crate) fn add_clients(&mut self, side: Side) -> u32 {
        self.push(side, true)
    }

    /// A stream of an outbound request.
    pub(crate) fn add_outbound(&mut self, side: Side) -> u32 {
        self.push(side, false)
    }

    fn push(&mut self, side: Side, is_clients: bool) -> u32 {
        self.0.push(Stream { side, waiting: None, is_clients });
        // Bounded far below: see above.
        u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(&mut self, number: u32) -> Option<&mut Stream> {
        self.0.get_mut(number as usize)
    }

    pub(crate) fn incoming(&self, number: u32) -> Option<&Incoming> {
        match &self.0.get(number as usize)?.side {
            Side::In(incoming) => Some(incoming),
            Side::Out(_) => None,
        }
    }

    pub(crate) fn outgoing(&mut self, number: u32) -> Option<&mut Outgoing> {
        match &mut self.0.get_mut(number as usize)?.side {
            Side::Out(outgoing) => Some(outgoing),
            Side::In(_) => None,
        }
    }
}
