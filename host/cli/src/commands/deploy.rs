//! `atoll deploy DIR`.

use std::path::{Path, PathBuf};

use atoll::{AppName, Diagnostic};
use reqwest::Method;
use serde_json::Value;

use crate::{
    client::Client,
    error::CliError,
    output::{Output, milliseconds},
    pack,
};

/// Arguments of `atoll deploy`.
#[derive(Debug, clap::Args)]
pub(crate) struct DeployArgs {
    /// The app's folder. Left out: node_modules, target, dist, and names with a leading dot.
    dir: PathBuf,
    /// Deploy under this name instead of the manifest's.
    #[arg(long)]
    name: Option<AppName>,
    /// Deploy without running the app's tests.
    #[arg(long)]
    no_tests: bool,
}

pub(crate) async fn run(args: DeployArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    deploy(&args.dir, args.name, !args.no_tests, client, output).await
}

/// Packs and deploys a folder, and prints what came of it.
pub(crate) async fn deploy(
    folder: &Path,
    name: Option<AppName>,
    run_tests: bool,
    client: &Client,
    output: &Output,
) -> Result<(), CliError> {
    let packed = pack::pack(folder).await?;
    let rename = name.is_some();
    let name = name.unwrap_or(packed.name);
    let path = format!("/api/v1/apps/{name}?rename={}&tests={}", u8::from(rename), u8::from(run_tests));
    let request =
        client.request(Method::PUT, &path).header("content-type", "application/gzip").body(packed.archive);
    let mut answer: Value = client.read(client.send(request).await?).await?;

    let url = client.url(&format!("/apps/{name}/{}", if packed.has_page { "" } else { "api/" }));
    let diagnostics: Vec<Diagnostic> =
        serde_json::from_value(answer["diagnostics"].clone()).unwrap_or_default();
    output.diagnostics(&diagnostics);
    if output.is_json() {
        answer["url"] = url.into();
        return output.json(&answer);
    }
    let state = if answer["unchanged"] == true { "unchanged, still" } else { "deployed," };
    output.line(format!("{name}: {state} revision {}", answer["revision"]))?;
    output.line(url)?;
    output.line(timings(&answer))
}

fn timings(answer: &Value) -> String {
    let time = |key: &str| milliseconds(answer["timings"][key].as_f64().unwrap_or(0.0));
    let tests = answer["tests"]["tests"].as_array().map_or(0, Vec::len);
    format!(
        "{} in the host: build {}, {tests} tests {}, store {}, load {}",
        time("total_ms"),
        time("build_ms"),
        time("test_ms"),
        time("store_ms"),
        time("load_ms"),
    )
}
