//! Artifacts: bytes under their own SHA-256. Written beside, synced, renamed, and the folder synced, so that
//! a name is either absent or whole; read with the hash checked, so that what the disk changed is never
//! served.

use std::io::{ErrorKind, Write as _};

use atoll_model::{Artifact, ContentHash};
use cap_std::fs::{Dir, OpenOptions};

use crate::{StoreError, data_dir::sync};

/// Files being written. A crash leaves some behind; they go at the next start.
const TEMPORARY: &str = "temporary-";

/// The artifacts' folder. All calls block on the disk.
pub(crate) struct Artifacts {
    dir: Dir,
}

impl Artifacts {
    pub(crate) fn new(dir: Dir) -> Self {
        Self { dir }
    }

    /// Stores artifacts. On return all of them are on disk.
    pub(crate) fn put_all<'a>(
        &self,
        artifacts: impl IntoIterator<Item = &'a Artifact>,
    ) -> Result<(), StoreError> {
        let mut written = false;
        for artifact in artifacts {
            let hash = artifact.hash();
            // One that is there is read, not trusted: a deploy heals what the disk has changed.
            if self.get(hash).is_err() {
                self.write(hash, artifact.bytes())
                    .map_err(StoreError::io(format!("the artifact {hash} cannot be written")))?;
                written = true;
            }
        }
        if written {
            sync(&self.dir, ".").map_err(StoreError::io("the artifacts' folder cannot be synced"))?;
        }
        Ok(())
    }

    fn write(&self, hash: ContentHash, content: &[u8]) -> std::io::Result<()> {
        let temporary = format!("{TEMPORARY}{hash}");
        let options = OpenOptions::new().write(true).create(true).truncate(true).clone();
        let written = (|| {
            let mut file = self.dir.open_with(&temporary, &options)?;
            file.write_all(content)?;
            file.sync_all()?;
            self.dir.rename(&temporary, &self.dir, hash.to_string())
        })();
        if written.is_err() {
            // Best effort: on a full disk the room is needed.
            let _ = self.dir.remove_file(&temporary);
        }
        written
    }

    /// Reads an artifact.
    pub(crate) fn get(&self, hash: ContentHash) -> Result<Artifact, StoreError> {
        let bytes = self.dir.read(hash.to_string()).map_err(|error| match error.kind() {
            ErrorKind::NotFound => StoreError::ArtifactMissing { hash },
            _ => StoreError::io(format!("the artifact {hash} cannot be read"))(error),
        })?;
        let artifact = Artifact::new(bytes);
        let found = artifact.hash();
        if found == hash { Ok(artifact) } else { Err(StoreError::ArtifactDamaged { hash, found }) }
    }

    /// Removes artifacts that nothing names any more. What cannot be removed goes at the next start.
    pub(crate) fn remove(&self, hashes: &[ContentHash]) {
        for hash in hashes {
            if let Err(error) = self.dir.remove_file(hash.to_string()) {
                tracing::debug!(%hash, %error, "an artifact was not removed");
            }
        }
    }

    /// Removes what a crash left behind: everything that `keep` does not claim.
    pub(crate) fn sweep(&self, keep: impl Fn(ContentHash) -> bool) -> Result<(), StoreError> {
        let action = || "the artifacts cannot be listed";
        for entry in self.dir.entries().map_err(StoreError::io(action()))? {
            let name = entry.map_err(StoreError::io(action()))?.file_name().to_string_lossy().into_owned();
            let garbage = match ContentHash::parse(&name) {
                Some(hash) => !keep(hash),
                None => name.starts_with(TEMPORARY),
            };
            if garbage {
                self.dir.remove_file(&name).map_err(StoreError::io(format!("{name} cannot be removed")))?;
            }
        }
        Ok(())
    }
}
