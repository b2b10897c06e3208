//! What the host says about an app.

use atoll_model::{
    AppLimits, AppName, ContentHash, EventPattern, EventType, Grants, Limits, Manifest, Revision,
};
use serde::Serialize;

/// A deployed app as people and programs see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AppInfo {
    /// Its name.
    pub name: AppName,
    /// What people call it.
    pub title: String,
    /// One sentence about it.
    pub description: Option<String>,
    /// The revision that answers now.
    pub revision: Revision,
    /// The hash of that revision's source.
    pub hash: ContentHash,
    /// When the app was first deployed.
    pub created_at: jiff::Timestamp,
    /// When the revision was deployed.
    pub updated_at: jiff::Timestamp,
    /// Whether it has a backend.
    pub backend: bool,
    /// Its page, if it has one.
    pub frontend: Option<FrontendInfo>,
    /// Event types it may publish.
    pub publishes: Vec<EventType>,
    /// Event types it receives.
    pub subscribes: Vec<EventPattern>,
    /// What it may use.
    pub grants: Grants,
    /// What a call may use, after the host's maximum.
    pub limits: AppLimits,
}

/// An app's page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FrontendInfo {
    /// The entry module, a path below the app's assets.
    pub entry: String,
    /// The width it likes, in CSS pixels.
    pub width: u32,
    /// The height it likes, in CSS pixels.
    pub height: u32,
}

/// What a page gets on the canvas when its manifest does not say.
const SIZE_DEFAULT: (u32, u32) = (380, 520);
/// The sizes a page may ask for.
const SIZE_RANGE: std::ops::RangeInclusive<u32> = 160..=4096;

impl AppInfo {
    pub(crate) fn new(record: &atoll_store::AppRecord, limits: &Limits) -> Self {
        let manifest: &Manifest = &record.manifest;
        Self {
            name: record.name.clone(),
            title: manifest.display_title().to_owned(),
            description: manifest.description.clone(),
            revision: record.revision,
            hash: record.hash,
            created_at: record.created_at,
            updated_at: record.updated_at,
            backend: manifest.backend.is_some(),
            frontend: manifest.frontend.as_ref().map(|frontend| FrontendInfo {
                entry: record.frontend_entry.clone().unwrap_or_default(),
                width: bounded(frontend.width, SIZE_DEFAULT.0),
                height: bounded(frontend.height, SIZE_DEFAULT.1),
            }),
            publishes: manifest.events.publishes.iter().map(|p| p.event_type.clone()).collect(),
            subscribes: manifest.events.subscribes.iter().map(|s| s.event_type.clone()).collect(),
            grants: manifest.grants.clone(),
            limits: manifest.limits(limits),
        }
    }
}

fn bounded(asked: Option<u32>, default: u32) -> u32 {
    asked.unwrap_or(default).clamp(*SIZE_RANGE.start(), *SIZE_RANGE.end())
}
