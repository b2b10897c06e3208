//! What can go wrong in a command, in words for the person who typed it.

use atoll::{Diagnostic, FolderError, HostError, model::ManifestError};

/// Any failure of a command.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum CliError {
    /// The arguments make no sense together.
    #[error("{0}")]
    Usage(String),
    /// It did not work; the message says all.
    #[error("{0}")]
    Failed(String),
    /// There is nobody at the address.
    #[error(
        "no server answers at {server} ({cause}); start one with `atoll serve`, or name another with --server"
    )]
    Unreachable {
        /// The address.
        server: String,
        /// What the system said.
        cause: String,
    },
    /// The server answered with a problem.
    #[error("{message}")]
    Problem {
        /// Its detail, or its title.
        message: String,
        /// Findings in a source.
        diagnostics: Vec<Diagnostic>,
    },
    /// A folder could not be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The manifest is wrong.
    #[error("{0}")]
    Manifest(#[from] ManifestError),
    /// A host that the command started for itself failed.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A program that the command ran has ended with this exit code, and has said itself what there is to say.
    #[error("it ended with exit code {0}")]
    Exited(u8),
    /// Whoever read the answers does not any more. Not a failure.
    #[error("standard output is closed")]
    OutputClosed,
}

impl CliError {
    /// The process's exit status.
    pub(crate) fn exit_status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Exited(code) => *code,
            _ => 1,
        }
    }

    /// Findings to print with it.
    pub(crate) fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Problem { diagnostics, .. } | Self::Host(HostError::Rejected { diagnostics }) => {
                diagnostics
            }
            _ => &[],
        }
    }
}
