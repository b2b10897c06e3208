//! One coding, undone as it is read. Which decoder it takes, and how much memory, the first bytes say.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use async_compression::{
    tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder},
    zstd::DParameter,
};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, ReadBuf};

use super::{
    Coding,
    window::{self, AppWindows, Window},
};

/// How a brotli body begins that asks for a "large window", of up to 2^30 bytes. It is no part of RFC 7932, whose windows
/// are of 2^24 bytes at most, and the decoder would take it.
const BROTLI_LARGE_WINDOW: u8 = 0x11;

/// How long the end of a body may take to come after the end of what it codes, for the connection to be kept.
const SETTLE: Duration = Duration::from_millis(250);

/// What is decoded.
pub(super) type Reader = Pin<Box<dyn AsyncBufRead + Send>>;

/// One coding, undone.
pub(super) struct Decoding {
    coding: Coding,
    windows: AppWindows,
    state: State,
}

enum State {
    /// Nothing was read yet. A body without a byte is empty, whatever its coding.
    Start(Reader),
    /// Its window is given back with it.
    Running {
        decoder: Decoder,
        _window: Window,
    },
    Ended,
}

impl Decoding {
    pub(super) fn new(coding: Coding, reader: Reader, windows: AppWindows) -> Self {
        Self { coding, windows, state: State::Start(reader) }
    }

    /// What the first bytes say. None where there are no bytes.
    fn begin(&self, reader: Reader, head: Option<Head>) -> std::io::Result<State> {
        let Some(Head { first, window_bytes }) = head else { return Ok(State::Ended) };
        if self.coding == Coding::Brotli && asks_for_a_large_window(first) {
            return Err(std::io::Error::other("it asks for a larger window than brotli has"));
        }
        let _window = self.windows.reserve(window_bytes).map_err(std::io::Error::other)?;
        let decoder = Decoder::new(self.coding, reader, first, window_bytes);
        Ok(State::Running { decoder, _window })
    }
}

/// What is known of a body once its first bytes are there.
struct Head {
    first: [u8; 2],
    window_bytes: u64,
}

impl Head {
    fn of(coding: Coding, bytes: &[u8]) -> Option<Self> {
        let first = match bytes {
            [] => return None,
            // A lone byte says nothing yet; its proper zlib successor is assumed.
            [first] => [*first, 31 - u8::try_from(u16::from(*first) * 256 % 31).unwrap_or(0)],
            [first, second, ..] => [*first, *second],
        };
        Some(Self { first, window_bytes: window::bytes_of(coding, bytes) })
    }
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
    fn new(coding: Coding, reader: Reader, first: [u8; 2], window_bytes: u64) -> Self {
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
                // Frames that follow the first one may not have larger windows than were reserved for it.
                let window = DParameter::window_log_max(window_bytes.ilog2());
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
            let head = Head::of(this.coding, ready!(reader.as_mut().poll_fill_buf(context))?);
            if let State::Start(reader) = std::mem::replace(&mut this.state, State::Ended) {
                this.state = this.begin(reader, head)?;
            }
        }
        let State::Running { decoder, .. } = &mut this.state else { return Poll::Ready(Ok(())) };
        let before = buffer.filled().len();
        ready!(decoder.poll_read(context, buffer))?;
        if buffer.filled().len() == before
            && buffer.remaining() > 0
            && let State::Running { decoder, .. } = std::mem::replace(&mut this.state, State::Ended)
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
