//! Hashes, and what is built of a hash: HMAC, PBKDF2, HKDF.

use hmac::{Mac as _, SimpleHmac};
use rquickjs::{Ctx, Exception, Object, Result, TypedArray};
use sha2::Digest as _;

use crate::{
    native::bytes::{Bytes, array},
    text::Text,
};

/// A derived secret may be this long: more than any key, less than would hurt.
const DERIVED_BYTES_MAX: usize = 64 << 10;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    crate::native::define!(ctx, native, {
        "digest" => digest,
        "hmac" => hmac,
        "pbkdf2" => pbkdf2,
        "hkdf" => hkdf,
    });
    Ok(())
}

/// Runs code with `$Hash` as the type of the hash that is named; throws for one that is not here.
macro_rules! with_hash {
    ($ctx:expr, $name:expr, $Hash:ident => $body:expr) => {
        match $name {
            "SHA-1" => {
                type $Hash = sha1::Sha1;
                $body
            }
            "SHA-256" => {
                type $Hash = sha2::Sha256;
                $body
            }
            "SHA-384" => {
                type $Hash = sha2::Sha384;
                $body
            }
            "SHA-512" => {
                type $Hash = sha2::Sha512;
                $body
            }
            other => return Err(Exception::throw_type($ctx, &format!("{other:?} is no hash"))),
        }
    };
}

/// The hash of bytes.
pub(super) fn hash(ctx: &Ctx<'_>, name: &str, data: &[u8]) -> Result<Vec<u8>> {
    Ok(with_hash!(ctx, name, Hash => Hash::digest(data).to_vec()))
}

fn digest<'js>(ctx: Ctx<'js>, name: Text, data: Bytes<'js>) -> Result<TypedArray<'js, u8>> {
    array(&ctx, hash(&ctx, &name.0, data.get())?)
}

fn hmac<'js>(ctx: Ctx<'js>, name: Text, key: Bytes<'js>, data: Bytes<'js>) -> Result<TypedArray<'js, u8>> {
    let tag = with_hash!(&ctx, name.0.as_str(), Hash => {
        SimpleHmac::<Hash>::new_from_slice(key.get()).map(|mac| mac.chain_update(data.get()).finalize().into_bytes().to_vec())
    });
    array(&ctx, tag.map_err(|error| Exception::throw_type(&ctx, &error.to_string()))?)
}

fn derived(ctx: &Ctx<'_>, length: usize) -> Result<Vec<u8>> {
    if length <= DERIVED_BYTES_MAX {
        return Ok(vec![0; length]);
    }
    let said = format!("a derived secret has at most {DERIVED_BYTES_MAX} bytes; {length} were asked for");
    Err(Exception::throw_range(ctx, &said))
}

fn pbkdf2<'js>(
    ctx: Ctx<'js>,
    name: Text,
    password: Bytes<'js>,
    salt: Bytes<'js>,
    rounds: u32,
    length: usize,
) -> Result<TypedArray<'js, u8>> {
    let mut secret = derived(&ctx, length)?;
    with_hash!(&ctx, name.0.as_str(), Hash =>
        pbkdf2::pbkdf2_hmac::<Hash>(password.get(), salt.get(), rounds, &mut secret));
    array(&ctx, secret)
}

/// Nothing when more is asked for than HKDF gives: 255 hashes.
fn hkdf<'js>(
    ctx: Ctx<'js>,
    name: Text,
    key: Bytes<'js>,
    salt: Bytes<'js>,
    info: Bytes<'js>,
    length: usize,
) -> Result<Option<TypedArray<'js, u8>>> {
    let mut secret = derived(&ctx, length)?;
    let done = with_hash!(&ctx, name.0.as_str(), Hash =>
        hkdf::SimpleHkdf::<Hash>::new(Some(salt.get()), key.get()).expand(info.get(), &mut secret));
    done.ok().map(|()| array(&ctx, secret)).transpose()
}
