//! One request after another, without HTTP: each in a fresh instance, as always; and many in one instance, as no
//! host of ours does. The difference is what a fresh sandbox costs.

use std::time::{Duration, Instant};

use atoll::{AppName, Bytes, DeployOptions, Host, SourceTree};

use super::block_on;
use crate::{
    Failure, apps,
    options::Options,
    peers::{self, GUESTS},
    report::{Bar, DISTRIBUTION, Report, Row, Section, Unit, distribution},
    statistics::Distribution,
};

const WARM_UP: usize = 500;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let requests = options.choose(10_000, 500);
    let mut section = Section {
        name: "request",
        title: "A request, in process",
        about: "One request after another through the library, without HTTP. Each runs in a fresh instance with fuel and \
                epochs on; \"one instance reused\" is what no host does, and shows what the fresh one costs."
            .into(),
        columns: DISTRIBUTION,
        rows: Vec::new(),
        bars: Vec::new(),
        notes: Vec::new(),
    };
    block_on(async {
        let folder = tempfile::tempdir()?;
        let host = Host::builder().data_dir(folder.path()).build().await?;
        let router = deploy(&host, apps::source("router", apps::ROUTER, 0)?).await?;
        let hono = deploy(&host, apps::source("hono", apps::HONO, 0)?).await?;

        let (took, cpu) = fresh(&host, &router, apps::PATH, requests).await?;
        section.bars.push(Bar::at_most("JSON router, p50", Unit::Microseconds, took.p50_us, 50.0));
        section.rows.push(distribution("JSON router, fresh instance", took));
        section.rows.push(distribution("of which CPU time in the sandbox", cpu));
        section.rows.push(reused(&host, &router, requests).await?);
        let (took, _) = fresh(&host, &hono, apps::PATH, requests).await?;
        section.bars.push(Bar::at_most("Hono app, p50", Unit::Microseconds, took.p50_us, 80.0));
        section.rows.push(distribution("Hono app, fresh instance", took));
        if peers::component("examples/hello-rust/hello-rust.wasm").is_some() {
            let hello = deploy(&host, apps::example("hello-rust", host.limits())?).await?;
            let (took, _) = fresh(&host, &hello, "/", requests).await?;
            section.rows.push(distribution("hello in Rust, fresh instance", took));
        } else {
            section.notes.push(format!("The hello in Rust is not built; {GUESTS}."));
        }
        host.shutdown().await;
        Ok(())
    })?;
    report.sections.push(section);
    Ok(())
}

async fn deploy(host: &Host, source: SourceTree) -> Result<AppName, Failure> {
    Ok(host.deploy(source, DeployOptions::default()).await?.app)
}

fn request(path: &str) -> Result<http::Request<Bytes>, Failure> {
    Ok(http::Request::get(format!("http://app.localhost{path}")).body(Bytes::new())?)
}

/// How long requests took, and their CPU time.
async fn fresh(
    host: &Host,
    app: &AppName,
    path: &str,
    requests: usize,
) -> Result<(Distribution, Distribution), Failure> {
    let (mut took, mut cpu) = (Vec::with_capacity(requests), Vec::with_capacity(requests));
    for number in 0..WARM_UP + requests {
        let (elapsed, used) = one(host, app, path).await?;
        if number >= WARM_UP {
            took.push(elapsed);
            cpu.push(used);
        }
    }
    Ok((Distribution::of(took), Distribution::of(cpu)))
}

/// How long one request took, and its CPU time.
pub(super) async fn one(host: &Host, app: &AppName, path: &str) -> Result<(Duration, Duration), Failure> {
    let request = request(path)?;
    let start = Instant::now();
    let handled = host.handle(app, request).await?;
    let elapsed = start.elapsed();
    if handled.response.status() != http::StatusCode::OK {
        return Err(format!("{app} answered {}", handled.response.status()).into());
    }
    Ok((elapsed, handled.usage.cpu))
}

async fn reused(host: &Host, app: &AppName, requests: usize) -> Result<Row, Failure> {
    let took = host.handle_in_one_instance(app, &request(apps::PATH)?, WARM_UP + requests).await?;
    let took = took.into_iter().skip(WARM_UP).collect();
    Ok(distribution("JSON router, one instance reused", Distribution::of(took)))
}
