//! Apps from the store into the sandbox, and images renewed when the engine is another.

use std::sync::Arc;

use async_trait::async_trait;
use atoll_build::Builder;
use atoll_model::{AppName, Backend, ContentHash};
use atoll_outbound::Placeholders;
use atoll_runtime::{AppCode, AppSource, LoadedApp, Runtime, RuntimeError};
use atoll_store::{AppRecord, Store};

use super::Secrets;

pub(crate) struct StoreSource {
    store: Arc<Store>,
    runtime: Arc<Runtime>,
    builder: Arc<Builder>,
    js: ContentHash,
    placeholders: Placeholders,
    secrets: Arc<Secrets>,
}

impl StoreSource {
    pub(crate) fn new(
        store: Arc<Store>,
        runtime: Arc<Runtime>,
        builder: Arc<Builder>,
        js: ContentHash,
        placeholders: Placeholders,
        secrets: Arc<Secrets>,
    ) -> Self {
        Self { store, runtime, builder, js, placeholders, secrets }
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

    /// What the runtime loads of a revision.
    async fn code<B>(&self, record: AppRecord, backend: B) -> Result<AppCode<B>, RuntimeError> {
        let AppRecord { name: app, revision, manifest, .. } = record;
        let variables = super::placeholders(&app, &manifest.grants, &self.placeholders);
        let secrets = self.secrets.readable(&app, &manifest.grants).await.map_err(RuntimeError::Source)?;
        Ok(AppCode { app, revision, manifest, backend, variables, secrets })
    }

    /// Loads off the async threads: it reads the disk.
    async fn in_background<T: Send + 'static>(
        &self,
        load: impl FnOnce(&Runtime) -> Result<T, RuntimeError> + Send + 'static,
    ) -> Result<T, RuntimeError> {
        let runtime = Arc::clone(&self.runtime);
        let loaded = tokio::task::spawn_blocking(move || load(&runtime)).await;
        loaded.map_err(|error| RuntimeError::Source(error.to_string()))?
    }
}

#[async_trait]
impl AppSource for StoreSource {
    async fn load(&self, app: &AppName) -> Result<Option<Arc<LoadedApp>>, RuntimeError> {
        let failed = RuntimeError::Source;
        let Some(record) = self.store.active(app).await.map_err(|e| failed(e.to_string()))? else {
            return Ok(None);
        };
        let Some(backend) = record.backend else { return Ok(None) };
        if backend.engine.is_some_and(|engine| engine != self.js) {
            tracing::info!(%app, "the engine is another: making the app's image again");
            let Some(backend) = self.renewed(app, record.revision).await.map_err(failed)? else {
                return Ok(None);
            };
            let code = self.code(record, backend).await?;
            return self.runtime.load(code).await.map(Some);
        }
        let kept = self.code(record.clone(), backend).await?;
        if let Some(loaded) = self.in_background(move |runtime| runtime.load_kept(kept)).await? {
            return Ok(Some(loaded));
        }
        let stored = self.store.backend(app, record.revision).await.map_err(|e| failed(e.to_string()))?;
        let Some(backend) = stored else { return Ok(None) };
        let code = self.code(record, backend).await?;
        self.runtime.load(code).await.map(Some)
    }
}
