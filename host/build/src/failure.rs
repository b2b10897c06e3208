//! Why a folder did not become a bundle.

use std::fmt;

use atoll_model::Diagnostic;

/// A build that found errors. Nothing was made.
#[derive(Clone, Debug)]
pub struct BuildFailure {
    /// Everything that was found, by file and line; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for BuildFailure {
    /// The first error with its place, and how many more there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut errors = self.diagnostics.iter().filter(|d| d.is_error());
        let Some(first) = errors.next() else { return f.write_str("the build failed") };
        if let Some(at) = &first.location {
            write!(f, "{}:{}:{}: ", at.file, at.line, at.column)?;
        }
        f.write_str(&first.message)?;
        match errors.count() {
            0 => Ok(()),
            more => write!(f, " (and {more} more)"),
        }
    }
}

impl std::error::Error for BuildFailure {}
