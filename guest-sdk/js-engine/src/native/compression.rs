//! `CompressionStream` and `DecompressionStream`: DEFLATE in its three wrappings.
//!
//! A codec is fed and drained in pieces: it holds one piece of input and gives at most [`PIECE_BYTES`] at a time,
//! so that what unpacks to a thousand times its size waits for its reader like any stream.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, BufRead, ErrorKind, Read},
};

use flate2::{Compression, bufread};
use rquickjs::{Ctx, Error, Exception, IntoJs as _, Object, Result, Value};

use super::bytes::{Bytes, array};
use crate::text::Text;

/// What one call gives at most.
const PIECE_BYTES: usize = 64 << 10;
/// Each compressor holds some 300 KiB.
const CODECS_MAX: usize = 64;

thread_local! {
    static CODECS: RefCell<Codecs> = const { RefCell::new(Codecs { open: BTreeMap::new(), last: 0 }) };
}

struct Codecs {
    open: BTreeMap<u32, Codec>,
    last: u32,
}

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "codecOpen" => open,
        "codecFeed" => feed,
        "codecEnd" => end,
        "codecTake" => take,
        "codecClose" => close,
    });
    Ok(())
}

/// The input that a codec has not read yet.
#[derive(Default)]
struct Feed {
    bytes: Vec<u8>,
    read: usize,
    ended: bool,
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Feed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.bytes.len() && !self.ended {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(&self.bytes[self.read..])
    }

    fn consume(&mut self, amount: usize) {
        self.read = (self.read + amount).min(self.bytes.len());
    }
}

enum Codec {
    Gzip(bufread::GzEncoder<Feed>),
    Deflate(bufread::ZlibEncoder<Feed>),
    DeflateRaw(bufread::DeflateEncoder<Feed>),
    Gunzip(bufread::GzDecoder<Feed>),
    Inflate(bufread::ZlibDecoder<Feed>),
    InflateRaw(bufread::DeflateDecoder<Feed>),
}

impl Codec {
    fn new(format: &str, unpack: bool) -> Option<Self> {
        let (feed, level) = (Feed::default(), Compression::default());
        Some(match (format, unpack) {
            ("gzip", false) => Self::Gzip(bufread::GzEncoder::new(feed, level)),
            ("deflate", false) => Self::Deflate(bufread::ZlibEncoder::new(feed, level)),
            ("deflate-raw", false) => Self::DeflateRaw(bufread::DeflateEncoder::new(feed, level)),
            ("gzip", true) => Self::Gunzip(bufread::GzDecoder::new(feed)),
            ("deflate", true) => Self::Inflate(bufread::ZlibDecoder::new(feed)),
            ("deflate-raw", true) => Self::InflateRaw(bufread::DeflateDecoder::new(feed)),
            _ => return None,
        })
    }

    fn feed(&mut self) -> &mut Feed {
        match self {
            Self::Gzip(codec) => codec.get_mut(),
            Self::Deflate(codec) => codec.get_mut(),
            Self::DeflateRaw(codec) => codec.get_mut(),
            Self::Gunzip(codec) => codec.get_mut(),
            Self::Inflate(codec) => codec.get_mut(),
            Self::InflateRaw(codec) => codec.get_mut(),
        }
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(codec) => codec.read(into),
            Self::Deflate(codec) => codec.read(into),
            Self::DeflateRaw(codec) => codec.read(into),
            Self::Gunzip(codec) => codec.read(into),
            Self::Inflate(codec) => codec.read(into),
            Self::InflateRaw(codec) => codec.read(into),
        }
    }
}

fn with_codec<T>(ctx: &Ctx<'_>, id: u32, work: impl FnOnce(&mut Codec) -> Result<T>) -> Result<T> {
    CODECS.with_borrow_mut(|codecs| match codecs.open.get_mut(&id) {
        Some(codec) => work(codec),
        None => Err(Exception::throw_type(ctx, "this stream is closed")),
    })
}

/// A codec's number; nothing for an unknown format.
fn open(ctx: Ctx<'_>, format: Text, unpack: bool) -> Result<Option<u32>> {
    let Some(codec) = Codec::new(&format.0, unpack) else { return Ok(None) };
    CODECS.with_borrow_mut(|codecs| {
        if codecs.open.len() >= CODECS_MAX {
            let said = format!("at most {CODECS_MAX} compression streams can be open at the same time");
            return Err(Exception::throw_range(&ctx, &said));
        }
        codecs.last += 1;
        codecs.open.insert(codecs.last, codec);
        Ok(Some(codecs.last))
    })
}

/// Gives a piece of input; the one before was read to its end.
fn feed<'js>(ctx: Ctx<'js>, id: u32, piece: Bytes<'js>) -> Result<()> {
    with_codec(&ctx, id, |codec| {
        let feed = codec.feed();
        feed.bytes.clear();
        feed.bytes.extend_from_slice(piece.get());
        feed.read = 0;
        Ok(())
    })
}

/// There is no more input.
fn end(ctx: Ctx<'_>, id: u32) -> Result<()> {
    with_codec(&ctx, id, |codec| {
        codec.feed().ended = true;
        Ok(())
    })
}

/// The next piece of output; null when the input is used up, false at the end.
fn take<'js>(ctx: Ctx<'js>, id: u32) -> Result<Value<'js>> {
    with_codec(&ctx, id, |codec| {
        let mut piece = vec![0; PIECE_BYTES];
        match codec.read(&mut piece) {
            // The end of the packed data. What is behind it does not belong there.
            Ok(0) => {
                let feed = codec.feed();
                if feed.read < feed.bytes.len() {
                    return Err(malformed(&ctx, "there is data behind the end of the compressed data"));
                }
                if feed.ended {
                    Ok(Value::new_bool(ctx.clone(), false))
                } else {
                    Ok(Value::new_null(ctx.clone()))
                }
            }
            Ok(length) => {
                piece.truncate(length);
                array(&ctx, piece)?.into_js(&ctx)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Value::new_null(ctx.clone())),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(malformed(&ctx, "the compressed data ends too early"))
            }
            Err(error) => Err(malformed(&ctx, &error.to_string())),
        }
    })
}

fn malformed(ctx: &Ctx<'_>, what: &str) -> Error {
    Exception::throw_type(ctx, &format!("DecompressionStream: {what}"))
}

fn close(id: u32) {
    CODECS.with_borrow_mut(|codecs| codecs.open.remove(&id));
}
