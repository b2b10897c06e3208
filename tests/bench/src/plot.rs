//! A drawing of what matters most, for the README: readable on light and on dark, and by a screen reader.

use std::fmt::Write as _;

use crate::{
    contest::CONNECTIONS_OF_BARS,
    markdown::shown,
    report::{Report, Section, Unit},
};

const WIDTH: u32 = 760;
const LABEL_WIDTH: u32 = 330;
const BAR_WIDTH: f64 = 330.0;
const ROW_HEIGHT: u32 = 24;
const TITLE_HEIGHT: u32 = 44;

/// One group of bars.
struct Panel {
    title: &'static str,
    unit: Unit,
    bars: Vec<(String, f64)>,
}

/// `None` when not all that it shows was measured.
pub(crate) fn draw(report: &Report) -> Option<String> {
    let (http, apps) = (report.section("http")?, report.section("apps")?);
    let at = format!("{CONNECTIONS_OF_BARS} connections");
    let panels = [
        Panel {
            title: "CPU time a request, JSON router over HTTP (less is better)",
            unit: Unit::Microseconds,
            bars: bars(http, "cpu_us", |what| {
                Some(what.strip_suffix(&at)?.trim_end_matches(", ").to_owned())
            }),
        },
        Panel {
            title: "First request to an app that is not loaded, p50 (less is better)",
            unit: Unit::Microseconds,
            bars: bars(apps, "p50_us", loaded),
        },
        Panel {
            title: "Memory for one more loaded app (less is better)",
            unit: Unit::Bytes,
            bars: bars(apps, "bytes_per_app", loaded),
        },
    ];
    let rows: usize = panels.iter().map(|panel| panel.bars.len()).sum();
    let height =
        u32::try_from(panels.len()).ok()? * TITLE_HEIGHT + u32::try_from(rows).ok()? * ROW_HEIGHT + 16;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Atoll beside its peers; docs/performance.md has the same figures as tables\">\n{STYLE}\n"
    );
    let mut y = 0;
    for panel in &panels {
        y += TITLE_HEIGHT;
        let _ =
            writeln!(svg, "<text class=\"title\" x=\"8\" y=\"{}\">{}</text>", y - 12, escaped(panel.title));
        let most = panel.bars.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        for (what, value) in &panel.bars {
            let class = if what.starts_with("Atoll") { "own" } else { "peer" };
            // What is too little to see is still there.
            let width = (value / most * BAR_WIDTH).max(2.0);
            let middle = y + ROW_HEIGHT / 2 + 4;
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text>",
                LABEL_WIDTH - 8,
                escaped(what)
            );
            let _ = writeln!(
                svg,
                "<rect class=\"{class}\" x=\"{LABEL_WIDTH}\" y=\"{}\" width=\"{width:.1}\" height=\"{}\" rx=\"2\"/>",
                y + 3,
                ROW_HEIGHT - 6
            );
            let end = f64::from(LABEL_WIDTH) + width + 6.0;
            let _ = writeln!(svg, "<text x=\"{end:.1}\" y=\"{middle}\">{}</text>", shown(panel.unit, *value));
            y += ROW_HEIGHT;
        }
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// No background: the page's own shows through, in either scheme.
const STYLE: &str = "<style>
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #24292f; }
.title { font-weight: 600; }
.own { fill: #0b7285; }
.peer { fill: #868e96; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .own { fill: #3bc9db; }
  .peer { fill: #6e7681; }
}
</style>";

/// A column of a section, with the rows that have a label.
fn bars(section: &Section, column: &str, label: impl Fn(&str) -> Option<String>) -> Vec<(String, f64)> {
    let Some(index) = section.columns.iter().position(|c| c.name == column) else { return Vec::new() };
    let rows = section.rows.iter();
    rows.filter_map(|row| Some((label(&row.what)?, row.values.get(index).copied().flatten()?))).collect()
}

/// Of the apps' part, the rows in which every app stays.
fn loaded(what: &str) -> Option<String> {
    let kept = what.contains("keep all") || what.starts_with("workerd");
    kept.then(|| what.split_once(',').map_or(what, |(who, _)| who).to_owned())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
