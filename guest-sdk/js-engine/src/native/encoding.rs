//! Texts and bytes: UTF-8, UTF-16, the single-byte encodings of the Encoding Standard, and a search in bytes.

mod table;

use memchr::memmem;
use rquickjs::{Array, Ctx, IntoJs, Object, Result, TypedArray, Value};

use self::table::{ABSENT, SINGLE_BYTE};
use super::{
    array::array_of,
    bytes::{Bytes, array},
};
use crate::text::Text;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "utf8Encode" => utf8_encode,
        "utf8EncodeInto" => utf8_encode_into,
        "utf8Decode" => utf8_decode,
        "utf8Incomplete" => utf8_incomplete,
        "encodingOf" => encoding_of,
        "decode" => decode,
        "find" => find,
    });
    Ok(())
}

fn utf8_encode(ctx: Ctx<'_>, text: Text) -> Result<TypedArray<'_, u8>> {
    array(&ctx, text.0.into_bytes())
}

/// Writes as many whole characters as fit. Answers `[UTF-16 units read, bytes written]`.
fn utf8_encode_into<'js>(ctx: Ctx<'js>, text: Text, mut into: Bytes<'js>) -> Result<Array<'js>> {
    let room = into.get_mut();
    let part = &text.0[..text.0.floor_char_boundary(room.len())];
    room[..part.len()].copy_from_slice(part.as_bytes());
    let units = part.chars().map(char::len_utf16).sum::<usize>();
    array_of(&ctx, vec![units.into_js(&ctx)?, part.len().into_js(&ctx)?])
}

/// The text; null when `fatal` and the bytes are no UTF-8. A byte order mark stays.
fn utf8_decode<'js>(ctx: Ctx<'js>, bytes: Bytes<'js>, fatal: bool) -> Result<Value<'js>> {
    match std::str::from_utf8(bytes.get()) {
        Ok(text) => text.into_js(&ctx),
        Err(_) if fatal => Ok(Value::new_null(ctx)),
        Err(_) => String::from_utf8_lossy(bytes.get()).into_js(&ctx),
    }
}

/// How many bytes at the end are the start of a character that may go on.
#[expect(clippy::needless_pass_by_value, reason = "arguments from JavaScript are values")]
fn utf8_incomplete(bytes: Bytes<'_>) -> usize {
    let bytes = bytes.get();
    let unfinished = |length: &usize| {
        let tail = &bytes[bytes.len() - length..];
        // "Unexpected end" at the very start of the tail: nothing in it is wrong yet.
        matches!(std::str::from_utf8(tail), Err(e) if e.valid_up_to() == 0 && e.error_len().is_none())
    };
    (1..=3.min(bytes.len())).find(unfinished).unwrap_or(0)
}

const UTF8: usize = 0;
const UTF16_LE: usize = 1;
const UTF16_BE: usize = 2;
const USER_DEFINED: usize = 3;
/// The first of the single-byte encodings.
const SINGLE: usize = 4;

/// Labels of the encodings that are computed, in the order of the numbers above.
const COMPUTED: [(&str, &str); SINGLE] = [
    ("utf-8", "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8"),
    ("utf-16le", "utf-16le utf-16 ucs-2 iso-10646-ucs-2 unicode csunicode unicodefeff"),
    ("utf-16be", "utf-16be unicodefffe"),
    ("x-user-defined", "x-user-defined"),
];

/// `[name, number]` of the encoding with a label, `[name]` of one that is not here, nothing for an unknown label.
fn encoding_of(ctx: Ctx<'_>, label: Text) -> Result<Option<Array<'_>>> {
    let label = label.0.trim_matches(['\t', '\n', '\x0C', '\r', ' ']).to_ascii_lowercase();
    let has = |labels: &str| labels.split(' ').any(|known| known == label);
    let here = COMPUTED.into_iter().chain(SINGLE_BYTE.iter().map(|single| (single.name, single.labels)));
    if let Some((number, (name, _))) = here.enumerate().find(|(_, (_, labels))| has(labels)) {
        return array_of(&ctx, vec![name.into_js(&ctx)?, number.into_js(&ctx)?]).map(Some);
    }
    let absent = ABSENT.iter().find(|(_, labels)| has(labels));
    absent.map(|(name, _)| array_of(&ctx, vec![name.into_js(&ctx)?])).transpose()
}

/// The text by an encoding's number; null when `fatal` and a byte has no meaning. A byte order mark stays.
fn decode<'js>(ctx: Ctx<'js>, encoding: usize, bytes: Bytes<'js>, fatal: bool) -> Result<Value<'js>> {
    let text = match encoding {
        UTF8 => return utf8_decode(ctx, bytes, fatal),
        UTF16_LE => utf16(bytes.get(), u16::from_le_bytes),
        UTF16_BE => utf16(bytes.get(), u16::from_be_bytes),
        USER_DEFINED => bytes.get().iter().map(|byte| user_defined(*byte)).collect(),
        single => single_byte(single, bytes.get()),
    };
    // None of these writes U+FFFD for anything but an error; UTF-16 can hold one of its own.
    let broken = fatal && text.contains('\u{FFFD}') && !is_own(encoding, bytes.get());
    if broken { Ok(Value::new_null(ctx)) } else { text.into_js(&ctx) }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

/// Whether every U+FFFD of a UTF-16 text stands in it.
fn is_own(encoding: usize, bytes: &[u8]) -> bool {
    let unit = match encoding {
        UTF16_LE => u16::from_le_bytes,
        UTF16_BE => u16::from_be_bytes,
        _ => return false,
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    rest.is_empty() && char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).all(|c| c.is_ok())
}

fn user_defined(byte: u8) -> char {
    if byte < 0x80 {
        char::from(byte)
    } else {
        char::from_u32(0xF700 + u32::from(byte)).unwrap_or('\u{FFFD}')
    }
}

fn single_byte(encoding: usize, bytes: &[u8]) -> String {
    let Some(single) = encoding.checked_sub(SINGLE).and_then(|n| SINGLE_BYTE.get(n)) else {
        return String::new();
    };
    let high: Vec<char> = single.high.chars().collect();
    let character = |byte: &u8| match byte.checked_sub(0x80) {
        None => char::from(*byte),
        Some(place) => high.get(usize::from(place)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    bytes.iter().map(character).collect()
}

/// Where `needle` is in `bytes`, at `from` or later; -1 when it is not.
#[expect(clippy::needless_pass_by_value, reason = "arguments from JavaScript are values")]
fn find(bytes: Bytes<'_>, needle: Bytes<'_>, from: usize) -> i32 {
    let Some(rest) = bytes.get().get(from..).filter(|_| !needle.get().is_empty()) else { return -1 };
    memmem::find(rest, needle.get()).and_then(|at| i32::try_from(at + from).ok()).unwrap_or(-1)
}
