//! A folder of files that can be made again: each whole before it has its name, so many of them at most, and all
//! for this user alone.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

/// Other files in the folder (the JavaScript engine's) are not ours to remove.
const PREFIX: &str = "app-";

/// A folder among them in which nothing is.
const EMPTY: &str = "empty";

/// When the folder is full, so much of it goes at once.
const PRUNE_PERCENT: usize = 10;

/// How long a file is of use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// It takes long to make: it is on the disk before it has its name.
    ForGood,
    /// Waiting for the disk is slower than making it again: it carries the machine's boot in its name, and what a
    /// power cut left half written is never looked for.
    UntilTheMachineStarts,
}

pub(super) struct Folder {
    dir: PathBuf,
    /// Which start of the machine this is, where the system tells.
    boot: Option<String>,
    files_max: usize,
    /// Files in the folder, counted once; `None` before the first write.
    files: Mutex<Option<usize>>,
    temporary: AtomicU64,
}

impl Folder {
    /// Opens a folder, and makes it if need be.
    pub(super) fn open(dir: &Path, files_max: usize) -> io::Result<Self> {
        make_private(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            boot: boot_id(),
            files_max: files_max.max(1),
            files: Mutex::default(),
            temporary: AtomicU64::new(0),
        })
    }

    /// Where a file of this name is, if there is one.
    pub(super) fn path(&self, name: &str, lasts: Lasts) -> PathBuf {
        let boot = if self.is_for_good(lasts) { "" } else { self.boot.as_deref().unwrap_or_default() };
        self.dir.join(format!("{PREFIX}{name}{boot}.cwasm"))
    }

    /// Writes a file, and answers where it is.
    pub(super) fn write(&self, name: &str, lasts: Lasts, bytes: &[u8]) -> io::Result<PathBuf> {
        self.make_room()?;
        let path = self.path(name, lasts);
        let number = self.temporary.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("tmp-{}-{number}", process::id()));
        let written = (|| {
            fs::write(&temporary, bytes)?;
            if self.is_for_good(lasts) {
                // A name must not be on disk before what it names: half a file of machine code would run.
                fs::File::open(&temporary)?.sync_data()?;
            }
            fs::rename(&temporary, &path)
        })();
        if written.is_err() {
            // The first error is the one to tell.
            let _ = fs::remove_file(&temporary);
        }
        written.map(|()| path)
    }

    /// A folder in it that is empty.
    pub(super) fn empty_dir(&self) -> io::Result<PathBuf> {
        let dir = self.dir.join(EMPTY);
        make_private(&dir)?;
        Ok(dir)
    }

    fn is_for_good(&self, lasts: Lasts) -> bool {
        lasts == Lasts::ForGood || self.boot.is_none()
    }

    fn make_room(&self) -> io::Result<()> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let count = match *files {
            Some(count) => count,
            None => self.ours()?.len(),
        };
        if count < self.files_max {
            *files = Some(count + 1);
            return Ok(());
        }
        let mut all = self.ours()?;
        all.sort();
        let keep = self.files_max - (self.files_max * PRUNE_PERCENT / 100).clamp(1, self.files_max);
        let gone = all.len().saturating_sub(keep);
        for (_, path) in all.iter().take(gone) {
            // Who has it mapped keeps the mapping.
            fs::remove_file(path)?;
        }
        *files = Some(all.len() - gone + 1);
        Ok(())
    }

    /// Our files, with the time of their writing.
    fn ours(&self) -> io::Result<Vec<(SystemTime, PathBuf)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                files.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        Ok(files)
    }
}

/// Which start of the machine this is, as the end of a file's name.
fn boot_id() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id: String = id.chars().filter(char::is_ascii_hexdigit).collect();
    (!id.is_empty()).then(|| format!("-boot-{id}"))
}

#[cfg(unix)]
fn make_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_has_a_largest_size() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("engine.cwasm"), b"another's").unwrap();
        let folder = Folder::open(dir.path(), 5).unwrap();
        for n in 0..20 {
            let path = folder.write(&format!("{n}"), Lasts::UntilTheMachineStarts, b"code").unwrap();
            assert!(path.exists() && folder.ours().unwrap().len() <= 5);
        }
        assert!(dir.path().join("engine.cwasm").exists());
    }

    #[test]
    fn what_could_not_be_written_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path(), 5).unwrap();
        // A folder stands where the file should be.
        fs::create_dir(folder.path("a", Lasts::ForGood)).unwrap();
        folder.write("a", Lasts::ForGood, b"code").unwrap_err();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
