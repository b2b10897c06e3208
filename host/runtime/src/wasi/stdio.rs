//! What a guest prints, as lines for the app's log: standard output at level `info`, standard error at `warn`.
//! Bounded like everything it logs; what is over the budget is counted.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use atoll_model::LogLevel;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::io::AsyncWrite;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamResult},
};

use crate::call_log::{CallLog, LINE_OVERHEAD_BYTES};

/// A longer line is broken into several.
const LINE_BYTES_MAX: usize = 8 << 10;

/// What one write may hand over.
const WRITE_BYTES_MAX: usize = 64 << 10;

/// What one call printed so far.
pub(crate) struct GuestLines(Mutex<Lines>);

struct Lines {
    whole: Vec<(Timestamp, LogLevel, String)>,
    /// Since the last line break, of standard output and standard error.
    open: [Vec<u8>; 2],
    bytes_left: usize,
    dropped_lines: u64,
    dropped_bytes: u64,
}

#[derive(Clone, Copy)]
enum Of {
    Stdout,
    Stderr,
}

/// One of the two streams.
#[derive(Clone)]
pub(crate) struct Printer {
    lines: Arc<GuestLines>,
    of: Of,
}

impl GuestLines {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self(Mutex::new(Lines {
            whole: Vec::new(),
            open: [Vec::new(), Vec::new()],
            bytes_left: bytes_max,
            dropped_lines: 0,
            dropped_bytes: 0,
        }))
    }

    pub(crate) fn stdout(self: &Arc<Self>) -> Printer {
        Printer { lines: Arc::clone(self), of: Of::Stdout }
    }

    pub(crate) fn stderr(self: &Arc<Self>) -> Printer {
        Printer { lines: Arc::clone(self), of: Of::Stderr }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        // A panic cannot leave them half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn print(&self, of: Of, bytes: &[u8]) {
        let mut lines = self.lines();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            for part in text.chunks(LINE_BYTES_MAX) {
                if lines.open[of as usize].len() + part.len() > LINE_BYTES_MAX {
                    lines.end_line(of);
                }
                lines.open[of as usize].extend_from_slice(part);
            }
            if ends {
                lines.end_line(of);
            }
        }
    }

    /// A line of the host about what the guest did. Counts against the same budget.
    pub(crate) fn host_line(&self, level: LogLevel, text: &str) {
        self.lines().keep(level, text.to_owned());
    }

    /// Hands all of it to a log.
    pub(crate) fn drain(&self, log: &mut CallLog) {
        let mut lines = self.lines();
        for of in [Of::Stdout, Of::Stderr] {
            if !lines.open[of as usize].is_empty() {
                lines.end_line(of);
            }
        }
        for (time, level, text) in std::mem::take(&mut lines.whole) {
            log.write_at(time, level, &text);
        }
        log.note_dropped(std::mem::take(&mut lines.dropped_lines), std::mem::take(&mut lines.dropped_bytes));
    }
}

impl Lines {
    fn end_line(&mut self, of: Of) {
        let bytes = std::mem::take(&mut self.open[of as usize]);
        let level = match of {
            Of::Stdout => LogLevel::Info,
            Of::Stderr => LogLevel::Warn,
        };
        self.keep(level, String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(&bytes)).into_owned());
    }

    fn keep(&mut self, level: LogLevel, text: String) {
        let Some(left) = self.bytes_left.checked_sub(text.len() + LINE_OVERHEAD_BYTES) else {
            self.dropped_lines = self.dropped_lines.saturating_add(1);
            self.dropped_bytes = self.dropped_bytes.saturating_add(text.len() as u64);
            return;
        };
        self.bytes_left = left;
        self.whole.push((Timestamp::now(), level, text));
    }
}

impl IsTerminal for Printer {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Printer {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait::async_trait]
impl Pollable for Printer {
    async fn ready(&mut self) {}
}

impl OutputStream for Printer {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.lines.print(self.of, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES_MAX)
    }
}

impl AsyncWrite for Printer {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let bytes = &bytes[..bytes.len().min(WRITE_BYTES_MAX)];
        self.lines.print(self.of, bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(lines: &GuestLines) -> Vec<String> {
        lines.lines().whole.iter().map(|(_, level, text)| format!("{level:?} {text}")).collect()
    }

    #[test]
    fn lines_are_whole_and_the_streams_apart() {
        let lines = GuestLines::new(1_000);
        lines.print(Of::Stdout, b"a");
        lines.print(Of::Stderr, b"oops\r\n");
        lines.print(Of::Stdout, b"b\nc");
        assert_eq!(whole(&lines), ["Warn oops", "Info ab"]);
    }

    #[test]
    fn a_flood_keeps_no_more_than_its_budget() {
        let lines = GuestLines::new(1_000);
        for _ in 0..100 {
            lines.print(Of::Stdout, &[b'x'; 100 << 10]);
            lines.print(Of::Stdout, b"\n\n\n");
        }
        let state = lines.lines();
        let kept: usize = state.whole.iter().map(|(_, _, text)| text.len() + LINE_OVERHEAD_BYTES).sum();
        assert!(kept <= 1_000 && state.open[0].len() <= LINE_BYTES_MAX, "{kept}");
        assert!(state.dropped_lines > 1_000 && state.dropped_bytes > 9 << 20);
    }
}
