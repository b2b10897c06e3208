//! What one app may reach.

use atoll_model::{AppName, Grants, Origin, SecretGrant};
use url::Url;

use crate::OutboundError;

/// An app, the origins that it may reach, and the secrets that it may use there without holding them.
#[derive(Clone, Debug)]
pub struct OriginGrants {
    app: AppName,
    origins: Vec<Origin>,
    secrets: Vec<SecretGrant>,
}

impl OriginGrants {
    /// What an app's manifest grants.
    #[must_use]
    pub fn new(app: AppName, grants: &Grants) -> Self {
        let placeholders = grants.secrets.iter().filter(|secret| secret.placeholder.is_some());
        Self { app, origins: grants.http.clone(), secrets: placeholders.cloned().collect() }
    }

    /// The app.
    #[must_use]
    pub fn app(&self) -> &AppName {
        &self.app
    }

    /// Finds the origin of a URL, if the app may reach it.
    ///
    /// # Errors
    /// [`OutboundError::NotGranted`], or [`OutboundError::Invalid`] for a URL that no request can go to.
    pub fn check(&self, url: &Url) -> Result<Origin, OutboundError> {
        let Some(origin) = Origin::of(url) else {
            let what = format!("only http: and https: URLs are fetched, not {}:", url.scheme());
            return Err(OutboundError::Invalid { what });
        };
        if !url.username().is_empty() || url.password().is_some() {
            let what = "a URL with credentials is not fetched; put them into the authorization header".into();
            return Err(OutboundError::Invalid { what });
        }
        if self.origins.iter().any(|granted| granted.covers(url)) {
            Ok(origin)
        } else {
            Err(OutboundError::NotGranted { origin: origin.to_string() })
        }
    }

    /// Secrets that the app holds a placeholder of.
    pub(crate) fn placeholders(&self) -> &[SecretGrant] {
        &self.secrets
    }
}
