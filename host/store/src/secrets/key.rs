//! The key that secrets are sealed with.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{AeadInPlace as _, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize as _, Zeroizing};

use crate::StoreError;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// The form of what is sealed: this byte, the nonce, the tag, the text.
const FORM: u8 = 1;

/// A key of 32 bytes. It does not show itself, and leaves the memory when it is dropped.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; KEY_BYTES]>);

/// What was given is no key. It does not say what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key for secrets is 32 bytes, as 64 hexadecimal digits or in base64; make one with: openssl rand -hex 32"
)]
pub struct SecretKeyError;

impl SecretKey {
    /// A new key.
    pub(crate) fn random() -> Result<Self, StoreError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        fill(&mut *key)?;
        Ok(Self(key))
    }

    /// Reads a key: 64 hexadecimal digits, or base64 of 32 bytes; white space around it aside.
    ///
    /// # Errors
    /// [`SecretKeyError`] when it is anything else.
    pub fn parse(text: &str) -> Result<Self, SecretKeyError> {
        let text = text.trim();
        if text.len() == 2 * KEY_BYTES && text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            let mut key = Zeroizing::new([0; KEY_BYTES]);
            for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
                let pair = std::str::from_utf8(pair).map_err(|_| SecretKeyError)?;
                *byte = u8::from_str_radix(pair, 16).map_err(|_| SecretKeyError)?;
            }
            return Ok(Self(key));
        }
        let bytes = Zeroizing::new(STANDARD.decode(text).map_err(|_| SecretKeyError)?);
        let key = bytes.as_slice().try_into().map_err(|_| SecretKeyError)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// The key as [`SecretKey::parse`] reads it.
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 1));
        for byte in self.0.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
            }
        }
        text.push('\n');
        text
    }

    /// Seals a text that only opens with the same `bound`.
    pub(crate) fn seal(&self, bound: &str, text: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce)?;
        let mut sealed = text.to_vec();
        let tag =
            self.cipher().encrypt_in_place_detached(&XNonce::from(nonce), bound.as_bytes(), &mut sealed);
        let Ok(tag) = tag else {
            sealed.zeroize();
            return Err(StoreError::Invalid("the secret is too long to be sealed".into()));
        };
        Ok([&[FORM], &nonce[..], &tag[..], &sealed].concat())
    }

    /// Opens what was sealed; `None` when it was sealed with another key or for something else, or was changed.
    pub(crate) fn open(&self, bound: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (form, rest) = sealed.split_first()?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let (tag, text) = rest.split_first_chunk::<TAG_BYTES>()?;
        if *form != FORM {
            return None;
        }
        let mut text = Zeroizing::new(text.to_vec());
        let (nonce, tag) = (XNonce::from(*nonce), Tag::from(*tag));
        self.cipher().decrypt_in_place_detached(&nonce, bound.as_bytes(), &mut text, &tag).ok()?;
        Some(text)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_ref().into())
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey")
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|error| StoreError::damaged("the system's random numbers", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_for_its_purpose_and_unchanged_only() {
        let (key, other) = (SecretKey::random().unwrap(), SecretKey::random().unwrap());
        let sealed = key.seal("todo:API_KEY", b"hush").unwrap();
        assert_eq!(key.open("todo:API_KEY", &sealed).unwrap().as_slice(), b"hush");
        assert!(
            key.open("notes:API_KEY", &sealed).is_none() && other.open("todo:API_KEY", &sealed).is_none()
        );
        assert_ne!(sealed, key.seal("todo:API_KEY", b"hush").unwrap(), "the same value never looks the same");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key.open("todo:API_KEY", &changed).is_none(), "byte {place}");
            assert!(key.open("todo:API_KEY", &sealed[..place]).is_none(), "cut at {place}");
        }
    }

    #[test]
    fn a_key_is_read_as_it_is_written_and_nothing_else_is_one() {
        let key = SecretKey::random().unwrap();
        let sealed = key.seal("a", b"b").unwrap();
        assert!(SecretKey::parse(&key.to_text()).unwrap().open("a", &sealed).is_some());
        for text in ["", "hush", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(SecretKey::parse(text).map(drop), Err(SecretKeyError), "{text}");
        }
        let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let hex = (0..32).map(|byte| format!("{byte:02X}")).collect::<String>();
        let sealed = SecretKey::parse(base64).unwrap().seal("a", b"b").unwrap();
        assert!(SecretKey::parse(&hex).unwrap().open("a", &sealed).is_some());
        assert_eq!(format!("{key:?}"), "SecretKey");
    }
}
