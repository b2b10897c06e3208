//! Printing: answers on standard output, everything else on standard error, colour only on a terminal.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use atoll::{Diagnostic, model::Severity};
use serde::Serialize;

use crate::error::CliError;

/// Where a command prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    colour: bool,
}

const RED: &str = "\x1b[31;1m";
const YELLOW: &str = "\x1b[33;1m";
const BLUE: &str = "\x1b[34;1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { json, colour }
    }

    /// Whether answers are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// A line of the answer.
    pub(crate) fn line(&self, text: impl AsRef<str>) -> Result<(), CliError> {
        Self::write(&plain(text.as_ref()))
    }

    fn write(line: &str) -> Result<(), CliError> {
        let mut stdout = io::stdout().lock();
        let result = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
        result.map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => CliError::OutputClosed,
            _ => CliError::Failed(format!("cannot write to standard output: {error}")),
        })
    }

    /// A JSON document on one line.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string(value).map_err(|error| CliError::Failed(error.to_string()))?;
        Self::write(&escaped(&text))
    }

    /// What is going on.
    pub(crate) fn progress(&self, text: impl AsRef<str>) {
        self.note(DIM, text.as_ref());
    }

    fn note(&self, colour: &str, text: &str) {
        let text = plain(text);
        let (start, end) = if self.colour { (colour, RESET) } else { ("", "") };
        // Standard error may be closed; then nobody wants to know.
        let _ = writeln!(io::stderr().lock(), "{start}{text}{end}");
    }

    /// An error, with its findings before it.
    pub(crate) fn error(&self, error: &CliError) {
        let diagnostics = error.diagnostics();
        self.diagnostics(diagnostics);
        let (start, end) = if self.colour { (RED, RESET) } else { ("", "") };
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        let message = match errors {
            0 => plain(&error.to_string()),
            1 => "1 error; nothing was changed".to_owned(),
            n => format!("{n} errors; nothing was changed"),
        };
        let _ = writeln!(io::stderr().lock(), "{start}error{end}: {message}");
    }

    /// Findings in a source: what, where, the lines around it, and what to do.
    pub(crate) fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let _ = writeln!(io::stderr().lock(), "{}", self.render(diagnostic));
        }
    }

    fn render(&self, diagnostic: &Diagnostic) -> String {
        let (word, colour) = match diagnostic.severity {
            Severity::Error => ("error", RED),
            Severity::Warning => ("warning", YELLOW),
            Severity::Info => ("note", BLUE),
        };
        let (start, dim, end) = if self.colour { (colour, DIM, RESET) } else { ("", "", "") };
        let mut text = String::new();
        if let Some(place) = &diagnostic.location {
            text.push_str(&format!("{}:{}:{}: ", place.file, place.line, place.column));
        }
        let (message, rule) = (plain(&diagnostic.message), plain(&diagnostic.rule));
        text.push_str(&format!("{start}{word}{end}: {message} {dim}[{rule}]{end}"));
        if let Some(frame) = &diagnostic.frame {
            text.push_str(&format!("\n{}", plain(frame)));
        }
        if let Some(hint) = &diagnostic.hint {
            text.push_str(&format!("\n  hint: {}", plain(hint)));
        }
        text
    }
}

/// Text without the characters that drive a terminal: it may come from an app.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

/// JSON without raw characters that drive a terminal. Nothing is lost: JSON escapes those below U+0020 by
/// itself, and the others (U+007F to U+009F) can only stand in strings, where an escape means the same.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_control() { text.push_str(&format!("\\u{:04x}", u32::from(c))) } else { text.push(c) }
    }
    text
}

/// `12 ms`, and `1.23 ms` below ten.
pub(crate) fn milliseconds(value: f64) -> String {
    if value < 10.0 { format!("{value:.2} ms") } else { format!("{value:.0} ms") }
}

#[cfg(test)]
mod tests {
    use atoll::{SourcePath, model::Location};

    use super::*;

    #[test]
    fn json_loses_nothing_and_drives_no_terminal() {
        let value = serde_json::json!({ "text": "a\u{9b}2J\u{7f}\u{1b}[2J\n🏝" });
        let text = escaped(&value.to_string());
        assert!(!text.chars().any(char::is_control), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_finding_says_what_where_and_what_to_do() {
        let location = Location { file: SourcePath::parse("backend/index.ts").unwrap(), line: 2, column: 3 };
        let diagnostic = Diagnostic::error("scan/no-eval", "eval runs \x1b[2Jtext as code")
            .with_hint("parse the text instead")
            .with_place(location, "a\n  eval(x)\n");
        let text = Output { json: false, colour: false }.render(&diagnostic);
        assert!(text.starts_with("backend/index.ts:2:3: error: eval runs"), "{text}");
        assert!(
            text.contains("> ") && text.contains("eval(x)") && text.contains("hint: parse the text"),
            "{text}"
        );
        assert!(!text.contains('\x1b'), "{text}");
    }
}
