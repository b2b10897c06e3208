//! Bytes of typed arrays without a copy.

use rquickjs::{Ctx, Error, Exception, FromJs, Result, TypedArray, Value};

/// A `Uint8Array` whose bytes are looked at where they lie. It is good for one native function, in which no
/// JavaScript runs.
pub(super) struct Bytes<'js>(TypedArray<'js, u8>);

impl<'js> FromJs<'js> for Bytes<'js> {
    fn from_js(_ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        TypedArray::from_value(value).map(Self)
    }
}

impl Bytes<'_> {
    /// The bytes; none when the buffer was transferred away.
    pub(super) fn get(&self) -> &[u8] {
        // SAFETY: no JavaScript runs while the bytes are borrowed: native functions call none with a `Bytes`
        // in their hands.
        unsafe { self.0.as_bytes() }.unwrap_or_default()
    }

    /// The same, to write into. What else is borrowed must not be of the same buffer.
    pub(super) fn get_mut(&mut self) -> &mut [u8] {
        match self.0.as_raw() {
            // SAFETY: as above, and the borrow is unique: `self` is.
            Some(mut raw) => unsafe { raw.as_mut() },
            None => &mut [],
        }
    }
}

/// Bytes for JavaScript.
pub(super) fn array<'js>(ctx: &Ctx<'js>, bytes: Vec<u8>) -> Result<TypedArray<'js, u8>> {
    TypedArray::new(ctx.clone(), bytes)
}

/// A slice of an exact length.
pub(super) fn exactly<const N: usize>(ctx: &Ctx<'_>, bytes: &[u8], what: &str) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| wrong_length(ctx, what, N, bytes.len()))
}

fn wrong_length(ctx: &Ctx<'_>, what: &str, wanted: usize, found: usize) -> Error {
    Exception::throw_type(ctx, &format!("{what} has {found} bytes; it must have {wanted}"))
}
