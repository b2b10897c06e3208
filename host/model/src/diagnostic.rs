//! What a check has to say about a source file: which rule, where, why, and what to do.

use serde::{Deserialize, Serialize};

use crate::SourcePath;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably a mistake; the deploy goes on.
    Warning,
    /// The deploy stops.
    Error,
}

/// A place in a source file, both counted from 1; the column counts characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file.
    pub file: SourcePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Which check, e.g. `scan/no-eval`, `parse`, `manifest`, `migration`, `test`.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in plain words.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// Where, when it has a place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<Location>,
    /// The lines around the place with a marker under it, as plain text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub frame: Option<String>,
}

impl Diagnostic {
    /// An error of a rule; add the rest with the `with_` methods.
    #[must_use]
    pub fn error(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Error, message)
    }

    /// A warning of a rule.
    #[must_use]
    pub fn warning(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Warning, message)
    }

    /// A finding of any severity.
    #[must_use]
    pub fn new(rule: impl Into<String>, severity: Severity, message: impl Into<String>) -> Self {
        Self { rule: rule.into(), severity, message: message.into(), hint: None, location: None, frame: None }
    }

    /// Says what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says where, and shows the lines around it. `source` is the file's whole text.
    #[must_use]
    pub fn with_place(mut self, location: Location, source: &str) -> Self {
        self.frame = Some(code_frame(source, location.line, location.column));
        self.location = Some(location);
        self
    }

    /// Whether it stops a deploy.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// How many characters of a line a frame shows: a minified line must not flood a terminal.
const FRAME_WIDTH_MAX: usize = 120;

/// Two lines before, the line, a caret, one line after, numbered.
fn code_frame(source: &str, line: u32, column: u32) -> String {
    use std::fmt::Write as _;
    let (line, column) = (line.max(1) as usize, column.max(1) as usize);
    let first = line.saturating_sub(2).max(1);
    // A long line is shown from a window that holds the column.
    let start = column.saturating_sub(FRAME_WIDTH_MAX / 2);
    let start = if column <= FRAME_WIDTH_MAX { 0 } else { start };
    let mut frame = String::new();
    for (number, text) in
        source.lines().enumerate().map(|(i, t)| (i + 1, t)).skip(first - 1).take(line + 2 - first)
    {
        let shown: String = text
            .chars()
            .skip(start)
            .take(FRAME_WIDTH_MAX)
            .map(|c| if c == '\t' || c.is_control() { ' ' } else { c })
            .collect();
        let marker = if number == line { '>' } else { ' ' };
        let _ = writeln!(frame, "{marker} {number:>4} | {}", shown.trim_end());
        if number == line {
            let _ = writeln!(frame, "       | {}^", " ".repeat(column - 1 - start));
        }
    }
    frame.truncate(frame.trim_end().len());
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_column() {
        let frame = code_frame("one\ntwo eval(x)\nthree\nfour", 2, 5);
        let lines: Vec<&str> = frame.lines().collect();
        assert_eq!(lines, ["     1 | one", ">    2 | two eval(x)", "       |     ^", "     3 | three"]);
    }

    #[test]
    fn a_minified_line_is_windowed_and_a_missing_line_is_no_panic() {
        let frame = code_frame(&"x".repeat(10_000), 1, 5_000);
        assert!(frame.lines().all(|l| l.len() < 140));
        assert_eq!(code_frame("", 7, 3), "");
    }
}
