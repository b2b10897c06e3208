//! `atoll apps`.

use serde_json::Value;

use crate::{client::Client, error::CliError, output::Output};

/// Arguments of `atoll apps`.
#[derive(Debug, clap::Args)]
pub(crate) struct AppsArgs {}

pub(crate) async fn run(_: AppsArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    let document: Value = client.get("/api/v1/apps").await?;
    if output.is_json() {
        return output.json(&document);
    }
    let apps = document["apps"].as_array().map(Vec::as_slice).unwrap_or_default();
    if apps.is_empty() {
        output.progress("no apps yet; `atoll generate \"a todo list\"` makes one");
    }
    let width = apps.iter().filter_map(|app| app["name"].as_str()).map(str::len).max().unwrap_or(0);
    for app in apps {
        let text = |key: &str| app[key].as_str().unwrap_or_default();
        output.line(format!("{:width$}  r{:<4} {}", text("name"), app["revision"], text("title")))?;
    }
    Ok(())
}
