//! `bus`: events that the app publishes.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use atoll_model::{AppName, CapabilityError, EventDraft, EventType};

use super::{at_most, guarded};
use crate::{
    bindings::atoll::app::{bus, types},
    json,
    state::CallState,
};

/// An id is for telling events apart, not for carrying data. The same bound as for a type.
const EVENT_ID_BYTES_MAX: usize = 200;

/// Takes the events of all apps. Durable when it returns.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Publishes an event in the name of an app, and answers its id.
    async fn publish(&self, app: &AppName, draft: EventDraft) -> Result<String, CapabilityError>;
}

/// A publisher that only records, for tests of an app: nobody else sees the events.
#[derive(Debug, Default)]
pub struct RecordingPublisher {
    published: Mutex<Vec<EventDraft>>,
}

impl RecordingPublisher {
    /// What was published so far, in order.
    #[must_use]
    pub fn published(&self) -> Vec<EventDraft> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Publisher for RecordingPublisher {
    async fn publish(&self, _app: &AppName, draft: EventDraft) -> Result<String, CapabilityError> {
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        let id = draft.id.clone().unwrap_or_else(|| format!("test-{}", published.len() + 1));
        published.push(draft);
        Ok(id)
    }
}

impl CallState {
    fn draft(&self, event_type: &str, data: &str, id: Option<String>) -> Result<EventDraft, CapabilityError> {
        let event_type =
            EventType::parse(event_type).map_err(|error| CapabilityError::Invalid(error.to_string()))?;
        if !self.app.manifest.may_publish(&event_type) {
            return Err(CapabilityError::NotGranted {
                what: format!("publishing {event_type}"),
                hint: format!("add [[events.publishes]] with `type = \"{event_type}\"` to atoll.toml"),
            });
        }
        let limits = &self.limits;
        let (published, max) = (self.published as usize, limits.events_per_call_max as usize);
        at_most("a number of events", published, "events_per_call_max", max)?;
        if let Some(id) = &id {
            at_most("an event id", id.len(), "event_id_bytes_max", EVENT_ID_BYTES_MAX)?;
            if id.is_empty() || id.chars().any(char::is_control) {
                return Err(CapabilityError::Invalid(format!("{id:?} cannot be the id of an event")));
            }
        }
        at_most("event data", data.len(), "event_data_bytes_max", limits.event_data_bytes_max)?;
        let data = json::parse("event data", data, limits.json_depth_max)?;
        let (hops, trace) = (self.hops_of_published, self.trace.as_deref().cloned());
        Ok(EventDraft { event_type, id, subject: None, data, hops, trace })
    }
}

impl bus::Host for CallState {
    async fn publish(
        &mut self,
        event_type: String,
        data: String,
        id: Option<String>,
    ) -> wasmtime::Result<Result<String, types::Error>> {
        self.count_host_call()?;
        self.published = self.published.saturating_add(1);
        let app = self.app_name();
        let answer = async {
            let draft = self.draft(&event_type, &data, id)?;
            guarded(app, "bus", self.capabilities.bus.publish(app, draft)).await
        };
        Ok(answer.await.map_err(|error| self.told_to_guest("bus", error)))
    }
}
