//! The module `internal:native`: what Rust does for the engine's own JavaScript. One concept a file.

mod array;
mod bus;
mod clock;
mod config;
mod encoding;
mod error;
mod headers;
mod http;
mod kv;
mod log;
mod random;
mod sql;
mod url;

use rquickjs::{
    Ctx, Object, Result,
    module::{Declarations, Exports, ModuleDef},
};

/// Defines functions of an object by their JavaScript names.
macro_rules! define {
    ($ctx:expr, $object:expr, { $($name:literal => $function:expr,)* }) => {{
        $(
            let function = rquickjs::Function::new($ctx.clone(), $function)?;
            function.set_name($name)?;
            $object.set($name, function)?;
        )*
    }};
}
pub(crate) use define;

/// `import native from "internal:native"`.
pub(crate) struct NativeModule;

impl ModuleDef for NativeModule {
    fn declare(declarations: &Declarations<'_>) -> Result<()> {
        declarations.declare("default")?;
        Ok(())
    }

    fn evaluate<'js>(ctx: &Ctx<'js>, exports: &Exports<'js>) -> Result<()> {
        let native = Object::new(ctx.clone())?;
        bus::define(ctx, &native)?;
        clock::define(ctx, &native)?;
        config::define(ctx, &native)?;
        encoding::define(ctx, &native)?;
        headers::define(ctx, &native)?;
        http::define(ctx, &native)?;
        kv::define(ctx, &native)?;
        log::define(ctx, &native)?;
        random::define(ctx, &native)?;
        sql::define(ctx, &native)?;
        url::define(ctx, &native)?;
        exports.export("default", native)?;
        Ok(())
    }
}
