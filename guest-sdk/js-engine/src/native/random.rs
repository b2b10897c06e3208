//! `Math.random` and `crypto`.

use rquickjs::{Ctx, Object, Result, TypedArray};

use crate::{bindings::atoll::app::random as host, call::require_call, random, text::Text};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "random" => random::next_f64,
        "randomHex" => random_hex,
        "randomBytes" => random_bytes,
        "randomUuid" => random_uuid,
    });
    Ok(())
}

/// Digits that need not be secret, e.g. for the boundary of a multipart body.
fn random_hex(digits: usize) -> String {
    (0..digits.min(64))
        .map(|_| char::from(b"0123456789abcdef"[(random::next_u64() >> 60) as usize]))
        .collect()
}

fn random_bytes<'js>(ctx: Ctx<'js>, count: u32, what: Text) -> Result<TypedArray<'js, u8>> {
    require_call(&ctx, &what.0)?;
    TypedArray::new(ctx, host::get_bytes(count))
}

/// A version 4 UUID (RFC 9562).
fn random_uuid(ctx: Ctx<'_>) -> Result<String> {
    require_call(&ctx, "crypto.randomUUID()")?;
    let mut bytes = host::get_bytes(16);
    if let [_, _, _, _, _, _, version, _, variant, ..] = bytes.as_mut_slice() {
        *version = *version & 0x0F | 0x40;
        *variant = *variant & 0x3F | 0x80;
    }
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[digit as usize]));
        }
    }
    Ok(text)
}
