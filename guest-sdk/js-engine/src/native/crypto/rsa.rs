//! Verifying RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.2), which is what tokens of most identity providers are signed with.
//!
//! Only that: signing and decrypting need private exponents, which cost more CPU than a call has, and constant
//! time. Nothing here is secret, so nothing takes care to hide its timing.

use p256::{
    elliptic_curve::bigint::{
        Encoding, U2048, U3072, U4096, Uint,
        modular::runtime_mod::{DynResidue, DynResidueParams},
    },
    pkcs8::{
        SubjectPublicKeyInfoRef,
        der::{Decode as _, Reader as _, SliceReader, asn1::UintRef},
    },
};
use rquickjs::{Array, Ctx, IntoJs as _, Object, Result};

use super::digest::hash;
use crate::{
    native::{
        array::array_of,
        bytes::{Bytes, array},
    },
    text::Text,
};

/// Of the modulus. Below, signatures can be forged; above, verifying one takes too long.
const BITS: std::ops::RangeInclusive<usize> = 1024..=4096;
/// Public exponents are small: 65537 nearly always.
const EXPONENT_BYTES_MAX: usize = 4;

/// What stands before the hash in a signature: DER of the hash's name and length (RFC 8017, 9.2, note 1).
const PREFIXES: [(&str, &[u8]); 4] = [
    ("SHA-1", &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14]),
    (
        "SHA-256",
        &[
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
            0x00, 0x04, 0x20,
        ],
    ),
    (
        "SHA-384",
        &[
            0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05,
            0x00, 0x04, 0x30,
        ],
    ),
    (
        "SHA-512",
        &[
            0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05,
            0x00, 0x04, 0x40,
        ],
    ),
];

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    crate::native::define!(ctx, native, {
        "rsaFromSpki" => from_spki,
        "rsaUsable" => usable,
        "rsaVerify" => verify,
    });
    Ok(())
}

/// `[modulus, exponent]`; nothing for what is no RSA key.
fn from_spki<'js>(ctx: Ctx<'js>, der: Bytes<'js>) -> Result<Option<Array<'js>>> {
    let Some((modulus, exponent)) = parse_spki(der.get()) else { return Ok(None) };
    let parts = vec![array(&ctx, modulus)?.into_js(&ctx)?, array(&ctx, exponent)?.into_js(&ctx)?];
    array_of(&ctx, parts).map(Some)
}

fn parse_spki(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
    if info.algorithm.oid.to_string() != "1.2.840.113549.1.1.1" {
        return None;
    }
    let mut reader = SliceReader::new(info.subject_public_key.as_bytes()?).ok()?;
    let read = reader.sequence(|reader| {
        let modulus = UintRef::decode(reader)?.as_bytes().to_vec();
        Ok((modulus, UintRef::decode(reader)?.as_bytes().to_vec()))
    });
    read.ok().filter(|_| reader.is_finished())
}

/// Whether a key of this modulus and exponent can be used here.
#[expect(clippy::needless_pass_by_value, reason = "arguments from JavaScript are values")]
fn usable(modulus: Bytes<'_>, exponent: Bytes<'_>) -> bool {
    let (modulus, exponent) = (modulus.get(), without_zeros(exponent.get()));
    BITS.contains(&(8 * without_zeros(modulus).len()))
        && modulus.last().is_some_and(|last| last % 2 == 1)
        && (1..=EXPONENT_BYTES_MAX).contains(&exponent.len())
        && exponent.last().is_some_and(|last| last % 2 == 1)
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..]
}

/// Whether a signature is of this data and key. The key was found usable.
fn verify<'js>(
    ctx: Ctx<'js>,
    name: Text,
    modulus: Bytes<'js>,
    exponent: Bytes<'js>,
    signature: Bytes<'js>,
    data: Bytes<'js>,
) -> Result<bool> {
    let hash = hash(&ctx, &name.0, data.get())?;
    let modulus = without_zeros(modulus.get());
    let prefix = PREFIXES.iter().find(|(known, _)| *known == name.0).map_or(&[][..], |(_, prefix)| prefix);
    let Some(padding) = modulus.len().checked_sub(3 + prefix.len() + hash.len()).filter(|n| *n >= 8) else {
        return Ok(false);
    };
    let mut expected = vec![0, 1];
    expected.resize(2 + padding, 0xFF);
    expected.push(0);
    expected.extend_from_slice(prefix);
    expected.extend_from_slice(&hash);
    let signature = signature.get();
    Ok(signature.len() == modulus.len()
        && opened(modulus, exponent.get(), signature).as_ref() == Some(&expected))
}

/// The signature to the power of the exponent, as long as the modulus. The time grows with the square of the
/// numbers' size, so they have the smallest that fits.
fn opened(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    match modulus.len() {
        0..=256 => power(number::<{ U2048::LIMBS }>(modulus)?, exponent, number(signature)?, modulus.len()),
        257..=384 => power(number::<{ U3072::LIMBS }>(modulus)?, exponent, number(signature)?, modulus.len()),
        _ => power(number::<{ U4096::LIMBS }>(modulus)?, exponent, number(signature)?, modulus.len()),
    }
}

fn power<const LIMBS: usize>(
    modulus: Uint<LIMBS>,
    exponent: &[u8],
    signature: Uint<LIMBS>,
    length: usize,
) -> Option<Vec<u8>>
where
    Uint<LIMBS>: Encoding,
{
    if signature >= modulus {
        return None;
    }
    let exponent = without_zeros(exponent).iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    let power = DynResidue::new(&signature, DynResidueParams::new(&modulus))
        .pow_bounded_exp(&Uint::<1>::from_u32(exponent), 32 - exponent.leading_zeros() as usize);
    let bytes = power.retrieve().to_be_bytes();
    let bytes = bytes.as_ref();
    Some(bytes[bytes.len() - length..].to_vec())
}

fn number<const LIMBS: usize>(bytes: &[u8]) -> Option<Uint<LIMBS>>
where
    Uint<LIMBS>: Encoding,
{
    let mut padded = Uint::<LIMBS>::ZERO.to_be_bytes();
    let all = padded.as_mut();
    let start = all.len().checked_sub(bytes.len())?;
    all[start..].copy_from_slice(bytes);
    Some(Uint::from_be_bytes(padded))
}
