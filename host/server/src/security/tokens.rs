//! Frame tokens: how an app's page shows which app it is.
//!
//! A page in a sandboxed frame has the opaque origin `null`, like a sandboxed page of anybody else. The host
//! writes a token into the page that it makes; the page sends it back with each call. A token is
//! `base64url(expiry ‖ HMAC-SHA256(key, label ‖ app ‖ expiry))`, good for one app until it expires.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use atoll::AppName;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// The header that carries a token.
pub(crate) const FRAME_HEADER: &str = "x-atoll-frame";

/// Separates this use of the key from any other.
const LABEL: &[u8] = b"atoll frame token v1\0";
const EXPIRY_BYTES: usize = 8;
const MAC_BYTES: usize = 32;

/// Signs and checks frame tokens.
pub(crate) struct FrameTokens {
    key: [u8; 32],
    ttl: Duration,
}

impl FrameTokens {
    pub(crate) fn new(key: [u8; 32], ttl: Duration) -> Self {
        Self { key, ttl }
    }

    /// A token for an app's page.
    pub(crate) fn issue(&self, app: &AppName) -> String {
        self.issue_at(app, now_s())
    }

    /// Whether a token is for this app and has not expired.
    pub(crate) fn is_valid(&self, app: &AppName, token: &str) -> bool {
        self.is_valid_at(app, token, now_s())
    }

    fn issue_at(&self, app: &AppName, now_s: u64) -> String {
        let expiry = now_s.saturating_add(self.ttl.as_secs()).to_be_bytes();
        let mut bytes = expiry.to_vec();
        if let Some(mac) = self.mac(app, expiry) {
            bytes.extend_from_slice(&mac.finalize().into_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn is_valid_at(&self, app: &AppName, token: &str, now_s: u64) -> bool {
        // A token of the wrong length is none; this also bounds the decoding.
        if token.len() != (EXPIRY_BYTES + MAC_BYTES).div_ceil(3) * 4 - 2 {
            return false;
        }
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        let Some((expiry, tag)) = bytes.split_first_chunk::<EXPIRY_BYTES>() else { return false };
        let Some(mac) = self.mac(app, *expiry) else { return false };
        // `verify_slice` compares in constant time.
        mac.verify_slice(tag).is_ok() && u64::from_be_bytes(*expiry) > now_s
    }

    fn mac(&self, app: &AppName, expiry: [u8; EXPIRY_BYTES]) -> Option<Hmac<Sha256>> {
        // HMAC takes a key of any length, so this is always `Some`.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(LABEL);
        mac.update(app.as_str().as_bytes());
        mac.update(b"\0");
        mac.update(&expiry);
        Some(mac)
    }
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(name: &str) -> AppName {
        AppName::parse(name).unwrap()
    }

    #[test]
    fn a_token_is_good_for_one_app_until_it_expires() {
        let tokens = FrameTokens::new([7; 32], Duration::from_secs(60));
        let token = tokens.issue_at(&app("todo"), 1_000);
        assert!(tokens.is_valid_at(&app("todo"), &token, 1_059));
        assert!(!tokens.is_valid_at(&app("todo"), &token, 1_060));
        assert!(!tokens.is_valid_at(&app("todos"), &token, 1_000));
        assert!(!FrameTokens::new([8; 32], Duration::from_secs(60)).is_valid_at(&app("todo"), &token, 1_000));
    }

    #[test]
    fn a_changed_token_is_refused() {
        let tokens = FrameTokens::new([7; 32], Duration::from_secs(60));
        let token = tokens.issue(&app("todo"));
        assert!(tokens.is_valid(&app("todo"), &token));
        for position in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            assert!(!tokens.is_valid(&app("todo"), std::str::from_utf8(&changed).unwrap()), "{position}");
        }
        for bad in ["", "x", &token[1..], &format!("{token}="), &"é".repeat(27)] {
            assert!(!tokens.is_valid(&app("todo"), bad), "{bad:?}");
        }
    }
}
