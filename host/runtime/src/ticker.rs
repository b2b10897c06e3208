//! The thread that raises wasmtime's epoch while guests run, so that each running guest comes back to the
//! host every few milliseconds: to let others run, and to have its CPU time checked.
//!
//! A tick is no measure of time: whoever else raises the epoch (a snapshot at deploy may) only makes guests
//! yield more often.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use wasmtime::Engine;

use crate::RuntimeError;

/// Ticks without anything running before the thread goes to sleep. Waking it costs a request some
/// microseconds, so it waits through the gaps of a steady trickle of requests.
const IDLE_TICKS_MAX: u32 = 80;

struct Shared {
    running: AtomicUsize,
    parked: AtomicBool,
    stop: AtomicBool,
    /// An engine that was made later.
    second: OnceLock<Engine>,
}

/// Owns the thread; it ends when this is dropped.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine, tick: Duration) -> Result<Self, RuntimeError> {
        let shared = Arc::new(Shared {
            running: AtomicUsize::new(0),
            parked: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            second: OnceLock::new(),
        });
        let (of_thread, engine) = (Arc::clone(&shared), engine.clone());
        let thread = thread::Builder::new()
            .name("atoll-epoch".into())
            .spawn(move || run(&of_thread, &engine, tick))
            .map_err(|error| RuntimeError::Engine(format!("no thread for the epoch: {error}")))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Raises the epoch of another engine too. There is one such engine at most.
    pub(crate) fn also(&self, engine: &Engine) {
        let _ = self.shared.second.set(engine.clone());
    }

    /// A guest starts to run: the epoch is raised until it has ended ([`Ticker::leave`]).
    pub(crate) fn enter(&self) {
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        // The thread says that it parks before it looks at `running` again, so one of the two sees the other.
        if self.shared.parked.load(Ordering::SeqCst) {
            self.wake();
        }
    }

    /// A guest has ended.
    pub(crate) fn leave(&self) {
        self.shared.running.fetch_sub(1, Ordering::SeqCst);
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // It can only have ended; a panic in it has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, engine: &Engine, tick: Duration) {
    let mut idle_ticks = 0;
    while !shared.stop.load(Ordering::SeqCst) {
        if shared.running.load(Ordering::SeqCst) > 0 {
            idle_ticks = 0;
        } else if idle_ticks < IDLE_TICKS_MAX {
            idle_ticks += 1;
        } else {
            shared.parked.store(true, Ordering::SeqCst);
            if shared.running.load(Ordering::SeqCst) == 0 && !shared.stop.load(Ordering::SeqCst) {
                thread::park();
            }
            shared.parked.store(false, Ordering::SeqCst);
            idle_ticks = 0;
            continue;
        }
        thread::sleep(tick);
        engine.increment_epoch();
        if let Some(second) = shared.second.get() {
            second.increment_epoch();
        }
    }
}
