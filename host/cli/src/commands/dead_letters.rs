//! `atoll events dead`.

use atoll::AppName;
use reqwest::Method;
use serde_json::Value;

use crate::{client::Client, error::CliError, output::Output};

/// Arguments of `atoll events dead`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DeadArgs {
    #[command(subcommand)]
    command: Option<DeadCommand>,
    #[command(flatten)]
    list: ListArgs,
}

/// Which to list.
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only those of this app.
    #[arg(long)]
    app: Option<AppName>,
    /// Only those with a number below this.
    #[arg(long, value_name = "ID")]
    before: Option<u64>,
    /// How many of the newest.
    #[arg(short = 'n', long, default_value_t = 100, value_name = "N")]
    count: usize,
}

/// What to do with one.
#[derive(Debug, clap::Subcommand)]
enum DeadCommand {
    /// Show a dead letter with its event.
    Show {
        /// Its number.
        id: u64,
    },
    /// Deliver it once more, now.
    Retry {
        /// Its number.
        id: u64,
    },
    /// Let it go: nobody will get its event.
    Discard {
        /// Its number.
        id: u64,
    },
}

pub(crate) async fn run(args: DeadArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    let path = |id: u64| format!("/api/v1/dead-letters/{id}");
    match args.command {
        None => list(&args.list, client, output).await,
        Some(DeadCommand::Show { id }) => {
            let letter: Value = client.get(&path(id)).await?;
            if output.is_json() {
                return output.json(&letter);
            }
            output.line(line(&letter))?;
            output.line(format!("{:#}", letter["event"]))
        }
        Some(DeadCommand::Retry { id }) => {
            let request = client.request(Method::POST, &format!("{}/retry", path(id)));
            let answer: Value = client.read(client.send(request).await?).await?;
            if output.is_json() {
                output.json(&answer)?;
            }
            match answer["error"].as_str() {
                Some(error) => Err(CliError::Failed(format!("{id} failed again: {error}"))),
                None if output.is_json() => Ok(()),
                None => output.line(format!("{id} is delivered")),
            }
        }
        Some(DeadCommand::Discard { id }) => {
            client.send(client.request(Method::DELETE, &path(id))).await?;
            output.progress(format!("{id} is discarded"));
            Ok(())
        }
    }
}

async fn list(args: &ListArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    let mut path = format!("/api/v1/dead-letters?limit={}", args.count);
    if let Some(app) = &args.app {
        path.push_str(&format!("&app={app}"));
    }
    if let Some(before) = args.before {
        path.push_str(&format!("&before={before}"));
    }
    let page: Value = client.get(&path).await?;
    if output.is_json() {
        return output.json(&page);
    }
    let letters = page["dead_letters"].as_array().map_or(&[][..], Vec::as_slice);
    if letters.is_empty() {
        return output.line("no dead letters");
    }
    letters.iter().try_for_each(|letter| output.line(line(letter)))?;
    if let Some(next) = page["next"].as_u64() {
        output.progress(format!("there are more: --before {next}"));
    }
    Ok(())
}

fn line(letter: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    format!(
        "{}  {}  {}  {} from {}  {} after {} attempts: {}",
        letter["id"],
        text(&letter["time"]),
        text(&letter["app"]),
        text(&letter["event"]["type"]),
        text(&letter["event"]["source"]),
        text(&letter["reason"]),
        letter["attempts"],
        text(&letter["error"]),
    )
}
