//! The arithmetic behind `crypto.subtle`: RustCrypto's, one family a file. What an algorithm, a key or a usage is
//! called, and which error a wrong one gets, is JavaScript's (`js/subtle.js`). Keys are bytes here.

mod aes;
mod digest;
mod ecdsa;
mod ed25519;
mod rsa;

use rquickjs::{Ctx, Object, Result};

use super::bytes::Bytes;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "timingSafeEqual" => timing_safe_equal, });
    aes::define(ctx, native)?;
    digest::define(ctx, native)?;
    ecdsa::define(ctx, native)?;
    ed25519::define(ctx, native)?;
    rsa::define(ctx, native)
}

/// In a time that does not depend on where they differ.
#[expect(clippy::needless_pass_by_value, reason = "arguments from JavaScript are values")]
fn timing_safe_equal(a: Bytes<'_>, b: Bytes<'_>) -> bool {
    subtle::ConstantTimeEq::ct_eq(a.get(), b.get()).into()
}
