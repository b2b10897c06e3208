//! `.zip`.
//!
//! The library keeps entries in a map by name, where the second of two equal names silently wins. So the
//! central directory is walked here first, for its count and its names; nothing else of it is used.

use std::{collections::HashSet, io::Cursor};

use zip::{ZipArchive, result::ZipError};

use super::{ArchiveError, Budget, Files, Guarded, of_io};

/// Reads the entries into `files`.
pub(super) fn read(archive: &[u8], files: &mut Files<'_>) -> Result<(), ArchiveError> {
    let count = check_directory(archive, files.limits.archive_entries_max)?;
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(of_zip)?;
    if zip.len() != count {
        return Err(damaged("its directory can be read in two ways"));
    }
    // One budget for all entries: they may overlap, and then each of them is the same megabytes again.
    let mut budget = Budget::new(archive.len(), files.limits);
    for index in 0..count {
        files.count_entry()?;
        let entry = zip.by_index(index).map_err(of_zip)?;
        let name = entry.name_raw().to_vec();
        let refuse = |what| {
            let name = String::from_utf8_lossy(&name).chars().take(200).collect();
            Err(ArchiveError::NotAFile { name, what })
        };
        match entry.unix_mode().map(|mode| mode & 0o170_000) {
            // 0: made on a system without modes.
            None | Some(0 | 0o100_000 | 0o040_000) => {}
            Some(0o120_000) => return refuse("a link"),
            Some(0o060_000 | 0o020_000) => return refuse("a device"),
            Some(_) => return refuse("of an unknown kind"),
        }
        if entry.encrypted() {
            return refuse("encrypted");
        }
        if entry.is_dir() {
            files.folder(&name)?;
            continue;
        }
        files.file(&name, &mut Guarded { inner: entry, budget: &mut budget })?;
    }
    Ok(())
}

fn of_zip(error: ZipError) -> ArchiveError {
    match error {
        ZipError::Io(error) => of_io(error),
        other => damaged(&other.to_string()),
    }
}

fn damaged(what: &str) -> ArchiveError {
    ArchiveError::Damaged(what.chars().take(200).collect())
}

/// Walks the central directory (APPNOTE 4.3.12, 4.3.16): how many entries there are, and that no name is
/// there twice. Zip64 is refused: an archive that needs it is far over the limits.
fn check_directory(archive: &[u8], entries_max: usize) -> Result<usize, ArchiveError> {
    let end = end_of_directory(archive).ok_or_else(|| damaged("it has no directory at its end"))?;
    let (count, offset) = (u16_at(archive, end + 10), u32_at(archive, end + 16));
    let (Some(count), Some(offset)) = (count, offset) else { return Err(damaged("its end is cut off")) };
    let (count, mut at) = (usize::from(count), offset as usize);
    if count > entries_max {
        return Err(ArchiveError::TooManyEntries { limit: entries_max });
    }
    let mut names = HashSet::with_capacity(count);
    for _ in 0..count {
        let broken = || damaged("its directory is broken");
        if archive.get(at..at + 4) != Some(b"PK\x01\x02") {
            return Err(broken());
        }
        let length = |at| u16_at(archive, at).map(usize::from).ok_or_else(broken);
        let (name, extra, comment) = (length(at + 28)?, length(at + 30)?, length(at + 32)?);
        let bytes = archive.get(at + 46..at + 46 + name).ok_or_else(broken)?;
        if !names.insert(bytes) {
            return Err(ArchiveError::Twice(String::from_utf8_lossy(bytes).chars().take(200).collect()));
        }
        at += 46 + name + extra + comment;
    }
    if at != end {
        return Err(damaged("its directory does not end where it says"));
    }
    Ok(count)
}

/// The end record: 22 bytes and a comment that reaches exactly to the end of the archive.
fn end_of_directory(archive: &[u8]) -> Option<usize> {
    const LENGTH: usize = 22;
    let last = archive.len().checked_sub(LENGTH)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find(|&at| {
        archive.get(at..at + 4) == Some(b"PK\x05\x06")
            && u16_at(archive, at + 20)
                .is_some_and(|comment| at + LENGTH + usize::from(comment) == archive.len())
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}
