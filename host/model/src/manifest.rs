//! `atoll.toml`: the manifest of an app. The shape is in the contract; unknown keys are errors with a
//! suggestion, so that a misspelt grant is never silently no grant.

pub(crate) mod checks;
mod unknown_keys;

use serde::{Deserialize, Serialize};

use crate::{AppLimits, AppName, Capability, EventPattern, EventType, Grants, Limits, Schedule, SourcePath};

/// The name of the manifest file.
pub const FILE: &str = "atoll.toml";

/// Entries of one list of a manifest: grants, events, schedules, variables.
pub const ENTRIES_MAX: usize = 256;
/// Characters of a title.
pub const TITLE_CHARS_MAX: usize = 200;
/// Characters of a description.
pub const DESCRIPTION_CHARS_MAX: usize = 10_000;

/// A parsed manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The app's name.
    pub name: AppName,
    /// What people call it; the name when absent.
    #[serde(default)]
    pub title: Option<String>,
    /// One sentence about it.
    #[serde(default)]
    pub description: Option<String>,
    /// The backend, if there is one.
    #[serde(default)]
    pub backend: Option<BackendManifest>,
    /// The page, if there is one.
    #[serde(default)]
    pub frontend: Option<FrontendManifest>,
    /// What the app may use.
    #[serde(default)]
    pub grants: Grants,
    /// What it says and hears.
    #[serde(default)]
    pub events: EventsManifest,
    /// When it runs by itself.
    #[serde(default)]
    pub schedule: Vec<Schedule>,
}

/// `[backend]`: either `entry` or `component`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BackendManifest {
    /// The entry module, TypeScript or JavaScript.
    #[serde(default)]
    pub entry: Option<SourcePath>,
    /// A built component instead.
    #[serde(default)]
    pub component: Option<SourcePath>,
    /// What the app asks for.
    #[serde(default)]
    pub limits: LimitsManifest,
    /// Plain variables; each is a binding of `env`.
    #[serde(default)]
    pub vars: std::collections::BTreeMap<String, String>,
}

/// `[backend.limits]`: every one optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitsManifest {
    /// Linear memory.
    pub memory_mib: Option<u32>,
    /// CPU time.
    pub cpu_ms: Option<u32>,
    /// Wall-clock time.
    pub wall_ms: Option<u32>,
    /// wasmtime fuel.
    pub fuel: Option<u64>,
    /// The body of a request.
    pub body_mib: Option<u32>,
}

/// `[frontend]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontendManifest {
    /// The module whose default export is the app's component.
    pub entry: SourcePath,
    /// The width it likes on the canvas, in CSS pixels.
    #[serde(default)]
    pub width: Option<u32>,
    /// The height it likes on the canvas, in CSS pixels.
    #[serde(default)]
    pub height: Option<u32>,
}

/// `[events]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsManifest {
    /// Types it may publish.
    #[serde(default)]
    pub publishes: Vec<PublishManifest>,
    /// Types its `event` handler and its page receive.
    #[serde(default)]
    pub subscribes: Vec<SubscribeManifest>,
}

/// `[[events.publishes]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishManifest {
    /// The type.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The JSON Schema of its data.
    #[serde(default)]
    pub schema: Option<SourcePath>,
}

/// `[[events.subscribes]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribeManifest {
    /// A type, or one that ends in `.*`.
    #[serde(rename = "type")]
    pub event_type: EventPattern,
    /// Where an app that is new begins to listen.
    #[serde(default)]
    pub from: SubscribeFrom,
    /// The JSON Schema of the data that it counts on. Nothing is refused by it: a deploy warns where a publisher's
    /// does not promise as much.
    #[serde(default)]
    pub schema: Option<SourcePath>,
}

/// Where an app begins to listen when it is deployed for the first time. Later deploys go on where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscribeFrom {
    /// With what is published from then on.
    #[default]
    Now,
    /// With the oldest event that is kept, so that it sees what is there already.
    Start,
}

/// What is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{FILE}{}: {message}{}", place.map(|(l, c)| format!(":{l}:{c}")).unwrap_or_default(),
    hint.as_ref().map(|h| format!("; {h}")).unwrap_or_default())]
