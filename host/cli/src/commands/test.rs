//! `atoll test DIR`: an app's own tests, in the sandbox, without a server.

use std::path::PathBuf;

use crate::{
    error::CliError,
    local_host::LocalHost,
    output::{Output, milliseconds},
    pack,
};

/// Arguments of `atoll test`.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// The app's folder.
    #[arg(default_value = ".")]
    dir: PathBuf,
}

pub(crate) async fn run(args: TestArgs, output: &Output) -> Result<(), CliError> {
    let source = pack::read(&args.dir).await?;
    let local = LocalHost::start().await?;
    let result = local.host.test(source).await;
    local.stop().await;
    let report = result?;
    if output.is_json() {
        output.json(&report)?;
    } else {
        for test in &report.tests {
            let mark = if test.failure.is_none() { "ok  " } else { "FAIL" };
            output.line(format!("{mark} {} ({})", test.name, milliseconds(test.duration_ms)))?;
            if let Some(failure) = &test.failure {
                failure.lines().try_for_each(|line| output.line(format!("       {line}")))?;
            }
        }
    }
    let (all, failed) = (report.tests.len(), report.failures().count());
    if failed > 0 {
        return Err(CliError::Failed(format!("{failed} of {all} tests failed")));
    }
    output.progress(match all {
        0 => "no tests; an app's tests are tests/*.test.ts".to_owned(),
        n => format!("{n} passed"),
    });
    Ok(())
}
