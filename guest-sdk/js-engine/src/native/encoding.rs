//! UTF-8, and a search in bytes.

use rquickjs::{Ctx, IntoJs, Object, Result, TypedArray, Value};

use crate::text::{ByteVec, Text};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "utf8Encode" => utf8_encode,
        "utf8Decode" => utf8_decode,
        "utf8Incomplete" => utf8_incomplete,
        "find" => find,
    });
    Ok(())
}

fn utf8_encode(ctx: Ctx<'_>, text: Text) -> Result<TypedArray<'_, u8>> {
    TypedArray::new(ctx, text.0)
}

/// The text; null when `fatal` and the bytes are no UTF-8. A byte order mark stays.
fn utf8_decode<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>, fatal: bool) -> Result<Value<'js>> {
    // SAFETY: no JavaScript runs while the bytes are borrowed.
    let bytes = unsafe { array.as_bytes() }.unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into_js(&ctx),
        Err(_) if fatal => Ok(Value::new_null(ctx)),
        Err(_) => String::from_utf8_lossy(bytes).into_js(&ctx),
    }
}

/// How many bytes at the end are the start of a character that may go on.
fn utf8_incomplete(bytes: ByteVec) -> usize {
    match std::str::from_utf8(&bytes.0) {
        Ok(_) => 0,
        Err(_) => (1..=3.min(bytes.0.len()))
            .find(|&length| {
                let tail = &bytes.0[bytes.0.len() - length..];
                // "Unexpected end" at the very start of the tail: nothing in it is wrong yet.
                matches!(std::str::from_utf8(tail), Err(e) if e.valid_up_to() == 0 && e.error_len().is_none())
            })
            .unwrap_or(0),
    }
}

/// Where `needle` is in `bytes`, at `from` or later; -1 when it is not.
fn find(bytes: ByteVec, needle: ByteVec, from: usize) -> i32 {
    let (bytes, needle) = (bytes.0, needle.0);
    if needle.is_empty() || from >= bytes.len() {
        return -1;
    }
    let found = bytes[from..].windows(needle.len()).position(|window| window == needle);
    found.and_then(|at| i32::try_from(at + from).ok()).unwrap_or(-1)
}
