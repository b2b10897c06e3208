//! The results: tables by part, the bars that they are held against, and what they were measured on.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Serialize;
use serde_json::{Value, json};

use crate::{Failure, machine::Machine, markdown, options::Options, statistics::Distribution};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Microseconds,
    Bytes,
    Ratio,
    Count,
}

/// A column of a table.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// In JSON.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) title: &'static str,
    pub(crate) unit: Unit,
}

/// A line of a table; `None` where there is nothing to say.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) values: Vec<Option<f64>>,
}

/// What one part has found.
pub(crate) struct Section {
    /// The part's name, and of its place in the documentation.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// How it was measured, for people.
    pub(crate) about: String,
    pub(crate) columns: &'static [Column],
    pub(crate) rows: Vec<Row>,
    pub(crate) bars: Vec<Bar>,
    /// What is missing from it, and why.
    pub(crate) notes: Vec<String>,
}

/// A statement that the project holds itself to, and what was measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Bar {
    pub(crate) what: &'static str,
    pub(crate) measured: f64,
    pub(crate) at_most: f64,
    #[serde(skip)]
    pub(crate) unit: Unit,
    pub(crate) holds: bool,
}

impl Bar {
    pub(crate) fn at_most(what: &'static str, unit: Unit, measured: f64, at_most: f64) -> Self {
        Self { what, measured, at_most, unit, holds: measured <= at_most }
    }
}

/// The columns of a distribution.
pub(crate) const DISTRIBUTION: &[Column] = &[
    Column { name: "p50_us", title: "p50", unit: Unit::Microseconds },
    Column { name: "p90_us", title: "p90", unit: Unit::Microseconds },
    Column { name: "p99_us", title: "p99", unit: Unit::Microseconds },
    Column { name: "count", title: "n", unit: Unit::Count },
];

/// A line of [`DISTRIBUTION`].
pub(crate) fn distribution(what: impl Into<String>, d: Distribution) -> Row {
    let values = [d.p50_us, d.p90_us, d.p99_us, d.count as f64].map(Some).to_vec();
    Row { what: what.into(), values }
}

/// All results of a run.
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) quick: bool,
    /// Name and version of everything that took part.
    pub(crate) versions: BTreeMap<&'static str, String>,
    /// What did not, and how to have it next time.
    pub(crate) absent: BTreeMap<&'static str, String>,
    pub(crate) sections: Vec<Section>,
}

impl Report {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            machine: Machine::this(),
            quick: options.quick,
            versions: BTreeMap::new(),
            absent: BTreeMap::new(),
            sections: Vec::new(),
        }
    }

    pub(crate) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    fn json(&self) -> Value {
        let sections = self.sections.iter().map(|section| {
            let rows = section.rows.iter().map(|row| {
                let values = section.columns.iter().zip(&row.values);
                let mut object: serde_json::Map<String, Value> =
                    values.map(|(column, value)| (column.name.into(), json!(value))).collect();
                object.insert("what".into(), json!(row.what));
                Value::Object(object)
            });
            json!({
                "name": section.name,
                "title": section.title,
                "rows": rows.collect::<Vec<_>>(),
                "bars": section.bars,
                "notes": section.notes,
            })
        });
        json!({
            "machine": self.machine,
            "quick": self.quick,
            "versions": self.versions,
            "absent": self.absent,
            "sections": sections.collect::<Vec<_>>(),
        })
    }

    pub(crate) fn save(&self, folder: &Path) -> Result<(), Failure> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("bench.md"), markdown::whole(self))?;
        fs::write(folder.join("bench.json"), serde_json::to_string_pretty(&self.json())? + "\n")?;
        Ok(())
    }
}
