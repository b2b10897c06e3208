//! Events are what their publishers say that they are: data is checked against the schemas of the manifests.
//!
//! An app's event is checked against the app's own schema of the type; an event from outside against that of every
//! app that declares the type, since it is read as theirs. A type without a schema takes anything.

mod asyncapi;
mod declared;
mod warnings;

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
};

use atoll_build::{EventSchema, SchemaViolation};
use atoll_model::{AppName, EventType, Limits, Manifest, Revision, SourceTree, manifest::EventsManifest};
use atoll_store::Store;
use declared::Declared;
use lru::LruCache;
use serde_json::Value;

use crate::HostError;

type Key = (AppName, Revision, EventType);

pub(crate) struct EventSchemas {
    store: Arc<Store>,
    limits: Limits,
    declared: RwLock<Declared>,
    /// Those that were used last, compiled; `None` when the revision's file is of no use.
    compiled: Mutex<LruCache<Key, Option<Arc<EventSchema>>>>,
}

/// An event that its schema does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the data of {event_type} does not fit the schema of {app}: {}", first(violations))]
pub struct SchemaMismatch {
    /// The event's type.
    pub event_type: EventType,
    /// Whose schema it is.
    pub app: AppName,
    /// Where, and what was expected; the first ones.
    pub violations: Vec<SchemaViolation>,
}

fn first(violations: &[SchemaViolation]) -> String {
    let Some(first) = violations.first() else { return "it is refused".into() };
    let place = if first.path.is_empty() { "the data" } else { &first.path };
    match violations.len() {
        1 => format!("{place}: {}", first.message),
        more => format!("{place}: {} (and {} more)", first.message, more - 1),
    }
}

impl EventSchemas {
    pub(crate) fn new(store: Arc<Store>, limits: &Limits) -> Self {
        let kept = NonZeroUsize::new(limits.event_schemas_kept_max).unwrap_or(NonZeroUsize::MIN);
        let (declared, compiled) = (RwLock::default(), Mutex::new(LruCache::new(kept)));
        Self { store, limits: limits.clone(), declared, compiled }
    }

    /// Takes note of what an app's active revision declares; of one that is gone, nothing.
    pub(crate) fn set(&self, app: &AppName, manifest: Option<&Manifest>) {
        self.declared.write().unwrap_or_else(PoisonError::into_inner).set(app, manifest);
    }

    fn declared(&self) -> RwLockReadGuard<'_, Declared> {
        self.declared.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn apps(&self) -> Vec<(AppName, Arc<EventsManifest>)> {
        self.declared().apps()
    }

    /// The source of an app's active revision.
    async fn source(&self, app: &AppName) -> Result<Option<SourceTree>, HostError> {
        let Some(record) = self.store.active(app).await? else { return Ok(None) };
        Ok(self.store.source(app, record.revision).await?)
    }

    /// Checks what an app is about to publish.
    pub(crate) async fn check_of_app(
        &self,
        app: &AppName,
        event_type: &EventType,
        data: &Value,
    ) -> Result<(), HostError> {
        let has_schema = self.declared().has_schema(app, event_type);
        if has_schema { self.check(app, event_type, data).await } else { Ok(()) }
    }

    /// Checks what somebody outside is about to publish.
    pub(crate) async fn check_from_outside(
        &self,
        event_type: &EventType,
        data: &Value,
    ) -> Result<(), HostError> {
        let apps = self.declared().publishers(event_type);
        for app in apps {
            self.check(&app, event_type, data).await?;
        }
        Ok(())
    }

    async fn check(&self, app: &AppName, event_type: &EventType, data: &Value) -> Result<(), HostError> {
        let Some(schema) = self.schema(app, event_type).await? else { return Ok(()) };
        let violations = schema.violations(data);
        if violations.is_empty() {
            return Ok(());
        }
        let (event_type, app) = (event_type.clone(), app.clone());
        Err(SchemaMismatch { event_type, app, violations }.into())
    }

    /// The schema of the active revision.
    async fn schema(
        &self,
        app: &AppName,
        event_type: &EventType,
    ) -> Result<Option<Arc<EventSchema>>, HostError> {
        let Some(record) = self.store.active(app).await? else { return Ok(None) };
        let key = (app.clone(), record.revision, event_type.clone());
        if let Some(known) = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let publishes = record.manifest.events.publishes.iter();
        let path =
            publishes.filter(|publish| publish.event_type == *event_type).find_map(|p| p.schema.as_ref());
        let Some(path) = path else { return Ok(None) };
        let source = self.store.source(app, record.revision).await?;
        let bytes = source.as_ref().and_then(|source| source.get(path.as_str()));
        let schema = bytes.map(|bytes| EventSchema::parse(bytes, &self.limits));
        let schema = match schema {
            Some(Ok(schema)) => Some(Arc::new(schema)),
            // Builds refuse such a schema: it is of a version that did not look, or the limits were lowered.
            Some(Err(error)) => {
                tracing::warn!(%app, %event_type, %path, %error, "a schema is not used");
                None
            }
            None => None,
        };
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner).put(key, schema.clone());
        Ok(schema)
    }
}
