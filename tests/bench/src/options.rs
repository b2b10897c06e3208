//! The command line.

use std::path::PathBuf;

use crate::{Failure, peers::floor::Kind};

const USAGE: &str = "usage: atoll-bench --out FOLDER [--docs FOLDER] [--quick] [--apps COUNT] [NAME]";

/// Apps of the part `apps`. Each takes about three megabytes of disk, and a deploy's time.
const APPS: usize = 2_000;

/// What this process is started for.
pub(crate) enum Invocation {
    /// To measure.
    Measure(Options),
    /// To be the peer with no sandbox.
    Floor(Kind),
}

/// How to measure.
pub(crate) struct Options {
    /// Where the report goes.
    pub(crate) out: PathBuf,
    /// Where the pages are that take it.
    pub(crate) docs: Option<PathBuf>,
    /// Everything once and short, to see that it runs: the figures mean nothing.
    pub(crate) quick: bool,
    /// How many apps the part `apps` deploys.
    pub(crate) apps: usize,
    /// Only parts whose name holds this.
    pub(crate) name: String,
}

impl Options {
    pub(crate) fn wants(&self, part: &str) -> bool {
        part.contains(&self.name)
    }

    /// `full`, or `quick` in a quick run.
    pub(crate) fn choose<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

pub(crate) fn parse(arguments: &[String]) -> Result<Invocation, Failure> {
    let (mut out, mut docs, mut quick, mut apps, mut name) = (None, None, false, None, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--floor" => return Kind::parse(rest.next()).map(Invocation::Floor),
            "--out" => out = rest.next().map(PathBuf::from),
            "--docs" => docs = Some(rest.next().map(PathBuf::from).ok_or(USAGE)?),
            "--quick" => quick = true,
            "--apps" => apps = Some(rest.next().and_then(|count| count.parse().ok()).ok_or(USAGE)?),
            flag if flag.starts_with('-') => return Err(USAGE.into()),
            text if name.is_none() => name = Some(text.to_owned()),
            _ => return Err(USAGE.into()),
        }
    }
    if quick && docs.is_some() {
        return Err("a quick run measures nothing that belongs in the documentation".into());
    }
    let out = out.ok_or(USAGE)?;
    let apps = apps.unwrap_or(if quick { 50 } else { APPS }).max(2);
    Ok(Invocation::Measure(Options { out, docs, quick, apps, name: name.unwrap_or_default() }))
}
