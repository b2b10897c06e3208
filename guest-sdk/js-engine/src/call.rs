//! What one call from the host carries besides its arguments: the phase, the request that JavaScript has not
//! taken over yet, and the answer.

use std::cell::{Cell, RefCell};

use rquickjs::{Ctx, Exception, Result};

use crate::{bindings::atoll::app::clock, random};

/// Whether capabilities may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The engine or an app's top level is evaluated; the memory becomes an image.
    Snapshot,
    /// A handler runs.
    Call,
}

/// The parts of a request that JavaScript asks for when it needs them.
#[derive(Default)]
pub(crate) struct Incoming {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What a fetch handler answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What an event handler answered.
pub(crate) enum Verdict {
    Done,
    Retry(String),
    Reject(String),
}

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    /// The import that QuickJS itself has for its clock; the split pass binds it to `clock.now-us`.
    #[link_name = "__rquickjs_host_now_us"]
    safe fn host_now_us() -> f64;
}

thread_local! {
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Snapshot) };
    static START: Cell<(f64, u64)> = const { Cell::new((0.0, 0)) };
    pub(crate) static INCOMING: RefCell<Incoming> = const { RefCell::new(Incoming { headers: Vec::new(), body: Vec::new() }) };
    pub(crate) static ANSWER: RefCell<Option<Answer>> = const { RefCell::new(None) };
    pub(crate) static VERDICT: RefCell<Option<Verdict>> = const { RefCell::new(None) };
}

/// Every export that runs handlers starts here: what the image froze is made fresh.
pub(crate) fn begin() {
    PHASE.set(Phase::Call);
    START.set((0.0, clock::monotonic_ns()));
    random::reseed();
}

/// Milliseconds since the call began.
pub(crate) fn since_start_ms() -> f64 {
    clock::monotonic_ns().saturating_sub(START.get().1) as f64 / 1e6
}

/// When the call began, in milliseconds since 1970; asked of the host only when wanted.
pub(crate) fn start_ms() -> f64 {
    let (wall, start) = START.get();
    if wall != 0.0 {
        return wall;
    }
    let wall = host_now_us() / 1e3 - since_start_ms();
    START.set((wall, start));
    wall
}

/// Throws unless a handler runs. `what` is how the author wrote it, e.g. `fetch()`.
pub(crate) fn require_call(ctx: &Ctx<'_>, what: &str) -> Result<()> {
    if PHASE.get() == Phase::Call {
        return Ok(());
    }
    Err(Exception::throw_message(
        ctx,
        &format!("{what} is not available at top level: call it inside a handler"),
    ))
}

/// Whether the top level is being evaluated.
pub(crate) fn at_top_level() -> bool {
    PHASE.get() == Phase::Snapshot
}
