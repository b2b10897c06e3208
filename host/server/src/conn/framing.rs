//! Watches the request heads on a connection for two statements about the body's length.
//!
//! hyper takes `Transfer-Encoding` over `Content-Length` and drops the latter unseen, as RFC 9112 §6.3
//! allows. A proxy in front may do the opposite, and then the two disagree where the next request begins
//! (request smuggling). So such a request is marked, and refused before it is routed.
//!
//! The scan follows the stream only as far as it can be sure: over heads and bodies of stated length. After a
//! chunked body or an upgrade it stops, and the connection ends with that request.

use std::sync::{Arc, atomic::Ordering};

use super::ConnectionFlags;

/// What a connection keeps for its next head: most fit, and a large one is not paid for as long as it is open.
const HEAD_KEPT_BYTES: usize = 4 << 10;

/// The scan of one connection.
pub(crate) struct HeadScan {
    flags: Arc<ConnectionFlags>,
    state: State,
    /// The head so far.
    head: Vec<u8>,
    /// As many bytes of a head as hyper takes.
    head_bytes_max: usize,
}

enum State {
    Head,
    Body {
        left: u64,
    },
    /// Not followed any more.
    Lost,
}

/// How the body of a request is stated to end.
#[derive(Debug, PartialEq, Eq)]
enum Framing {
    Length(u64),
    /// Chunked, or another protocol after an upgrade.
    Unfollowed,
    Ambiguous,
}

impl HeadScan {
    pub(crate) fn new(flags: Arc<ConnectionFlags>, head_bytes_max: usize) -> Self {
        Self { flags, state: State::Head, head: Vec::new(), head_bytes_max }
    }

    /// Looks at bytes on their way to hyper.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) {
        self.flags.bytes_read.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        while !bytes.is_empty() {
            bytes = match &mut self.state {
                State::Lost => return,
                State::Body { left } => {
                    let skip = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= skip as u64;
                    if *left == 0 {
                        self.state = State::Head;
                    }
                    bytes.get(skip..).unwrap_or_default()
                }
                State::Head => self.feed_head(bytes),
            };
        }
    }

    /// Takes a head's bytes and leaves what follows it.
    fn feed_head<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        for (index, &byte) in bytes.iter().enumerate() {
            // Empty lines before a request are skipped (RFC 9112 §2.2).
            if self.head.is_empty() && matches!(byte, b'\r' | b'\n') {
                continue;
            }
            self.head.push(byte);
            if byte == b'\n' && (self.head.ends_with(b"\n\n") || self.head.ends_with(b"\n\r\n")) {
                self.end_head();
                return bytes.get(index + 1..).unwrap_or_default();
            }
            if self.head.len() > self.head_bytes_max {
                // hyper answers 431.
                self.lose();
                return &[];
            }
        }
        self.flags.in_head.store(!self.head.is_empty(), Ordering::Relaxed);
        &[]
    }

    fn end_head(&mut self) {
        self.flags.in_head.store(false, Ordering::Relaxed);
        match framing(&self.head) {
            Framing::Length(0) => {}
            Framing::Length(left) => self.state = State::Body { left },
            Framing::Unfollowed => self.lose(),
            Framing::Ambiguous => {
                self.flags.ambiguous.store(true, Ordering::Relaxed);
                self.lose();
            }
        }
        self.head.clear();
        self.head.shrink_to(HEAD_KEPT_BYTES);
    }

    fn lose(&mut self) {
        self.state = State::Lost;
        self.head = Vec::new();
        self.flags.in_head.store(false, Ordering::Relaxed);
        self.flags.last.store(true, Ordering::Relaxed);
    }
}

fn framing(head: &[u8]) -> Framing {
    let (mut length, mut encodings, mut upgrade) = (None, 0, false);
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let (name, value) = (name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            // Digits only: a number parser would take "+5" too.
            let digits =
                std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            let stated = digits.and_then(|text| text.parse::<u64>().ok());
            match (length, stated) {
                (None, Some(stated)) => length = Some(stated),
                (Some(before), Some(stated)) if before == stated => {}
                _ => return Framing::Ambiguous,
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            encodings += 1;
            if !value.eq_ignore_ascii_case(b"chunked") {
                return Framing::Ambiguous;
            }
        } else if name.eq_ignore_ascii_case(b"upgrade") {
            upgrade = true;
        }
    }
    match (encodings, length) {
        (0, _) if upgrade => Framing::Unfollowed,
        (0, length) => Framing::Length(length.unwrap_or(0)),
        (1, None) => Framing::Unfollowed,
        _ => Framing::Ambiguous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the bytes in pieces of every size.
    fn scan(bytes: &str) -> Arc<ConnectionFlags> {
        let mut results = (1..=bytes.len()).map(|size| {
            let flags = ConnectionFlags::new();
            let mut scan = HeadScan::new(Arc::clone(&flags), 1_000);
            bytes.as_bytes().chunks(size).for_each(|piece| scan.feed(piece));
            flags
        });
        let first = results.next().unwrap();
        for other in results {
            assert_eq!(other.is_ambiguous(), first.is_ambiguous(), "{bytes:?}");
            assert_eq!(other.is_last(), first.is_last(), "{bytes:?}");
            assert_eq!(other.is_in_head(), first.is_in_head(), "{bytes:?}");
        }
        first
    }

    #[test]
    fn two_lengths_are_noticed_wherever_they_stand() {
        for bad in [
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\nTRANSFER-ENCODING:chunked\ncontent-length:5\n\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
            // The second of two requests.
            "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert!(scan(bad).is_ambiguous(), "{bad:?}");
        }
    }

    #[test]
    fn a_body_that_looks_like_headers_is_a_body() {
        let body = "\r\n\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let request = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let flags = scan(&format!("{request}{request}"));
        assert!(!flags.is_ambiguous() && !flags.is_last() && !flags.is_in_head());
    }

    #[test]
    fn a_connection_ends_with_what_cannot_be_followed() {
        assert!(scan("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").is_last());
        assert!(scan("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n").is_last());
        assert!(scan(&"x".repeat(2_000)).is_last());
        assert!(!scan("GET / HTTP/1.1\r\nHost: x\r\n\r\n").is_last());
    }

    #[test]
    fn a_head_that_has_begun_is_told_from_none() {
        assert!(scan("GET / HTT").is_in_head());
        assert!(!scan("\r\n").is_in_head());
        assert!(!scan("GET / HTTP/1.1\r\n\r\n").is_in_head());
    }
}
