//! `cargo xtask bench`: what a request, a deploy and a wake cost, side by side in one run.
//!
//! Usage: `atoll-bench OUT [NAME]`. `OUT` gets `bench.md` and `bench.json`; `NAME` keeps the parts whose name
//! holds it. Absolute figures say more about the machine than about Atoll: read the ratios.

mod app;
mod deploy;
mod fairness;
mod http_load;
mod in_process;
mod node;
mod report;
mod statistics;

use std::path::PathBuf;

use report::Report;

/// What stops a benchmark.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the report is the answer")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or("usage: atoll-bench OUT [NAME]")?);
    let wanted = arguments.next().unwrap_or_default();
    let wants = |name: &str| name.contains(&wanted);

    let mut report = Report::default();
    if wants("request") {
        in_process::run(&mut report).await?;
    }
    if wants("deploy") || wants("wake") {
        deploy::run(&mut report).await?;
    }
    if wants("http") {
        http_load::run(&mut report).await?;
    }
    if wants("fairness") {
        fairness::run(&mut report).await?;
    }
    println!("{}", report.markdown());
    report.save(&out)?;
    Ok(())
}
