//! AES in its three modes: GCM (NIST SP 800-38D), CBC with PKCS#7 padding, CTR (SP 800-38A).
//!
//! GCM is put together from the block cipher and GHASH, since Web Crypto allows nonces and tags of any length and
//! the ready-made types have theirs fixed at compile time.

use aes::{
    Aes128, Aes192, Aes256, Block,
    cipher::{
        BlockDecryptMut as _, BlockEncrypt, BlockEncryptMut as _, KeyInit, KeyIvInit as _,
        block_padding::Pkcs7,
    },
};
use ghash::{GHash, universal_hash::UniversalHash as _};
use rquickjs::{Ctx, Exception, Object, Result, TypedArray};
use subtle::ConstantTimeEq as _;

use crate::native::bytes::{Bytes, array, exactly};

const BLOCK: usize = 16;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    crate::native::define!(ctx, native, {
        "aesGcmEncrypt" => gcm_encrypt,
        "aesGcmDecrypt" => gcm_decrypt,
        "aesCbcEncrypt" => cbc_encrypt,
        "aesCbcDecrypt" => cbc_decrypt,
        "aesCtr" => ctr,
    });
    Ok(())
}

/// Runs code with `$Aes` as the cipher for a key's length.
macro_rules! with_cipher {
    ($ctx:expr, $key:expr, $Aes:ident => $body:expr) => {
        match $key.len() {
            16 => {
                type $Aes = Aes128;
                $body
            }
            24 => {
                type $Aes = Aes192;
                $body
            }
            32 => {
                type $Aes = Aes256;
                $body
            }
            other => {
                return Err(Exception::throw_type($ctx, &format!("an AES key has no {other} bytes")));
            }
        }
    };
}

/// XORs data with the key stream that begins at a counter block, of which the last `bits` bits count.
fn apply_counter(cipher: &dyn BlockCipher, mut counter: u128, bits: u32, data: &mut [u8]) {
    let mask = if bits == 128 { u128::MAX } else { (1 << bits) - 1 };
    for chunk in data.chunks_mut(BLOCK) {
        let stream = cipher.encrypted(counter.to_be_bytes());
        chunk.iter_mut().zip(stream).for_each(|(byte, key)| *byte ^= key);
        counter = counter & !mask | counter.wrapping_add(1) & mask;
    }
}

/// One block, by a cipher of any key length.
trait BlockCipher {
    fn encrypted(&self, block: [u8; BLOCK]) -> [u8; BLOCK];
}

impl<C: BlockEncrypt<BlockSize = aes::cipher::consts::U16>> BlockCipher for C {
    fn encrypted(&self, block: [u8; BLOCK]) -> [u8; BLOCK] {
        let mut block = Block::from(block);
        self.encrypt_block(&mut block);
        block.into()
    }
}

fn cipher(ctx: &Ctx<'_>, key: &[u8]) -> Result<Box<dyn BlockCipher>> {
    with_cipher!(ctx, key, Aes => match Aes::new_from_slice(key) {
        Ok(cipher) => Ok(Box::new(cipher)),
        Err(error) => Err(Exception::throw_type(ctx, &error.to_string())),
    })
}

/// The first counter block and the hash key of GCM.
struct Gcm {
    cipher: Box<dyn BlockCipher>,
    hash: GHash,
    first: u128,
}

impl Gcm {
    fn new(ctx: &Ctx<'_>, key: &[u8], nonce: &[u8]) -> Result<Self> {
        let cipher = cipher(ctx, key)?;
        let hash = GHash::new(&Block::from(cipher.encrypted([0; BLOCK])));
        let first = match <[u8; 12]>::try_from(nonce) {
            Ok(nonce) => {
                let mut block = [0; BLOCK];
                block[..12].copy_from_slice(&nonce);
                u128::from_be_bytes(block) | 1
            }
            Err(_) => {
                let mut hash = hash.clone();
                hash.update_padded(nonce);
                hash.update(&[Block::from(bits_of(nonce).to_be_bytes())]);
                u128::from_be_bytes(hash.finalize().into())
            }
        };
        Ok(Self { cipher, hash, first })
    }

    /// En- and decrypts: the same in counter mode.
    fn apply(&self, data: &mut [u8]) {
        let low = u128::from(u32::MAX);
        let second = self.first & !low | self.first.wrapping_add(1) & low;
        apply_counter(&*self.cipher, second, 32, data);
    }

