//! Deploying and deleting apps.
//!
//! A deploy is atomic across three places, so that a `kill -9` at any moment leaves the old revision or the
//! new one, never a mixture:
//!
//! 1. the artifacts are written; nobody names them yet;
//! 2. without pending migrations, one registry transaction adds the revision and makes it active. With
//!    pending ones, the registry first records the revision as *staged*; then all migrations run in one
//!    transaction of the app's database; then the registry makes the revision active.
//!
//! A crash after the migrations and before the activation is finished at the next start (the migrations are
//! recorded in the app's database, so it shows); a crash before them drops the staged revision.

use std::sync::Arc;

use atoll_model::{AppName, Artifact, Backend, BackendId, Bundle, ContentHash, Frontend, Revision};

use super::{
    Deployed, Registry,
    read::{CODE, SOURCE_MAP},
    rows::{self, FrontendRow, RevisionRow},
};
use crate::{Migration, Store, StoreError, artifacts::Artifacts, pack};

impl Store {
    /// Makes a bundle the app's active revision. The app's `migrations/*.sql` that have not run yet are part
    /// of it: all of them and the new revision, or nothing. When the active revision is of the same source
    /// already, nothing is switched; a backend that was built anew (for another engine, say) takes the old
    /// one's place.
    ///
    /// Once begun it is carried through, even when the future is dropped.
    ///
    /// # Errors
    /// [`StoreError::OverLimit`] for an app more than `apps_max`; the migration errors
    /// ([`StoreError::is_migration`]); [`StoreError::DiskFull`]. The active revision is then as it was.
    pub async fn deploy(self: &Arc<Self>, bundle: &Bundle) -> Result<Deployed, StoreError> {
        let (store, bundle) = (Arc::clone(self), bundle.clone());
        let task = tokio::spawn(async move {
            let _deploying = store.deploying.lock().await;
            store.deploy_alone(bundle).await
        });
        task.await.map_err(|error| StoreError::task(&error))?
    }

    async fn deploy_alone(&self, bundle: Bundle) -> Result<Deployed, StoreError> {
        let app = bundle.manifest.name.clone();
        let active = self.registry.active(&app);
        let limits = &self.limits;
        if active.is_none() && self.registry.count() >= limits.apps_max {
            return Err(StoreError::over("one more app", "apps_max", limits.apps_max));
        }
        // Without the grant there is no database, and nothing to migrate.
        let migrations = bundle.manifest.grants.sql.then(|| Migration::of(&bundle.source));
        let row = self.store_artifacts(bundle).await?;

        if let Some(active) = active {
            let old = self.revision(&app, active.revision).await?;
            if let Some(old) = old.filter(|old| old.hash == row.hash && old.frontend == row.frontend) {
                if let Some(backend) = row.backend.filter(|new| old.backend != Some(*new)) {
                    self.put_backend(&app, active.revision, backend).await?;
                }
                return Ok(Deployed { revision: active.revision, unchanged: true });
            }
        }
        let revision = match migrations {
            Some(migrations) if !self.databases.pending(&app, &migrations).await?.is_empty() => {
                self.activate_with_migrations(&app, row, migrations).await?
            }
            _ => self.activate_new(&app, row).await?,
        };
        Ok(Deployed { revision, unchanged: false })
    }

    async fn store_artifacts(&self, bundle: Bundle) -> Result<RevisionRow, StoreError> {
        let (artifacts, created_at) = (Arc::clone(&self.artifacts), self.clock.now());
        let task = tokio::task::spawn_blocking(move || revision_row(&artifacts, &bundle, created_at));
        task.await.map_err(|error| StoreError::task(&error))?
    }

    async fn activate_new(&self, app: &AppName, row: RevisionRow) -> Result<Revision, StoreError> {
        let (name, kept_max) = (app.clone(), self.limits.revisions_kept_max);
        let write = self.registry.writer.write(move |c| {
            let revision = rows::next_revision(c, &name)?;
            rows::insert(c, &name, revision, false, &row)?;
            Ok::<_, StoreError>((revision, rows::activate(c, &name, revision, kept_max)?))
        });
        let (revision, garbage) = write.await?;
        self.activated(app, garbage).await?;
        Ok(revision)
    }

