//! `.tar.gz`.

use std::io;

use flate2::bufread::GzDecoder;
use tar::EntryType;

use super::{ArchiveError, Budget, Files, Guarded, of_io};

/// Reads the entries into `files`.
pub(super) fn read(archive: &[u8], files: &mut Files<'_>) -> Result<(), ArchiveError> {
    let mut budget = Budget::new(archive.len(), files.limits);
    let decoder = Guarded { inner: GzDecoder::new(archive), budget: &mut budget };
    let mut archive = tar::Archive::new(decoder);
    for entry in archive.entries().map_err(of_io)? {
        let mut entry = entry.map_err(of_io)?;
        files.count_entry()?;
        let name = entry.path_bytes().into_owned();
        let refuse = |what| {
            let name = String::from_utf8_lossy(&name).chars().take(200).collect();
            Err(ArchiveError::NotAFile { name, what })
        };
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => files.file(&name, &mut entry)?,
            EntryType::Directory => files.folder(&name)?,
            // `git archive` writes one with the commit.
            EntryType::XGlobalHeader => {}
            EntryType::Symlink | EntryType::Link => return refuse("a link"),
            EntryType::Char | EntryType::Block => return refuse("a device"),
            EntryType::Fifo => return refuse("a pipe"),
            _ => return refuse("of an unknown kind"),
        }
    }
    // The checksum stands at the very end, behind the last entry.
    let mut decoder = archive.into_inner();
    io::copy(&mut decoder, &mut io::sink()).map_err(of_io)?;
    // One gzip member: what follows it would be read by some programs and not by others.
    if !decoder.inner.into_inner().is_empty() {
        return Err(ArchiveError::Damaged("something follows the end of the compressed data".into()));
    }
    Ok(())
}
