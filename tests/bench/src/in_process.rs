//! One request after another, without HTTP: in a fresh instance, as always, and many in one instance, as no
//! host of ours does. The difference is what a fresh sandbox costs.

use std::time::Instant;

use atoll::{Bytes, DeployOptions, Host};

use crate::{Failure, app, report::Report, statistics::Distribution};

const WARM_UP: usize = 500;
const REQUESTS: usize = 10_000;

fn request() -> Result<http::Request<Bytes>, Failure> {
    Ok(http::Request::get("http://bench.localhost/todos").body(Bytes::new())?)
}

pub(crate) async fn run(report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let host = Host::builder().data_dir(folder.path()).build().await?;
    let app = host.deploy(app::source(0)?, DeployOptions::default()).await?.app;
    let mut took = Vec::with_capacity(REQUESTS);
    let mut cpu = Vec::with_capacity(REQUESTS);
    for number in 0..WARM_UP + REQUESTS {
        let request = request()?;
        let start = Instant::now();
        let handled = host.handle(&app, request).await?;
        let elapsed = start.elapsed();
        if handled.response.status() != http::StatusCode::OK {
            return Err(format!("the app answered {}", handled.response.status()).into());
        }
        if number >= WARM_UP {
            took.push(elapsed);
            cpu.push(handled.usage.cpu);
        }
    }
    report.add("request", "fresh instance, fuel and epoch on", Distribution::of(took));
    report.add("request", "of which CPU time in the sandbox", Distribution::of(cpu));
    let took = host.handle_in_one_instance(&app, &request()?, WARM_UP + REQUESTS).await?;
    let took = took.into_iter().skip(WARM_UP).collect();
    report.add("request", "one instance reused, for comparison", Distribution::of(took));
    host.shutdown().await;
    Ok(())
}
