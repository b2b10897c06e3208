//! Unpacks an uploaded source folder, in memory: `.tar.gz` or `.zip`, told apart by their first bytes.
//!
//! An archive is hostile until proven otherwise. Nothing is written to disk. Sizes that an archive states
//! are not believed: what comes out is counted while it comes (`source_bytes_max`, and at most
//! `archive_ratio_max` times what went in). Links, devices, absolute paths, `..`, names that are not UTF-8
//! and names that are there twice are refused, not skipped: two programs might read such an archive in two
//! ways.

use std::io::{self, Read};

use atoll::{
    Bytes, Limits, SourcePath, SourceTree,
    model::{SourceError, manifest},
};

mod tar_gz;
mod zip_file;

use crate::problem::Problem;

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error(
        "the body is neither a .tar.gz nor a .zip; pack the app's folder: tar -czf app.tar.gz -C FOLDER ."
    )]
    UnknownFormat,
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    #[error("{name:?} is {what}; an app's folder has files and folders only")]
    NotAFile { name: String, what: &'static str },
    #[error("the archive has a name that is not UTF-8: {0:?}")]
    NotUtf8(String),
    #[error("{0:?} is both a file and a folder")]
    FileAndFolder(String),
    #[error("{0:?} is there twice")]
    Twice(String),
    #[error("the archive has more than {limit} entries (limit archive_entries_max)")]
    TooManyEntries { limit: usize },
    #[error("the archive unpacks to more than {limit} bytes (limit source_bytes_max)")]
    TooLarge { limit: usize },
    #[error("the archive unpacks to more than {limit} times its size (limit archive_ratio_max)")]
    Bomb { limit: usize },
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Self {
        let too_large = |name, value: usize| {
            Self::new(413, "archive-too-large", "The archive is too large").limit(name, value as u64)
        };
        let problem = match &error {
            ArchiveError::UnknownFormat => Self::new(415, "unknown-archive", "Not an archive"),
            ArchiveError::TooManyEntries { limit } => too_large("archive_entries_max", *limit),
            ArchiveError::TooLarge { limit } | ArchiveError::Source(SourceError::TooLarge { limit }) => {
                too_large("source_bytes_max", *limit)
            }
            ArchiveError::Bomb { limit } => too_large("archive_ratio_max", *limit),
            ArchiveError::Source(SourceError::FileTooLarge { name, limit, .. }) => too_large(name, *limit),
            ArchiveError::Source(SourceError::TooManyFiles { limit }) => {
                too_large("source_files_max", *limit)
            }
            _ => Self::new(422, "bad-archive", "The archive was refused"),
        };
        problem.detail(error)
    }
}

/// Unpacks an archive. Blocking, in time bounded by the limits.
pub(crate) fn unpack(archive: &Bytes, limits: &Limits) -> Result<SourceTree, ArchiveError> {
    let mut files = Files { limits, entries: 0, files: Vec::new() };
    match archive.as_ref() {
        [0x1f, 0x8b, ..] => tar_gz::read(archive, &mut files)?,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => zip_file::read(archive, &mut files)?,
        _ => return Err(ArchiveError::UnknownFormat),
    }
    files.into_tree()
}

/// The files of an archive while it is read.
struct Files<'a> {
    limits: &'a Limits,
    entries: usize,
    files: Vec<(SourcePath, Bytes)>,
}

/// Entries that file managers add and no app needs.
fn is_litter(path: &str) -> bool {
    path.starts_with("__MACOSX/") || path.rsplit('/').next() == Some(".DS_Store")
}

