//! Undoes `content-encoding`, within bounds: decoded bytes count against the same limit as received ones, and may
//! be only so many times as many.
//!
//! A coding that is not known here is left alone, header and all: the guest may know it.

mod decoder;
mod window;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use http::{HeaderMap, header};
use tokio::io::BufReader;
use tokio_util::io::{ReaderStream, StreamReader};

use self::decoder::{Decoding, Reader};
pub(crate) use self::window::{AppWindows, Windows};
use crate::{OutboundError, received};

/// Codings around each other. More than one is rare; each is another factor of a bomb.
const CODINGS_MAX: usize = 2;

/// What one read of a decoder brings at most.
const CHUNK_BYTES: usize = 16 << 10;

/// Decoded bytes that are not weighed against the received ones: a short text of one letter is no attack.
const UNWEIGHED_BYTES: u64 = 1 << 20;

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

/// A received body, decoded. `received` counts what has come in; the memory of its decoders is taken from `windows`.
pub(crate) fn decoded(
    body: impl Stream<Item = Result<Bytes, OutboundError>> + Send + 'static,
    codings: &[Coding],
    received: Arc<AtomicU64>,
    bounds: Bounds,
    windows: &AppWindows,
) -> impl Stream<Item = Result<Bytes, OutboundError>> + Send + 'static {
    let name = codings.last().map_or("identity", |coding| coding.name());
    let mut reader: Reader = Box::pin(StreamReader::new(body.map_err(std::io::Error::other)));
    for coding in codings.iter().rev() {
        let decoding = Decoding::new(*coding, reader, windows.clone());
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

#[cfg(test)]
mod tests {
    use atoll_model::AppName;
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

    fn windows() -> AppWindows {
        AppWindows::new(&Arc::new(Windows::new(1 << 30, 1 << 30)), &AppName::parse("app").unwrap())
    }

    #[tokio::test]
    async fn a_brotli_window_that_is_none_of_brotlis_is_refused() {
        // A window of 2^30 bytes; then an empty last block.
        let body = stream::iter([Ok(Bytes::from_static(&[0x11, 0x1e | 0b1100_0000, 0, 0]))]);
        let bounds = Bounds { bytes_max: 1 << 20, ratio_max: 200 };
        let mut decoded = Box::pin(decoded(body, &[Coding::Brotli], Arc::default(), bounds, &windows()));
        let error = decoded.next().await.unwrap().unwrap_err().to_string();
        assert!(error.contains("as br") && error.contains("larger window"), "{error}");
        assert!(decoded.next().await.is_none());
    }
}
