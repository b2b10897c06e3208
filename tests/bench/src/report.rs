//! The results, as a table for people and JSON for programs.

use std::{fmt::Write as _, fs, path::Path};

use serde::Serialize;

use crate::{Failure, statistics::Distribution};

/// One line of the result.
#[derive(Debug, Serialize)]
struct Line {
    part: &'static str,
    what: String,
    #[serde(flatten)]
    distribution: Distribution,
    /// Requests a second, where requests ran side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    per_second: Option<f64>,
}

/// All results of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

impl Report {
    pub(crate) fn add(&mut self, part: &'static str, what: impl Into<String>, distribution: Distribution) {
        self.lines.push(Line { part, what: what.into(), distribution, per_second: None });
    }

    pub(crate) fn add_load(
        &mut self,
        part: &'static str,
        what: impl Into<String>,
        distribution: Distribution,
        per_second: f64,
    ) {
        self.lines.push(Line { part, what: what.into(), distribution, per_second: Some(per_second) });
    }

    /// A table; the ratio of a line is its median against the first of its part.
    pub(crate) fn markdown(&self) -> String {
        let mut text =
            String::from("| | | p50 | p90 | p99 | req/s | ratio | n |\n|---|---|--:|--:|--:|--:|--:|--:|\n");
        for line in &self.lines {
            let first = self.lines.iter().find(|other| other.part == line.part);
            let base = first.map_or(1.0, |first| first.distribution.p50_us);
            let per_second = line.per_second.map(|n| format!("{n:.0}")).unwrap_or_default();
            let d = &line.distribution;
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {per_second} | {:.2} | {} |",
                line.part,
                line.what,
                time(d.p50_us),
                time(d.p90_us),
                time(d.p99_us),
                d.p50_us / base,
                d.count
            );
        }
        text
    }

    pub(crate) fn save(&self, folder: &Path) -> Result<(), Failure> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("bench.md"), self.markdown())?;
        fs::write(folder.join("bench.json"), serde_json::to_string_pretty(self)?)?;
        Ok(())
    }
}

fn time(microseconds: f64) -> String {
    if microseconds < 1_000.0 {
        format!("{microseconds:.1} µs")
    } else {
        format!("{:.2} ms", microseconds / 1_000.0)
    }
}
