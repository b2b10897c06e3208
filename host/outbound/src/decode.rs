//! Undoes `content-encoding`, within bounds: decoded bytes count against the same limit as received ones, and may
//! be only so many times as many.
//!
//! A coding that is not known here is left alone, header and all: the guest may know it.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use async_compression::{
    tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder},
    zstd::DParameter,
};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use http::{HeaderMap, header};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, BufReader, ReadBuf};
use tokio_util::io::{ReaderStream, StreamReader};

use crate::{OutboundError, received};

/// Codings around each other. More than one is rare; each is another factor of a bomb.
const CODINGS_MAX: usize = 2;

/// What one read of a decoder brings at most.
const CHUNK_BYTES: usize = 16 << 10;

/// Decoded bytes that are not weighed against the received ones: a short text of one letter is no attack.
const UNWEIGHED_BYTES: u64 = 1 << 20;

/// The window that a zstd response may ask for: 2^23 bytes, the most that RFC 9659 lets a server use.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// How a brotli body begins that asks for a "large window", of up to 2^30 bytes. It is no part of RFC 7932, whose windows
/// are of 2^24 bytes at most, and the decoder would take it.
const BROTLI_LARGE_WINDOW: u8 = 0x11;

/// How long the end of a body may take to come after the end of what it codes, for the connection to be kept.
const SETTLE: Duration = Duration::from_millis(250);

/// A coding that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Self::Gzip,
            "deflate" => Self::Deflate,
            "br" => Self::Brotli,
            "zstd" => Self::Zstd,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// The codings of a body, in the order in which they were put on; none where there are none, or an unknown one.
pub(crate) fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, OutboundError> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let names =
        values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim);
    let mut codings = Vec::new();
    for name in names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity")) {
        let Some(coding) = Coding::parse(name) else { return Ok(Vec::new()) };
        if codings.len() == CODINGS_MAX {
            let reason = format!("it has more than {CODINGS_MAX} codings");
            return Err(OutboundError::Decode { coding: coding.name(), reason });
        }
        codings.push(coding);
    }
    Ok(codings)
}

/// The bounds of a decoded body.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes_max: u64,
    pub(crate) ratio_max: u64,
}

/// A received body, decoded. `received` counts what has come in.
pub(crate) fn decoded(
    body: impl Stream<Item = Result<Bytes, OutboundError>> + Send + 'static,
    codings: &[Coding],
    received: Arc<AtomicU64>,
    bounds: Bounds,
) -> impl Stream<Item = Result<Bytes, OutboundError>> + Send + 'static {
    let name = codings.last().map_or("identity", |coding| coding.name());
    let mut reader: Reader = Box::pin(StreamReader::new(body.map_err(std::io::Error::other)));
    for coding in codings.iter().rev() {
        let decoding = Decoding { coding: *coding, state: State::Start(reader) };
        reader = Box::pin(BufReader::with_capacity(CHUNK_BYTES, decoding));
    }
    let mut decoded: u64 = 0;
    ReaderStream::with_capacity(reader, CHUNK_BYTES).map(move |chunk| {
        let chunk = chunk.map_err(|error| from_io(error, name))?;
        decoded = decoded.saturating_add(chunk.len() as u64);
        if decoded > bounds.bytes_max {
            return Err(received::too_large(bounds.bytes_max));
        }
        let weighed = decoded.saturating_sub(UNWEIGHED_BYTES);
        if weighed > received.load(Ordering::Relaxed).saturating_mul(bounds.ratio_max) {
            let limit = "outbound_decode_ratio_max";
            let what = "the ratio of the response's decoded to its received bytes";
            return Err(OutboundError::TooLarge { what, limit, value: bounds.ratio_max });
        }
        Ok(chunk)
    })
}

/// An error of the body that passed through a decoder, or the decoder's own.
fn from_io(error: std::io::Error, coding: &'static str) -> OutboundError {
    error.downcast().unwrap_or_else(|error| OutboundError::Decode { coding, reason: error.to_string() })
}

type Reader = Pin<Box<dyn AsyncBufRead + Send>>;

/// One coding, undone.
struct Decoding {
    coding: Coding,
    state: State,
}

enum State {
    /// Nothing was read yet. A body without a byte is empty, whatever its coding.
    Start(Reader),
    Running(Decoder),
    Ended,
}

/// Boxed, because how large each is depends on what else is built.
enum Decoder {
    Gzip(Box<GzipDecoder<Reader>>),
    Zlib(Box<ZlibDecoder<Reader>>),
    Deflate(Box<DeflateDecoder<Reader>>),
    Brotli(Box<BrotliDecoder<Reader>>),
    Zstd(Box<ZstdDecoder<Reader>>),
}

