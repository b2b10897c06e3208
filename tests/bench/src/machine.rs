//! What the figures were measured on.

use std::{fs, process::Command};

use serde::Serialize;

/// The machine of a run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    /// Cores that this process may use.
    pub(crate) cores: usize,
    /// As the processor calls itself.
    pub(crate) processor: String,
    /// Name and release.
    pub(crate) kernel: String,
    /// Gibibytes.
    pub(crate) memory_gib: f64,
    /// The load of the last minute before the run; near 0 on a machine that does nothing else.
    pub(crate) load_before: String,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let value_of = |path: &str, key: &str| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
            line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let memory_kib: f64 = value_of("/proc/meminfo", "MemTotal")
            .split_whitespace()
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: value_of("/proc/cpuinfo", "model name"),
            kernel: first_line("uname", &["-s", "-r"]).unwrap_or_default(),
            memory_gib: (memory_kib / f64::from(1 << 20)).round(),
            load_before: load.split_whitespace().next().unwrap_or_default().to_owned(),
        }
    }
}

/// The first line that a program prints; `None` when it is not there or fails.
pub(crate) fn first_line(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().map(|line| line.trim().to_owned())
}
