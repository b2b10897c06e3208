//! The wall clock of one server, for a test to set while it runs. See `clock/jump.c`.

use std::{
    fs::File,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::Failure;

/// A clock that goes with the machine's until it is set.
pub struct WallClock {
    folder: TempDir,
    offset: File,
}

impl WallClock {
    /// Makes it, with the C compiler that this workspace needs anyway.
    ///
    /// # Errors
    /// When there is none.
    pub fn new() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("clock/jump.c");
        let mut compiler = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(folder.path().join("clock.so")).arg(source);
        let compiled = compiler.output().map_err(|error| format!("{compiler:?}: {error}"))?;
        if !compiled.status.success() {
            return Err(format!("{compiler:?}: {}", String::from_utf8_lossy(&compiled.stderr)).into());
        }
        let clock = Self { offset: File::create(folder.path().join("offset"))?, folder };
        clock.set(0)?;
        Ok(clock)
    }

    /// So many seconds before or after the machine's.
    ///
    /// # Errors
    /// When the file that says so cannot be written.
    pub fn set(&self, offset_s: i64) -> Result<(), Failure> {
        Ok(self.offset.write_all_at(&offset_s.to_ne_bytes(), 0)?)
    }

    /// What a process must have in its environment to go by it.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, PathBuf)> {
        let file = |name| self.folder.path().join(name);
        vec![("LD_PRELOAD", file("clock.so")), ("CLOCK_OFFSET", file("offset"))]
    }
}
