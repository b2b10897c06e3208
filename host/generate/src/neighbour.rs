//! What the analysis may know about an app on the canvas: its names and what it says on the bus.

use atoll_model::{AppName, EventType};

/// An app that is already on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// Its name.
    pub app: AppName,
    /// What people call it.
    pub title: String,
    /// The types it publishes, each with the JSON Schema of its data when it has one.
    pub publishes: Vec<(EventType, Option<serde_json::Value>)>,
}
