//! `atoll logs APP`.

use atoll::{AppName, LogLine, model::LogLevel};
use serde::Deserialize;

use crate::{client::Client, error::CliError, output::Output, sse::Events};

/// Arguments of `atoll logs`.
#[derive(Debug, clap::Args)]
pub(crate) struct LogsArgs {
    /// The app.
    app: AppName,
    /// Go on printing what comes.
    #[arg(short, long)]
    follow: bool,
    /// How many of the latest lines.
    #[arg(short = 'n', long, default_value_t = 200, value_name = "N")]
    lines: usize,
}

#[derive(Deserialize)]
struct Answer {
    lines: Vec<LogLine>,
}

pub(crate) async fn run(args: LogsArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    let path = format!("/api/v1/apps/{}/logs?limit={}", args.app, args.lines);
    if !args.follow {
        let answer: Answer = client.get(&path).await?;
        return answer.lines.iter().try_for_each(|line| print(line, output));
    }
    let mut events = Events::open(client, format!("{path}&follow=1")).await?;
    while let Some(event) = events.next().await? {
        let line: LogLine = serde_json::from_str(&event.data)
            .map_err(|error| CliError::Failed(format!("the server sent an unexpected log line: {error}")))?;
        print(&line, output)?;
    }
    output.progress("the server ended the stream");
    Ok(())
}

fn print(line: &LogLine, output: &Output) -> Result<(), CliError> {
    if output.is_json() {
        return output.json(line);
    }
    let level = match line.level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info ",
        LogLevel::Warn => "warn ",
        LogLevel::Error => "error",
    };
    output.line(format!("{} {level} r{} {}", line.time, line.revision, line.message))
}
