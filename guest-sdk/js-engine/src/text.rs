//! Strings and bytes from JavaScript to Rust.

use rquickjs::{Ctx, Error, FromJs, Result, String as JsString, TypedArray, Value, qjs};

/// A JavaScript string as UTF-8. A lone surrogate becomes U+FFFD: the host's strings cannot hold one.
pub(crate) struct Text(pub(crate) String);

impl<'js> FromJs<'js> for Text {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        if !value.is_string() {
            return Err(Error::new_from_js(value.type_name(), "string"));
        }
        let mut length: usize = 0;
        // SAFETY: the value is a live string of this context; the copy is made before it is freed.
        unsafe {
            let pointer = qjs::JS_ToCStringLen(ctx.as_raw().as_ptr(), &raw mut length, value.as_raw());
            if pointer.is_null() {
                return Err(Error::Exception);
            }
            let bytes = std::slice::from_raw_parts(pointer.cast::<u8>(), length);
            let text = match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => without_surrogates(bytes),
            };
            qjs::JS_FreeCString(ctx.as_raw().as_ptr(), pointer);
            Ok(Self(text))
        }
    }
}

impl Text {
    /// The same for a value that is known to be a string.
    pub(crate) fn from_js_string<'js>(ctx: &Ctx<'js>, string: &JsString<'js>) -> Result<Self> {
        Self::from_js(ctx, string.as_value().clone())
    }
}

/// QuickJS writes a lone surrogate as the three bytes that UTF-8 would have for it (ED A0..BF xx).
fn without_surrogates(bytes: &[u8]) -> String {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        if first == 0xED && tail.len() >= 2 && tail[0] >= 0xA0 {
            clean.extend_from_slice("\u{FFFD}".as_bytes());
            rest = &tail[2..];
        } else {
            clean.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&clean).into_owned()
}

/// The bytes of a `Uint8Array`, copied.
pub(crate) struct ByteVec(pub(crate) Vec<u8>);

impl<'js> FromJs<'js> for ByteVec {
    fn from_js(_ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let array = TypedArray::<u8>::from_value(value)?;
        // SAFETY: no JavaScript runs between the borrow and the copy.
        Ok(Self(unsafe { array.as_bytes() }.unwrap_or_default().to_vec()))
    }
}
