//! The log of one call: bounded, made harmless, and handed to the [`LogSink`] when the call is over, however
//! it ended (also when its caller went away).

use std::{
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use atoll_model::{AppName, LogLevel, LogLine, Revision};

/// Where the lines of all apps go. Called once a call, and must not block.
pub trait LogSink: Send + Sync {
    /// Takes the lines of one call, in order.
    fn write(&self, app: &AppName, lines: Vec<LogLine>);
}

/// What a line costs besides its text, so that empty lines are not free.
const LINE_OVERHEAD_BYTES: usize = 32;

/// The host's own lines (why a call failed) do not count against the guest's budget, but stacks can be long.
const HOST_LINE_BYTES_MAX: usize = 8 << 10;

/// A request's path or an event's type is made by others.
const CALL_NAME_BYTES_MAX: usize = 200;

/// Collects the lines of one call.
pub(crate) struct CallLog {
    sink: Arc<dyn LogSink>,
    app: AppName,
    revision: Revision,
    call: String,
    lines: Vec<LogLine>,
    bytes_max: usize,
    bytes_left: usize,
    dropped_lines: u64,
    dropped_bytes: u64,
}

impl CallLog {
    pub(crate) fn new(
        sink: Arc<dyn LogSink>,
        app: AppName,
        revision: Revision,
        call: &str,
        bytes_max: usize,
    ) -> Self {
        Self {
            sink,
            app,
            revision,
            call: escape(cut(call, CALL_NAME_BYTES_MAX)),
            lines: Vec::new(),
            bytes_max,
            bytes_left: bytes_max,
            dropped_lines: 0,
            dropped_bytes: 0,
        }
    }

    /// A line of the guest. What is over the budget is counted and dropped; a line that is partly over is cut.
    pub(crate) fn write(&mut self, level: LogLevel, message: &str) {
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
        self.push(level, text);
    }

    /// A line of the host about this call.
    pub(crate) fn host_line(&mut self, level: LogLevel, message: &str, stack: &str) {
        let mut text = escape(cut(message, HOST_LINE_BYTES_MAX));
        if !stack.is_empty() {
            text.push('\n');
            text.push_str(&escape(cut(stack.trim_end(), HOST_LINE_BYTES_MAX)));
        }
        self.push(level, text);
    }

    fn push(&mut self, level: LogLevel, message: String) {
        let (call, revision) = (self.call.clone(), self.revision.0);
        self.lines.push(LogLine { time: jiff::Timestamp::now(), level, message, call, revision });
    }

    fn deliver(&mut self) {
        if self.dropped_lines > 0 {
            let (lines, bytes, max) = (self.dropped_lines, self.dropped_bytes, self.bytes_max);
            let text =
                format!("{lines} lines were cut or dropped ({bytes} bytes): log_bytes_per_call_max = {max}");
            self.push(LogLevel::Warn, text);
        }
        if self.lines.is_empty() {
            return;
        }
        let lines = std::mem::take(&mut self.lines);
        let (sink, app) = (&self.sink, &self.app);
        if catch_unwind(AssertUnwindSafe(|| sink.write(app, lines))).is_err() {
            tracing::error!(%app, "the log sink panicked; the lines of a call are lost");
        }
    }
}

impl Drop for CallLog {
    fn drop(&mut self) {
        self.deliver();
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
        let lines = Arc::new(Lines::default());
        let name = AppName::parse("a").unwrap();
        let mut log = CallLog::new(Arc::clone(&lines) as _, name, Revision(1), "GET /", bytes_max);
        write(&mut log);
        drop(log);
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
    fn a_panicking_sink_harms_nobody() {
        struct Bad;
        impl LogSink for Bad {
            fn write(&self, _: &AppName, _: Vec<LogLine>) {
                panic!("no");
            }
        }
        let name = AppName::parse("a").unwrap();
        CallLog::new(Arc::new(Bad), name, Revision(1), "GET /", 100).write(LogLevel::Info, "x");
    }
}
