//! The threads in the back: an executor that polls one call at a time on each, and asks the fair queue which.
//!
//! The threads are started with the first call that is moved here. On Linux, where niceness is a thread's own, they
//! stand behind the process's other threads: what reads and answers requests never waits for them, and they
//! have every core that is left.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError,
        atomic::{AtomicBool, AtomicU8, Ordering, fence},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use futures::FutureExt as _;
use tokio::{runtime::Handle, sync::oneshot};

use super::{Share, queue::FairQueue};
use crate::meter::thread_cpu_ns;

/// A third of the weight of the threads that serve requests. More would starve the back on a machine that does
/// other work as well, for which this is the priority too.
const NICENESS: i32 = 5;

/// CPU time after which a thread in the back offers its core to the process's other threads. A kernel that preempts
/// only at its own tick (4 ms at 250 Hz) leaves what wakes meanwhile waiting until then, whatever its priority: one
/// request in a hundred waited for such a tick. A yield gives up the rest of the time slice, so not one after each
/// short call: a flood of those would get little of a machine that does other work as well.
const YIELD_AFTER_NS: u64 = 500_000;

/// Threads, and what waits for them.
pub(crate) struct Back {
    shared: Arc<Shared>,
    threads: usize,
    /// How many threads there are, once somebody asked.
    started: OnceLock<usize>,
}

struct Shared {
    queue: Mutex<Queue>,
    ready: Condvar,
}

struct Queue {
    fair: FairQueue<Arc<Task>>,
    stop: bool,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A panic cannot leave it half changed.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, task: Arc<Task>) {
        self.queue().fair.push(task.app, task);
        self.ready.notify_one();
    }
}

impl Back {
    /// `turn` is how long a call runs before it comes back to the host.
    pub(crate) fn new(threads: usize, turn: Duration) -> Self {
        let fair = FairQueue::new(u64::try_from(turn.as_nanos()).unwrap_or(u64::MAX));
        let shared =
            Arc::new(Shared { queue: Mutex::new(Queue { fair, stop: false }), ready: Condvar::new() });
        Self { shared, threads: threads.max(1), started: OnceLock::new() }
    }

    /// Has a future polled here, if it [is open](Back::is_open). Whoever drops the answer's future ends it: at once, or when the turn that it has
    /// is over.
    pub(crate) fn run<F>(&self, share: &Share, future: F) -> Handoff<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let future = async move {
            let output = AssertUnwindSafe(future).catch_unwind().await;
            // Nobody may be left to hear it.
            let _ = answer.send(output);
        };
        let task = Arc::new(Task {
            app: share.id(),
            tokio: Handle::current(),
            state: AtomicU8::new(QUEUED),
            cancelled: AtomicBool::new(false),
            future: Mutex::new(Some(Box::pin(future))),
            shared: Arc::clone(&self.shared),
        });
        self.shared.push(Arc::clone(&task));
        Handoff { answered, task }
    }

    /// Whether there is a thread to run on; they are started with the first question.
    pub(crate) fn is_open(&self) -> bool {
        *self.started.get_or_init(|| self.start()) > 0
    }

    fn start(&self) -> usize {
        let start = |number: &usize| {
            let shared = Arc::clone(&self.shared);
            let thread =
                thread::Builder::new().name(format!("atoll-back-{number}")).spawn(move || work(&shared));
            thread
                .inspect_err(|error| tracing::error!(%error, "a thread for long calls could not be started"))
                .is_ok()
        };
        (0..self.threads).filter(start).count()
    }
}

impl Drop for Back {
    fn drop(&mut self) {
        // Not joined: this may be one of the threads, which drops the last call of a runtime.
        self.shared.queue().stop = true;
        self.shared.ready.notify_all();
    }
}

fn work(shared: &Shared) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "long calls run at the priority of everything else");
    }
    let mut since_yield_ns = 0;
    let mut queue = shared.queue();
    loop {
        if queue.stop {
            return;
        }
        let Some((app, task)) = queue.fair.pick() else {
            queue = shared.ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        drop(queue);
        let before_ns = thread_cpu_ns();
        // Dropping a call may panic as well as polling it.
        let again = catch_unwind(AssertUnwindSafe(|| task.turn())).unwrap_or(false);
        let cpu_ns = thread_cpu_ns().saturating_sub(before_ns);
        since_yield_ns += cpu_ns;
        if since_yield_ns >= YIELD_AFTER_NS {
            since_yield_ns = 0;
            thread::yield_now();
        }
        queue = shared.queue();
        if again {
            // Before its turn is over: whoever goes on was never away.
            queue.fair.push(app, task);
            queue.fair.done(app, cpu_ns);
        } else {
            queue.fair.done(app, cpu_ns);
            // It may be the last there is of a call, with much to clean up.
            drop(queue);
            drop(task);
            queue = shared.queue();
        }
    }
}

/// Waits for something.
const IDLE: u8 = 0;
/// In the queue, or about to be.
const QUEUED: u8 = 1;
const RUNNING: u8 = 2;
/// Running, and woken meanwhile.
const WOKEN: u8 = 3;

/// A call in the back.
struct Task {
    app: u64,
    /// For the timers that it starts.
    tokio: Handle,
    state: AtomicU8,
    cancelled: AtomicBool,
    future: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    shared: Arc<Shared>,
}

impl Task {
    /// Polls it once. Answers whether it wants another turn.
    fn turn(self: &Arc<Self>) -> bool {
        self.state.store(RUNNING, Ordering::SeqCst);
        let mut slot = self.future.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(future) = slot.as_mut() {
            let _tokio = self.tokio.enter();
            let waker = Waker::from(Arc::clone(self));
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                *slot = None;
            }
        }
        drop(slot);
        // Pairs with the one in `cancel`: one of the two sees what the other did.
        fence(Ordering::SeqCst);
        if self.cancelled.load(Ordering::SeqCst) {
            self.end();
            return false;
        }
        let order = Ordering::SeqCst;
        if self.state.compare_exchange(RUNNING, IDLE, order, order).is_ok() {
            return false;
        }
        self.state.store(QUEUED, order);
        true
    }

    fn end(&self) {
        let future = self.future.lock().unwrap_or_else(PoisonError::into_inner).take();
        let _tokio = self.tokio.enter();
        drop(future);
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let future = match self.future.try_lock() {
            Ok(mut slot) => slot.take(),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().take(),
            // It has a turn, and is ended after it.
            Err(TryLockError::WouldBlock) => None,
        };
        drop(future);
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        let woken = self.state.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| match state {
            IDLE => Some(QUEUED),
            RUNNING => Some(WOKEN),
            _ => None,
        });
        if woken == Ok(IDLE) {
            Arc::clone(&self.shared).push(self);
        }
    }
}

/// The answer of what runs in the back.
pub(crate) struct Handoff<T> {
    answered: oneshot::Receiver<Result<T, Box<dyn Any + Send>>>,
    task: Arc<Task>,
}

impl<T> Future for Handoff<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        match Pin::new(&mut self.answered).poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(Ok(output))) => Poll::Ready(output),
            // As if it had been polled here.
            Poll::Ready(Ok(Err(panic))) => resume_unwind(panic),
            // The threads stop when nobody can be waiting any more.
            Poll::Ready(Err(_)) => Poll::Pending,
        }
    }
}

impl<T> Drop for Handoff<T> {
    fn drop(&mut self) {
        self.task.cancel();
    }
}

#[cfg(test)]
mod tests;
