//! `env.BUS`.

use rquickjs::{Ctx, Object, Result};

use super::error::throw;
use crate::{bindings::atoll::app::bus, call::require_call, text::Text};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "publish" => publish, });
    Ok(())
}

fn publish(ctx: Ctx<'_>, event_type: Text, data: Text, id: Option<Text>) -> Result<String> {
    require_call(&ctx, "env.BUS.publish()")?;
    bus::publish(&event_type.0, &data.0, id.as_ref().map(|id| id.0.as_str()))
        .map_err(|error| throw(&ctx, "BUS.publish", error))
}
