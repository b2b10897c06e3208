//! Bodies that come and go bit by bit.

use rquickjs::{Ctx, IntoJs, Object, Result, TypedArray, Value};

use super::error::throw;
use crate::bindings::atoll::app::streams::{self, Chunk};

/// The most that is read at once.
const READ_BYTES_MAX: u32 = 256 << 10;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "streamRead" => read,
        "streamWrite" => write,
        "streamFinish" => finish,
        "streamAbort" => streams::abort,
    });
    Ok(())
}

/// Bytes; null at the end; or the number of the operation to wait for before the next try.
fn read(ctx: Ctx<'_>, stream: u32, bytes_max: u32) -> Result<Value<'_>> {
    match streams::read(stream, bytes_max.clamp(1, READ_BYTES_MAX))
        .map_err(|error| throw(&ctx, "body", error))?
    {
        Chunk::Data(bytes) => Ok(TypedArray::<u8>::new(ctx, bytes)?.into_value()),
        Chunk::End => Ok(Value::new_null(ctx)),
        Chunk::Pending(operation) => operation.into_js(&ctx),
    }
}

/// Hands bytes over. Answers the operation to wait for before the next write, if there is one.
fn write<'js>(ctx: Ctx<'js>, stream: u32, bytes: TypedArray<'js, u8>) -> Result<Option<u32>> {
    // SAFETY: no JavaScript runs while the bytes are borrowed.
    let bytes = unsafe { bytes.as_bytes() }.unwrap_or_default();
    streams::write(stream, bytes).map_err(|error| throw(&ctx, "body", error))
}

fn finish(ctx: Ctx<'_>, stream: u32) -> Result<()> {
    streams::finish(stream).map_err(|error| throw(&ctx, "body", error))
}
