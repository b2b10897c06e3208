//! `atoll check DIR`: everything a source is checked for without running it.

use std::path::PathBuf;

use crate::{error::CliError, local_host::LocalHost, output::Output, pack};

/// Arguments of `atoll check`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The app's folder.
    #[arg(default_value = ".")]
    dir: PathBuf,
}

pub(crate) async fn run(args: CheckArgs, output: &Output) -> Result<(), CliError> {
    let source = pack::read(&args.dir).await?;
    let local = LocalHost::start().await?;
    let result = local.host.check(source).await;
    local.stop().await;
    let diagnostics = result?;
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if output.is_json() {
        output.json(&serde_json::json!({ "ok": errors == 0, "diagnostics": diagnostics }))?;
    } else {
        output.diagnostics(&diagnostics);
    }
    if errors > 0 {
        return Err(CliError::Failed(format!("{errors} error(s) in {}", args.dir.display())));
    }
    if !output.is_json() {
        output.line(match diagnostics.len() {
            0 => "no findings".to_owned(),
            n => format!("{n} finding(s), no errors"),
        })?;
    }
    Ok(())
}
