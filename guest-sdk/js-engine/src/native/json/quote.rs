//! A text in quotes, as JSON has it.

/// Appends a text in quotes. QuickJS writes a lone surrogate as the three bytes that UTF-8 would have for it
/// (ED A0..BF xx); here it becomes an escape.
pub(super) fn quote(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut plain = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if let Some(Ok(eight)) = text.get(at..at + 8).map(<[u8; 8]>::try_from)
            && all_plain(u64::from_le_bytes(eight))
        {
            at += 8;
            continue;
        }
        let surrogate = byte == 0xED && text.get(at + 1).is_some_and(|next| *next >= 0xA0);
        if byte >= 0x20 && byte != b'"' && byte != b'\\' && !surrogate {
            at += 1;
            continue;
        }
        out.extend_from_slice(text.get(plain..at).unwrap_or_default());
        at += 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0A => out.extend_from_slice(b"\\n"),
            0x0C => out.extend_from_slice(b"\\f"),
            0x0D => out.extend_from_slice(b"\\r"),
            0xED => {
                let low = |place: usize| u16::from(text.get(place).copied().unwrap_or_default() & 0x3F);
                escape(out, 0xD000 | low(at) << 6 | low(at + 1));
                at += 2;
            }
            control => escape(out, u16::from(control)),
        }
        plain = at;
    }
    out.extend_from_slice(text.get(plain..).unwrap_or_default());
    out.push(b'"');
}

/// Whether eight bytes are all written as they are, by looking at them at once ("haszero" and "hasless" of Sean
/// Anderson's Bit Twiddling Hacks). May say no too often, never too seldom.
fn all_plain(eight: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let has = |byte: u8| {
        let rest = eight ^ (ONES * u64::from(byte));
        rest.wrapping_sub(ONES) & !rest
    };
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (control | has(b'"') | has(b'\\') | has(0xED)) & HIGHS == 0
}

fn escape(out: &mut Vec<u8>, unit: u16) {
    out.extend_from_slice(b"\\u");
    out.extend([12, 8, 4, 0].map(|shift| b"0123456789abcdef"[usize::from(unit >> shift & 15)]));
}
