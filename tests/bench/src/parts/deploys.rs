//! Deploying, in the host: build, snapshot, compile, store, switch. Without tests, and without the type check, which
//! a person's own editor and `atoll check` do.

use std::time::Instant;

use atoll::{DeployOptions, Host, SourceTree};

use super::block_on;
use crate::{
    Failure, apps,
    options::Options,
    report::{Bar, DISTRIBUTION, Report, Section, Unit, distribution},
    statistics::Distribution,
};

const HELLO: &str = "export default { fetch: () => Response.json({ message: \"Hello, world!\" }) };";

/// Makes a source that was not deployed before.
type Source = fn(usize) -> Result<SourceTree, Failure>;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let cases: [(&str, &'static str, f64, Source); 3] = [
        ("a hello", "hello, p50", 15_000.0, |salt| apps::source("hello", HELLO, salt)),
        ("a Hono app", "Hono app, p50", 40_000.0, |salt| apps::source("hono", apps::HONO, salt)),
        ("500 KB of modules", "500 KB bundle, p50", 120_000.0, |salt| apps::large("large", salt)),
    ];
    let times = options.choose(30, 3);
    let mut section = Section {
        name: "deploy",
        title: "A deploy",
        about: "In the host, from the source folder in memory to the revision that answers and is on disk; without tests \
                and type check."
            .into(),
        columns: DISTRIBUTION,
        rows: Vec::new(),
        bars: Vec::new(),
        notes: Vec::new(),
    };
    block_on(async {
        let folder = tempfile::tempdir()?;
        let host = Host::builder().data_dir(folder.path()).build().await?;
        for (what, bar, at_most_us, source) in cases {
            let mut took = Vec::with_capacity(times);
            for salt in 0..=times {
                let tree = source(salt)?;
                let start = Instant::now();
                let options = DeployOptions { run_tests: false, ..DeployOptions::default() };
                let deployed = host.deploy(tree, options).await?;
                if deployed.unchanged {
                    return Err("a deploy changed nothing, so it measured nothing".into());
                }
                // The first touches what the others find.
                if salt > 0 {
                    took.push(start.elapsed());
                }
            }
            let took = Distribution::of(took);
            section.bars.push(Bar::at_most(bar, Unit::Microseconds, took.p50_us, at_most_us));
            section.rows.push(distribution(what, took));
        }
        host.shutdown().await;
        Ok(())
    })?;
    report.sections.push(section);
    Ok(())
}
