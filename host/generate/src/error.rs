//! What can go wrong while a folder is composed. Analysis has no errors: it refuses or answers.

use atoll_model::{ManifestError, SourceError};

/// Why no folder was composed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The specification asks for something that no part can do.
    #[error("the specification does not fit: {0}")]
    Specification(String),
    /// A template and its values do not fit each other: a defect of this crate.
    #[error("the template {template} asks for {key:?}, which is not there")]
    Template {
        /// Which template.
        template: &'static str,
        /// What it asked for.
        key: String,
    },
    /// The folder is over a limit of source folders.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The manifest that was written does not parse: a defect of this crate.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}
