//! The app's variables and secrets, and what it may use.

use std::fmt;

use crate::{Error, host::config as wit};

/// A variable of the manifest (`[backend.vars]`), or a granted secret, by its name.
///
/// A secret that is granted as a placeholder reads as an opaque text, which the host replaces on the way out of
/// [`crate::http`]: see Atoll's page on outbound HTTP.
pub fn get(name: &str) -> Option<String> {
    all().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The same for one that must be there.
///
/// # Errors
/// When there is none of that name, with the name.
pub fn require(name: &str) -> Result<String, Error> {
    get(name).ok_or_else(|| {
        Error::new(format!("{name} is not set: name it below [backend.vars] or in [grants] secrets"))
    })
}

/// A granted secret, in a type that does not show itself in a log.
///
/// # Errors
/// When there is none of that name, with the name.
pub fn secret(name: &str) -> Result<Secret, Error> {
    get(name).map(Secret).ok_or_else(|| {
        Error::new(format!(
            "the secret {name} is not set: grant it in atoll.toml; if it is granted, the host has no value for it"
        ))
    })
}

/// All of them: names and values.
pub fn all() -> Vec<(String, String)> {
    wit::variables()
}

/// Which capabilities the manifest grants.
pub fn granted() -> Granted {
    let granted = wit::granted();
    Granted {
        kv: granted.contains(wit::Capabilities::KV),
        sql: granted.contains(wit::Capabilities::SQL),
        bus: granted.contains(wit::Capabilities::BUS),
        http: granted.contains(wit::Capabilities::HTTP),
    }
}

/// What the manifest grants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Granted {
    /// [`crate::kv`].
    pub kv: bool,
    /// [`crate::sql`].
    pub sql: bool,
    /// [`crate::bus`].
    pub bus: bool,
    /// [`crate::http`], towards some origin.
    pub http: bool,
}

/// A secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
