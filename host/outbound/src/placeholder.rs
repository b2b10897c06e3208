//! What a guest holds in a secret's stead: a text that means something to this host only.
//!
//! A placeholder is bound to the app and the secret's name by a key that lives as long as the client does. So a
//! visitor who knows the name of a secret cannot write its placeholder into a header that an app passes on, and
//! a placeholder that leaks is worth nothing to another app.

use atoll_model::AppName;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How every placeholder begins. A colon follows, which a URL's query may hold as `%3A`.
pub(crate) const MARK: &str = "atoll-secret";

/// Bytes of the code in a placeholder; nobody can try 2^128 of them.
const CODE_BYTES: usize = 16;

/// Issues placeholders.
#[derive(Clone)]
pub struct Placeholders {
    key: [u8; 32],
}

impl Placeholders {
    /// With a new key: placeholders of another client are not known.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { key })
    }

    /// The placeholder of an app's secret: `atoll-secret:NAME:…`. The same as long as the client lives.
    #[must_use]
    pub fn issue(&self, app: &AppName, name: &str) -> String {
        let mut text = format!("{MARK}:{name}:");
        // HMAC takes a key of any length, so the error cannot happen; without a code the text stands for nothing.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return text };
        mac.update(app.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(name.as_bytes());
        for byte in mac.finalize().into_bytes().iter().take(CODE_BYTES) {
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }
}

impl std::fmt::Debug for Placeholders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Placeholders(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_belongs_to_one_app_one_secret_and_one_host() {
        let (here, there) = (Placeholders::new().unwrap(), Placeholders::new().unwrap());
        let [a, b] = ["a", "b"].map(|name| AppName::parse(name).unwrap());
        let text = here.issue(&a, "API_KEY");
        assert!(text.starts_with("atoll-secret:API_KEY:") && text.len() == 21 + 2 * CODE_BYTES, "{text}");
        assert_eq!(text, here.issue(&a, "API_KEY"));
        for other in [here.issue(&b, "API_KEY"), here.issue(&a, "OTHER"), there.issue(&a, "API_KEY")] {
            assert_ne!(text, other);
        }
    }
}
