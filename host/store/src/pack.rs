//! Several named byte strings as one artifact: a source folder, the modules of a page.
//!
//! The form: the 8 bytes `ATOLLPK1`, then for each entry the length of its name (u32), the length of its
//! content (u64), both little-endian, the name (UTF-8) and the content; no padding, nothing after the last.
//! Compression is left to the file system: the parts are small and read often.

use bytes::{Bytes, BytesMut};

const MAGIC: &[u8; 8] = b"ATOLLPK1";

/// Packs entries in the order given.
pub(crate) fn pack<'a>(entries: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Bytes {
    let mut out = BytesMut::from(&MAGIC[..]);
    for (name, content) in entries {
        // A name is at most a path; `u32::MAX` would not read back, and so never pass for another entry.
        out.extend_from_slice(&u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(&(content.len() as u64).to_le_bytes());
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(content);
    }
    out.freeze()
}

/// Unpacks entries; the contents share the pack's memory. `None` when it is no whole pack.
pub(crate) fn unpack(pack: &Bytes) -> Option<Vec<(String, Bytes)>> {
    let mut rest = pack.strip_prefix(MAGIC)?;
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (name_length, after) = rest.split_first_chunk::<4>()?;
        let (content_length, after) = after.split_first_chunk::<8>()?;
        let name_length = usize::try_from(u32::from_le_bytes(*name_length)).ok()?;
        let content_length = usize::try_from(u64::from_le_bytes(*content_length)).ok()?;
        let (name, after) = after.split_at_checked(name_length)?;
        let (content, after) = after.split_at_checked(content_length)?;
        entries.push((std::str::from_utf8(name).ok()?.to_owned(), pack.slice_ref(content)));
        rest = after;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_packed_comes_out(
            entries in proptest::collection::vec((".{0,20}", proptest::collection::vec(any::<u8>(), 0..50)), 0..8)
        ) {
            let packed = pack(entries.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
            let out = unpack(&packed).unwrap();
            let out: Vec<(String, Vec<u8>)> = out.into_iter().map(|(n, c)| (n, c.to_vec())).collect();
            prop_assert_eq!(out, entries);
        }

        #[test]
        fn any_bytes_are_refused_or_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut with_magic = MAGIC.to_vec();
            with_magic.extend(&bytes);
            let _ = unpack(&bytes.into());
            let _ = unpack(&with_magic.into());
        }
    }

    #[test]
    fn a_cut_pack_is_refused() {
        let packed = pack([("a", &b"hello"[..]), ("b", b"world")]);
        for end in 0..packed.len() {
            let cut = unpack(&packed.slice(..end));
            assert!(cut.is_none_or(|entries| entries.len() < 2), "{end}");
        }
    }
}
