//! Operations of the host: what is under way, and who wants to know when it is done.

use rquickjs::{Ctx, Function, Object, Result};

use crate::jobs;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "whenDone" => when_done,
        "cancelOperation" => jobs::cancel,
    });
    Ok(())
}

/// The job loop calls `callback`, once, when the operation is done.
fn when_done<'js>(ctx: Ctx<'js>, operation: u32, callback: Function<'js>) {
    jobs::when_done(&ctx, operation, callback);
}
