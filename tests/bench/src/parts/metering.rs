//! What fuel and epoch checks cost: the JavaScript engine compiled with and without them. No host of ours can be told
//! to go without, so this is a program of its own beside the engine (`host/image/examples/metering.rs`).

use std::{collections::BTreeMap, process::Command};

use crate::{
    Failure, apps,
    options::Options,
    report::{Bar, Column, Report, Row, Section, Unit},
};

const COLUMNS: &[Column] = &[
    Column { name: "p50_us", title: "p50", unit: Unit::Microseconds },
    Column { name: "ratio", title: "without = 1", unit: Unit::Ratio },
];

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let program = std::env::current_exe()?.with_file_name("examples").join("metering");
    let rounds = options.choose(20, 3).to_string();
    let output = Command::new(&program)
        .arg(apps::checkout().join("tests/bench/apps/objects.js"))
        .arg(rounds)
        .output()
        .map_err(|error| format!("{}: {error}; `cargo xtask bench` builds it", program.display()))?;
    if !output.status.success() {
        return Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr)).into());
    }
    let medians: BTreeMap<String, f64> = serde_json::from_slice(&output.stdout)?;
    let of =
        |name: &str| medians.get(name).copied().ok_or_else(|| format!("metering did not measure {name}"));
    let none = of("none")?;
    let mut rows = Vec::new();
    for (name, what) in
        [("none", "neither"), ("epoch", "epochs"), ("fuel", "fuel"), ("both", "both, as every host has them")]
    {
        let value = of(name)?;
        rows.push(Row { what: what.into(), values: vec![Some(value), Some(value / none)] });
    }
    let cost = of("both")? / none - 1.0;
    report.sections.push(Section {
        name: "metering",
        title: "Fuel and epochs",
        about: "Work over objects and JSON in one call, with the engine compiled with and without the checks; in turns.".into(),
        columns: COLUMNS,
        rows,
        bars: vec![Bar::at_most("cost of both, as a share of going without", Unit::Ratio, cost, 0.45)],
        notes: Vec::new(),
    });
    Ok(())
}
