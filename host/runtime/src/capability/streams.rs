//! `streams`: reading and writing bodies, without waiting. Their numbers belong to one call; another number, or
//! one of the other direction, traps.
//!
//! These calls cost the guest its own CPU time and are not counted against `host_calls_max`: a large body
//! takes many of them.

use atoll_model::CapabilityError;
use tokio::time::Instant;

use super::operations::Operation;
use crate::{
    BodyError,
    bindings::atoll::app::{
        streams::{self, Chunk},
        types,
    },
    state::{CallState, Halt},
    stream::{Incoming, Outgoing, Read, Side, Write},
};

fn foreign(number: u32, direction: &str) -> Halt {
    Halt::Misuse(format!("{number} is no stream of this call that can be {direction}"))
}

/// Why a body breaks off, as the guest that reads it is told.
fn fault(why: &BodyError) -> types::Error {
    match why {
        BodyError::TooLarge { .. } => types::Error::OverLimit(why.to_string()),
        _ => types::Error::Unavailable(why.to_string()),
    }
}

impl CallState {
    fn incoming(&mut self, number: u32) -> Result<&mut Incoming, Halt> {
        match self.streams.get(number).map(|stream| &mut stream.side) {
            Some(Side::In(incoming)) => Ok(incoming),
            _ => Err(foreign(number, "read")),
        }
    }

    fn outgoing(&mut self, number: u32) -> Result<&mut Outgoing, Halt> {
        self.streams.outgoing(number).ok_or_else(|| foreign(number, "written"))
    }

    /// Takes the operation that the guest was given for a stream.
    fn take_waiting(&mut self, number: u32) {
        if let Some((operation, _)) = self.streams.get(number).and_then(|stream| stream.waiting.take()) {
            self.operations.take(operation);
        }
    }

    /// Makes the operation that a guest waits for before it goes on with a stream.
    fn start_waiting(&mut self, number: u32, operation: Operation) -> u32 {
        let operation = self.operations.add(operation);
        if let Some(stream) = self.streams.get(number) {
            stream.waiting = Some((operation, Instant::now()));
        }
        operation
    }

    fn write_bytes(&mut self, number: u32, bytes: Vec<u8>) -> Result<Option<u32>, CapabilityError> {
        let Some(stream) = self.streams.get(number) else { return Ok(None) };
        let Side::Out(outgoing) = &mut stream.side else { return Ok(None) };
        if stream.waiting.is_some() && !outgoing.is_ready() {
            let (what, limit) = ("a write before the last one was taken".into(), "stream_buffer_bytes_max");
            let value = self.limits.stream_buffer_bytes_max as u64;
            return Err(CapabilityError::OverLimit { what, limit, value });
        }
        self.operations.check_room(self.limits.operations_per_call_max)?;
        let became = outgoing.write(bytes);
        self.take_waiting(number);
        Ok(match became? {
            Write::Taken => None,
            Write::Behind => Some(self.start_waiting(number, Operation::Write(number))),
        })
    }
}

impl streams::Host for CallState {
    fn read(&mut self, number: u32, bytes_max: u32) -> wasmtime::Result<Result<Chunk, types::Error>> {
        self.note_host_call();
        let incoming = self.incoming(number)?;
        if bytes_max == 0 {
            return Ok(Err(types::Error::Invalid("a read of no bytes".into())));
        }
        let read = incoming.read(bytes_max as usize);
        self.take_waiting(number);
        Ok(match read {
            Read::Data(bytes) => Ok(Chunk::Data(bytes.into())),
            Read::End => Ok(Chunk::End),
            Read::Failed(why) => Err(fault(&why)),
            Read::Nothing => match self.operations.check_room(self.limits.operations_per_call_max) {
                Ok(()) => Ok(Chunk::Pending(self.start_waiting(number, Operation::Read(number)))),
                Err(error) => Err(self.told_to_guest("streams", error)),
            },
        })
    }

    fn write(&mut self, number: u32, bytes: Vec<u8>) -> wasmtime::Result<Result<Option<u32>, types::Error>> {
        self.note_host_call();
        self.outgoing(number)?;
        Ok(self.write_bytes(number, bytes).map_err(stream_error))
    }

    fn finish(&mut self, number: u32) -> wasmtime::Result<Result<(), types::Error>> {
        self.note_host_call();
        Ok(self.outgoing(number)?.finish().map_err(stream_error))
    }

    fn abort(&mut self, number: u32) -> wasmtime::Result<()> {
        self.note_host_call();
        let stream = self.streams.get(number).ok_or_else(|| foreign(number, "given up"))?;
        match &mut stream.side {
            Side::In(incoming) => incoming.abort(),
            Side::Out(outgoing) => outgoing.break_off(BodyError::BrokeOff("the app gave it up".into())),
        }
        let waiting = stream.waiting.take();
        if let Some(operation) = waiting.and_then(|(number, _)| self.operations.get(number)) {
            *operation = Operation::Over;
        }
        Ok(())
    }
}

/// What a stream's error says is about the other side, and for the guest to know.
fn stream_error(error: CapabilityError) -> types::Error {
    match error {
        CapabilityError::Invalid(text) => types::Error::Invalid(text),
        CapabilityError::Unavailable(text) => types::Error::Unavailable(text),
        other => types::Error::OverLimit(other.to_string()),
    }
}