    async fn activate_with_migrations(
        &self,
        app: &AppName,
        row: RevisionRow,
        migrations: Vec<Migration>,
    ) -> Result<Revision, StoreError> {
        let name = app.clone();
        let write = self.registry.writer.write(move |c| {
            let revision = rows::next_revision(c, &name)?;
            rows::insert(c, &name, revision, true, &row)?;
            Ok::<_, StoreError>(revision)
        });
        let revision = write.await?;
        if let Err(error) = self.databases.migrate(app, migrations).await {
            self.drop_staged(app, revision).await?;
            return Err(error);
        }
        self.activate_staged(app, revision).await?;
        Ok(revision)
    }

    async fn activate_staged(&self, app: &AppName, revision: Revision) -> Result<(), StoreError> {
        let (name, kept_max) = (app.clone(), self.limits.revisions_kept_max);
        let garbage =
            self.registry.writer.write(move |c| rows::activate(c, &name, revision, kept_max)).await?;
        self.activated(app, garbage).await
    }

    async fn drop_staged(&self, app: &AppName, revision: Revision) -> Result<(), StoreError> {
        let name = app.clone();
        let garbage = self.registry.writer.write(move |c| rows::remove_revision(c, &name, revision)).await?;
        self.remove_artifacts(garbage).await
    }

    /// The disk has changed: memory follows, and what nothing names any more goes.
    async fn activated(&self, app: &AppName, garbage: Vec<ContentHash>) -> Result<(), StoreError> {
        let record = self.registry.readers.point(|c| rows::active(c, Some(app)))?.pop();
        self.registry.set(record.ok_or_else(|| StoreError::NoSuchApp(app.clone()))?);
        self.remove_artifacts(garbage).await
    }

    async fn remove_artifacts(&self, hashes: Vec<ContentHash>) -> Result<(), StoreError> {
        if hashes.is_empty() {
            return Ok(());
        }
        let artifacts = Arc::clone(&self.artifacts);
        let task = tokio::task::spawn_blocking(move || artifacts.remove(&hashes));
        task.await.map_err(|error| StoreError::task(&error))
    }

    /// Puts another backend in a revision's place: the same source, built for another engine.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRevision`]; [`StoreError::DiskFull`].
    pub async fn replace_backend(
        &self,
        app: &AppName,
        revision: Revision,
        backend: &Backend,
    ) -> Result<(), StoreError> {
        let _deploying = self.deploying.lock().await;
        let (artifacts, code) = (Arc::clone(&self.artifacts), backend.code().clone());
        let task = tokio::task::spawn_blocking(move || artifacts.put_all([&code]));
        task.await.map_err(|error| StoreError::task(&error))??;
        self.put_backend(app, revision, backend.id()).await
    }

    async fn put_backend(
        &self,
        app: &AppName,
        revision: Revision,
        backend: BackendId,
    ) -> Result<(), StoreError> {
        let name = app.clone();
        let write = self.registry.writer.write(move |c| rows::replace_backend(c, &name, revision, backend));
        let garbage = write.await?;
        if let Some(mut active) = self.registry.active(app).filter(|active| active.revision == revision) {
            active.backend = Some(backend);
            self.registry.set(active);
        }
        self.remove_artifacts(garbage).await
    }

    /// Removes an app with its revisions and everything it kept. Its revision numbers are not used again.
    /// Once begun it is carried through, even when the future is dropped; what a crash leaves of it goes at
    /// the next start.
    ///
    /// # Errors
    /// [`StoreError::NoSuchApp`]; [`StoreError::Database`] or [`StoreError::Io`] when the disk fails.
    pub async fn delete(self: &Arc<Self>, app: &AppName) -> Result<(), StoreError> {
        let (store, app) = (Arc::clone(self), app.clone());
        let task = tokio::spawn(async move {
            let _deploying = store.deploying.lock().await;
            store.delete_alone(&app).await
        });
        task.await.map_err(|error| StoreError::task(&error))?
    }

