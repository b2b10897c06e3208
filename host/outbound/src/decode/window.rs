//! The memory that decoders hold: the last part of what they have decoded, which what follows may repeat ("window").
//! A body states how much that is in its first bytes; all bodies together are bounded, and those of each app.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use atoll_model::AppName;

use super::Coding;
use crate::OutboundError;

/// The window of gzip and deflate (RFC 1951).
const DEFLATE_BYTES: u64 = 32 << 10;

/// What is reserved for a zstd body at least, so that frames behind a short first one have room.
const ZSTD_BYTES_MIN: u64 = 1 << 20;

/// The window that a zstd response may ask for: the most that RFC 9659 lets a server use.
const ZSTD_BYTES_MAX: u64 = 8 << 20;

/// The window that a body needs whose first bytes these are.
pub(super) fn bytes_of(coding: Coding, head: &[u8]) -> u64 {
    match coding {
        Coding::Gzip | Coding::Deflate => DEFLATE_BYTES,
        Coding::Brotli => 1 << brotli_bits(head.first().copied().unwrap_or_default()),
        // A head that is not there yet, or is none, is taken for the worst. The decoder knows powers of two only.
        Coding::Zstd => {
            let bytes = zstd_bytes(head).unwrap_or(ZSTD_BYTES_MAX);
            bytes.clamp(ZSTD_BYTES_MIN, ZSTD_BYTES_MAX).next_power_of_two()
        }
    }
}

/// RFC 7932, 9.1: one, four or seven bits, read from the lowest.
fn brotli_bits(first: u8) -> u32 {
    let (low, high) = (u32::from(first >> 1 & 7), u32::from(first >> 4 & 7));
    match (first & 1, low, high) {
        (0, ..) => 16,
        (_, 0, 0) => 17,
        (_, 0, high) => 8 + high,
        (_, low, _) => 17 + low,
    }
}

/// RFC 8878, 3.1.1.1: the window's descriptor, or the size of a content that is a single segment.
fn zstd_bytes(head: &[u8]) -> Option<u64> {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, rest @ ..] = head else { return None };
    if descriptor & 0x20 == 0 {
        let window = rest.first()?;
        let base = 1 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let length = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let mut size = [0; 8];
    size[..length].copy_from_slice(rest.get(dictionary..dictionary + length)?);
    Some(u64::from_le_bytes(size).saturating_add(if length == 2 { 256 } else { 0 }))
}

/// The windows of a host.
pub(crate) struct Windows {
    bytes_max: u64,
    per_app_max: u64,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    bytes: u64,
    /// Of apps that hold some, and no others.
    apps: HashMap<AppName, u64>,
}

impl Windows {
    /// So many bytes in the host, and so many of one app.
    pub(crate) fn new(bytes_max: usize, per_app_max: usize) -> Self {
        Self { bytes_max: bytes_max as u64, per_app_max: per_app_max as u64, held: Mutex::default() }
    }
}

/// The same, in the name of one app.
#[derive(Clone)]
pub(crate) struct AppWindows {
    windows: Arc<Windows>,
    app: AppName,
}

/// Memory that one decoder may use until this is dropped.
pub(super) struct Window {
    of: AppWindows,
    bytes: u64,
}

impl AppWindows {
    pub(crate) fn new(windows: &Arc<Windows>, app: &AppName) -> Self {
        Self { windows: Arc::clone(windows), app: app.clone() }
    }

    /// Refused where it would be too much: a body that waited for others could wait for its own reader.
    pub(super) fn reserve(&self, bytes: u64) -> Result<Window, OutboundError> {
        let windows = &*self.windows;
        let mut held = windows.held.lock().unwrap_or_else(PoisonError::into_inner);
        let of_app = held.apps.get(&self.app).copied().unwrap_or_default();
        for (sum, limit, value) in [
            (of_app, "outbound_window_bytes_per_app_max", windows.per_app_max),
            (held.bytes, "outbound_window_bytes_max", windows.bytes_max),
        ] {
            if sum + bytes > value {
                let what = "the memory for decoding responses that are read at the same time";
                return Err(OutboundError::TooLarge { what, limit, value });
            }
        }
        held.bytes += bytes;
        held.apps.insert(self.app.clone(), of_app + bytes);
        Ok(Window { of: self.clone(), bytes })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let mut held = self.of.windows.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.bytes -= self.bytes;
        let left = held.apps.get(&self.of.app).copied().unwrap_or_default().saturating_sub(self.bytes);
        if left == 0 {
            held.apps.remove(&self.of.app);
        } else {
            held.apps.insert(self.of.app.clone(), left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brotli_window_stands_in_the_first_bits() {
        for (first, bits) in [
            (0b0000_0000, 16),
            (0b0000_0001, 17),
            (0b0000_0011, 18),
            (0b0000_1111, 24),
            (0b0010_0001, 10),
            (0b0111_0001, 15),
            (0b1111_0001, 15),
        ] {
            assert_eq!(bytes_of(Coding::Brotli, &[first]), 1 << bits, "{first:#b}");
        }
    }

    #[test]
    fn a_zstd_window_stands_in_the_frames_head() {
        let of = |rest: &[u8]| bytes_of(Coding::Zstd, &[&[0x28, 0xb5, 0x2f, 0xfd], rest].concat());
        assert_eq!(of(&[0x00, 11 << 3]), 2 << 20);
        assert_eq!(of(&[0x00, 11 << 3 | 2]), 4 << 20);
        assert_eq!(of(&[0x00, 31 << 3]), ZSTD_BYTES_MAX);
        assert_eq!(of(&[0x20, 9]), ZSTD_BYTES_MIN);
        assert_eq!(of(&[0xa0, 0x00, 0x00, 0x20, 0x00]), 2 << 20);
        assert_eq!(of(&[0xa3, 1, 2, 3, 4, 0x00, 0x00, 0x30, 0x00]), 4 << 20);
        for unknown in [&[][..], &[0x00], &[0xa0, 0x00, 0x00]] {
            assert_eq!(of(unknown), ZSTD_BYTES_MAX, "{unknown:?}");
        }
        assert_eq!(bytes_of(Coding::Zstd, &[0x50, 0x2a, 0x4d, 0x18]), ZSTD_BYTES_MAX);
    }

    #[test]
    fn an_apps_windows_and_all_together_are_bounded_and_given_back() {
        let windows = Arc::new(Windows::new(10, 6));
        let [a, b] = ["a", "b"].map(|name| AppWindows::new(&windows, &AppName::parse(name).unwrap()));
        let refused = |of: &AppWindows, bytes| match of.reserve(bytes) {
            Err(OutboundError::TooLarge { limit, .. }) => limit,
            _ => "",
        };
        let first = a.reserve(4).unwrap();
        let second = b.reserve(5).unwrap();
        assert_eq!(refused(&a, 3), "outbound_window_bytes_per_app_max");
        assert_eq!(refused(&a, 2), "outbound_window_bytes_max");
        drop(second);
        let third = a.reserve(2).unwrap();
        drop((first, third));
        let held = windows.held.lock().unwrap();
        assert_eq!((held.bytes, held.apps.len()), (0, 0));
    }
}