pub struct ManifestError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// Line and column, both from 1.
    pub place: Option<(u32, u32)>,
}

impl ManifestError {
    fn new(message: impl Into<String>, hint: Option<String>, place: Option<(u32, u32)>) -> Self {
        Self { message: message.into(), hint, place }
    }
}

impl Manifest {
    /// Parses `atoll.toml`.
    ///
    /// # Errors
    /// [`ManifestError`] with line and column: not TOML, an unknown key, a value of the wrong shape, or a
    /// combination that makes no sense.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        unknown_keys::check(text)?;
        let manifest: Self = toml::from_str(text).map_err(|e| from_toml(text, &e))?;
        checks::check(&manifest)?;
        Ok(manifest)
    }

    /// A manifest with a name and nothing else, for tests and builders.
    #[must_use]
    pub fn named(name: AppName) -> Self {
        Self {
            name,
            title: None,
            description: None,
            backend: None,
            frontend: None,
            grants: Grants::default(),
            events: EventsManifest::default(),
            schedule: Vec::new(),
        }
    }

    /// What the app may use, after the host's maximum.
    #[must_use]
    pub fn limits(&self, limits: &Limits) -> AppLimits {
        let asked = self.backend.as_ref().map(|b| b.limits).unwrap_or_default();
        let default = limits.app_default;
        AppLimits {
            memory_mib: asked.memory_mib.unwrap_or(default.memory_mib),
            cpu_ms: asked.cpu_ms.unwrap_or(default.cpu_ms),
            wall_ms: asked.wall_ms.unwrap_or(default.wall_ms),
            fuel: asked.fuel.unwrap_or(default.fuel),
            body_mib: asked.body_mib.unwrap_or(default.body_mib),
        }
        .capped(limits.app_max)
    }

    /// Whether the app has a capability at all. `Bus` is had by declaring a type to publish.
    #[must_use]
    pub fn grants_capability(&self, capability: Capability) -> bool {
        match capability {
            Capability::Kv => self.grants.kv,
            Capability::Sql => self.grants.sql,
            Capability::Bus => !self.events.publishes.is_empty(),
            Capability::Http => !self.grants.http.is_empty(),
            Capability::Secret => !self.grants.secrets.is_empty(),
        }
    }

    /// Whether the app may publish this type.
    #[must_use]
    pub fn may_publish(&self, event_type: &EventType) -> bool {
        self.events.publishes.iter().any(|p| p.event_type == *event_type)
    }

    /// Whether the app hears this type.
    #[must_use]
    pub fn subscribes_to(&self, event_type: &EventType) -> bool {
        self.events.subscribes.iter().any(|s| s.event_type.matches(event_type))
    }

    /// Where the app begins to listen when it is new. It has one place in the log: one subscription that asks
    /// for the start brings the start for all.
    #[must_use]
    pub fn subscribes_from(&self) -> SubscribeFrom {
        let from_start = self.events.subscribes.iter().any(|s| s.from == SubscribeFrom::Start);
        if from_start { SubscribeFrom::Start } else { SubscribeFrom::Now }
    }

    /// The title, or the name.
    #[must_use]
    pub fn display_title(&self) -> &str {
        self.title.as_deref().unwrap_or(self.name.as_str())
    }
}

/// The text of a manifest with another name in it, everything else kept as it is. A text that is no TOML or
/// has no `name` is returned unchanged: parsing says what is wrong with it.
#[must_use]
pub fn rename(text: &str, name: &AppName) -> String {
    let table = toml::de::DeTable::parse(text);
    let value = table.ok().and_then(|table| table.get_ref().get("name").map(|value| value.span()));
    match value.and_then(|span| Some((text.get(..span.start)?, text.get(span.end..)?))) {
        Some((before, after)) => format!("{before}\"{name}\"{after}"),
        None => text.to_owned(),
    }
}

fn from_toml(text: &str, error: &toml::de::Error) -> ManifestError {
    let place = error.span().map(|span| line_and_column(text, span.start));
    ManifestError::new(error.message().trim(), None, place)
}

fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
