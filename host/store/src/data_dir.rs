//! The data directory: opened once, locked, and from then on reached through a handle that no path can
//! leave.

use std::{
    fs::{DirBuilder, File, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
};

use atoll_model::AppName;
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};
use zeroize::Zeroizing;

use crate::{StoreError, secrets::SecretKey};

const SECRET_KEY: &str = "secret.key";

/// An open and locked data directory.
pub(crate) struct DataDir {
    dir: Dir,
    /// Absolute and free of symbolic links: what SQLite, which wants paths, is given.
    path: PathBuf,
    /// Held, never read: the lock goes with the file.
    _lock: File,
}

impl DataDir {
    /// Makes the directory when it is absent, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let action = || format!("the data directory {} cannot be opened", path.display());
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        // Data of all apps and the signing key: for the host's user alone.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(StoreError::io(action()))?;
        let path = path.canonicalize().map_err(StoreError::io(action()))?;
        let dir = Dir::open_ambient_dir(&path, ambient_authority()).map_err(StoreError::io(action()))?;

        let lock = dir.create("lock").map_err(StoreError::io(action()))?.into_std();
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::InUse { dir: path.clone() },
            TryLockError::Error(error) => StoreError::io(action())(error),
        })?;
        for name in ["artifacts", "apps"] {
            dir.create_dir_all(name).map_err(StoreError::io(action()))?;
        }
        sync(&dir, ".").map_err(StoreError::io(action()))?;
        Ok(Self { dir, path, _lock: lock })
    }

    /// The key in `secret.key`; `None` when there is no such file.
    pub(crate) fn secret_key(&self) -> Result<Option<SecretKey>, StoreError> {
        let text = match self.dir.read_to_string(SECRET_KEY) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("the file secret.key cannot be read")(error)),
        };
        let key =
            SecretKey::parse(&text).map_err(|error| StoreError::damaged("the file secret.key", error))?;
        Ok(Some(key))
    }

    /// Writes a new `secret.key`, for the host's user alone.
    pub(crate) fn make_secret_key(&self) -> Result<SecretKey, StoreError> {
        let key = SecretKey::random()?;
        let write = || {
            let temporary = format!("{SECRET_KEY}.new");
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = self.dir.open_with(&temporary, &options)?;
            file.write_all(key.to_text().as_bytes())?;
            file.sync_all()?;
            self.dir.rename(&temporary, &self.dir, SECRET_KEY)?;
            sync(&self.dir, ".")
        };
        write().map_err(StoreError::io("the file secret.key cannot be written"))?;
        Ok(key)
    }

    /// The artifacts' folder.
    pub(crate) fn artifacts(&self) -> Result<Dir, StoreError> {
        self.dir.open_dir("artifacts").map_err(StoreError::io("the artifacts cannot be opened"))
    }

    /// The path of a file directly in the directory.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes an app's folder when it is absent, and answers its database's path.
    pub(crate) fn app_database(&self, app: &AppName) -> Result<PathBuf, StoreError> {
        let folder = format!("apps/{app}");
        let action = || format!("the folder of app {app} cannot be made");
        if !self.dir.is_dir(&folder) {
            self.dir.create_dir_all(&folder).map_err(StoreError::io(action()))?;
            // The new name itself must survive a power loss before anything in it is called durable.
            sync(&self.dir, "apps").map_err(StoreError::io(action()))?;
        }
        Ok(self.path.join("apps").join(app.as_str()).join("data.db"))
    }

    /// Whether an app has a database.
    pub(crate) fn has_database(&self, app: &AppName) -> bool {
        self.dir.is_file(format!("apps/{app}/data.db"))
    }

    /// Removes an app's folder.
    pub(crate) fn remove_app(&self, app: &str) -> Result<(), StoreError> {
        match self.dir.remove_dir_all(format!("apps/{app}")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreError::io(format!("the folder of app {app} cannot be removed"))(error))
            }
            _ => Ok(()),
        }
    }

    /// The names of all apps' folders.
    pub(crate) fn app_folders(&self) -> Result<Vec<String>, StoreError> {
        let action = || "the apps' folders cannot be listed";
        let mut names = Vec::new();
        for entry in self.dir.read_dir("apps").map_err(StoreError::io(action()))? {
            names.push(entry.map_err(StoreError::io(action()))?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }
}

/// Writes a folder's names to disk: a file that was created or renamed is only then there after a power
/// loss.
pub(crate) fn sync(dir: &Dir, folder: &str) -> std::io::Result<()> {
    // Opened as a file: a handle for looking up names cannot be synced.
    dir.open(folder)?.sync_all()
}
