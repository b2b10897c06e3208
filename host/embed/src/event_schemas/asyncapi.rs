//! The events of all deployed apps as an AsyncAPI 3.0 document: a channel for each type, a message for each publisher,
//! an operation for each app that publishes or hears it.
//!
//! The payload of a message is the event as it is sent: a CloudEvent in structured mode, with the app's schema for its
//! `data`.

use std::sync::Arc;

use atoll_model::{AppName, EventPattern, EventType, manifest::EventsManifest};
use serde_json::{Map, Value, json};

use super::{EventSchemas, warnings::document};
use crate::HostError;

/// Stands for any type below a pattern; no event type has capital letters.
const ANY: &str = "ANY";

#[derive(Default)]
struct Document {
    channels: Map<String, Value>,
    operations: Map<String, Value>,
    messages: Map<String, Value>,
}

impl EventSchemas {
    /// The document, of one app or of all.
    pub(crate) async fn asyncapi(&self, of: Option<&AppName>) -> Result<Value, HostError> {
        let apps: Vec<_> = self.apps().into_iter().filter(|(app, _)| of.is_none_or(|of| app == of)).collect();
        let max = self.limits.asyncapi_apps_max;
        if apps.len() > max {
            return Err(HostError::TooManyApps { count: apps.len(), limit: max });
        }
        let mut document = Document::default();
        for (app, events) in &apps {
            self.publishes(&mut document, app, events).await?;
        }
        for (app, events) in &apps {
            for heard in &events.subscribes {
                document.hears(app, &heard.event_type);
            }
        }
        let Document { channels, operations, messages } = document;
        Ok(json!({
            "asyncapi": "3.0.0",
            "info": {
                "title": of.map_or("Events of this host".to_owned(), |app| format!("Events of {app}")),
                "version": env!("CARGO_PKG_VERSION"),
                "description": "Events are CloudEvents 1.0. Publish one with POST /api/v1/events, follow them with \
                                GET /api/v1/events?types=a.*; apps publish and hear them by their manifests.",
            },
            "defaultContentType": "application/cloudevents+json",
            "channels": channels,
            "operations": operations,
            "components": { "messages": messages },
        }))
    }

    async fn publishes(
        &self,
        to: &mut Document,
        app: &AppName,
        events: &Arc<EventsManifest>,
    ) -> Result<(), HostError> {
        let has_schema = events.publishes.iter().any(|publish| publish.schema.is_some());
        let source = if has_schema { self.source(app).await? } else { None };
        for publish in &events.publishes {
            let schema = publish.schema.as_ref().zip(source.as_ref()).and_then(|(path, s)| document(s, path));
            to.publishes(app, &publish.event_type, schema.unwrap_or(Value::Bool(true)));
        }
        Ok(())
    }
}

impl Document {
    fn publishes(&mut self, app: &AppName, event_type: &EventType, schema: Value) {
        let message = format!("{event_type}.{app}");
        let data = format!("#/components/messages/{message}/payload/properties/data");
        let payload = cloud_event(app, event_type, moved(schema, &data));
        let name = event_type.as_str();
        let documented = json!({
            "name": name,
            "title": format!("{name} of {app}"),
            "contentType": "application/cloudevents+json",
            "payload": payload,
        });
        self.messages.insert(message.clone(), documented);
        if let Some(messages) = self.channel(name, name).get_mut("messages").and_then(Value::as_object_mut) {
            let reference = json!({ "$ref": format!("#/components/messages/{message}") });
            messages.insert(app.as_str().to_owned(), reference);
        }
        self.operation(app, "send", name);
    }

    fn hears(&mut self, app: &AppName, pattern: &EventPattern) {
        let matching = |address: &Value| {
            let address = address.get("address").and_then(Value::as_str).unwrap_or("");
            EventType::parse(address).is_ok_and(|event_type| pattern.matches(&event_type))
        };
        let channels: Vec<String> =
            self.channels.iter().filter(|(_, channel)| matching(channel)).map(|(id, _)| id.clone()).collect();
        if channels.is_empty() {
            // Nobody here publishes it; somebody outside can.
            let id = pattern.as_str().replace('*', ANY);
            self.channel(&id, pattern.as_str());
            return self.operation(app, "receive", &id);
        }
        for channel in channels {
            self.operation(app, "receive", &channel);
        }
    }

    fn channel(&mut self, id: &str, address: &str) -> &mut Value {
        self.channels.entry(id).or_insert_with(|| json!({ "address": address, "messages": {} }))
    }

    fn operation(&mut self, app: &AppName, action: &str, channel: &str) {
        let operation = json!({
            "action": action,
            "channel": { "$ref": format!("#/channels/{channel}") },
            "tags": [{ "name": app }],
        });
        self.operations.insert(format!("{app}.{action}.{channel}"), operation);
    }
}

/// The schema of an event in structured mode, as [`Event::to_cloud_event`](atoll_model::Event::to_cloud_event) writes it.
fn cloud_event(app: &AppName, event_type: &EventType, data: Value) -> Value {
    json!({
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string" },
            "source": { "const": format!("/apps/{app}") },
            "type": { "const": event_type },
            "time": { "type": "string", "format": "date-time" },
            "subject": { "type": "string" },
            "data": data,
        },
    })
}

/// A schema at another place in a document: its references lead to where it is now.
fn moved(mut schema: Value, to: &str) -> Value {
    if let Some(members) = schema.as_object_mut() {
        // They would make it a document of its own again.
        members.remove("$id");
        members.remove("$schema");
    }
    move_references(&mut schema, to);
    schema
}

fn move_references(schema: &mut Value, to: &str) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| move_references(item, to)),
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(reference) if key == "$ref" => {
                        *reference = format!("{to}{}", reference.trim_start_matches('#'));
                    }
                    // Data, in which nothing is a reference.
                    _ if ["const", "default", "enum", "examples"].contains(&key.as_str()) => {}
                    member => move_references(member, to),
                }
            }
        }
        _ => {}
    }
}
