//! `atoll check DIR`: everything a source is checked for without running it.

use std::path::PathBuf;

use atoll::{Diagnostic, Host, SourceTree, TypeCheck};

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
    let checked = check(&local.host, source).await;
    local.stop().await;
    let (diagnostics, skipped) = checked?;
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if output.is_json() {
        let types = skipped.as_deref().map_or("checked", |_| "skipped");
        output.json(&serde_json::json!({
            "ok": errors == 0, "diagnostics": diagnostics, "types": types, "types_skipped_because": skipped,
        }))?;
    } else {
        output.diagnostics(&diagnostics);
        if let Some(reason) = &skipped {
            output.progress(format!("types were not checked (skipped): {reason}"));
        }
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

/// The scan, and then the types: a source that does not parse has none. Answers why the types were skipped.
async fn check(host: &Host, source: SourceTree) -> Result<(Vec<Diagnostic>, Option<String>), CliError> {
    let mut diagnostics = host.check(source.clone()).await?;
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Ok((diagnostics, Some("the source has errors already".into())));
    }
    match host.type_check(source).await? {
        TypeCheck::Done(found) => {
            diagnostics.extend(found);
            Ok((diagnostics, None))
        }
        TypeCheck::Skipped { reason } => Ok((diagnostics, Some(reason))),
    }
}
