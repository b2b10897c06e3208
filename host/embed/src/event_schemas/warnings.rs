//! What a deploy would break for others: a new schema beside those of the apps that hear its events, and what an app
//! counts on beside what is published.

use std::{collections::BTreeMap, sync::Arc};

use atoll_build::{SchemaBreak, breaks};
use atoll_model::{AppName, Bundle, Diagnostic, EventType, SourcePath, SourceTree, manifest::EventsManifest};
use serde_json::Value;

use super::EventSchemas;
use crate::HostError;

const RULE: &str = "event-schema";

/// Schemas of other apps, read once.
struct Others<'e> {
    schemas: &'e EventSchemas,
    sources: BTreeMap<AppName, Option<SourceTree>>,
    /// There were more apps than are compared with.
    left_out: bool,
}

impl EventSchemas {
    /// Warnings about a bundle that is going to be deployed, beside what runs now.
    pub(crate) async fn warnings(&self, bundle: &Bundle) -> Result<Vec<Diagnostic>, HostError> {
        let (app, events) = (&bundle.manifest.name, &bundle.manifest.events);
        let apps = self.apps();
        let previous = apps.iter().find(|(name, _)| name == app).map(|(_, events)| Arc::clone(events));
        if events.publishes.is_empty() && events.subscribes.is_empty() && previous.is_none() {
            return Ok(Vec::new());
        }
        let mut others = Others { schemas: self, sources: BTreeMap::new(), left_out: false };
        let others_apps: Vec<_> = apps.iter().filter(|(name, _)| name != app).collect();
        let mut warnings = Vec::new();

        for publish in &events.publishes {
            let new = publish.schema.as_ref().and_then(|path| document(&bundle.source, path));
            let Some(new) = new else { continue };
            let old = previous.as_ref().and_then(|events| schema_of(events, &publish.event_type));
            let old = match old {
                Some(path) => others.document(app, path).await?,
                None => None,
            };
            for (subscriber, heard) in &others_apps {
                for heard in heard.subscribes.iter().filter(|s| s.event_type.matches(&publish.event_type)) {
                    // What it says it counts on, or else what it was promised until now.
                    let expected = match &heard.schema {
                        Some(path) => others.document(subscriber, path).await?,
                        None => old.clone(),
                    };
                    let Some(expected) = expected else { continue };
                    let whose =
                        heard.schema.as_ref().map_or("the schema that ran until now", |_| "its schema");
                    warnings.extend(breaks(&new, &expected).iter().map(|found| {
                        warning(&publish.event_type, found, &format!("{subscriber} hears it, by {whose}"))
                    }));
                }
            }
        }
        for gone in previous.iter().flat_map(|events| &events.publishes) {
            if events.publishes.iter().any(|publish| publish.event_type == gone.event_type) {
                continue;
            }
            // A wildcard goes on with the other types.
            let hears = |heard: &EventsManifest| {
                heard.subscribes.iter().any(|s| s.event_type.as_str() == gone.event_type.as_str())
            };
            for (subscriber, _) in others_apps.iter().filter(|(_, heard)| hears(heard)) {
                let message =
                    format!("{} is not published any more, and {subscriber} hears it", gone.event_type);
                warnings.push(Diagnostic::warning(RULE, message));
            }
        }
        for heard in &events.subscribes {
            let expected = heard.schema.as_ref().and_then(|path| document(&bundle.source, path));
            let Some(expected) = expected else { continue };
            for (publisher, published) in &others_apps {
                for publish in published.publishes.iter().filter(|p| heard.event_type.matches(&p.event_type))
                {
                    let Some(path) = &publish.schema else { continue };
                    let Some(schema) = others.document(publisher, path).await? else { continue };
                    let so = format!("{publisher} publishes it so");
                    warnings.extend(
                        breaks(&schema, &expected)
                            .iter()
                            .map(|found| warning(&publish.event_type, found, &so)),
                    );
                }
            }
        }
        if others.left_out {
            let max = self.limits.event_schema_peers_max;
            let message = format!(
                "the schemas were compared with those of {max} apps only (limit event_schema_peers_max = {max})"
            );
            warnings.push(Diagnostic::warning(RULE, message));
        }
        Ok(warnings)
    }
}

impl Others<'_> {
    async fn document(&mut self, app: &AppName, path: &SourcePath) -> Result<Option<Value>, HostError> {
        if !self.sources.contains_key(app) {
            if self.sources.len() >= self.schemas.limits.event_schema_peers_max.max(1) {
                self.left_out = true;
                return Ok(None);
            }
            self.sources.insert(app.clone(), self.schemas.source(app).await?);
        }
        Ok(self.sources.get(app).and_then(Option::as_ref).and_then(|source| document(source, path)))
    }
}

fn schema_of<'m>(events: &'m EventsManifest, event_type: &EventType) -> Option<&'m SourcePath> {
    events.publishes.iter().find(|publish| publish.event_type == *event_type)?.schema.as_ref()
}

pub(super) fn document(source: &SourceTree, path: &SourcePath) -> Option<Value> {
    serde_json::from_slice(source.get(path.as_str())?).ok()
}

fn warning(event_type: &EventType, found: &SchemaBreak, whose: &str) -> Diagnostic {
    let place = if found.path.is_empty() { "the data" } else { &found.path };
    Diagnostic::warning(RULE, format!("{event_type}, {place}: {} ({whose})", found.message))
        .with_hint("publish what others count on under a new type, or change both apps")
}
