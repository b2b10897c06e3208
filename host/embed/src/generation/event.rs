//! What a person sees while an app is made.

use atoll_generate::AppSpecification;
use atoll_model::{AppName, Diagnostic, Revision};
use serde::Serialize;

/// Where a generation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GenerationState {
    /// Reading the prompt.
    Analyzing,
    /// Writing the files.
    Generating,
    /// Scanning, building, running the app's tests.
    Validating,
    /// Making the bundle.
    Packaging,
    /// Switching to the new revision.
    Deploying,
    /// The app answers.
    Complete,
    /// It did not work; what ran before runs still.
    Error,
}

/// One step of a generation.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum GenerationEvent {
    /// A new state.
    State {
        /// The state.
        state: GenerationState,
        /// What to tell the person.
        message: String,
        /// Milliseconds since the start.
        elapsed_ms: f64,
    },
    /// A piece of a file. A file's pieces come in order, and a path's first piece starts it anew.
    File {
        /// The path in the app's folder.
        path: String,
        /// The next piece of its text.
        chunk: String,
    },
    /// A finding in the generated source.
    Diagnostic(Diagnostic),
    /// What the generation cost.
    Usage {
        /// Who wrote it: `template`, or a model.
        provider: String,
        /// Tokens read by a model.
        input_tokens: u64,
        /// Tokens written by a model.
        output_tokens: u64,
        /// In US dollars.
        cost_usd: f64,
    },
    /// The app that came of it. Absent when it ended in an error.
    Result(Box<GenerationResult>),
}

/// The app that a generation made.
#[derive(Clone, Debug, Serialize)]
pub struct GenerationResult {
    /// The app.
    pub app: AppName,
    /// Its revision; `None` when it was not to be deployed.
    pub revision: Option<Revision>,
    /// What people call it.
    pub title: String,
    /// Where its page is, below the host's address.
    pub url: String,
    /// How the prompt was understood.
    pub specification: AppSpecification,
    /// What was decided without being asked.
    pub assumptions: Vec<String>,
    /// What of the prompt is not in the app, in the person's words.
    pub not_understood: Vec<String>,
}

impl GenerationEvent {
    /// The name of its server-sent event.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::State { .. } => "state",
            Self::File { .. } => "file",
            Self::Diagnostic(_) => "diagnostic",
            Self::Usage { .. } => "usage",
            Self::Result(_) => "result",
        }
    }

    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self, Self::State { state: GenerationState::Complete | GenerationState::Error, .. })
    }
}
