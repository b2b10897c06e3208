//! `atoll schedules list|run`.

use atoll::AppName;
use reqwest::Method;
use serde_json::Value;

use crate::{client::Client, error::CliError, output::Output};

/// `atoll schedules …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum SchedulesCommand {
    /// Show when an app runs by itself: its next runs, and its last one.
    List {
        /// The app.
        app: AppName,
    },
    /// Run one of an app's schedules now.
    Run {
        /// The app.
        app: AppName,
        /// Which one, as `list` numbers them.
        #[arg(default_value_t = 0)]
        index: usize,
    },
}

pub(crate) async fn run(command: SchedulesCommand, client: &Client, output: &Output) -> Result<(), CliError> {
    match command {
        SchedulesCommand::List { app } => list(&app, client, output).await,
        SchedulesCommand::Run { app, index } => run_now(&app, index, client, output).await,
    }
}

async fn list(app: &AppName, client: &Client, output: &Output) -> Result<(), CliError> {
    let document: Value = client.get(&format!("/api/v1/apps/{app}/schedules")).await?;
    if output.is_json() {
        return output.json(&document);
    }
    let schedules = document["schedules"].as_array().map_or(&[][..], Vec::as_slice);
    if schedules.is_empty() {
        return output.line(format!("{app} has no [[schedule]]"));
    }
    for (index, schedule) in schedules.iter().enumerate() {
        for line in lines(index, schedule) {
            output.line(line)?;
        }
    }
    Ok(())
}

fn lines(index: usize, schedule: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let mut lines = vec![format!("{index}  {}  ({})", text(&schedule["cron"]), text(&schedule["timezone"]))];
    let next: Vec<String> = schedule["next"].as_array().into_iter().flatten().map(text).collect();
    lines.push(format!("   next  {}", if next.is_empty() { "never".into() } else { next.join(", ") }));
    lines.push(format!("   last  {}", last(&schedule["last"])));
    lines
}

fn last(run: &Value) -> String {
    let Some(due) = run["due"].as_str() else { return "none yet".into() };
    match (run["error"].as_str(), run["ended_at"].as_str()) {
        (Some(error), _) => format!("{due}: {error}"),
        (None, Some(_)) => format!("{due}: done"),
        (None, None) => format!("{due}: running, or the host stopped before it ended"),
    }
}

async fn run_now(app: &AppName, index: usize, client: &Client, output: &Output) -> Result<(), CliError> {
    let path = format!("/api/v1/apps/{app}/schedules/{index}/run");
    let request = client.request(Method::POST, &path);
    let document: Value = client.read(client.send(request).await?).await?;
    if output.is_json() {
        output.json(&document)?;
    }
    match document["error"].as_str() {
        Some(error) => Err(CliError::Failed(format!("the run failed: {error}; see `atoll logs {app}`"))),
        None if output.is_json() => Ok(()),
        None => output.line(format!("{app}: schedule {index} has run")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schedule_is_three_lines() {
        let schedule = json!({
            "cron": "0 9 * * *", "timezone": "UTC",
            "next": ["2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z"],
            "last": null,
        });
        assert_eq!(
            lines(0, &schedule),
            [
                "0  0 9 * * *  (UTC)",
                "   next  2026-03-01T09:00:00Z, 2026-03-02T09:00:00Z",
                "   last  none yet"
            ]
        );
        let run =
            |error: Value, ended: Value| last(&json!({ "due": "D", "error": error, "ended_at": ended }));
        assert_eq!(run(json!("it broke"), json!("E")), "D: it broke");
        assert_eq!(run(Value::Null, json!("E")), "D: done");
        assert!(run(Value::Null, Value::Null).contains("running"));
    }
}
