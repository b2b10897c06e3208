//! The job loop: runs microtasks and timers until a promise settles.

use std::cell::RefCell;

use rquickjs::{Ctx, Function, Persistent, Promise, Value};

use crate::{
    bindings::atoll::app::{clock, types::Failure},
    call, engine, failure,
};

type Rejection = (Persistent<Value<'static>>, Persistent<Value<'static>>);

thread_local! {
    /// Promises that were rejected while nobody listened, with their reasons.
    static REJECTIONS: RefCell<Vec<Rejection>> = const { RefCell::new(Vec::new()) };
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
            None => wait_for_timer(ctx, what)?,
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

/// Runs the next timer if it is due, else sleeps until it is.
fn wait_for_timer(ctx: &Ctx<'_>, what: &str) -> Result<(), Failure> {
    let wait_ms = engine::function(ctx, |host| &host.next_timer)
        .and_then(|next: Function<'_>| next.call::<_, f64>(()))
        .map_err(|error| failure::of_pending(ctx, error))?;
    if wait_ms < 0.0 {
        let hint = if call::at_top_level() {
            "; what only happens in a handler cannot be awaited at top level"
        } else {
            ""
        };
        return Err(failure::plain(format!(
            "{what} never finishes: it awaits a promise that nothing settles{hint}"
        )));
    }
    if wait_ms > 0.0 {
        clock::sleep((wait_ms * 1e6).ceil() as u64);
    }
    Ok(())
}
