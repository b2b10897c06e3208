//! ECDSA over P-256. A private key is its 32 bytes, a public key its uncompressed point (65 bytes).

use p256::{
    PublicKey, SecretKey,
    ecdsa::{
        Signature, SigningKey, VerifyingKey,
        signature::hazmat::{PrehashSigner as _, PrehashVerifier as _},
    },
    elliptic_curve::sec1::ToEncodedPoint as _,
    pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _},
};
use rquickjs::{Ctx, Exception, Object, Result, TypedArray};

use super::digest::hash;
use crate::{
    native::bytes::{Bytes, array},
    text::Text,
};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    crate::native::define!(ctx, native, {
        "p256Public" => public_of,
        "p256Point" => point,
        "p256FromSpki" => from_spki,
        "p256ToSpki" => to_spki,
        "p256FromPkcs8" => from_pkcs8,
        "p256ToPkcs8" => to_pkcs8,
        "p256Sign" => sign,
        "p256Verify" => verify,
    });
    Ok(())
}

type Answer<'js> = Result<Option<TypedArray<'js, u8>>>;

fn some<'js>(ctx: &Ctx<'js>, bytes: Option<Vec<u8>>) -> Answer<'js> {
    bytes.map(|bytes| array(ctx, bytes)).transpose()
}

fn uncompressed(key: &PublicKey) -> Vec<u8> {
    key.to_encoded_point(false).as_bytes().to_vec()
}

/// The public key of a private one; nothing for bytes that are no private key.
fn public_of<'js>(ctx: Ctx<'js>, private: Bytes<'js>) -> Answer<'js> {
    some(&ctx, SecretKey::from_slice(private.get()).ok().map(|key| uncompressed(&key.public_key())))
}

/// A point in its uncompressed form; nothing for bytes that are no point of the curve.
fn point<'js>(ctx: Ctx<'js>, public: Bytes<'js>) -> Answer<'js> {
    some(&ctx, PublicKey::from_sec1_bytes(public.get()).ok().map(|key| uncompressed(&key)))
}

fn from_spki<'js>(ctx: Ctx<'js>, der: Bytes<'js>) -> Answer<'js> {
    some(&ctx, PublicKey::from_public_key_der(der.get()).ok().map(|key| uncompressed(&key)))
}

fn to_spki<'js>(ctx: Ctx<'js>, public: Bytes<'js>) -> Answer<'js> {
    let key = PublicKey::from_sec1_bytes(public.get()).ok();
    some(&ctx, key.and_then(|key| key.to_public_key_der().ok()).map(|der| der.as_bytes().to_vec()))
}

fn from_pkcs8<'js>(ctx: Ctx<'js>, der: Bytes<'js>) -> Answer<'js> {
    some(&ctx, SecretKey::from_pkcs8_der(der.get()).ok().map(|key| key.to_bytes().to_vec()))
}

fn to_pkcs8<'js>(ctx: Ctx<'js>, private: Bytes<'js>) -> Answer<'js> {
    let key = SecretKey::from_slice(private.get()).ok();
    some(&ctx, key.and_then(|key| key.to_pkcs8_der().ok()).map(|der| der.as_bytes().to_vec()))
}

/// r and s, 32 bytes each (IEEE P1363). The nonce is made of key and data (RFC 6979).
fn sign<'js>(
    ctx: Ctx<'js>,
    name: Text,
    private: Bytes<'js>,
    data: Bytes<'js>,
) -> Result<TypedArray<'js, u8>> {
    let hash = hash(&ctx, &name.0, data.get())?;
    let signed = SigningKey::from_slice(private.get()).and_then(|key| key.sign_prehash(&hash));
    let signature: Signature = signed.map_err(|error| Exception::throw_type(&ctx, &error.to_string()))?;
    array(&ctx, signature.to_bytes().to_vec())
}

fn verify<'js>(
    ctx: Ctx<'js>,
    name: Text,
    public: Bytes<'js>,
    signature: Bytes<'js>,
    data: Bytes<'js>,
) -> Result<bool> {
    let hash = hash(&ctx, &name.0, data.get())?;
    let key = VerifyingKey::from_sec1_bytes(public.get());
    let signature = Signature::from_slice(signature.get());
    Ok(matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_prehash(&hash, &signature).is_ok()))
}
