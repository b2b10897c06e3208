//! Secure random numbers.

use crate::host::random as wit;

/// What the host gives at once.
const BYTES_MAX: usize = 65_536;

/// So many random bytes: `let key: [u8; 32] = random::bytes();`
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// Fills a buffer with random bytes.
pub fn fill(buffer: &mut [u8]) {
    for piece in buffer.chunks_mut(BYTES_MAX) {
        piece.copy_from_slice(&wit::get_bytes(piece.len() as u32));
    }
}

/// A random number.
pub fn number() -> u64 {
    wit::get_u64()
}

/// A random UUID (RFC 9562, version 4), e.g. for the id of a row.
pub fn uuid() -> String {
    use std::fmt::Write as _;

    let mut bytes: [u8; 16] = bytes();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // A String takes all that is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
