//! The report for people.

use std::fmt::Write as _;

use crate::report::{Report, Row, Section, Unit};

/// Everything.
pub(crate) fn whole(report: &Report) -> String {
    let mut text = format!("# Benchmarks\n\n{}", setting(report));
    for section in &report.sections {
        let _ = write!(text, "\n## {}\n\n{}", section.title, body(section));
    }
    text
}

/// What it was measured on, and with.
pub(crate) fn setting(report: &Report) -> String {
    let machine = &report.machine;
    let mut text = String::new();
    if report.quick {
        text.push_str("**A quick run: it shows that everything runs. Its figures mean nothing.**\n\n");
    }
    let _ = writeln!(
        text,
        "Measured on {} cores ({}), {} GiB of memory, {}, with a load of {} before the run. The load generator runs on \
         the same cores.\n",
        machine.cores, machine.processor, machine.memory_gib, machine.kernel, machine.load_before
    );
    for (name, version) in &report.versions {
        let _ = writeln!(text, "- {name}: {version}");
    }
    for (name, how) in &report.absent {
        let _ = writeln!(text, "- {name}: not installed; {how}");
    }
    text
}

/// What a part has found, without its title.
pub(crate) fn body(section: &Section) -> String {
    let mut text = format!("{}\n\n", section.about);
    let titles: Vec<&str> = section.columns.iter().map(|column| column.title).collect();
    let _ = writeln!(text, "| | {} |", titles.join(" | "));
    let _ = writeln!(text, "|---|{}", "--:|".repeat(titles.len()));
    for Row { what, values } in &section.rows {
        let cells: Vec<String> = section
            .columns
            .iter()
            .zip(values)
            .map(|(column, value)| value.map(|value| shown(column.unit, value)).unwrap_or_default())
            .collect();
        let _ = writeln!(text, "| {what} | {} |", cells.join(" | "));
    }
    if !section.bars.is_empty() {
        text.push_str("\n| held against | measured | at most | |\n|---|--:|--:|---|\n");
    }
    for bar in &section.bars {
        let (measured, at_most) = (shown(bar.unit, bar.measured), shown(bar.unit, bar.at_most));
        let verdict = if bar.holds { "holds" } else { "**does not hold**" };
        let _ = writeln!(text, "| {} | {measured} | {at_most} | {verdict} |", bar.what);
    }
    for note in &section.notes {
        let _ = write!(text, "\n{note}\n");
    }
    text
}

/// A number with its unit, in as many digits as mean something.
pub(crate) fn shown(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Microseconds if value < 1_000.0 => format!("{value:.1} µs"),
        Unit::Microseconds => format!("{:.2} ms", value / 1e3),
        Unit::Bytes if value < 1e6 => format!("{:.1} kB", value / 1e3),
        Unit::Bytes => format!("{:.1} MB", value / 1e6),
        Unit::Ratio => format!("{value:.2}"),
        Unit::Count => thousands(value),
    }
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_with_their_units() {
        for (unit, value, text) in [
            (Unit::Microseconds, 61.26, "61.3 µs"),
            (Unit::Microseconds, 5_600.0, "5.60 ms"),
            (Unit::Bytes, 7_300.0, "7.3 kB"),
            (Unit::Bytes, 1.6e6, "1.6 MB"),
            (Unit::Ratio, 0.333, "0.33"),
            (Unit::Count, 1_234_567.0, "1,234,567"),
            (Unit::Count, 12.0, "12"),
        ] {
            assert_eq!(shown(unit, value), text);
        }
    }
}
