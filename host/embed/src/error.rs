//! Why the host did not do what it was asked.

use atoll_model::{AppName, Diagnostic, Revision};

use crate::GenerationId;

/// Any failure of the facade. What a caller can act on is a variant of its own.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// There is no such app.
    #[error("there is no app {0}")]
    NoSuchApp(AppName),
    /// The app is there, this revision is not.
    #[error("app {app} has no revision {revision}")]
    NoSuchRevision {
        /// The app.
        app: AppName,
        /// The revision.
        revision: Revision,
    },
    /// The app has no such file or module.
    #[error("app {app} has no {path}")]
    NoSuchFile {
        /// The app.
        app: AppName,
        /// What was asked for.
        path: String,
    },
    /// The app has not so many schedules.
    #[error("app {app} has no schedule {index}: it has {count}, counted from 0")]
    NoSuchSchedule {
        /// The app.
        app: AppName,
        /// What was asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The app has no such secret.
    #[error("app {app} has no secret {name}")]
    NoSuchSecret {
        /// The app.
        app: AppName,
        /// What was asked for.
        name: String,
    },
    /// The source was refused; the running revision is as it was.
    #[error("{}", rejected(diagnostics))]
    Rejected {
        /// Every finding, errors and others.
        diagnostics: Vec<Diagnostic>,
    },
    /// The app's component cannot be compiled or linked; the running revision is as it was.
    #[error("{0}")]
    Backend(atoll_runtime::RuntimeError),
    /// The app's code failed or was stopped.
    #[error(transparent)]
    Call(#[from] atoll_runtime::CallError),
    /// The sandbox could not be set up, or an app could not be loaded into it.
    #[error(transparent)]
    Runtime(#[from] atoll_runtime::RuntimeError),
    /// The JavaScript engine could not be loaded.
    #[error(transparent)]
    Image(#[from] atoll_image::ImageError),
    /// An event does not fit the schema of its type.
    #[error(transparent)]
    SchemaMismatch(#[from] crate::SchemaMismatch),
    /// An event of a batch cannot be published, and so none of them was.
    #[error("event {index} of the batch: {error}")]
    InBatch {
        /// Which, from 0.
        index: usize,
        /// Why.
        error: Box<HostError>,
    },
    /// The bus refused or failed.
    #[error(transparent)]
    Bus(#[from] atoll_bus::BusError),
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] atoll_store::StoreError),
    /// A generation could not be composed.
    #[error(transparent)]
    Generate(#[from] atoll_generate::GenerateError),
    /// The prompt is empty or too long.
    #[error("{0}")]
    Prompt(String),
    /// What was asked for would harm others.
    #[error("{reason} {alternative}")]
    Refused {
        /// Why it is not built.
        reason: String,
        /// What could be built instead.
        alternative: String,
    },
    /// Too many generations at once.
    #[error("{limit} generations are running already (limit generations_concurrent_max); try again shortly")]
    TooManyGenerations {
        /// `Limits::generations_concurrent_max`.
        limit: usize,
    },
    /// There is no such generation, or it is too long ago.
    #[error("there is no generation {0}; finished ones are kept for a while only")]
    NoSuchGeneration(GenerationId),
    /// A document about all apps would be too long.
    #[error(
        "{count} apps have events, and a document is of at most {limit} (limit asyncapi_apps_max); ask for one app"
    )]
    TooManyApps {
        /// How many there are.
        count: usize,
        /// `Limits::asyncapi_apps_max`.
        limit: usize,
    },
    /// The host is shutting down.
    #[error("the host is shutting down")]
    Draining,
    /// Something the host relies on broke: a bug of ours.
    #[error("internal error: {0}")]
    Internal(String),
}

impl From<atoll_bus::BatchError> for HostError {
    fn from(refused: atoll_bus::BatchError) -> Self {
        match refused.index {
            Some(index) => Self::InBatch { index, error: Box::new(refused.error.into()) },
            None => refused.error.into(),
        }
    }
}

fn rejected(diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|d| d.is_error()).collect();
    let first = errors.first().map_or("the source was refused", |d| d.message.as_str());
    let place = errors
        .first()
        .and_then(|d| d.location.as_ref())
        .map(|l| format!("{}:{}:{}: ", l.file, l.line, l.column))
        .unwrap_or_default();
    match errors.len() {
        0 | 1 => format!("{place}{first}"),
        n => format!("{place}{first} (and {} more)", n - 1),
    }
}
