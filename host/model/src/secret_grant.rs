//! How an app may use a secret: it reads the value, or it holds a placeholder that only the host can fill in.
//!
//! In a manifest:
//!
//! ```toml
//! [grants]
//! http = ["https://api.example.com"]
//! secrets = [
//!     "SIGNING_KEY",                                  # env.SIGNING_KEY is the value
//!     { name = "API_KEY", placeholder = true },       # env.API_KEY stands for it
//!     { name = "OTHER_KEY", placeholder = true, origins = ["https://api.example.com"], query = true },
//! ]
//! ```
//!
//! The guest sees a placeholder as an opaque text that begins with `atoll-secret:`. Outbound HTTP puts the value in
//! its place in the headers of a request (and in the URL's query, where `query` says so), only towards `origins`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
    ser::SerializeStruct,
};

use crate::{Origin, manifest::checks};

/// A secret that the app may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretGrant {
    /// Its name; `env` has a binding of this name.
    pub name: String,
    /// Present: the guest gets a placeholder. Absent: it gets the value.
    pub placeholder: Option<PlaceholderGrant>,
}

/// Where a placeholder is replaced by the secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceholderGrant {
    /// Towards these origins; towards every origin of `[grants] http` when empty.
    pub origins: Vec<Origin>,
    /// In the URL's query too, not only in headers.
    pub query: bool,
}

impl SecretGrant {
    /// A secret whose value the guest reads.
    #[must_use]
    pub fn readable(name: impl Into<String>) -> Self {
        Self { name: name.into(), placeholder: None }
    }

    /// Whether a secret can have this name.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn check_name(name: &str) -> Result<(), String> {
        checks::check_binding(name).map_err(|error| match error.hint {
            Some(hint) => format!("{}; {hint}", error.message),
            None => error.message,
        })
    }

    /// Why the grant makes no sense beside the origins that the app may reach, if it does not.
    pub(crate) fn problem(&self, http: &[Origin]) -> Option<String> {
        let placeholder = self.placeholder.as_ref()?;
        if http.is_empty() {
            return Some(format!(
                "the secret {} is a placeholder, but [grants] http names no origin",
                self.name
            ));
        }
        let unreachable = placeholder
            .origins
            .iter()
            .find(|origin| !http.iter().any(|granted| granted.covers_origin(origin)))?;
        Some(format!("the secret {} names {unreachable}, which [grants] http does not grant", self.name))
    }
}

/// The table form, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    #[serde(default)]
    placeholder: bool,
    #[serde(default)]
    origins: Option<Vec<Origin>>,
    #[serde(default)]
    query: Option<bool>,
}

impl<'de> Deserialize<'de> for SecretGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GrantVisitor)
    }
}

struct GrantVisitor;

impl<'de> Visitor<'de> for GrantVisitor {
    type Value = SecretGrant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret's name (\"API_KEY\"), or { name = \"API_KEY\", placeholder = true }")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<SecretGrant, E> {
        Ok(SecretGrant::readable(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SecretGrant, A::Error> {
        use serde::de::Error;

        let table = Table::deserialize(MapAccessDeserializer::new(map))?;
        if !table.placeholder {
            if table.origins.is_some() || table.query.is_some() {
                return Err(A::Error::custom(format!(
                    "the secret {:?} has origins or query, which only a placeholder can have: add placeholder = true",
                    table.name
                )));
            }
            return Ok(SecretGrant::readable(table.name));
        }
        // An empty list would read as "nowhere" and mean "everywhere".
        if table.origins.as_ref().is_some_and(Vec::is_empty) {
            return Err(A::Error::custom(format!(
                "the secret {:?} has no origin in origins: name one, or leave origins out for every origin of http",
                table.name
            )));
        }
        let placeholder = PlaceholderGrant {
            origins: table.origins.unwrap_or_default(),
            query: table.query.unwrap_or_default(),
        };
        Ok(SecretGrant { name: table.name, placeholder: Some(placeholder) })
    }
}

impl Serialize for SecretGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(placeholder) = &self.placeholder else { return serializer.serialize_str(&self.name) };
        let mut table = serializer.serialize_struct("SecretGrant", 4)?;
        table.serialize_field("name", &self.name)?;
        table.serialize_field("placeholder", &true)?;
        if placeholder.origins.is_empty() {
            table.skip_field("origins")?;
        } else {
            table.serialize_field("origins", &placeholder.origins)?;
        }
        table.serialize_field("query", &placeholder.query)?;
        table.end()
    }
}
