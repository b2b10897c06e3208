//! What `env` is made of.

use rquickjs::{Array, Ctx, Object, Result};

use crate::bindings::atoll::app::config;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "granted" => granted, "variables" => variables, });
    Ok(())
}

/// The flags in the order of `config.capabilities`.
fn granted() -> u8 {
    config::granted().bits()
}

/// `[name, value, …]`.
fn variables(ctx: Ctx<'_>) -> Result<Array<'_>> {
    super::http::flat(&ctx, config::variables())
}
