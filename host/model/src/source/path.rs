//! Where a file lies in an app's folder.

use std::{borrow::Borrow, fmt};

use serde::{Deserialize, Serialize};

use super::SourceError;
use crate::Limits;

/// A file's place inside its folder: `/`-separated segments, none of them empty, `.` or `..`, no leading
/// slash, no backslash, no control character.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourcePath(String);

impl SourcePath {
    /// The longest path, in bytes.
    pub const LENGTH_MAX: usize = 240;

    /// Parses a path.
    ///
    /// # Errors
    /// [`SourceError::Path`] when it could leave the folder or is not portable.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        let problem = if text.is_empty() {
            "it is empty"
        } else if text.len() > Self::LENGTH_MAX {
            "it is longer than 240 bytes"
        } else if text.starts_with('/') {
            "it is absolute"
        } else if text.contains(['\\', ':']) {
            "it holds a backslash or a colon"
        } else if text.chars().any(char::is_control) {
            "it holds a control character"
        } else if text.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            "it has an empty, '.' or '..' segment"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(SourceError::Path { path: text.chars().take(200).collect(), problem })
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the last dot of the file name; empty when there is none.
    #[must_use]
    pub fn extension(&self) -> &str {
        let file = self.0.rsplit('/').next().unwrap_or(&self.0);
        file.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// How many bytes a file of this name may have, and the limit's name: WebAssembly has one of its own.
    #[must_use]
    pub fn bytes_max(&self, limits: &Limits) -> (&'static str, usize) {
        if self.extension() == "wasm" {
            return ("component_bytes_max", limits.component_bytes_max);
        }
        ("source_file_bytes_max", limits.source_file_bytes_max)
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for SourcePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SourcePath {
    type Error = SourceError;
    fn try_from(text: String) -> Result<Self, SourceError> {
        Self::parse(&text)
    }
}

impl From<SourcePath> for String {
    fn from(path: SourcePath) -> Self {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for bad in ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a\\b", "c:x", "a\0b", "a/"] {
            assert!(SourcePath::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(SourcePath::parse("frontend/App.tsx").unwrap().extension(), "tsx");
    }
}
