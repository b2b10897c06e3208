//! Secrets of apps: set and removed by people, given to nobody but the app.

use std::collections::BTreeMap;

use atoll_model::AppName;
use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::{Host, HostError};

/// A secret that is granted or set. Its value is never told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SecretInfo {
    /// Its name.
    pub name: String,
    /// When it was set; `None` when it is not.
    pub set_at: Option<Timestamp>,
    /// Whether the active revision's manifest grants it.
    pub granted: bool,
    /// Whether the app gets a placeholder instead of the value.
    pub placeholder: bool,
}

impl Host {
    /// Sets a secret of an app. The next request finds it; those that run go on with what they have.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`]; [`HostError::Store`] for a name or value that cannot be one.
    pub async fn set_secret(
        &self,
        app: &AppName,
        name: &str,
        value: Zeroizing<String>,
    ) -> Result<(), HostError> {
        self.record(app).await?;
        self.inner.store.set_secret(app, name, value).await?;
        self.inner.apps.evict(app);
        Ok(())
    }

    /// Removes a secret of an app.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`]; [`HostError::NoSuchSecret`]; [`HostError::Store`].
    pub async fn remove_secret(&self, app: &AppName, name: &str) -> Result<(), HostError> {
        self.record(app).await?;
        if !self.inner.store.remove_secret(app, name).await? {
            let name = name.chars().take(80).collect();
            return Err(HostError::NoSuchSecret { app: app.clone(), name });
        }
        self.inner.apps.evict(app);
        Ok(())
    }

    /// The secrets that an app is granted or has, by name.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::Store`].
    pub async fn secrets(&self, app: &AppName) -> Result<Vec<SecretInfo>, HostError> {
        let manifest = self.record(app).await?.manifest;
        let mut all: BTreeMap<String, SecretInfo> = BTreeMap::new();
        for grant in manifest.grants.secrets {
            let (name, placeholder) = (grant.name, grant.placeholder.is_some());
            all.insert(name.clone(), SecretInfo { name, set_at: None, granted: true, placeholder });
        }
        for record in self.inner.store.secrets(app).await? {
            let info = all.entry(record.name.clone()).or_default();
            info.name = record.name;
            info.set_at = Some(record.set_at);
        }
        Ok(all.into_values().collect())
    }
}
