//! Reads an app's folder from disk.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use atoll_model::{Limits, SourceError, SourcePath, SourceTree};

/// Folders that hold no source: dependencies and build results. Names with a leading dot are left out too.
const IGNORED_FOLDERS: &[&str] = &["node_modules", "target", "dist"];

/// How deep a folder may nest: a loop of links or mounts must end.
const DEPTH_MAX: usize = 16;

/// Why a folder could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The disk said no.
    #[error("cannot read {}: {error}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// A link, a socket, a device.
    #[error("{} is neither a file nor a folder; links are not followed, so put a copy there", path.display())]
    Kind {
        /// Where.
        path: PathBuf,
    },
    /// Folders within folders, too many.
    #[error("{} lies more than {DEPTH_MAX} folders deep", path.display())]
    TooDeep {
        /// Where.
        path: PathBuf,
    },
    /// A name that is not UTF-8, or a limit.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Reads a folder: every regular file, without `node_modules`, `target`, `dist` and dot files. Links are an
/// error, not followed: a folder from elsewhere must not pull in the reader's own files.
///
/// # Errors
/// [`FolderError`], naming the path or the limit. Blocking: call it off the async threads.
pub fn read_folder(folder: &Path, limits: &Limits) -> Result<SourceTree, FolderError> {
    let mut tree = SourceTree::new();
    read_into(folder, "", 0, limits, &mut tree)?;
    Ok(tree)
}

fn read_into(
    folder: &Path,
    prefix: &str,
    depth: usize,
    limits: &Limits,
    tree: &mut SourceTree,
) -> Result<(), FolderError> {
    let io_error = |path: &Path| {
        let path = path.to_owned();
        move |error| FolderError::Io { path, error }
    };
    if depth > DEPTH_MAX {
        return Err(FolderError::TooDeep { path: folder.to_owned() });
    }
    let mut entries: Vec<_> =
        fs::read_dir(folder).and_then(Iterator::collect::<io::Result<_>>).map_err(io_error(folder))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(io_error(&path))?;
        let relative = if prefix.is_empty() { name.to_string() } else { format!("{prefix}/{name}") };
        if kind.is_dir() {
            if !IGNORED_FOLDERS.contains(&name.as_ref()) {
                read_into(&path, &relative, depth + 1, limits, tree)?;
            }
        } else if kind.is_file() {
            let source_path = SourcePath::parse(&relative)?;
            // The size is checked before the file is read: a disk image in the folder must not fill memory.
            let bytes = entry.metadata().map_err(io_error(&path))?.len();
            if bytes > limits.source_bytes_max as u64 {
                return Err(SourceError::TooLarge { limit: limits.source_bytes_max }.into());
            }
            let content = fs::read(&path).map_err(io_error(&path))?;
            tree.insert(source_path, content, limits)?;
        } else {
            return Err(FolderError::Kind { path });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_and_dot_files_are_left_out_and_links_refused() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["atoll.toml", "backend/index.ts", "node_modules/x/index.js", ".env", ".git/config"] {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let tree = read_folder(dir.path(), &Limits::default()).unwrap();
        let paths: Vec<&str> = tree.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["atoll.toml", "backend/index.ts"]);

        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("leak.ts")).unwrap();
        assert!(matches!(read_folder(dir.path(), &Limits::default()), Err(FolderError::Kind { .. })));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = read_folder(Path::new("no/such/folder"), &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("no/such/folder"));
    }
}
