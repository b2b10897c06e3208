//! Time since the call began. `Date` reads the host's clock by itself.

use rquickjs::{Ctx, Object, Result};

use crate::{bindings::atoll::app::clock, call, text::Text};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "monotonicMs" => || clock::monotonic_ns() as f64 / 1e6,
        "sinceCallMs" => call::since_start_ms,
        "callStartMs" => call::start_ms,
        "requireCall" => require_call,
    });
    Ok(())
}

fn require_call(ctx: Ctx<'_>, what: Text) -> Result<()> {
    call::require_call(&ctx, &what.0)
}
