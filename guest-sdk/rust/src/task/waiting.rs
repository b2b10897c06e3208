//! What futures wait for, all of it in one place, so that the host is asked once.

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use crate::host;

thread_local! {
    static WAITING: RefCell<Waiting> = const { RefCell::new(Waiting { operations: Vec::new(), timers: Vec::new() }) };
}

/// What is not done yet.
struct Waiting {
    operations: Vec<Rc<Slot>>,
    timers: Vec<Rc<Slot>>,
}

/// Somebody who waits.
#[derive(Debug)]
struct Slot {
    /// The operation's number, or the timer's moment on the monotonic clock.
    number: u64,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    done: bool,
    waker: Option<Waker>,
}

impl Slot {
    fn new(number: u64) -> Rc<Self> {
        Rc::new(Self { number, state: RefCell::default() })
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.borrow_mut();
        if state.done {
            return Poll::Ready(());
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            empty => *empty = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    fn finish(&self) {
        let waker = {
            let mut state = self.state.borrow_mut();
            state.done = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

fn forget(list: &mut Vec<Rc<Slot>>, slot: &Rc<Slot>) {
    if let Some(place) = list.iter().position(|other| Rc::ptr_eq(other, slot)) {
        list.swap_remove(place);
    }
}

/// An operation of the host. Dropping it waits for it no more, and leaves the operation to whoever has its
/// number.
#[derive(Debug)]
pub(crate) struct Operation(Rc<Slot>);

impl Operation {
    pub(crate) fn new(number: u32) -> Self {
        let slot = Slot::new(number.into());
        WAITING.with_borrow_mut(|waiting| waiting.operations.push(Rc::clone(&slot)));
        Self(slot)
    }

    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll(cx)
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        WAITING.with_borrow_mut(|waiting| forget(&mut waiting.operations, &self.0));
    }
}

/// A moment.
#[derive(Debug)]
pub(crate) struct Timer(Rc<Slot>);

impl Timer {
    pub(crate) fn new(at_ns: u64) -> Self {
        let slot = Slot::new(at_ns);
        WAITING.with_borrow_mut(|waiting| waiting.timers.push(Rc::clone(&slot)));
        Self(slot)
    }

    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        if host::clock::monotonic_ns() >= self.0.number {
            return Poll::Ready(());
        }
        self.0.poll(cx)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        WAITING.with_borrow_mut(|waiting| forget(&mut waiting.timers, &self.0));
    }
}

/// Waits until something is done, and wakes who waited for it. Answers `false` when there is nothing that
/// could ever be done.
pub(crate) fn wait() -> bool {
    let (operations, first_timer) = WAITING.with_borrow(|waiting| {
        let numbers: Vec<u32> = waiting.operations.iter().map(|slot| slot.number as u32).collect();
        (numbers, waiting.timers.iter().map(|slot| slot.number).min())
    });
    if operations.is_empty() && first_timer.is_none() {
        return false;
    }
    let timeout_ns = first_timer.map(|at_ns| at_ns.saturating_sub(host::clock::monotonic_ns()));
    let done = host::operations::wait(&operations, timeout_ns);
    let now_ns = first_timer.map(|_| host::clock::monotonic_ns());
    // Taken out before any waker runs: it may drop what is waited for.
    let finished = WAITING.with_borrow_mut(|waiting| {
        let mut finished: Vec<_> =
            waiting.operations.extract_if(.., |slot| done.contains(&(slot.number as u32))).collect();
        if let Some(now_ns) = now_ns {
            finished.extend(waiting.timers.extract_if(.., |slot| slot.number <= now_ns));
        }
        finished
    });
    for slot in finished {
        slot.finish();
    }
    true
}
