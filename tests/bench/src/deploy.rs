//! Deploying an app, and waking one that is not loaded.

use std::time::Instant;

use atoll::{Bytes, DeployOptions, Host, Limits, SourceTree};

use crate::{Failure, app, report::Report, statistics::Distribution};

const TIMES: usize = 50;

pub(crate) async fn run(report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    // Room for one loaded app, so that calling one evicts the other.
    let limits = Limits { loaded_apps_max: 1, ..Limits::default() };
    let host = Host::builder().data_dir(folder.path()).limits(limits).build().await?;

    deploys(report, &host, "a JSON router", app::source).await?;
    let hello = atoll::read_folder(&hello_folder(), host.limits())?;
    deploys(report, &host, "examples/hello with its tests", |salt| {
        let mut tree = hello.clone();
        let text = tree.text("backend/index.ts").unwrap_or_default();
        let text = format!("{text}\nexport const salt = {salt};\n");
        tree.replace("backend/index.ts", text, &Limits::default())?;
        Ok(tree)
    })
    .await?;

    let names = [atoll::AppName::parse("bench")?, atoll::AppName::parse("hello")?];
    let mut took = Vec::with_capacity(TIMES);
    for number in 0..TIMES * 2 {
        let request = http::Request::get("http://app.localhost/").body(Bytes::new())?;
        let start = Instant::now();
        host.handle(&names[number % 2], request).await?;
        took.push(start.elapsed());
    }
    report.add("wake", "first request to an app that is not loaded", Distribution::of(took));
    host.shutdown().await;
    Ok(())
}

fn hello_folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/hello")
}

async fn deploys(
    report: &mut Report,
    host: &Host,
    what: &str,
    source: impl Fn(usize) -> Result<SourceTree, Failure>,
) -> Result<(), Failure> {
    let mut took = Vec::with_capacity(TIMES);
    for salt in 0..TIMES {
        let tree = source(salt)?;
        let start = Instant::now();
        let deployed = host.deploy(tree, DeployOptions::default()).await?;
        took.push(start.elapsed());
        if deployed.unchanged {
            return Err("a deploy changed nothing, so it measured nothing".into());
        }
    }
    report.add("deploy", what, Distribution::of(took));
    Ok(())
}
