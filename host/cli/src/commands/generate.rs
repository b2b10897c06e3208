//! `atoll generate "PROMPT"`: from a sentence to an app. Steps on standard error, the app on standard output.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use atoll::{AppName, Diagnostic, SourcePath};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::Client,
    error::CliError,
    output::{Output, milliseconds},
    sse::{Events, ServerEvent},
};

/// Arguments of `atoll generate`.
#[derive(Debug, clap::Args)]
pub(crate) struct GenerateArgs {
    /// What the app should do.
    prompt: String,
    /// The app's name; chosen from the prompt when absent.
    #[arg(long)]
    app: Option<AppName>,
    /// Write the app's source into this folder, which must not exist or be empty.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Make the app, but do not deploy it.
    #[arg(long)]
    no_deploy: bool,
}

/// What came so far.
#[derive(Default)]
struct Progress {
    files: BTreeMap<String, String>,
    diagnostics: Vec<Diagnostic>,
    result: Option<Value>,
    /// The file whose pieces come now.
    current: Option<String>,
}

#[derive(Deserialize)]
struct State {
    state: String,
    message: String,
    elapsed_ms: f64,
}

#[derive(Deserialize)]
struct FilePiece {
    path: String,
    chunk: String,
}

pub(crate) async fn run(args: GenerateArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    if let Some(out) = &args.out {
        make_out(out)?;
    }
    let mut body = serde_json::json!({ "prompt": args.prompt, "deploy": !args.no_deploy });
    if let Some(app) = &args.app {
        body["app"] = app.as_str().into();
    }
    let request = client.request(Method::POST, "/api/v1/generations").json(&body);
    let started: Value = client.read(client.send(request).await?).await?;
    let id = started["id"].as_str().unwrap_or_default();

    let mut events = Events::open(client, format!("/api/v1/generations/{id}/events")).await?;
    let mut progress = Progress::default();
    while let Some(event) = events.next().await? {
        if progress.take(&event, output)? {
            break;
        }
    }
    finish(args, progress, client, output)
}

impl Progress {
    /// Takes one event; `true` when it was the last. An error when the generation ended in one.
    fn take(&mut self, event: &ServerEvent, output: &Output) -> Result<bool, CliError> {
        match event.name.as_str() {
            "state" => {
                let state: State = parse(event)?;
                if state.state == "error" {
                    let diagnostics = std::mem::take(&mut self.diagnostics);
                    return Err(CliError::Problem { message: state.message, diagnostics });
                }
                output.progress(format!("{:>8}  {}", milliseconds(state.elapsed_ms), state.message));
                return Ok(state.state == "complete");
            }
            "file" => {
                let piece: FilePiece = parse(event)?;
                // A path's first piece starts the file anew: a repair writes it once more.
                if self.current.as_deref() != Some(piece.path.as_str()) {
                    self.files.remove(&piece.path);
                    self.current = Some(piece.path.clone());
                }
                self.files.entry(piece.path).or_default().push_str(&piece.chunk);
            }
            "diagnostic" => self.diagnostics.push(parse(event)?),
            "result" => self.result = Some(parse(event)?),
            // What it cost is for those who pay; a template costs nothing.
            _ => {}
        }
        Ok(false)
    }
}

fn parse<T: serde::de::DeserializeOwned>(event: &ServerEvent) -> Result<T, CliError> {
    serde_json::from_str(&event.data).map_err(|error| {
        CliError::Failed(format!("the server sent an unexpected {} event: {error}", event.name))
    })
}

fn finish(args: GenerateArgs, progress: Progress, client: &Client, output: &Output) -> Result<(), CliError> {
    let Some(mut result) = progress.result else {
        return Err(CliError::Failed(
            "the server ended the generation without a result; its log says why".into(),
        ));
    };
    output.diagnostics(&progress.diagnostics);
    let deployed = !result["revision"].is_null();
    if deployed {
        result["url"] = client.url(result["url"].as_str().unwrap_or("/")).into();
    }
    print(&result, deployed, output)?;
    // After the answer: the app is there, whether or not the disk takes its source.
    if let Some(out) = &args.out {
        write_files(out, &progress.files)?;
        output.progress(format!("{} files in {}", progress.files.len(), out.display()));
    } else if !deployed {
        output.progress("nothing was kept; --out DIR writes the source");
    }
    Ok(())
}

fn print(result: &Value, deployed: bool, output: &Output) -> Result<(), CliError> {
    if output.is_json() {
        return output.json(result);
    }
    let text = |key: &str| result[key].as_str().unwrap_or_default();
    let list = |key: &str| result[key].as_array().cloned().unwrap_or_default();
    if deployed {
        output.line(format!("{}: {}, revision {}", text("app"), text("title"), result["revision"]))?;
        output.line(text("url"))?;
    } else {
        output.line(format!("{}: {}, not deployed", text("app"), text("title")))?;
    }
    for assumption in list("assumptions") {
        output.line(format!("assumed: {}", assumption.as_str().unwrap_or_default()))?;
    }
    for missed in list("not_understood") {
        output.line(format!("not understood, so not in the app: {}", missed.as_str().unwrap_or_default()))?;
    }
    Ok(())
}

/// Makes the folder for the source, or takes an empty one. Before anything is generated: what cannot be
/// written is said while nothing has happened yet.
fn make_out(out: &Path) -> Result<(), CliError> {
    let refuse = |what: &str| CliError::Usage(format!("--out {}: {what}; name a new folder", out.display()));
    if out.is_file() {
        return Err(refuse("that is a file"));
    }
    let is_empty =
        fs::create_dir_all(out).and_then(|()| Ok(fs::read_dir(out)?.next().is_none())).map_err(|error| {
            CliError::Failed(format!("--out {}: cannot make this folder: {error}", out.display()))
        })?;
    if is_empty { Ok(()) } else { Err(refuse("there are files already")) }
}

/// Writes files below a folder; their paths cannot leave it.
pub(crate) fn write_files(out: &Path, files: &BTreeMap<String, String>) -> Result<(), CliError> {
    for (path, content) in files {
        let path = SourcePath::parse(path).map_err(|error| CliError::Failed(error.to_string()))?;
        let file = out.join(path.as_str());
        let folder = file.parent().unwrap_or(out);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, content))
            .map_err(|error| CliError::Failed(format!("cannot write {}: {error}", file.display())))?;
    }
    Ok(())
}
