//! Polls futures, and waits when none of them can go on.

use std::{
    cell::RefCell,
    collections::VecDeque,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use super::waiting;

thread_local! {
    /// What was handed to [`wait_until`] and has not ended.
    static BACKGROUND: RefCell<VecDeque<Job>> = const { RefCell::new(VecDeque::new()) };
}

/// Whether a future can go on.
struct Woken(AtomicBool);

impl Woken {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(true)))
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Job {
    future: Pin<Box<dyn Future<Output = ()>>>,
    woken: Arc<Woken>,
}

/// Runs a future to its end; meanwhile what was handed to [`wait_until`] goes on too. This is how a function
/// that is not async waits: `block_on(http::get(url).send())`. Inside async code, await instead: there it keeps
/// what surrounds it from going on.
///
/// # Panics
/// When the future waits for something that nothing will bring.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let woken = Woken::new();
    let waker = Waker::from(Arc::clone(&woken));
    let mut cx = Context::from_waker(&waker);
    loop {
        if woken.take()
            && let Poll::Ready(output) = future.as_mut().poll(&mut cx)
        {
            return output;
        }
        let others = poll_background();
        if !others && !woken.is_set() {
            assert!(waiting::wait(), "the handler waits for something that nothing will bring");
        }
    }
}

/// Work that goes on after the response was sent (`ctx.waitUntil` of Workers). It begins when the handler next
/// waits, or has answered. The call's limits hold for it too; what does not end in time is lost. An error is a
/// line in the log.
pub fn wait_until<F>(work: F)
where
    F: Future + 'static,
    F::Output: Ended,
{
    let future = Box::pin(async { work.await.ended() });
    BACKGROUND.with_borrow_mut(|jobs| jobs.push_back(Job { future, woken: Woken::new() }));
}

/// What work after the response may end with: nothing, or a `Result`.
pub trait Ended {
    /// Tells the log what went wrong, if anything did.
    fn ended(self);
}

impl Ended for () {
    fn ended(self) {}
}

impl<T, E: Into<crate::Error>> Ended for Result<T, E> {
    fn ended(self) {
        if let Err(error) = self {
            crate::log::error!("wait_until: {}", error.into());
        }
    }
}

pub(crate) fn has_background() -> bool {
    BACKGROUND.with_borrow(|jobs| !jobs.is_empty())
}

/// Runs all of it to its end, also what it begins itself.
pub(crate) fn finish_background() {
    while has_background() {
        if !poll_background() && has_background() && !waiting::wait() {
            crate::log::error!("wait_until: the work waits for something that nothing will bring");
            BACKGROUND.with_borrow_mut(VecDeque::clear);
        }
    }
}

/// Polls each job that can go on, once. Answers whether one can go on again at once. A job is out of the list
/// while it runs, so that it may begin others.
fn poll_background() -> bool {
    for _ in 0..BACKGROUND.with_borrow(VecDeque::len) {
        let Some(mut job) = BACKGROUND.with_borrow_mut(VecDeque::pop_front) else { break };
        if job.woken.take() {
            let waker = Waker::from(Arc::clone(&job.woken));
            if job.future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                continue;
            }
        }
        BACKGROUND.with_borrow_mut(|jobs| jobs.push_back(job));
    }
    BACKGROUND.with_borrow(|jobs| jobs.iter().any(|job| job.woken.is_set()))
}
