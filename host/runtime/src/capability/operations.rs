//! `operations`: what takes time, side by side. The table of the operations of one call, and waiting for them.
//!
//! Nothing here runs by itself: an operation is looked at while the guest waits. (An outbound request has a
//! task of its own.) How long a client may stand still is watched here too, since it counts only while a guest
//! waits for it.

use std::{
    future::poll_fn,
    task::{Context, Poll},
    time::Duration,
};

use atoll_model::CapabilityError;
use tokio::time::{Instant, sleep_until};

use super::{at_most, http_out::PendingRequest};
use crate::{
    BodyError,
    bindings::atoll::app::operations,
    state::{CallState, Halt},
    stream::Side,
};

/// A wait without an end ends so long after the call itself.
const WAIT_PAST_WALL: Duration = Duration::from_secs(60);

/// Something that a guest may wait for.
pub(crate) enum Operation {
    /// A stream, by its number, until there is something to read.
    Read(u32),
    /// A stream, by its number, until there is room to write.
    Write(u32),
    /// An outbound request, until its answer is there.
    Request(Box<PendingRequest>),
    /// Of a stream that was given up meanwhile: there is nothing to wait for.
    Over,
}

/// The operations of a call that were not taken yet, in the order of their numbers. Numbers are not used twice.
#[derive(Default)]
pub(crate) struct Operations {
    open: Vec<(u32, Operation)>,
    last: u32,
}

impl Operations {
    /// Whether there is room for one more.
    pub(crate) fn check_room(&self, max: usize) -> Result<(), CapabilityError> {
        at_most("a number of operations", self.open.len() + 1, "operations_per_call_max", max)
    }

    pub(crate) fn add(&mut self, operation: Operation) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.open.push((self.last, operation));
        self.last
    }

    /// Bytes of the bodies that were handed over as a whole, of requests whose answers were not taken.
    pub(crate) fn body_bytes_held(&self) -> usize {
        let held = self.open.iter().map(|(_, operation)| match operation {
            Operation::Request(request) => request.body_bytes,
            Operation::Read(_) | Operation::Write(_) | Operation::Over => 0,
        });
        held.fold(0, usize::saturating_add)
    }

    fn place(&self, number: u32) -> Option<usize> {
        self.open.binary_search_by_key(&number, |(number, _)| *number).ok()
    }

    pub(crate) fn get(&mut self, number: u32) -> Option<&mut Operation> {
        let place = self.place(number)?;
        self.open.get_mut(place).map(|(_, operation)| operation)
    }

    pub(crate) fn take(&mut self, number: u32) -> Option<Operation> {
        self.place(number).map(|place| self.open.remove(place).1)
    }
}

/// A number that is no operation of this call.
pub(crate) fn foreign_operation(number: u32) -> Halt {
    Halt::Misuse(format!("{number} is no operation of this call"))
}

impl CallState {
    /// Whether an operation is done. It stays done until it is taken.
    fn poll_operation(&mut self, number: u32, cx: &mut Context<'_>) -> Result<Poll<()>, Halt> {
        Ok(match self.operations.get(number).ok_or_else(|| foreign_operation(number))? {
            Operation::Over => Poll::Ready(()),
            Operation::Request(request) => request.poll_done(cx),
            Operation::Read(stream) | Operation::Write(stream) => match self.streams.get(*stream) {
                Some(stream) => match &mut stream.side {
                    Side::In(incoming) => incoming.poll_arrived(cx),
                    Side::Out(outgoing) => outgoing.poll_ready(cx),
                },
                None => Poll::Ready(()),
            },
        })
    }

    fn poll_operations(&mut self, numbers: &[u32], cx: &mut Context<'_>) -> Result<Vec<u32>, Halt> {
        let mut done = Vec::new();
        for &number in numbers {
            if self.poll_operation(number, cx)?.is_ready() {
                done.push(number);
            }
        }
        Ok(done)
    }