impl Files<'_> {
    fn count_entry(&mut self) -> Result<(), ArchiveError> {
        self.entries += 1;
        let limit = self.limits.archive_entries_max;
        if self.entries > limit { Err(ArchiveError::TooManyEntries { limit }) } else { Ok(()) }
    }

    /// A name as the archive has it: `./` at the front and `/` at the end are usual.
    fn path(name: &[u8]) -> Result<Option<SourcePath>, ArchiveError> {
        let lossy = || String::from_utf8_lossy(name).chars().take(200).collect();
        let name = std::str::from_utf8(name).map_err(|_| ArchiveError::NotUtf8(lossy()))?;
        let name = name.strip_prefix("./").unwrap_or(name);
        let name = name.strip_suffix('/').unwrap_or(name);
        if name.is_empty() || name == "." {
            return Ok(None);
        }
        Ok(Some(SourcePath::parse(name)?))
    }

    fn folder(&mut self, name: &[u8]) -> Result<(), ArchiveError> {
        Self::path(name).map(drop)
    }

    fn file(&mut self, name: &[u8], content: &mut impl Read) -> Result<(), ArchiveError> {
        let Some(path) = Self::path(name)? else {
            return Err(ArchiveError::NotAFile { name: "./".into(), what: "a file without a name" });
        };
        let (limit_name, limit) = path.bytes_max(self.limits);
        let mut bytes = Vec::new();
        content.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(of_io)?;
        if is_litter(path.as_str()) {
            return Ok(());
        }
        if bytes.len() > limit {
            return Err(
                SourceError::FileTooLarge { path, bytes: bytes.len(), name: limit_name, limit }.into()
            );
        }
        if self.files.len() >= self.limits.source_files_max {
            return Err(SourceError::TooManyFiles { limit: self.limits.source_files_max }.into());
        }
        self.files.push((path, bytes.into()));
        Ok(())
    }

    /// The tree, without the one folder that everything lies in when there is one.
    fn into_tree(self) -> Result<SourceTree, ArchiveError> {
        let top = self.common_folder();
        let mut tree = SourceTree::new();
        for (path, content) in self.files {
            let path = match &top {
                Some(top) => {
                    SourcePath::parse(path.as_str().strip_prefix(top.as_str()).unwrap_or(path.as_str()))?
                }
                None => path,
            };
            tree.insert(path, content, self.limits)?;
        }
        let both = tree.iter().find(|(path, _)| tree.under(path.as_str()).next().is_some());
        if let Some((path, _)) = both {
            return Err(ArchiveError::FileAndFolder(path.to_string()));
        }
        Ok(tree)
    }

    fn common_folder(&self) -> Option<String> {
        let has_manifest = |path: &SourcePath| path.as_str() == manifest::FILE;
        let (first, _) = self.files.first()?;
        let (folder, _) = first.as_str().split_once('/')?;
        let top = format!("{folder}/");
        let is_common =
            self.files.iter().all(|(path, _)| path.as_str().starts_with(&top) && !has_manifest(path));
        is_common.then_some(top)
    }
}

/// How much may still come out of an archive.
struct Budget {
    left: u64,
    limits: BudgetLimits,
}

/// The limit that binds.
#[derive(Clone, Copy)]
enum BudgetLimits {
    Ratio(usize),
    Bytes(usize),
}

/// Archives below this size unpacked are no bombs, whatever their ratio.
const RATIO_FROM_BYTES: u64 = 1 << 20;
/// What headers and padding may add to the files of an archive: a tar entry has up to a few blocks of 512.
const OVERHEAD_BYTES_PER_ENTRY: u64 = 4 << 10;

impl Budget {
    /// `packed_bytes` is what went in.
    fn new(packed_bytes: usize, limits: &Limits) -> Self {
        let by_bytes =
            limits.source_bytes_max as u64 + limits.archive_entries_max as u64 * OVERHEAD_BYTES_PER_ENTRY;
        let by_ratio = RATIO_FROM_BYTES + packed_bytes as u64 * limits.archive_ratio_max as u64;
        if by_ratio < by_bytes {
            Self { left: by_ratio, limits: BudgetLimits::Ratio(limits.archive_ratio_max) }
        } else {
            Self { left: by_bytes, limits: BudgetLimits::Bytes(limits.source_bytes_max) }
        }
    }
}

/// A reader that stops when too much comes out of it.
struct Guarded<'a, R> {
    inner: R,
    budget: &'a mut Budget,
}

impl<R: Read> Read for Guarded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.budget.left.checked_sub(read as u64) {
            Some(left) => {
                self.budget.left = left;
                Ok(read)
            }
            None => Err(io::Error::other(match self.budget.limits {
                BudgetLimits::Ratio(limit) => ArchiveError::Bomb { limit },
                BudgetLimits::Bytes(limit) => ArchiveError::TooLarge { limit },
            })),
        }
    }
}

/// An error that [`Guarded`] raised, taken out of the `io::Error`s that libraries wrapped it in; or damage.
fn of_io(error: io::Error) -> ArchiveError {
    let text = error.to_string();
    let mut current = Some(error);
    while let Some(error) = current {
        let Some(inner) = error.into_inner() else { break };
        match inner.downcast::<ArchiveError>() {
            Ok(archive) => return *archive,
            Err(other) => current = other.downcast::<io::Error>().ok().map(|error| *error),
        }
    }
    ArchiveError::Damaged(text.chars().take(200).collect())
}

#[cfg(test)]
mod tests;
