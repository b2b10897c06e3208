//! The server process.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{Failure, SmallDisk, small_disk};

/// How to start a server.
#[derive(Default)]
pub struct ServerOptions {
    /// The data directory; a fresh one when absent.
    pub data: Option<PathBuf>,
    /// The text of a configuration file.
    pub config: Option<String>,
    /// A disk of its own for the data.
    pub disk: Option<SmallDisk>,
    /// Where its log goes, when nobody is to read it.
    pub stderr: Option<PathBuf>,
    /// Variables of its environment.
    pub env: Vec<(&'static str, PathBuf)>,
}

/// A running server. Killed when dropped.
pub struct Server {
    child: Child,
    address: String,
    data: PathBuf,
    folder: TempDir,
    disk: Option<SmallDisk>,
}

impl Server {
    /// Starts a server on a free port and waits until it accepts connections.
    ///
    /// # Errors
    /// When the binary is not built, or it does not say that it listens.
    pub fn start(options: ServerOptions) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let place = options.disk.as_ref().map_or(folder.path(), SmallDisk::path);
        let data = options.data.unwrap_or_else(|| place.join("data"));
        let mut command = match &options.disk {
            Some(disk) => disk.command(binary()?),
            None => Command::new(binary()?),
        };
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .env("ATOLL_CACHE", target().join("test-cache"))
            .envs(options.env)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if let Some(text) = options.config {
            let file = folder.path().join("config.toml");
            std::fs::write(&file, text)?;
            command.arg("--config").arg(file);
        }
        let stderr = options.stderr.unwrap_or_else(|| folder.path().join("stderr"));
        command.stderr(File::options().write(true).create(true).truncate(true).open(stderr)?);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let Some(address) = line.trim().strip_prefix("listening on ") else {
            let status = child.wait()?;
            let said = std::fs::read_to_string(folder.path().join("stderr")).unwrap_or_default();
            return Err(
                format!("the server did not say that it listens, but {line:?} ({status}): {said}").into()
            );
        };
        Ok(Self { child, address: address.to_owned(), data, folder, disk: options.disk })
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A URL on this server.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Its data directory.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Its small disk, for everybody to see.
    ///
    /// # Errors
    /// When it has none.
    pub fn disk(&self) -> Result<PathBuf, Failure> {
        let disk = self.disk.as_ref().ok_or("the server has no disk of its own")?;
        Ok(small_disk::seen_by(self.process_id(), disk.path()))
    }

    /// Its process id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Its resident memory.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn resident_bytes(&self) -> Result<u64, Failure> {
        let text = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id()))?;
        let pages: u64 = text.split_whitespace().nth(1).ok_or("statm has no second field")?.parse()?;
        Ok(pages * 4096)
    }

    /// The most resident memory that it ever had.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn resident_bytes_max(&self) -> Result<u64, Failure> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib << 10)
    }

    /// How many files and sockets it has open.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn open_files(&self) -> Result<usize, Failure> {
        Ok(std::fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    /// Its address and port.
    ///
    /// # Errors
    /// Never, unless the server lied about where it listens.
    pub fn socket_address(&self) -> Result<SocketAddr, Failure> {
        Ok(self.address.trim_start_matches("http://").parse()?)
    }

    /// What it wrote to standard error so far.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }

    /// Fails when a thread or a request of it panicked, even where that was caught.
    ///
    /// # Errors
    /// With what it said.
    pub fn has_not_panicked(&self) -> Result<(), Failure> {
        let said = self.said();
        if said.contains("panicked") { Err(format!("the server panicked:\n{said}").into()) } else { Ok(()) }
    }

    /// SIGKILL, and waits until it is gone. The data stays as it was.
    ///
    /// # Errors
    /// When the process cannot be killed.
    pub fn kill(&mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `target/`, where the tests themselves were built.
fn target() -> PathBuf {
    // target/debug/deps/test-hash → target
    std::env::current_exe()
        .ok()
        .and_then(|path| path.ancestors().nth(3).map(Path::to_owned))
        .unwrap_or_else(|| PathBuf::from("target"))
}

fn binary() -> Result<PathBuf, Failure> {
    let path = match std::env::var_os("ATOLL_BIN") {
        Some(path) => PathBuf::from(path),
        None => target().join("debug/atoll"),
    };
    if path.is_file() {
        return Ok(path);
    }
    Err(format!("{} is not there: run `cargo build --package atoll-cli` first", path.display()).into())
}
