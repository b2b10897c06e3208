//! Where the values of secrets come from.

use std::fmt;

use async_trait::async_trait;
use atoll_model::AppName;
use zeroize::Zeroizing;

/// The value of a secret. It does not show itself in logs, and leaves the memory when it is dropped.
#[derive(Clone)]
pub struct SecretValue(Zeroizing<String>);

impl SecretValue {
    /// Wraps a value.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// Knows the values of secrets. It is asked for what a request uses, just before it is sent.
#[async_trait]
pub trait SecretLookup: Send + Sync {
    /// The value of an app's secret; none when it has not been set.
    ///
    /// # Errors
    /// What went wrong, for the host's log.
    async fn secret(&self, app: &AppName, name: &str) -> Result<Option<SecretValue>, String>;
}

/// Knows no secret.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSecrets;

#[async_trait]
impl SecretLookup for NoSecrets {
    async fn secret(&self, _app: &AppName, _name: &str) -> Result<Option<SecretValue>, String> {
        Ok(None)
    }
}
