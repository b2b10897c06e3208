//! Reading apps and revisions.

use atoll_model::{
    AppName, Artifact, Backend, ContentHash, Frontend, FrontendModule, Limits, Revision, SourcePath,
    SourceTree,
};
use bytes::Bytes;

use super::{AppRecord, RevisionRecord, rows};
use crate::{Store, StoreError, pack};

/// Names inside a page's pack: its modules and their source maps.
pub(super) const CODE: &str = "code/";
pub(super) const SOURCE_MAP: &str = "map/";

impl Store {
    /// All apps with their active revisions, by name.
    ///
    /// # Errors
    /// None here; a store on another machine can be out of reach.
    pub async fn apps(&self) -> Result<Vec<AppRecord>, StoreError> {
        Ok(self.registry.all())
    }

    /// One app with its active revision; `None` when there is no such app. Cheap: it is in memory.
    ///
    /// # Errors
    /// None here; a store on another machine can be out of reach.
    pub async fn active(&self, app: &AppName) -> Result<Option<AppRecord>, StoreError> {
        Ok(self.registry.active(app))
    }

    /// The revisions of an app that are kept, newest first; none when there is no such app.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the registry cannot be read.
    pub async fn revisions(&self, app: &AppName) -> Result<Vec<RevisionRecord>, StoreError> {
        let app = app.clone();
        self.registry.readers.scan(move |c| rows::list(c, &app)).await
    }

    /// The source folder of a revision; `None` when it is not kept.
    ///
    /// # Errors
    /// [`StoreError::ArtifactDamaged`] or [`StoreError::ArtifactMissing`] when the disk lost it.
    pub async fn source(&self, app: &AppName, revision: Revision) -> Result<Option<SourceTree>, StoreError> {
        let Some(row) = self.revision(app, revision).await? else { return Ok(None) };
        self.source_artifact(row.source).await.map(Some)
    }

    pub(super) async fn source_artifact(&self, hash: ContentHash) -> Result<SourceTree, StoreError> {
        let entries = self.unpacked(hash).await?;
        // What was accepted once is given back whole, even where the limits are lower now.
        let limits = Limits {
            source_files_max: usize::MAX,
            source_file_bytes_max: usize::MAX,
            component_bytes_max: usize::MAX,
            source_bytes_max: usize::MAX,
            ..Limits::default()
        };
        let mut tree = SourceTree::new();
        for (path, content) in entries {
            SourcePath::parse(&path)
                .and_then(|path| tree.insert(path, content, &limits))
                .map_err(|error| StoreError::damaged(format!("the source {hash}"), error))?;
        }
        Ok(tree)
    }

    /// The backend of a revision; `None` when it has none or is not kept.
    ///
    /// # Errors
    /// [`StoreError::ArtifactDamaged`] or [`StoreError::ArtifactMissing`] when the disk lost it.
    pub async fn backend(&self, app: &AppName, revision: Revision) -> Result<Option<Backend>, StoreError> {
        let row = self.revision(app, revision).await?;
        let Some(backend) = row.and_then(|row| row.backend) else { return Ok(None) };
        let code = self.artifact(backend.code).await?;
        Ok(Some(backend.with_code(code)))
    }

    /// The page of a revision; `None` when it has none or is not kept.
    ///
    /// # Errors
    /// [`StoreError::ArtifactDamaged`] or [`StoreError::ArtifactMissing`] when the disk lost it.
    pub async fn frontend(&self, app: &AppName, revision: Revision) -> Result<Option<Frontend>, StoreError> {
        let row = self.revision(app, revision).await?;
        let Some(frontend) = row.and_then(|row| row.frontend) else { return Ok(None) };
        let mut page = Frontend { entry: frontend.entry, modules: Default::default() };
        let entries = self.unpacked(frontend.artifact).await?;
        for (name, content) in &entries {
            if let Some(path) = name.strip_prefix(CODE) {
                page.modules.insert(path.to_owned(), module(path, content, &entries)?);
            }
        }
        Ok(Some(page))
    }

    /// One module of a revision's page; `None` when there is none at that path.
    ///
    /// # Errors
    /// [`StoreError::ArtifactDamaged`] or [`StoreError::ArtifactMissing`] when the disk lost it.
    pub async fn frontend_module(
        &self,
        app: &AppName,
        revision: Revision,
        path: &str,
    ) -> Result<Option<FrontendModule>, StoreError> {
        let row = self.revision(app, revision).await?;
        let Some(frontend) = row.and_then(|row| row.frontend) else { return Ok(None) };
        let entries = self.unpacked(frontend.artifact).await?;
        let found = entries.iter().find(|(name, _)| name.strip_prefix(CODE) == Some(path));
        found.map(|(_, content)| module(path, content, &entries)).transpose()
    }

    pub(super) async fn revision(
        &self,
        app: &AppName,
        revision: Revision,
    ) -> Result<Option<rows::RevisionRow>, StoreError> {
        self.registry.readers.point(|c| rows::get(c, app, revision))
    }

    async fn unpacked(&self, hash: ContentHash) -> Result<Vec<(String, Bytes)>, StoreError> {
        let artifact = self.artifact(hash).await?;
        pack::unpack(artifact.bytes())
            .ok_or_else(|| StoreError::damaged(format!("the artifact {hash}"), "it is no pack"))
    }

    async fn artifact(&self, hash: ContentHash) -> Result<Artifact, StoreError> {
        let artifacts = std::sync::Arc::clone(&self.artifacts);
        let task = tokio::task::spawn_blocking(move || artifacts.get(hash));
        task.await.map_err(|error| StoreError::task(&error))?
    }
}

fn module(path: &str, code: &Bytes, entries: &[(String, Bytes)]) -> Result<FrontendModule, StoreError> {
    let text = |content: &Bytes| {
        String::from_utf8(content.to_vec()).map_err(|e| StoreError::damaged(format!("the module {path}"), e))
    };
    let map = entries.iter().find(|(name, _)| name.strip_prefix(SOURCE_MAP) == Some(path));
    Ok(FrontendModule { code: text(code)?, source_map: map.map(|(_, map)| text(map)).transpose()? })
}
