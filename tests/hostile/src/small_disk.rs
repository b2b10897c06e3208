//! A disk of a few MiB for one server: a tmpfs that it alone sees, in a mount namespace of its own. It goes with the
//! server.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::Failure;

/// As root, and where the system lets everybody be root of a namespace.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// Mounts the disk, and becomes the program.
const SCRIPT: &str = r#"mount -t tmpfs -o "size=$1" tmpfs "$0" && shift && exec "$@""#;

/// A small disk that is not mounted yet.
pub struct SmallDisk {
    folder: TempDir,
    size: String,
    way: &'static [&'static str],
}

impl SmallDisk {
    /// `None` where this user may mount nothing at all.
    ///
    /// # Errors
    /// When there is no temporary folder.
    pub fn of_mib(mib: u32) -> Result<Option<Self>, Failure> {
        let size = format!("{mib}m");
        for way in WAYS {
            let disk = Self { folder: tempfile::tempdir()?, size: size.clone(), way };
            let mut trial = disk.command("true");
            let tried = trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
            if tried.is_ok_and(|status| status.success()) {
                return Ok(Some(disk));
            }
        }
        Ok(None)
    }

    /// Where it is, for the program that sees it.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A program that sees it. It keeps the process id that it is started with.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("unshare");
        command.args(self.way).args(["sh", "-c", SCRIPT]).arg(self.path()).arg(&self.size).arg(program);
        command
    }
}

/// Where a process sees a folder that others do not.
pub(crate) fn seen_by(process: u32, folder: &Path) -> PathBuf {
    let below_root = folder.strip_prefix("/").unwrap_or(folder);
    Path::new("/proc").join(process.to_string()).join("root").join(below_root)
}

/// Takes all the room that a disk has.
///
/// # Errors
/// When it ends for another reason than that it is full.
pub fn fill(disk: &Path) -> Result<(), Failure> {
    let mut filler = File::create(disk.join("filler"))?;
    for piece in [1 << 20, 4 << 10, 1] {
        loop {
            match filler.write_all(&vec![0; piece]) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Gives it back.
///
/// # Errors
/// When it was not taken.
pub fn free(disk: &Path) -> Result<(), Failure> {
    Ok(fs::remove_file(disk.join("filler"))?)
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// When something of it cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