    fn tag(&self, additional: &[u8], encrypted: &[u8]) -> [u8; BLOCK] {
        let mut hash = self.hash.clone();
        hash.update_padded(additional);
        hash.update_padded(encrypted);
        hash.update(&[Block::from((bits_of(additional) << 64 | bits_of(encrypted)).to_be_bytes())]);
        let hashed = u128::from_be_bytes(hash.finalize().into());
        let mask = u128::from_be_bytes(self.cipher.encrypted(self.first.to_be_bytes()));
        (hashed ^ mask).to_be_bytes()
    }
}

fn bits_of(bytes: &[u8]) -> u128 {
    8 * bytes.len() as u128
}

/// The encrypted data with the tag, of `tag_bytes`, behind it.
fn gcm_encrypt<'js>(
    ctx: Ctx<'js>,
    key: Bytes<'js>,
    nonce: Bytes<'js>,
    additional: Bytes<'js>,
    tag_bytes: usize,
    data: Bytes<'js>,
) -> Result<TypedArray<'js, u8>> {
    let gcm = Gcm::new(&ctx, key.get(), nonce.get())?;
    let mut out = Vec::with_capacity(data.get().len() + BLOCK);
    out.extend_from_slice(data.get());
    gcm.apply(&mut out);
    let tag = gcm.tag(additional.get(), &out);
    out.extend_from_slice(&tag[..tag_bytes.min(BLOCK)]);
    array(&ctx, out)
}

/// The data; nothing when the tag does not fit.
fn gcm_decrypt<'js>(
    ctx: Ctx<'js>,
    key: Bytes<'js>,
    nonce: Bytes<'js>,
    additional: Bytes<'js>,
    tag_bytes: usize,
    data: Bytes<'js>,
) -> Result<Option<TypedArray<'js, u8>>> {
    let gcm = Gcm::new(&ctx, key.get(), nonce.get())?;
    let tag_bytes = tag_bytes.min(BLOCK);
    let Some(length) = data.get().len().checked_sub(tag_bytes) else { return Ok(None) };
    let (encrypted, given) = data.get().split_at(length);
    let tag = gcm.tag(additional.get(), encrypted);
    if !bool::from(tag[..tag_bytes].ct_eq(given)) {
        return Ok(None);
    }
    let mut out = encrypted.to_vec();
    gcm.apply(&mut out);
    array(&ctx, out).map(Some)
}

fn cbc_encrypt<'js>(
    ctx: Ctx<'js>,
    key: Bytes<'js>,
    iv: Bytes<'js>,
    data: Bytes<'js>,
) -> Result<TypedArray<'js, u8>> {
    let (key, iv) = (key.get(), exactly::<BLOCK>(&ctx, iv.get(), "iv")?);
    let out = with_cipher!(&ctx, key, Aes => cbc::Encryptor::<Aes>::new_from_slices(key, &iv)
        .map(|mode| mode.encrypt_padded_vec_mut::<Pkcs7>(data.get())));
    array(&ctx, out.map_err(|error| Exception::throw_type(&ctx, &error.to_string()))?)
}

/// The data; nothing when the padding is wrong.
fn cbc_decrypt<'js>(
    ctx: Ctx<'js>,
    key: Bytes<'js>,
    iv: Bytes<'js>,
    data: Bytes<'js>,
) -> Result<Option<TypedArray<'js, u8>>> {
    let (key, iv) = (key.get(), exactly::<BLOCK>(&ctx, iv.get(), "iv")?);
    let out = with_cipher!(&ctx, key, Aes => cbc::Decryptor::<Aes>::new_from_slices(key, &iv)
        .map(|mode| mode.decrypt_padded_vec_mut::<Pkcs7>(data.get()).ok()));
    let out = out.map_err(|error| Exception::throw_type(&ctx, &error.to_string()))?;
    out.map(|data| array(&ctx, data)).transpose()
}

fn ctr<'js>(
    ctx: Ctx<'js>,
    key: Bytes<'js>,
    counter: Bytes<'js>,
    bits: u32,
    data: Bytes<'js>,
) -> Result<TypedArray<'js, u8>> {
    let counter = u128::from_be_bytes(exactly(&ctx, counter.get(), "counter")?);
    let mut out = data.get().to_vec();
    apply_counter(&*cipher(&ctx, key.get())?, counter, bits.clamp(1, 128), &mut out);
    array(&ctx, out)
}
