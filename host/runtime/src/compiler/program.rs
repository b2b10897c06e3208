//! Which program compiles.

use std::{ffi::OsString, io, path::PathBuf};

/// The file of the running program, whatever has become of its name. Opened by the kernel for the process that
/// is about to be another, it is the program that runs now, even where an upgrade has put another in its place.
#[cfg(target_os = "linux")]
const THIS_PROGRAM: &str = "/proc/self/exe";

/// A program that calls [`run_compiler`](crate::run_compiler) first thing when it is started with these
/// arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompilerProgram {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
}

impl CompilerProgram {
    /// A program on disk. It must be of the same build as this one, or nothing that it compiles is taken.
    pub fn new<A: Into<OsString>>(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self { program: program.into(), arguments: arguments.into_iter().map(Into::into).collect() }
    }

    /// The running program, started again with these arguments. On Linux it stays this build when the file is
    /// replaced on disk.
    ///
    /// # Errors
    /// When the system does not say which file the program was started from.
    pub fn this_program<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if std::fs::metadata(THIS_PROGRAM).is_ok() {
            return Ok(Self::new(THIS_PROGRAM, arguments));
        }
        Ok(Self::new(std::env::current_exe()?, arguments))
    }
}
