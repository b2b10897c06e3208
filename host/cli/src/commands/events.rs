//! `atoll events tail|publish|dead`.

use atoll::{EventPattern, EventType};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::Value;

use super::dead_letters;
use crate::{client::Client, error::CliError, output::Output, sse::Events};

/// `atoll events …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum EventsCommand {
    /// Print events as they come.
    Tail(TailArgs),
    /// Publish an event from outside.
    Publish(PublishArgs),
    /// List deliveries that were given up, and retry or discard them.
    Dead(dead_letters::DeadArgs),
}

/// Arguments of `atoll events tail`.
#[derive(Debug, clap::Args)]
pub(crate) struct TailArgs {
    /// Types, separated by commas; `todo.*` means every type below `todo`.
    #[arg(long, default_value = "*", value_delimiter = ',', value_name = "TYPES")]
    types: Vec<EventPattern>,
    /// Start after this sequence; 0 is the beginning of the log. From now on when absent.
    #[arg(long, value_name = "N")]
    after: Option<u64>,
    /// End after so many events.
    #[arg(short = 'n', long, value_name = "N")]
    count: Option<u64>,
}

/// Arguments of `atoll events publish`.
#[derive(Debug, clap::Args)]
pub(crate) struct PublishArgs {
    /// The event's type, such as `todo.created`.
    event_type: EventType,
    /// Its data.
    #[arg(default_value = "null", value_name = "JSON")]
    data: String,
    /// An id of your own: publishing it twice is the same event.
    #[arg(long)]
    id: Option<String>,
    /// Who publishes; the host makes `/external/NAME` of it.
    #[arg(long, default_value = "cli", value_name = "NAME")]
    source: String,
}

pub(crate) async fn run(command: EventsCommand, client: &Client, output: &Output) -> Result<(), CliError> {
    match command {
        EventsCommand::Tail(args) => tail(args, client, output).await,
        EventsCommand::Publish(args) => publish(args, client, output).await,
        EventsCommand::Dead(args) => dead_letters::run(args, client, output).await,
    }
}

async fn tail(args: TailArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    let types = args.types.iter().map(EventPattern::as_str).collect::<Vec<_>>().join(",");
    let mut path = format!("/api/v1/events?types={}", utf8_percent_encode(&types, NON_ALPHANUMERIC));
    if let Some(after) = args.after {
        path.push_str(&format!("&after={after}"));
    }
    let mut events = Events::open(client, path).await?;
    let mut left = args.count.unwrap_or(u64::MAX);
    while left > 0 {
        let Some(event) = events.next().await? else {
            output.progress("the server ended the stream");
            break;
        };
        let document: Value = serde_json::from_str(&event.data)
            .map_err(|error| CliError::Failed(format!("the server sent an unexpected event: {error}")))?;
        if event.name == "dropped" {
            let reason = document["reason"].as_str().unwrap_or("the server dropped this reader");
            return Err(CliError::Failed(reason.to_owned()));
        }
        left -= 1;
        print(&document, output)?;
    }
    Ok(())
}

fn print(event: &Value, output: &Output) -> Result<(), CliError> {
    if output.is_json() {
        return output.json(event);
    }
    let text = |key: &str| event[key].as_str().unwrap_or_default();
    output.line(format!(
        "{} {} {} {} {}",
        text("sequence"),
        text("time"),
        text("source"),
        text("type"),
        event["data"]
    ))
}

async fn publish(args: PublishArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    let data: Value = serde_json::from_str(&args.data).map_err(|error| {
        CliError::Usage(format!("the data is no JSON ({error}); quote texts: '\"like this\"'"))
    })?;
    let mut event = serde_json::json!({ "specversion": "1.0", "type": args.event_type, "source": args.source, "data": data });
    if let Some(id) = args.id {
        event["id"] = id.into();
    }
    let request = client
        .request(Method::POST, "/api/v1/events")
        .header("content-type", "application/cloudevents+json")
        .body(event.to_string());
    let answer: Value = client.read(client.send(request).await?).await?;
    if output.is_json() {
        return output.json(&answer);
    }
    let text = |key: &str| answer[key].as_str().unwrap_or_default();
    output.line(format!(
        "published {} as {} from {}, sequence {}",
        args.event_type,
        text("id"),
        text("source"),
        answer["sequence"]
    ))
}
