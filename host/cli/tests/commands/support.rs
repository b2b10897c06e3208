//! Runs the binary in a temporary folder.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

/// What a run of the command left.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }

    pub(crate) fn all(&self) -> String {
        format!("status {}\n{}\n{}", self.status, self.stdout, self.stderr)
    }
}

/// A folder to work in.
pub(crate) struct Workbench {
    folder: tempfile::TempDir,
}

impl Workbench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atoll"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("ATOLL_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine"))
            .env_remove("ATOLL_SERVER")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn atoll(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }
}

/// A running `atoll serve`.
pub(crate) struct Server<'a> {
    pub(crate) url: String,
    bench: &'a Workbench,
    process: Process,
}

impl<'a> Server<'a> {
    pub(crate) fn start(bench: &'a Workbench) -> Self {
        let mut process =
            Process::start(bench.command(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]));
        let first = process.next_line().expect("the server prints its address");
        let url = first.strip_prefix("listening on ").expect("as its first line").to_owned();
        Self { url, bench, process }
    }

    pub(crate) fn atoll(&self, args: &[&str]) -> Run {
        self.bench.atoll(&[args, &["--server", &self.url]].concat())
    }

    /// The same, with something on its standard input.
    pub(crate) fn atoll_with(&self, args: &[&str], input: &str) -> Run {
        let mut command = self.bench.command(&[args, &["--server", &self.url]].concat());
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::of(child.wait_with_output().unwrap())
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Process {
        Process::start(self.bench.command(&[args, &["--server", &self.url]].concat()))
    }

    /// Asks the server to end, and says with which status it did.
    pub(crate) fn stop(mut self, patience: Duration) -> Option<i32> {
        self.process.stop(patience)
    }
}

/// A process that goes on, and its lines on both outputs.
pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, lines }
    }

    /// The very next line.
    pub(crate) fn any_line(&mut self) -> Option<String> {
        self.lines.recv_timeout(PATIENCE).ok()
    }

    /// The next line that is not the log's.
    fn next_line(&mut self) -> Option<String> {
        let start = Instant::now();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE.saturating_sub(start.elapsed())) {
            if line.starts_with("listening on ") || line.starts_with("error") {
                return Some(line);
            }
        }
        None
    }

    /// Whether a line with this text comes.
    pub(crate) fn wait_for(&mut self, text: &str) -> bool {
        let start = Instant::now();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE.saturating_sub(start.elapsed())) {
            if line.contains(text) {
                return true;
            }
        }
        false
    }

    /// Sends SIGTERM, and says with which status the process ended.
    pub(crate) fn stop(&mut self, patience: Duration) -> Option<i32> {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < patience, "the process ends in time");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
