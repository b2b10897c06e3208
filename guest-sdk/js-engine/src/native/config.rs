//! What `env` is made of.

use rquickjs::{Array, Ctx, Object, Result, Value};

use crate::bindings::atoll::app::config;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "environment" => environment, });
    Ok(())
}

/// `[name, value, …, flags]`: the variables, and the flags in the order of `config.capabilities`.
fn environment(ctx: Ctx<'_>) -> Result<Array<'_>> {
    let flags = Value::new_int(ctx.clone(), i32::from(config::granted().bits()));
    super::http::flat(&ctx, config::variables(), Some(flags))
}
