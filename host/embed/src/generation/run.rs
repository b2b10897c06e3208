//! One generation, from the prompt to the app.

use std::time::Instant;

use atoll_generate::{Analysis, Neighbour};
use atoll_model::{AppName, SourceTree};

use super::{GenerateRequest, GenerationEvent, GenerationResult, GenerationState, record::Record};
use crate::{DeployOptions, Host, HostError};

/// How much of a file one event carries: small enough to show the writing, large enough to be few.
const CHUNK_BYTES: usize = 2_048;

/// Ends the record when the run is over, however it ends.
struct Closing<'a>(&'a Record);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.finish();
    }
}

struct Progress<'a> {
    record: &'a Record,
    start: Instant,
}

impl Progress<'_> {
    fn state(&self, state: GenerationState, message: impl Into<String>) {
        let elapsed_ms = self.start.elapsed().as_secs_f64() * 1e3;
        self.record.push(GenerationEvent::State { state, message: message.into(), elapsed_ms });
    }
}

pub(super) async fn run(host: Host, request: GenerateRequest, record: &Record) {
    let _closing = Closing(record);
    let progress = Progress { record, start: Instant::now() };
    match steps(&host, request, &progress).await {
        Ok(result) => {
            let message = format!("{} is ready", result.title);
            record.push(GenerationEvent::Result(Box::new(result)));
            progress.state(GenerationState::Complete, message);
        }
        Err(error) => {
            if let HostError::Rejected { diagnostics } = &error {
                diagnostics.iter().for_each(|d| record.push(GenerationEvent::Diagnostic(d.clone())));
            }
            progress.state(GenerationState::Error, error.to_string());
        }
    }
}

async fn steps(
    host: &Host,
    request: GenerateRequest,
    progress: &Progress<'_>,
) -> Result<GenerationResult, HostError> {
    progress.state(GenerationState::Analyzing, "Understanding what you asked for");
    let neighbours = neighbours(host).await?;
    let (prompt, limits) = (request.prompt, host.limits().clone());
    let analysis = in_background(move || atoll_generate::analyze(&prompt, &neighbours, &limits))
        .await?
        .map_err(|refusal| HostError::Refused { reason: refusal.reason, alternative: refusal.alternative })?;
    let Analysis { mut specification, assumptions, not_understood } = analysis;
    specification.name = match request.app {
        Some(name) if taken(host, &name).await? => {
            return Err(HostError::Prompt(format!(
                "there is an app {name} already, and this version cannot change an app by a prompt; \
                 leave the name out, or delete the app first"
            )));
        }
        Some(name) => name,
        None => free_name(host, &specification.name).await?,
    };

    progress.state(GenerationState::Generating, format!("Writing {}", specification.title));
    let (to_compose, limits) = (specification.clone(), host.limits().clone());
    let source = in_background(move || atoll_generate::compose(&to_compose, &limits)).await??;
    stream_files(&source, progress.record);
    progress.record.push(GenerationEvent::Usage {
        provider: "template".into(),
        input_tokens: 0,
        output_tokens: 0,
        cost_usd: 0.0,
    });

    let revision = if request.deploy {
        let observe = |state: GenerationState| progress.state(state, describe(state));
        let deployed = host.deploy_observed(source, DeployOptions::default(), &observe).await?;
        deployed.diagnostics.into_iter().for_each(|d| progress.record.push(GenerationEvent::Diagnostic(d)));
        Some(deployed.revision)
    } else {
        progress.state(GenerationState::Validating, describe(GenerationState::Validating));
        let report = host.test(source).await?;
        if let Some(failed) = report.failures().next() {
            return Err(HostError::Internal(format!("the generated test {:?} failed", failed.name)));
        }
        None
    };
    Ok(GenerationResult {
        url: format!("/apps/{}/", specification.name),
        app: specification.name.clone(),
        revision,
        title: specification.title.clone(),
        specification,
        assumptions,
        not_understood,
    })
}

/// Computes off the async threads: a long prompt takes a while.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, HostError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| HostError::Internal(error.to_string()))
}

fn describe(state: GenerationState) -> &'static str {
    match state {
        GenerationState::Validating => "Checking the code and running its tests in the sandbox",
        GenerationState::Packaging => "Storing the new revision",
        GenerationState::Deploying => "Switching it on",
        GenerationState::Analyzing => "Understanding what you asked for",
        GenerationState::Generating => "Writing the code",
        GenerationState::Complete => "Ready",
        GenerationState::Error => "It did not work",
    }
}

fn stream_files(source: &SourceTree, record: &Record) {
    for (path, content) in source.iter() {
        let Ok(mut text) = std::str::from_utf8(content) else { continue };
        loop {
            let (chunk, rest) = text.split_at(text.floor_char_boundary(CHUNK_BYTES));
            record.push(GenerationEvent::File { path: path.to_string(), chunk: chunk.to_owned() });
            if rest.is_empty() {
                break;
            }
            text = rest;
        }
    }
}

/// The apps on the canvas with the events they publish, for prompts that mean one of them.
async fn neighbours(host: &Host) -> Result<Vec<Neighbour>, HostError> {
    let mut neighbours = Vec::new();
    for app in host.apps().await? {
        if app.publishes.is_empty() {
            continue;
        }
        let source = host.source(&app.name, None).await?;
        let manifest = host.manifest(&app.name).await?;
        let publishes = manifest
            .events
            .publishes
            .into_iter()
            .map(|publish| {
                let schema = publish.schema.as_ref().and_then(|path| source.text(path.as_str()));
                (publish.event_type, schema.and_then(|text| serde_json::from_str(text).ok()))
            })
            .collect();
        neighbours.push(Neighbour { app: app.name, title: app.title, publishes });
    }
    Ok(neighbours)
}

async fn taken(host: &Host, name: &AppName) -> Result<bool, HostError> {
    match host.app(name).await {
        Ok(_) => Ok(true),
        Err(HostError::NoSuchApp(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The name itself, or with the first free number behind it.
async fn free_name(host: &Host, name: &AppName) -> Result<AppName, HostError> {
    if !taken(host, name).await? {
        return Ok(name.clone());
    }
    for number in 2..=host.limits().apps_max + 1 {
        let suffix = format!("-{number}");
        let stem: String =
            name.as_str().chars().take(atoll_model::APP_NAME_LENGTH_MAX - suffix.len()).collect();
        let candidate = AppName::parse(&format!("{stem}{suffix}"))
            .map_err(|error| HostError::Internal(error.to_string()))?;
        if !taken(host, &candidate).await? {
            return Ok(candidate);
        }
    }
    Err(HostError::Internal("no name is free".into()))
}