impl Decoder {
    fn new(coding: Coding, reader: Reader, first: [u8; 2]) -> Self {
        match coding {
            Coding::Gzip => {
                let mut decoder = GzipDecoder::new(reader);
                decoder.multiple_members(true);
                Self::Gzip(Box::new(decoder))
            }
            // "deflate" means zlib, but some servers send it bare; browsers take both.
            Coding::Deflate if is_zlib(first) => Self::Zlib(Box::new(ZlibDecoder::new(reader))),
            Coding::Deflate => Self::Deflate(Box::new(DeflateDecoder::new(reader))),
            Coding::Brotli => Self::Brotli(Box::new(BrotliDecoder::new(reader))),
            Coding::Zstd => {
                let window = DParameter::window_log_max(ZSTD_WINDOW_LOG_MAX);
                let mut decoder = ZstdDecoder::with_params(reader, &[window]);
                decoder.multiple_members(true);
                Self::Zstd(Box::new(decoder))
            }
        }
    }

    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self {
            Self::Gzip(decoder) => Pin::new(decoder).poll_read(context, buffer),
            Self::Zlib(decoder) => Pin::new(decoder).poll_read(context, buffer),
            Self::Deflate(decoder) => Pin::new(decoder).poll_read(context, buffer),
            Self::Brotli(decoder) => Pin::new(decoder).poll_read(context, buffer),
            Self::Zstd(decoder) => Pin::new(decoder).poll_read(context, buffer),
        }
    }

    fn into_reader(self) -> Reader {
        match self {
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zlib(decoder) => decoder.into_inner(),
            Self::Deflate(decoder) => decoder.into_inner(),
            Self::Brotli(decoder) => decoder.into_inner(),
            Self::Zstd(decoder) => decoder.into_inner(),
        }
    }
}

/// RFC 1950, 2.2: the method is 8, and the two bytes are a multiple of 31.
fn is_zlib([first, second]: [u8; 2]) -> bool {
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

/// The window stands in the lowest seven bits.
fn asks_for_a_large_window([first, _]: [u8; 2]) -> bool {
    first & 0x7f == BROTLI_LARGE_WINDOW
}

impl AsyncRead for Decoding {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = &mut *self;
        if let State::Start(reader) = &mut this.state {
            let first = match ready!(reader.as_mut().poll_fill_buf(context))? {
                [] => None,
                // A lone byte says nothing yet; its proper zlib successor is assumed.
                [first] => Some([*first, 31 - u8::try_from(u16::from(*first) * 256 % 31).unwrap_or(0)]),
                [first, second, ..] => Some([*first, *second]),
            };
            if this.coding == Coding::Brotli && first.is_some_and(asks_for_a_large_window) {
                this.state = State::Ended;
                let problem = "it asks for a larger window than brotli has";
                return Poll::Ready(Err(std::io::Error::other(problem)));
            }
            this.state = match (std::mem::replace(&mut this.state, State::Ended), first) {
                (State::Start(reader), Some(first)) => {
                    State::Running(Decoder::new(this.coding, reader, first))
                }
                _ => State::Ended,
            };
        }
        let State::Running(decoder) = &mut this.state else { return Poll::Ready(Ok(())) };
        let before = buffer.filled().len();
        ready!(decoder.poll_read(context, buffer))?;
        if buffer.filled().len() == before
            && buffer.remaining() > 0
            && let State::Running(decoder) = std::mem::replace(&mut this.state, State::Ended)
        {
            read_to_end(decoder.into_reader());
        }
        Poll::Ready(Ok(()))
    }
}

/// The coding has ended; the body ends with it or just after. Read so far, its connection can be used again.
fn read_to_end(mut reader: Reader) {
    if let Some(Ok([])) = futures::FutureExt::now_or_never(reader.fill_buf()) {
        return;
    }
    tokio::spawn(async move {
        // Whatever comes instead of the end is of no interest: dropping the reader closes the connection.
        let _ = tokio::time::timeout(SETTLE, reader.fill_buf()).await;
    });
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http::HeaderValue;

    use super::*;

    fn of(values: &[&'static str]) -> Result<Vec<Coding>, OutboundError> {
        let values = values.iter().map(|value| (header::CONTENT_ENCODING, HeaderValue::from_static(value)));
        codings(&values.collect())
    }

    #[test]
    fn codings_are_read_in_order_and_an_unknown_one_leaves_all_alone() {
        assert_eq!(of(&["gzip, BR"]).unwrap(), [Coding::Gzip, Coding::Brotli]);
        assert_eq!(of(&["identity", "x-gzip"]).unwrap(), [Coding::Gzip]);
        assert!(of(&["gzip, aws-chunked"]).unwrap().is_empty());
        assert!(of(&[]).unwrap().is_empty());
        assert!(of(&["gzip, gzip", "gzip"]).is_err());
    }

    #[tokio::test]
    async fn a_brotli_window_that_is_none_of_brotlis_is_refused() {
        // A window of 2^30 bytes; then an empty last block.
        let body = stream::iter([Ok(Bytes::from_static(&[0x11, 0x1e | 0b1100_0000, 0, 0]))]);
        let bounds = Bounds { bytes_max: 1 << 20, ratio_max: 200 };
        let mut decoded = Box::pin(decoded(body, &[Coding::Brotli], Arc::default(), bounds));
        let error = decoded.next().await.unwrap().unwrap_err().to_string();
        assert!(error.contains("as br") && error.contains("larger window"), "{error}");
        assert!(decoded.next().await.is_none());
    }
}
