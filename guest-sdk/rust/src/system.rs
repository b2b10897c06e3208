//! Time, randomness and variables.

use std::time::Duration;

use crate::bindings::http::atoll::app::{clock, config, random};

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    (clock::now_us() / 1_000.0) as u64
}

/// Waits; costs wall-clock time and no CPU time.
pub fn sleep(duration: Duration) {
    clock::sleep(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
}

/// Secure random bytes, at most 65,536.
pub fn random_bytes(count: u32) -> Vec<u8> {
    random::get_bytes(count)
}

/// A secure random number.
pub fn random_u64() -> u64 {
    random::get_u64()
}

/// A variable of the manifest, or a granted secret.
pub fn variable(name: &str) -> Option<String> {
    config::variables().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}
