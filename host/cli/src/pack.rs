//! Packs an app's folder for the trip to a server.

use std::path::Path;

use atoll::{AppName, Limits, Manifest, SourceTree, model::manifest, read_folder};
use flate2::{Compression, write::GzEncoder};

use crate::error::CliError;

/// A folder that was read, and what its manifest says.
pub(crate) struct Packed {
    /// The app's name.
    pub(crate) name: AppName,
    /// Whether it has a page.
    pub(crate) has_page: bool,
    /// The `.tar.gz`.
    pub(crate) archive: Vec<u8>,
}

/// Reads a folder with the default limits; the server's own are checked there.
pub(crate) async fn read(folder: &Path) -> Result<SourceTree, CliError> {
    let folder = folder.to_owned();
    blocking(move || {
        check_is_folder(&folder)?;
        let source = read_folder(&folder, &Limits::default())?;
        if source.get(manifest::FILE).is_none() {
            return Err(CliError::Failed(format!(
                "{} has no {}: it is no app's folder; `atoll new NAME` writes one",
                folder.display(),
                manifest::FILE
            )));
        }
        Ok(source)
    })
    .await
}

/// An error for what is not there, or is a file.
pub(crate) fn check_is_folder(folder: &Path) -> Result<(), CliError> {
    if folder.is_dir() {
        return Ok(());
    }
    Err(CliError::Failed(format!("{} is no folder; name an app's folder", folder.display())))
}

/// Reads and packs a folder.
pub(crate) async fn pack(folder: &Path) -> Result<Packed, CliError> {
    let source = read(folder).await?;
    let text = source.text(manifest::FILE).ok_or_else(|| {
        CliError::Failed(format!(
            "{} is not UTF-8 text; save it as UTF-8",
            folder.join(manifest::FILE).display()
        ))
    })?;
    let manifest = Manifest::parse(text)?;
    let archive = blocking(move || {
        archive(&source).map_err(|error| CliError::Failed(format!("cannot pack the folder: {error}")))
    })
    .await?;
    Ok(Packed { name: manifest.name, has_page: manifest.frontend.is_some(), archive })
}

fn archive(source: &SourceTree) -> std::io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in source.iter() {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path.as_str(), content.as_ref())?;
    }
    tar.into_inner()?.finish()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CliError> + Send + 'static,
) -> Result<T, CliError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| CliError::Failed(format!("a task broke off: {error}")))?
}