    /// When the first client's stream that these operations wait for has stood still for too long.
    fn first_stall(&mut self, numbers: &[u32]) -> Option<Instant> {
        let idle = self.idle();
        let since = numbers.iter().filter_map(|number| match self.operations.get(*number)? {
            Operation::Read(stream) | Operation::Write(stream) => self.streams.get(*stream)?.still_since(),
            Operation::Request(_) | Operation::Over => None,
        });
        since.min().map(|since| since + idle)
    }

    /// Ends the clients' streams that have stood still for too long, so that what waits for them is done.
    fn end_stalled(&mut self, numbers: &[u32]) {
        let (idle, value) = (self.idle(), self.limits.http_idle_ms);
        let now = Instant::now();
        for number in numbers {
            let Some(Operation::Read(stream) | Operation::Write(stream)) = self.operations.get(*number)
            else {
                continue;
            };
            let Some(stream) = self.streams.get(*stream) else { continue };
            if stream.still_since().is_some_and(|since| now.duration_since(since) >= idle) {
                let stalled = BodyError::Stalled { limit: "http_idle_ms", value };
                match &mut stream.side {
                    Side::In(incoming) => incoming.end(Err(stalled)),
                    Side::Out(outgoing) => outgoing.break_off(stalled),
                }
            }
        }
    }

    fn idle(&self) -> Duration {
        Duration::from_millis(self.limits.http_idle_ms)
    }
}

/// As many numbers as a guest may list: all of its operations, each once.
fn check_list(numbers: &[u32], max: usize) -> Result<(), Halt> {
    if numbers.len() <= max {
        return Ok(());
    }
    Err(Halt::Misuse(format!("it waits for {} operations; operations_per_call_max = {max}", numbers.len())))
}

impl operations::Host for CallState {
    async fn wait(&mut self, numbers: Vec<u32>, timeout_ns: Option<u64>) -> wasmtime::Result<Vec<u32>> {
        self.note_host_call();
        check_list(&numbers, self.limits.operations_per_call_max)?;
        // The wall-clock limit ends the call before a longer wait would: well before, for it is looked at last.
        let wall_max = Duration::from_millis(self.app.limits.wall_ms.into()) + WAIT_PAST_WALL;
        let timeout = timeout_ns.map(|ns| Instant::now() + Duration::from_nanos(ns).min(wall_max));
        loop {
            let stall = self.first_stall(&numbers);
            let deadline = timeout.into_iter().chain(stall).min();
            let mut timer = std::pin::pin!(deadline.map(sleep_until));
            let done = poll_fn(|cx| match self.poll_operations(&numbers, cx) {
                Ok(done) if done.is_empty() => match timer.as_mut().as_pin_mut() {
                    Some(timer) => timer.poll(cx).map(|()| Ok(Vec::new())),
                    None => Poll::Pending,
                },
                result => Poll::Ready(result),
            })
            .await?;
            let timed_out = timeout.is_some_and(|timeout| Instant::now() >= timeout);
            if !done.is_empty() || timed_out {
                return Ok(done);
            }
            self.end_stalled(&numbers);
        }
    }

    fn cancel(&mut self, number: u32) -> wasmtime::Result<()> {
        self.note_host_call();
        match self.operations.take(number).ok_or_else(|| foreign_operation(number))? {
            Operation::Read(stream) | Operation::Write(stream) => {
                if let Some(stream) = self.streams.get(stream) {
                    stream.waiting = None;
                }
            }
            // A request that is dropped is given up.
            Operation::Request(_) | Operation::Over => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_never_used_twice() {
        let mut operations = Operations::default();
        let (first, second) = (operations.add(Operation::Read(0)), operations.add(Operation::Over));
        assert!(matches!(operations.take(first), Some(Operation::Read(0))));
        assert!(operations.take(first).is_none() && operations.get(second).is_some());
        assert_ne!(operations.add(Operation::Over), first);
    }

    #[test]
    fn their_number_is_bounded() {
        let mut operations = Operations::default();
        operations.add(Operation::Over);
        assert!(operations.check_room(2).is_ok());
        operations.add(Operation::Over);
        let over = operations.check_room(2).unwrap_err().to_string();
        assert_eq!(over, "a number of operations of 3 is over the limit operations_per_call_max = 2");
    }
}
