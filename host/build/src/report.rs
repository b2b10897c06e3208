//! Collects findings and makes diagnostics of them: sorted by place, capped, each with its code frame.
//!
//! A hostile file can hold a finding every few bytes, and a code frame walks the file. So findings stay raw
//! until it is known which of them are shown.

use std::{borrow::Cow, collections::HashSet};

use atoll_model::{Diagnostic, Location, Severity, SourcePath, SourceTree};

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// It has no place, such as a missing file.
    None,
    /// A byte offset in a file.
    Offset(SourcePath, u32),
    /// A line and a column in characters, both from 1.
    LineColumn(SourcePath, u32, u32),
}

/// A diagnostic before it is placed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Finding {
    pub(crate) rule: Cow<'static, str>,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) place: Place,
}

impl Finding {
    /// An error of a rule.
    pub(crate) fn error(rule: &'static str, message: impl Into<String>, place: Place) -> Self {
        Self { rule: rule.into(), severity: Severity::Error, message: message.into(), hint: None, place }
    }

    /// A warning of a rule.
    pub(crate) fn warning(rule: &'static str, message: impl Into<String>, place: Place) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, message, place) }
    }

    /// Says what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The findings of one check. Errors have places of their own, so that a flood of warnings hides none.
#[derive(Debug)]
pub(crate) struct Report {
    limit: usize,
    errors: Vec<Finding>,
    others: Vec<Finding>,
    dropped: usize,
}

impl Report {
    /// An empty report that shows at most `limit` findings.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), errors: Vec::new(), others: Vec::new(), dropped: 0 }
    }

    /// Adds a finding, or counts it when there is no room.
    pub(crate) fn push(&mut self, finding: Finding) {
        let list = if finding.severity == Severity::Error { &mut self.errors } else { &mut self.others };
        if list.len() < self.limit {
            list.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    /// Adds several.
    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// Adds what another report holds.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.extend(other.errors.into_iter().chain(other.others));
        self.dropped += other.dropped;
    }

    /// Whether another error would only be counted.
    pub(crate) fn is_full(&self) -> bool {
        self.errors.len() >= self.limit
    }

    /// Whether a deploy must stop.
    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The diagnostics, by file, line and column; what has no place comes first. At most `limit`, and one
    /// more that counts the rest.
    pub(crate) fn finish(self, source: &SourceTree) -> Vec<Diagnostic> {
        let Self { limit, errors, others, mut dropped } = self;
        let total = errors.len() + others.len();
        let mut seen = HashSet::new();
        let mut placed: Vec<(Option<Location>, Finding)> = errors
            .into_iter()
            .chain(others)
            .take(limit)
            .filter(|finding| seen.insert(finding.clone()))
            .map(|finding| (location(&finding.place, source), finding))
            .collect();
        dropped += total.saturating_sub(limit);
        placed.sort_by(|(a, x), (b, y)| {
            let key = |l: &Option<Location>| l.as_ref().map(|l| (l.file.clone(), l.line, l.column));
            key(a).cmp(&key(b)).then_with(|| x.rule.cmp(&y.rule))
        });
        let mut diagnostics: Vec<Diagnostic> =
            placed.into_iter().map(|(location, finding)| place(location, finding, source)).collect();
        if dropped > 0 {
            let message = format!("{dropped} more findings are not shown (limit diagnostics_max = {limit})");
            diagnostics
                .push(Diagnostic::new("diagnostics", Severity::Info, message).with_hint("fix these first"));
        }
        diagnostics
    }
}

fn place(location: Option<Location>, finding: Finding, source: &SourceTree) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(finding.rule, finding.severity, finding.message);
    if let Some(hint) = finding.hint {
        diagnostic = diagnostic.with_hint(hint);
    }
    let Some(location) = location else { return diagnostic };
    let bytes = source.get(location.file.as_str()).map_or(&[][..], |bytes| bytes);
    let text = String::from_utf8_lossy(bytes);
    diagnostic.with_place(location, &text)
}

fn location(place: &Place, source: &SourceTree) -> Option<Location> {
    match place {
        Place::None => None,
        Place::LineColumn(file, line, column) => {
            Some(Location { file: file.clone(), line: *line, column: *column })
        }
        Place::Offset(file, offset) => {
            let bytes = source.get(file.as_str()).map_or(&[][..], |bytes| bytes);
            let before = &bytes[..bytes.len().min(*offset as usize)];
            let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            Some(Location { file: file.clone(), line: number(line), column: number(column) })
        }
    }
}

/// A column in UTF-16 units, as JavaScript counts, as one in characters; both from 1.
pub(crate) fn column_in_characters(text: &str, line: u32, column: u32) -> u32 {
    let Some(line) = text.lines().nth(line.saturating_sub(1) as usize) else { return column };
    let mut units: u32 = 0;
    let before = line.chars().take_while(|c| {
        units += u32::try_from(c.len_utf16()).unwrap_or(1);
        units < column
    });
    u32::try_from(before.count()).unwrap_or(column).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use atoll_model::Limits;

    use super::*;

    fn tree(text: &str) -> (SourceTree, SourcePath) {
        let path = SourcePath::parse("a.ts").unwrap();
        let mut tree = SourceTree::new();
        tree.insert(path.clone(), text.to_owned(), &Limits::default()).unwrap();
        (tree, path)
    }

    #[test]
    fn columns_count_characters() {
        let (tree, path) = tree("let a;\n\"äö\" + eval");
        let mut report = Report::new(10);
        report.push(Finding::error("x", "m", Place::Offset(path, 16)));
        let diagnostics = report.finish(&tree);
        let location = diagnostics[0].location.as_ref().unwrap();
        assert_eq!((location.line, location.column), (2, 8));
        assert!(diagnostics[0].frame.as_ref().unwrap().contains("\"äö\" + eval"));
    }

    #[test]
    fn a_flood_is_counted_and_hides_no_error() {
        let (tree, path) = tree("\n\n\n\n\n\n");
        let mut report = Report::new(3);
        for offset in 0..5 {
            report.push(Finding::warning("w", format!("{offset}"), Place::Offset(path.clone(), offset)));
        }
        report.push(Finding::error("e", "stop", Place::Offset(path, 5)));
        assert!(report.has_errors());
        let diagnostics = report.finish(&tree);
        assert_eq!(diagnostics.len(), 4);
        assert!(diagnostics.iter().any(Diagnostic::is_error));
        assert!(diagnostics[3].message.starts_with("3 more findings"));
    }

    #[test]
    fn an_offset_past_the_end_is_no_panic() {
        let (tree, path) = tree("ä");
        for offset in [0, 1, 2, 99] {
            let mut report = Report::new(3);
            report.push(Finding::error("e", "m", Place::Offset(path.clone(), offset)));
            assert_eq!(report.finish(&tree).len(), 1);
        }
    }
}
