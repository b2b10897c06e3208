//! From a prompt to a running app: analyze → compose → deploy, each step told to whoever watches.

mod event;
mod record;
mod run;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use atoll_model::AppName;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

pub use event::{GenerationEvent, GenerationResult, GenerationState};
use record::Record;

use crate::{Host, HostError};

/// What to generate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerateRequest {
    /// What the person wrote.
    pub prompt: String,
    /// The name that the app is to have; chosen from the prompt when absent.
    #[serde(default)]
    pub app: Option<AppName>,
    /// Whether to deploy what comes of it.
    #[serde(default = "yes")]
    pub deploy: bool,
}

fn yes() -> bool {
    true
}

/// Names one generation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenerationId(String);

impl GenerationId {
    /// Takes an id as a caller gave it; one that names nothing is [`HostError::NoSuchGeneration`] later.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.chars().take(64).collect())
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The generations that run or ended lately.
#[derive(Default)]
pub(crate) struct Generations {
    records: Mutex<VecDeque<(GenerationId, Arc<Record>)>>,
}

impl Generations {
    fn with<T>(&self, f: impl FnOnce(&mut VecDeque<(GenerationId, Arc<Record>)>) -> T) -> T {
        f(&mut self.records.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes room for one more, or says that too many run. The oldest finished ones are forgotten.
    fn begin(&self, limits: &atoll_model::Limits) -> Result<(GenerationId, Arc<Record>), HostError> {
        self.with(|records| {
            let running = records.iter().filter(|(_, record)| !record.is_finished()).count();
            if running >= limits.generations_concurrent_max {
                return Err(HostError::TooManyGenerations { limit: limits.generations_concurrent_max });
            }
            while records.len() >= limits.generations_kept_max {
                let Some(oldest) = records.iter().position(|(_, record)| record.is_finished()) else { break };
                records.remove(oldest);
            }
            let id = GenerationId(uuid::Uuid::now_v7().to_string());
            let record = Arc::new(Record::new());
            records.push_back((id.clone(), Arc::clone(&record)));
            Ok((id, record))
        })
    }

    fn find(&self, id: &GenerationId) -> Result<Arc<Record>, HostError> {
        self.with(|records| {
            records.iter().find(|(known, _)| known == id).map(|(_, record)| Arc::clone(record))
        })
        .ok_or_else(|| HostError::NoSuchGeneration(id.clone()))
    }
}

impl Host {
    /// Starts to make an app of a prompt, and answers at once; follow it with [`Host::generation_events`].
    ///
    /// # Errors
    /// [`HostError::Prompt`] for an empty or oversized prompt, [`HostError::TooManyGenerations`],
    /// [`HostError::Draining`].
    pub fn generate(&self, request: GenerateRequest) -> Result<GenerationId, HostError> {
        let limits = self.limits();
        if request.prompt.trim().is_empty() {
            return Err(HostError::Prompt("the prompt is empty: say what the app should do".into()));
        }
        if request.prompt.len() > limits.prompt_bytes_max {
            return Err(HostError::Prompt(format!(
                "the prompt has {} bytes; it may have {} (limit prompt_bytes_max)",
                request.prompt.len(),
                limits.prompt_bytes_max
            )));
        }
        let (id, record) = self.generations().begin(limits)?;
        let host = self.clone();
        // A generation that panics must end for its watchers too: the record is closed when the task is gone.
        let task = self.spawn(async move { run::run(host, request, &record).await });
        if task.is_none() {
            return Err(HostError::Draining);
        }
        Ok(id)
    }

    /// The events of a generation after the one numbered `after` (from 1; 0 for all), live until it ends.
    ///
    /// # Errors
    /// [`HostError::NoSuchGeneration`].
    pub fn generation_events(
        &self,
        id: &GenerationId,
        after: u64,
    ) -> Result<BoxStream<'static, (u64, GenerationEvent)>, HostError> {
        Ok(self.generations().find(id)?.follow(after))
    }
}
