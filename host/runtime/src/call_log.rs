//! The log of one call: bounded, made harmless, and handed to the [`LogSink`] when the call is over, however
//! it ended (also when its caller went away). A call that logs nothing costs nothing.

use std::{
    fmt::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use atoll_model::{AppName, LogLevel, LogLine, Revision};
use http::{Method, Uri};

use crate::redaction::Redaction;

/// Where the lines of all apps go. Called once a call, and must not block.
pub trait LogSink: Send + Sync {
    /// Takes the lines of one call, in order.
    fn write(&self, app: &AppName, lines: Vec<LogLine>);
}

/// What a line costs besides its text, so that empty lines are not free.
pub(crate) const LINE_OVERHEAD_BYTES: usize = 32;

/// The host's own lines (why a call failed) do not count against the guest's budget, but stacks can be long.
const HOST_LINE_BYTES_MAX: usize = 8 << 10;

/// A request's path or an event's type is made by others.
const CALL_NAME_BYTES_MAX: usize = 200;

/// What a call is called in the log.
pub(crate) enum CallName {
    /// A request, by method and path. The query may hold what is nobody's business.
    Request(Method, Uri),
    /// Anything else.
    Other(String),
}

impl fmt::Display for CallName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(method, uri) => write!(f, "{method} {}", uri.path()),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// Collects the lines of one call.
pub(crate) struct CallLog {
    call: CallName,
    lines: Vec<Line>,
    bytes_max: usize,
    bytes_left: usize,
    dropped_lines: u64,
    dropped_bytes: u64,
    redaction: Arc<Redaction>,
}

struct Line {
    time: jiff::Timestamp,
    level: LogLevel,
    message: String,
}

impl CallLog {
    pub(crate) fn new(call: CallName, bytes_max: usize, redaction: Arc<Redaction>) -> Self {
        Self {
            call,
            lines: Vec::new(),
            bytes_max,
            bytes_left: bytes_max,
            dropped_lines: 0,
            dropped_bytes: 0,
            redaction,
        }
    }

    /// A line of the guest. What is over the budget is counted and dropped; a line that is partly over is cut.
    pub(crate) fn write(&mut self, level: LogLevel, message: &str) {
        self.write_at(jiff::Timestamp::now(), level, message);
    }

    /// The same for a line that was written before; lines are handed over in the order of their times.
    pub(crate) fn write_at(&mut self, time: jiff::Timestamp, level: LogLevel, message: &str) {
        // Before it is cut: half a secret would not be found.
        let redaction = Arc::clone(&self.redaction);
        let message = &*redaction.apply(message);
        let kept = cut(message, self.bytes_left.saturating_sub(LINE_OVERHEAD_BYTES));
        if kept.len() < message.len() || self.bytes_left < LINE_OVERHEAD_BYTES {
            self.dropped_lines += 1;
            self.dropped_bytes += (message.len() - kept.len()) as u64;
            if kept.is_empty() {
                self.bytes_left = 0;
                return;
            }
        }
        let text = escape(kept);
        self.bytes_left = self.bytes_left.saturating_sub(text.len() + LINE_OVERHEAD_BYTES);
        self.lines.push(Line { time, level, message: text });
    }

    /// Counts what was dropped before it came here.
    pub(crate) fn note_dropped(&mut self, lines: u64, bytes: u64) {
        self.dropped_lines = self.dropped_lines.saturating_add(lines);
        self.dropped_bytes = self.dropped_bytes.saturating_add(bytes);
    }

    /// A line of the host about this call.
    pub(crate) fn host_line(&mut self, level: LogLevel, message: &str, stack: &str) {
        let (message, stack) = (self.redaction.apply(message), self.redaction.apply(stack));
        let mut text = escape(cut(&message, HOST_LINE_BYTES_MAX));
        if !stack.is_empty() {
            text.push('\n');
            text.push_str(&escape(cut(stack.trim_end(), HOST_LINE_BYTES_MAX)));
        }
        self.push(level, text);
    }

    fn push(&mut self, level: LogLevel, message: String) {
        self.lines.push(Line { time: jiff::Timestamp::now(), level, message });
    }

    /// Hands all lines over, once.
    pub(crate) fn deliver(&mut self, sink: &dyn LogSink, app: &AppName, revision: Revision) {
        self.lines.sort_by_key(|line| line.time);
        if self.dropped_lines > 0 {
            let (lines, bytes, max) = (self.dropped_lines, self.dropped_bytes, self.bytes_max);
            let text =
                format!("{lines} lines were cut or dropped ({bytes} bytes): log_bytes_per_call_max = {max}");
            self.push(LogLevel::Warn, text);
        }
        if self.lines.is_empty() {
            return;
        }
        let name = self.call.to_string();
        let name = escape(cut(&name, CALL_NAME_BYTES_MAX));
        let lines = std::mem::take(&mut self.lines).into_iter().map(|line| LogLine {
            time: line.time,
            level: line.level,
            message: line.message,
            call: name.clone(),
            revision: revision.0,
        });
        let lines = lines.collect();
        if catch_unwind(AssertUnwindSafe(|| sink.write(app, lines))).is_err() {
            tracing::error!(%app, "the log sink panicked; the lines of a call are lost");
        }
    }
}

/// At most so many bytes of a text, cut between characters.
fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// Escapes what could drive a terminal or reorder what a reader sees; line breaks and tabs stay.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let control = c.is_control() && !matches!(c, '\n' | '\t');
        let reordering =
            matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if control || reordering {
            // Writing to a String cannot fail.
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Lines(Mutex<Vec<LogLine>>);
    impl LogSink for Lines {
        fn write(&self, _: &AppName, mut lines: Vec<LogLine>) {
            self.0.lock().unwrap().append(&mut lines);
        }
    }

    fn logged(bytes_max: usize, write: impl FnOnce(&mut CallLog)) -> Vec<String> {
        let lines = Lines::default();
        let mut log = CallLog::new(CallName::Other("GET /".into()), bytes_max, Arc::default());
        write(&mut log);
        log.deliver(&lines, &AppName::parse("a").unwrap(), Revision(1));
        lines.0.lock().unwrap().iter().map(|line| line.message.clone()).collect()
    }

    #[test]
    fn a_flood_is_cut_counted_and_said() {
        let lines = logged(1_000, |log| (0..1_000).for_each(|_| log.write(LogLevel::Info, "0123456789")));
        assert!(lines.len() < 30, "{}", lines.len());
        let last = lines.last().unwrap();
        assert!(
            last.contains("lines were cut or dropped") && last.contains("log_bytes_per_call_max = 1000"),
            "{last}"
        );
    }

    #[test]
    fn empty_lines_are_not_free() {
        let lines = logged(1_000, |log| (0..10_000).for_each(|_| log.write(LogLevel::Info, "")));
        assert!(lines.len() < 40, "{}", lines.len());
    }

    #[test]
    fn one_huge_line_is_cut_between_characters() {
        let lines = logged(100, |log| log.write(LogLevel::Info, &"é".repeat(1_000)));
        assert_eq!(lines[0], "é".repeat(34));
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn what_drives_a_terminal_is_escaped() {
        let lines = logged(1_000, |log| log.write(LogLevel::Info, "\x1b]0;x\x07 a\nb\tc \u{202e}d \u{9b}1m"));
        assert_eq!(lines, ["\\u{1b}]0;x\\u{7} a\nb\tc \\u{202e}d \\u{9b}1m"]);
    }

    #[test]
    fn the_hosts_line_comes_even_after_a_flood() {
        let lines = logged(10, |log| {
            log.write(LogLevel::Info, "way too long for this");
            log.host_line(LogLevel::Error, "the app failed", "at f");
        });
        assert_eq!(lines[0], "the app failed\nat f");
    }

    #[test]
    fn a_request_is_named_without_its_query() {
        let name = CallName::Request(Method::GET, "http://a.example/todos?token=secret".parse().unwrap());
        assert_eq!(name.to_string(), "GET /todos");
    }

    #[test]
    fn a_panicking_sink_harms_nobody() {
        struct Bad;
        impl LogSink for Bad {
            fn write(&self, _: &AppName, _: Vec<LogLine>) {
                panic!("no");
            }
        }
        let mut log = CallLog::new(CallName::Other("GET /".into()), 100, Arc::default());
        log.write(LogLevel::Info, "x");
        log.deliver(&Bad, &AppName::parse("a").unwrap(), Revision(1));
    }
}
