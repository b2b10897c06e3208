//! Apps from the store into the sandbox, and images renewed when the engine is another.

use std::sync::Arc;

use async_trait::async_trait;
use atoll_build::Builder;
use atoll_model::{AppName, Backend, ContentHash};
use atoll_outbound::Placeholders;
use atoll_runtime::{AppCode, AppSource, LoadedApp, Runtime, RuntimeError};
use atoll_store::Store;

pub(crate) struct StoreSource {
    store: Arc<Store>,
    runtime: Arc<Runtime>,
    builder: Arc<Builder>,
    js: ContentHash,
    placeholders: Placeholders,
}

impl StoreSource {
    pub(crate) fn new(
        store: Arc<Store>,
        runtime: Arc<Runtime>,
        builder: Arc<Builder>,
        js: ContentHash,
        placeholders: Placeholders,
    ) -> Self {
        Self { store, runtime, builder, js, placeholders }
    }

    /// An image belongs to one exact engine. After an upgrade it is made again from the source, once.
    async fn renewed(
        &self,
        app: &AppName,
        revision: atoll_model::Revision,
    ) -> Result<Option<Backend>, String> {
        let Some(source) = self.store.source(app, revision).await.map_err(|e| e.to_string())? else {
            return Ok(None);
        };
        let builder = Arc::clone(&self.builder);
        let built =
            tokio::task::spawn_blocking(move || builder.build(source)).await.map_err(|e| e.to_string())?;
        let bundle = built.map_err(|failure| {
            failure.diagnostics.first().map_or_else(|| "it does not build".to_owned(), |d| d.message.clone())
        })?;
        if let Some(backend) = &bundle.backend {
            self.store.replace_backend(app, revision, backend).await.map_err(|e| e.to_string())?;
        }
        Ok(bundle.backend)
    }
}

#[async_trait]
impl AppSource for StoreSource {
    async fn load(&self, app: &AppName) -> Result<Option<Arc<LoadedApp>>, RuntimeError> {
        let failed = RuntimeError::Source;
        let Some(record) = self.store.active(app).await.map_err(|e| failed(e.to_string()))? else {
            return Ok(None);
        };
        let stored = self.store.backend(app, record.revision).await.map_err(|e| failed(e.to_string()))?;
        let backend = match stored {
            Some(Backend::JavaScript { engine, .. }) if engine != self.js => {
                tracing::info!(%app, "the engine is another: making the app's image again");
                self.renewed(app, record.revision).await.map_err(failed)?
            }
            stored => stored,
        };
        let Some(backend) = backend else { return Ok(None) };
        let variables = super::placeholders(app, &record.manifest.grants, &self.placeholders);
        let code = AppCode {
            app: app.clone(),
            revision: record.revision,
            manifest: record.manifest,
            backend,
            variables,
        };
        let runtime = Arc::clone(&self.runtime);
        let loaded = tokio::task::spawn_blocking(move || runtime.load(code)).await;
        loaded.map_err(|e| failed(e.to_string()))?.map(Some)
    }
}
