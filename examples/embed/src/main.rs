//! Atoll inside another program: build a host, deploy a folder, call it, follow its events.
//!
//! `cargo run --package embed-example`

use std::{error::Error, path::Path, process::ExitCode};

use atoll::{Bytes, CompilerProgram, DeployOptions, EventPattern, Host, http::Request, read_folder};
use futures::StreamExt as _;

/// The argument that this program is started with again, to compile apps' components where they can do no harm.
const COMPILE: &str = "compile-component";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // Before there are threads. Only hosts that take components from strangers need this.
    if std::env::args().nth(1).as_deref() == Some(COMPILE) {
        return Ok(atoll::run_compiler());
    }
    tokio::runtime::Runtime::new()?.block_on(run())?;
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "an example shows what it got")]
async fn run() -> Result<(), Box<dyn Error>> {
    // A host with one data directory; everything else has a default.
    let data = tempfile::tempdir()?;
    let compiler = CompilerProgram::this_program([COMPILE])?;
    let host = Host::builder().data_dir(data.path()).compiler(compiler).build().await?;

    // The same folder that `atoll deploy` takes. Its tests run in the sandbox first.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../todo");
    let deployed = host.deploy(read_folder(&folder, host.limits())?, DeployOptions::default()).await?;
    println!("{} revision {}, {} tests passed", deployed.app, deployed.revision, deployed.tests.passed());

    // Follow the bus before calling, so that nothing is missed.
    let mut events = host.follow(vec![EventPattern::parse("todo.*")?], None);

    // A request as any HTTP library has it; it runs in a sandbox of its own.
    let body = serde_json::json!({ "title": "Learn to sail", "priority": "high" });
    let request = Request::post("http://todo/todos")
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()))?;
    let answer = host.handle(&deployed.app, request).await?;
    println!("{} in {:?} of CPU", answer.response.status(), answer.usage.cpu);

    if let Some(event) = events.next().await {
        let event = event?;
        println!("{} from {}: {}", event.event_type, event.source, event.data);
    }
    host.shutdown().await;
    Ok(())
}
