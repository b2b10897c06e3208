//! The module `internal:native`: what Rust does for the engine's own JavaScript. One concept a file.

mod array;
mod bus;
mod bytes;
mod clock;
mod compression;
mod config;
mod crypto;
mod encoding;
mod error;
mod headers;
mod http;
mod http_client;
mod json;
mod kv;
mod log;
mod ops;
mod random;
mod sql;
mod stream;
mod url;
mod url_pattern;

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
        compression::define(ctx, &native)?;
        config::define(ctx, &native)?;
        crypto::define(ctx, &native)?;
        encoding::define(ctx, &native)?;
        headers::define(ctx, &native)?;
        http::define(ctx, &native)?;
        http_client::define(ctx, &native)?;
        json::define(ctx, &native)?;
        kv::define(ctx, &native)?;
        log::define(ctx, &native)?;
        ops::define(ctx, &native)?;
        random::define(ctx, &native)?;
        sql::define(ctx, &native)?;
        stream::define(ctx, &native)?;
        url::define(ctx, &native)?;
        url_pattern::define(ctx, &native)?;
        exports.export("default", native)?;
        Ok(())
    }
}
