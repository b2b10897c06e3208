//! What an app may use. Absent means no.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Origin, SecretGrant};

/// The `[grants]` table of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grants {
    /// `env.KV`: the app's own key-value store.
    pub kv: bool,
    /// `env.DB`: the app's own SQLite database.
    pub sql: bool,
    /// Origins that `fetch` may reach.
    pub http: Vec<Origin>,
    /// Secrets that the app may use; each is a binding of `env`.
    pub secrets: Vec<SecretGrant>,
}

/// One thing a guest can be given, as named in errors and diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capability {
    /// The key-value store.
    Kv,
    /// The SQL database.
    Sql,
    /// Publishing events.
    Bus,
    /// Outbound HTTP.
    Http,
    /// A secret.
    Secret,
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kv => "kv",
            Self::Sql => "sql",
            Self::Bus => "bus",
            Self::Http => "http",
            Self::Secret => "secret",
        })
    }
}
