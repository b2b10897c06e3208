//! Ed25519 (RFC 8032). A private key is its seed, a public key its point, 32 bytes each.

use ed25519_dalek::{
    Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey,
    pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _},
};
use rquickjs::{Ctx, Object, Result, TypedArray};

use crate::native::bytes::{Bytes, array, exactly};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    crate::native::define!(ctx, native, {
        "ed25519Public" => public_of,
        "ed25519Point" => point,
        "ed25519FromSpki" => from_spki,
        "ed25519ToSpki" => to_spki,
        "ed25519FromPkcs8" => from_pkcs8,
        "ed25519ToPkcs8" => to_pkcs8,
        "ed25519Sign" => sign,
        "ed25519Verify" => verify,
    });
    Ok(())
}

type Answer<'js> = Result<Option<TypedArray<'js, u8>>>;

fn some<'js>(ctx: &Ctx<'js>, bytes: Option<Vec<u8>>) -> Answer<'js> {
    bytes.map(|bytes| array(ctx, bytes)).transpose()
}

fn private(bytes: &[u8]) -> Option<SigningKey> {
    SigningKey::try_from(bytes).ok()
}

fn public(bytes: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::try_from(bytes).ok()
}

fn public_of<'js>(ctx: Ctx<'js>, seed: Bytes<'js>) -> Answer<'js> {
    some(&ctx, private(seed.get()).map(|key| key.verifying_key().to_bytes().to_vec()))
}

/// The point itself; nothing for bytes that are none.
fn point<'js>(ctx: Ctx<'js>, bytes: Bytes<'js>) -> Answer<'js> {
    some(&ctx, public(bytes.get()).map(|key| key.to_bytes().to_vec()))
}

fn from_spki<'js>(ctx: Ctx<'js>, der: Bytes<'js>) -> Answer<'js> {
    some(&ctx, VerifyingKey::from_public_key_der(der.get()).ok().map(|key| key.to_bytes().to_vec()))
}

fn to_spki<'js>(ctx: Ctx<'js>, bytes: Bytes<'js>) -> Answer<'js> {
    let der = public(bytes.get()).and_then(|key| key.to_public_key_der().ok());
    some(&ctx, der.map(|der| der.as_bytes().to_vec()))
}

fn from_pkcs8<'js>(ctx: Ctx<'js>, der: Bytes<'js>) -> Answer<'js> {
    some(&ctx, SigningKey::from_pkcs8_der(der.get()).ok().map(|key| key.to_bytes().to_vec()))
}

/// Without the public key in it (version 1), as everybody else writes it.
fn to_pkcs8<'js>(ctx: Ctx<'js>, seed: Bytes<'js>) -> Answer<'js> {
    let key = ed25519_dalek::pkcs8::KeypairBytes {
        secret_key: exactly(&ctx, seed.get(), "the key")?,
        public_key: None,
    };
    some(&ctx, key.to_pkcs8_der().ok().map(|der| der.as_bytes().to_vec()))
}

fn sign<'js>(ctx: Ctx<'js>, seed: Bytes<'js>, data: Bytes<'js>) -> Result<TypedArray<'js, u8>> {
    let key = SigningKey::from_bytes(&exactly(&ctx, seed.get(), "the key")?);
    array(&ctx, key.sign(data.get()).to_bytes().to_vec())
}

#[expect(clippy::needless_pass_by_value, reason = "arguments from JavaScript are values")]
fn verify(key: Bytes<'_>, signature: Bytes<'_>, data: Bytes<'_>) -> bool {
    let signature = Signature::from_slice(signature.get());
    matches!((public(key.get()), signature), (Some(key), Ok(signature)) if key.verify(data.get(), &signature).is_ok())
}
