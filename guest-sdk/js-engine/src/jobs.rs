//! The job loop: runs microtasks, and waits for timers and for operations of the host, until a promise settles.

use std::cell::RefCell;

use rquickjs::{Ctx, Function, Persistent, Promise, Value};

use crate::{
    bindings::atoll::app::{operations, types::Failure},
    call, engine, failure,
};

/// An operation of the host that is under way, and what is called when it is done.
type Waiting = (u32, Persistent<Function<'static>>);
type Rejection = (Persistent<Value<'static>>, Persistent<Value<'static>>);

/// The host waits for no more at once. Who has more under way waits for the oldest first.
const WAIT_OPERATIONS_MAX: usize = 256;

thread_local! {
    /// Operations that somebody waits for, in the order in which they began.
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
    /// Promises that were rejected while nobody listened, with their reasons.
    static REJECTIONS: RefCell<Vec<Rejection>> = const { RefCell::new(Vec::new()) };
}

/// Calls `callback`, once, when an operation is done.
pub(crate) fn when_done<'js>(ctx: &Ctx<'js>, operation: u32, callback: Function<'js>) {
    let callback = Persistent::save(ctx, callback);
    WAITING.with_borrow_mut(|list| list.push((operation, callback)));
}

/// Gives an operation up. Its callback is not called.
pub(crate) fn cancel(operation: u32) {
    WAITING.with_borrow_mut(|list| list.retain(|(known, _)| *known != operation));
    operations::cancel(operation);
}

/// QuickJS reports each rejection without a listener here, and again when a listener comes after all.
pub(crate) fn track_rejection<'js>(ctx: Ctx<'js>, promise: Value<'js>, reason: Value<'js>, handled: bool) {
    let promise = Persistent::save(&ctx, promise);
    REJECTIONS.with_borrow_mut(|list| {
        if handled {
            list.retain(|(known, _)| *known != promise);
        } else {
            list.push((promise, Persistent::save(&ctx, reason)));
        }
    });
}

/// Runs until a value, if it is a promise, is settled, and no microtask is left. Answers what it settled to:
/// the value, or what it was rejected with.
///
/// # Errors
/// An exception of a timer, or a promise that can never settle.
pub(crate) fn settle<'js>(
    ctx: &Ctx<'js>,
    value: Value<'js>,
    what: &str,
) -> Result<Result<Value<'js>, Value<'js>>, Failure> {
    let Some(promise) = value.as_promise() else {
        while ctx.execute_pending_job() {}
        return Ok(Ok(value));
    };
    loop {
        while ctx.execute_pending_job() {}
        match promise.result::<Value<'js>>() {
            Some(Ok(value)) => return Ok(Ok(value)),
            Some(Err(_)) => {
                forget(ctx, &value);
                return Ok(Err(ctx.catch()));
            }
            None => go_on(ctx, what)?,
        }
    }
}

/// The same for a call of which only the failure matters, that of promises nobody listened to included.
pub(crate) fn run_until_settled<'js>(
    ctx: &Ctx<'js>,
    promise: &Promise<'js>,
    what: &str,
) -> Result<(), Failure> {
    settle(ctx, promise.clone().into_value(), what)?.map_err(|thrown| failure::of_thrown(ctx, thrown))?;
    unhandled(ctx)
}

/// Fails when a promise was rejected and nobody handled it.
pub(crate) fn unhandled(ctx: &Ctx<'_>) -> Result<(), Failure> {
    let Some((_, reason)) = REJECTIONS.with_borrow_mut(Vec::pop) else { return Ok(()) };
    let thrown = reason.restore(ctx).map_err(|error| failure::of_pending(ctx, error))?;
    let mut failure = failure::of_thrown(ctx, thrown);
    failure.message = format!("unhandled rejection: {}", failure.message);
    Err(failure)
}

/// Takes note that a promise's rejection is dealt with.
fn forget<'js>(ctx: &Ctx<'js>, promise: &Value<'js>) {
    let promise = Persistent::save(ctx, promise.clone());
    REJECTIONS.with_borrow_mut(|list| list.retain(|(known, _)| *known != promise));
}

/// Makes something happen: runs the timer that is due, or waits for the first of timers and operations.
fn go_on(ctx: &Ctx<'_>, what: &str) -> Result<(), Failure> {
    let pending = |error| failure::of_pending(ctx, error);
    let wait_ms: f64 =
        engine::function(ctx, |host| &host.next_timer).and_then(|next| next.call(())).map_err(pending)?;
    let under_way: Vec<u32> = WAITING
        .with_borrow(|list| list.iter().take(WAIT_OPERATIONS_MAX).map(|(operation, _)| *operation).collect());
    let timeout_ns = match wait_ms {
        // A timer ran. Timers that are always due must not keep what is done from being seen.
        0.0 if under_way.is_empty() => return Ok(()),
        0.0 => Some(0),
        wait_ms if wait_ms > 0.0 => Some((wait_ms * 1e6).ceil() as u64),
        _ if under_way.is_empty() => return Err(never_finishes(what)),
        _ => None,
    };
    for done in operations::wait(&under_way, timeout_ns) {
        let place = WAITING.with_borrow(|list| list.iter().position(|(operation, _)| *operation == done));
        let Some(place) = place else { continue };
        let (_, callback) = WAITING.with_borrow_mut(|list| list.remove(place));
        callback.restore(ctx).and_then(|callback| callback.call::<_, ()>(())).map_err(pending)?;
    }
    Ok(())
}

fn never_finishes(what: &str) -> Failure {
    let hint = if call::at_top_level() {
        "; what only happens in a handler cannot be awaited at top level"
    } else {
        ""
    };
    failure::plain(format!("{what} never finishes: it awaits a promise that nothing settles{hint}"))
}
