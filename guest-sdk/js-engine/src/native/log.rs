//! `console`.

use rquickjs::{Ctx, Object, Result};

use crate::{
    bindings::atoll::app::log::{self, Level},
    text::Text,
};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "log" => write, });
    Ok(())
}

fn write(level: u8, message: Text) {
    let level = match level {
        0 => Level::Debug,
        1 => Level::Info,
        2 => Level::Warn,
        _ => Level::Error,
    };
    log::write(level, &message.0);
}
