//! What the active revisions declare: who publishes which types with a schema, and who hears what.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use atoll_model::{AppName, EventType, Manifest, manifest::EventsManifest};

/// An index of the manifests' `[events]`.
#[derive(Default)]
pub(super) struct Declared {
    /// Who publishes a type with a schema.
    by_type: BTreeMap<EventType, BTreeSet<AppName>>,
    by_app: BTreeMap<AppName, Arc<EventsManifest>>,
}

impl Declared {
    /// Takes note of an app's active revision; of one that is gone, nothing.
    pub(super) fn set(&mut self, app: &AppName, manifest: Option<&Manifest>) {
        if let Some(before) = self.by_app.remove(app) {
            for event_type in with_schema(&before) {
                if let Some(apps) = self.by_type.get_mut(event_type) {
                    apps.remove(app);
                    if apps.is_empty() {
                        self.by_type.remove(event_type);
                    }
                }
            }
        }
        let Some(events) = manifest.map(|manifest| &manifest.events).filter(|events| !is_empty(events))
        else {
            return;
        };
        for event_type in with_schema(events) {
            self.by_type.entry(event_type.clone()).or_default().insert(app.clone());
        }
        self.by_app.insert(app.clone(), Arc::new(events.clone()));
    }

    /// Whether an app has a schema for a type that it publishes.
    pub(super) fn has_schema(&self, app: &AppName, event_type: &EventType) -> bool {
        self.by_type.get(event_type).is_some_and(|apps| apps.contains(app))
    }

    /// Who has a schema for a type.
    pub(super) fn publishers(&self, event_type: &EventType) -> BTreeSet<AppName> {
        self.by_type.get(event_type).cloned().unwrap_or_default()
    }

    /// All apps that publish or hear something, by name.
    pub(super) fn apps(&self) -> Vec<(AppName, Arc<EventsManifest>)> {
        self.by_app.iter().map(|(app, events)| (app.clone(), Arc::clone(events))).collect()
    }
}

fn with_schema(events: &EventsManifest) -> impl Iterator<Item = &EventType> {
    events.publishes.iter().filter(|publish| publish.schema.is_some()).map(|publish| &publish.event_type)
}

fn is_empty(events: &EventsManifest) -> bool {
    events.publishes.is_empty() && events.subscribes.is_empty()
}
