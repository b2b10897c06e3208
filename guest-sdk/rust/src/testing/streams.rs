//! Bodies: those that a test hands in, and those that the app writes.

use std::collections::{HashMap, VecDeque};

use super::state::{State, Waits};
use crate::bindings::http::atoll::app::{streams::Chunk, types::Error};

/// What the other side takes before it is behind.
const AHEAD_BYTES_MAX: usize = 64 << 10;

#[derive(Debug, Default)]
pub(super) struct Streams {
    streams: HashMap<u32, Stream>,
    last: u32,
}

#[derive(Debug)]
enum Stream {
    /// A chunk each, none of them before its moment.
    In {
        chunks: VecDeque<Vec<u8>>,
        ready_ns: u64,
    },
    Out {
        written: Vec<u8>,
        ahead: usize,
        is_complete: bool,
    },
    Aborted,
}

impl Streams {
    fn add(&mut self, stream: Stream) -> u32 {
        self.last += 1;
        self.streams.insert(self.last, stream);
        self.last
    }

    pub(super) fn add_incoming(&mut self, chunks: VecDeque<Vec<u8>>, ready_ns: u64) -> u32 {
        self.add(Stream::In { chunks, ready_ns })
    }

    pub(super) fn add_outgoing(&mut self) -> u32 {
        self.add(Stream::Out { written: Vec::new(), ahead: 0, is_complete: false })
    }

    fn get(&mut self, number: u32) -> &mut Stream {
        self.streams.get_mut(&number).unwrap_or_else(|| panic!("{number} is no stream of this call"))
    }

    /// What was written, and whether it was finished.
    pub(super) fn written(&mut self, number: u32) -> (Vec<u8>, bool) {
        match self.get(number) {
            Stream::Out { written, is_complete, .. } => (written.clone(), *is_complete),
            _ => (Vec::new(), false),
        }
    }

    pub(super) fn finish(&mut self, number: u32) -> Result<(), Error> {
        match self.get(number) {
            Stream::Out { is_complete, .. } => *is_complete = true,
            Stream::Aborted => return Err(Error::Invalid("the stream was given up".into())),
            Stream::In { .. } => panic!("{number} is no stream of this call that can be written"),
        }
        Ok(())
    }

    pub(super) fn abort(&mut self, number: u32) {
        let stream = self.get(number);
        // What was written stays, so that a test can see it.
        if !matches!(stream, Stream::Out { .. }) {
            *stream = Stream::Aborted;
        }
    }
}

impl State {
    /// Every chunk is waited for, so that waiting is tested too.
    pub(super) fn read_stream(&mut self, number: u32, bytes_max: u32) -> Result<Chunk, Error> {
        let now_ns = self.now_ns;
        let at_ns = match self.streams.get(number) {
            Stream::In { ready_ns, .. } if *ready_ns > now_ns => *ready_ns,
            Stream::In { chunks, ready_ns } => {
                let Some(mut chunk) = chunks.pop_front() else { return Ok(Chunk::End) };
                let rest = chunk.split_off(chunk.len().min(bytes_max as usize));
                if !rest.is_empty() {
                    chunks.push_front(rest);
                }
                *ready_ns = now_ns + 1;
                return Ok(Chunk::Data(chunk));
            }
            Stream::Aborted => return Err(Error::Unavailable("the stream was given up".into())),
            Stream::Out { .. } => panic!("{number} is no stream of this call that can be read"),
        };
        Ok(Chunk::Pending(self.add_operation(Waits::Until(at_ns))))
    }

    pub(super) fn write_stream(&mut self, number: u32, data: &[u8]) -> Result<Option<u32>, Error> {
        let at_ns = self.now_ns + 1;
        match self.streams.get(number) {
            Stream::Out { is_complete: true, .. } => Err(Error::Invalid("the stream was finished".into())),
            Stream::Out { written, ahead, .. } => {
                written.extend_from_slice(data);
                *ahead += data.len();
                if *ahead < AHEAD_BYTES_MAX {
                    return Ok(None);
                }
                *ahead = 0;
                Ok(Some(self.add_operation(Waits::Until(at_ns))))
            }
            Stream::Aborted => Err(Error::Unavailable("the stream was given up".into())),
            Stream::In { .. } => panic!("{number} is no stream of this call that can be written"),
        }
    }
}
