//! The values of secrets: those of the program that embeds the host first, then the store's.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use atoll_model::{AppName, Grants, SecretGrant};
use atoll_outbound::{SecretLookup, SecretValue};
use atoll_store::Store;

pub(crate) struct Secrets {
    pub(crate) outside: Arc<dyn SecretLookup>,
    pub(crate) store: Arc<Store>,
}

impl Secrets {
    /// The values that an app reads itself, as far as they are set.
    pub(crate) async fn readable(
        &self,
        app: &AppName,
        grants: &Grants,
    ) -> Result<BTreeMap<String, String>, String> {
        let mut values = BTreeMap::new();
        for secret in grants.secrets.iter().filter(|secret| secret.placeholder.is_none()) {
            if let Some(value) = self.secret(app, &secret.name).await? {
                values.insert(secret.name.clone(), value.expose().to_owned());
            }
        }
        Ok(values)
    }

    /// The secrets that are granted and have no value.
    pub(crate) async fn missing<'g>(
        &self,
        app: &AppName,
        grants: &'g Grants,
    ) -> Result<Vec<&'g SecretGrant>, String> {
        let mut missing = Vec::new();
        for secret in &grants.secrets {
            if self.secret(app, &secret.name).await?.is_none() {
                missing.push(secret);
            }
        }
        Ok(missing)
    }
}

#[async_trait]
impl SecretLookup for Secrets {
    async fn secret(&self, app: &AppName, name: &str) -> Result<Option<SecretValue>, String> {
        if let Some(value) = self.outside.secret(app, name).await? {
            return Ok(Some(value));
        }
        let stored = self.store.secret(app, name).await.map_err(|error| error.to_string())?;
        Ok(stored.map(|value| SecretValue::new(value.as_str())))
    }
}