    async fn delete_alone(&self, app: &AppName) -> Result<(), StoreError> {
        self.registry.known().check(app)?;
        let (name, now, counters_max) = (app.clone(), self.clock.now(), self.limits.apps_max);
        let write = self.registry.writer.write(move |c| rows::remove_app(c, &name, now, counters_max));
        let garbage = write.await?;
        // From here on the app is gone: its writes are refused, and what follows only makes room.
        self.registry.unset(app);
        self.remove_artifacts(garbage).await?;
        self.kv.remove_app(app.as_str()).await?;
        self.databases.remove(app).await
    }

    /// Finishes or undoes what a crash left half done, and removes what belongs to no app.
    pub(crate) async fn recover(&self) -> Result<(), StoreError> {
        for (app, revision, source) in self.registry.readers.point(rows::staged)? {
            let source = match self.source_artifact(source).await {
                Ok(source) => source,
                Err(error) => {
                    tracing::error!(%app, %revision, %error, "a deploy that was cut off is left as it is");
                    continue;
                }
            };
            if self.databases.pending(&app, &Migration::of(&source)).await?.is_empty() {
                tracing::info!(%app, %revision, "finishing a deploy that was cut off after its migrations");
                self.activate_staged(&app, revision).await?;
            } else {
                tracing::info!(%app, %revision, "dropping a deploy that was cut off before its migrations");
                self.drop_staged(&app, revision).await?;
            }
        }
        let names = self.registry.readers.point(rows::names)?;
        self.kv.remove_others(&names).await?;
        let (registry, artifacts, dir) = (Arc::clone(&self.registry), Arc::clone(&self.artifacts), &self.dir);
        for folder in dir.app_folders()?.into_iter().filter(|folder| !names.contains(folder)) {
            tracing::info!(%folder, "removing what is left of an app that is gone");
            dir.remove_app(&folder)?;
        }
        let task = tokio::task::spawn_blocking(move || sweep_artifacts(&registry, &artifacts));
        task.await.map_err(|error| StoreError::task(&error))?
    }
}

fn sweep_artifacts(registry: &Registry, artifacts: &Artifacts) -> Result<(), StoreError> {
    // An artifact whose use cannot be told is kept.
    artifacts.sweep(|hash| registry.readers.point(|c| rows::is_referenced(c, hash)).unwrap_or(true))
}

/// Writes a bundle's artifacts, and describes the revision they make.
fn revision_row(
    artifacts: &Artifacts,
    bundle: &Bundle,
    created_at: jiff::Timestamp,
) -> Result<RevisionRow, StoreError> {
    let source = pack::pack(bundle.source.iter().map(|(path, content)| (path.as_str(), &content[..])));
    let source = Artifact::new(source);
    let page = bundle.frontend.as_ref().map(|page| (page, Artifact::new(pack_page(page))));
    let code = bundle.backend.as_ref().map(Backend::code);
    artifacts.put_all([&source].into_iter().chain(code).chain(page.as_ref().map(|(_, pack)| pack)))?;
    let manifest = serde_json::to_string(&bundle.manifest)
        .map_err(|error| StoreError::damaged("the manifest", error))?;
    Ok(RevisionRow {
        hash: bundle.source.hash(),
        manifest,
        created_at,
        source: source.hash(),
        backend: bundle.backend.as_ref().map(Backend::id),
        frontend: page.map(|(page, pack)| FrontendRow { artifact: pack.hash(), entry: page.entry.clone() }),
    })
}

fn pack_page(page: &Frontend) -> bytes::Bytes {
    let mut entries = Vec::new();
    for (path, module) in &page.modules {
        entries.push((format!("{CODE}{path}"), module.code.as_bytes()));
        if let Some(map) = &module.source_map {
            entries.push((format!("{SOURCE_MAP}{path}"), map.as_bytes()));
        }
    }
    pack::pack(entries.iter().map(|(name, content)| (name.as_str(), *content)))
}
