//! An app's source folder in memory: relative paths to file contents, bounded and safe to write back to disk.

mod path;

use std::{collections::BTreeMap, ops::Bound};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub use self::path::SourcePath;
use crate::{ContentHash, Limits};

/// What is wrong with a source folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The path could leave the folder, or is no portable file name.
    #[error("{path:?} is not a path inside an app's folder: {problem}")]
    Path {
        /// The path, cut to 200 characters.
        path: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// One file is too big.
    #[error("{path} has {bytes} bytes; it may have {limit} (limit {name})")]
    FileTooLarge {
        /// The file.
        path: SourcePath,
        /// Its size.
        bytes: usize,
        /// `source_file_bytes_max`, or `component_bytes_max` for WebAssembly.
        name: &'static str,
        /// Its value.
        limit: usize,
    },
    /// All files together are too big.
    #[error("the source has more than {limit} bytes (limit source_bytes_max)")]
    TooLarge {
        /// `Limits::source_bytes_max`.
        limit: usize,
    },
    /// Too many files.
    #[error("the source has more than {limit} files (limit source_files_max)")]
    TooManyFiles {
        /// `Limits::source_files_max`.
        limit: usize,
    },
    /// One path is a file and, by another path, a folder: no disk can hold both.
    #[error("{file} is a file, and {below} needs it to be a folder; rename one of them")]
    FileAndFolder {
        /// The path that is a file.
        file: String,
        /// A file below it.
        below: SourcePath,
    },
    /// The same path twice.
    #[error("{path} is there twice")]
    Duplicate {
        /// The file.
        path: SourcePath,
    },
}

/// The files of an app, in path order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceTree {
    files: BTreeMap<SourcePath, Bytes>,
}

impl SourceTree {
    /// An empty folder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    ///
    /// # Errors
    /// [`SourceError`] when the path is there already, is a folder or lies below a file, or when a limit on
    /// files or bytes is passed; the tree is then as it was.
    pub fn insert(
        &mut self,
        path: SourcePath,
        content: impl Into<Bytes>,
        limits: &Limits,
    ) -> Result<(), SourceError> {
        let content = content.into();
        if self.files.contains_key(&path) {
            return Err(SourceError::Duplicate { path });
        }
        self.check_folders(&path)?;
        let (bytes, (name, limit)) = (content.len(), path.bytes_max(limits));
        if bytes > limit {
            return Err(SourceError::FileTooLarge { path, bytes, name, limit });
        }
        if self.files.len() >= limits.source_files_max {
            return Err(SourceError::TooManyFiles { limit: limits.source_files_max });
        }
        if self.bytes() + content.len() > limits.source_bytes_max {
            return Err(SourceError::TooLarge { limit: limits.source_bytes_max });
        }
        self.files.insert(path, content);
        Ok(())
    }

    /// Whether a new file would make a file of a folder, or a folder of a file.
    fn check_folders(&self, path: &SourcePath) -> Result<(), SourceError> {
        let mut folders = path.as_str().match_indices('/').map(|(at, _)| &path.as_str()[..at]);
        if let Some(file) = folders.find(|folder| self.files.contains_key(*folder)) {
            return Err(SourceError::FileAndFolder { file: file.to_owned(), below: path.clone() });
        }
        let inside = format!("{path}/");
        match self.files.range::<str, _>((Bound::Excluded(inside.as_str()), Bound::Unbounded)).next() {
            Some((below, _)) if below.as_str().starts_with(&inside) => {
                Err(SourceError::FileAndFolder { file: path.to_string(), below: below.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Puts another content in a file's place, or adds it.
    ///
    /// # Errors
    /// [`SourceError`] when a limit is passed; the tree is then as it was.
    pub fn replace(
        &mut self,
        path: &str,
        content: impl Into<Bytes>,
        limits: &Limits,
    ) -> Result<(), SourceError> {
        let path = SourcePath::parse(path)?;
        let old = self.files.remove(&path);
        let outcome = self.insert(path.clone(), content, limits);
        if let (Err(_), Some(old)) = (&outcome, old) {
            self.files.insert(path, old);
        }
        outcome
    }

    /// A file's bytes.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Bytes> {
        self.files.get(path)
    }

    /// A file's text; `None` when it is absent or not UTF-8.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// All files in path order.
    pub fn iter(&self) -> impl Iterator<Item = (&SourcePath, &Bytes)> {
        self.files.iter()
    }

    /// The files directly or deeper below `folder` (no trailing slash), in path order.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a SourcePath, &'a Bytes)> {
        self.files.iter().filter(move |(path, _)| {
            path.as_str().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// How many files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The size of all contents.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.files.values().map(Bytes::len).sum()
    }

    /// The hash over paths and contents: equal for equal folders.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        ContentHash::of_parts(
            self.files.iter().flat_map(|(path, content)| [path.as_str().as_bytes(), content]),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oversized_file_is_named_and_nothing_is_added() {
        let limits = Limits { source_file_bytes_max: 3, ..Limits::default() };
        let mut tree = SourceTree::new();
        let error = tree.insert(SourcePath::parse("a.ts").unwrap(), "long", &limits).unwrap_err();
        assert!(error.to_string().contains("a.ts") && error.to_string().contains("source_file_bytes_max"));
        assert!(tree.is_empty());
    }

    #[test]
    fn a_component_has_a_limit_of_its_own() {
        let limits = Limits { source_file_bytes_max: 3, component_bytes_max: 5, ..Limits::default() };
        let mut tree = SourceTree::new();
        tree.insert(SourcePath::parse("a.wasm").unwrap(), "12345", &limits).unwrap();
        let error = tree.insert(SourcePath::parse("b.wasm").unwrap(), "123456", &limits).unwrap_err();
        assert!(error.to_string().contains("component_bytes_max"), "{error}");
    }

    #[test]
    fn a_path_is_a_file_or_a_folder_and_not_both() {
        let limits = Limits::default();
        for (first, second) in [("a", "a/b.ts"), ("a/b/c.ts", "a/b"), ("a/b", "a/b/c/d.ts")] {
            let mut tree = SourceTree::new();
            tree.insert(SourcePath::parse(first).unwrap(), "", &limits).unwrap();
            // Sorts between `a` and `a/`.
            tree.insert(SourcePath::parse("a!b").unwrap(), "", &limits).unwrap();
            let error = tree.insert(SourcePath::parse(second).unwrap(), "", &limits).unwrap_err();
            assert!(matches!(error, SourceError::FileAndFolder { .. }), "{first} {second}: {error}");
            assert_eq!(tree.len(), 2);
        }
    }

    #[test]
    fn a_folder_does_not_hold_its_namesakes() {
        let mut tree = SourceTree::new();
        for path in ["tests/a.ts", "tests2/b.ts"] {
            tree.insert(SourcePath::parse(path).unwrap(), "", &Limits::default()).unwrap();
        }
        assert_eq!(tree.under("tests").count(), 1);
    }
}
