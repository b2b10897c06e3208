//! A server process under measurement: its address, and what the kernel says that it used.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::Failure;

/// A server that says nothing for so long does not start. Atoll compiles its engine before it listens.
const START_MAX: Duration = Duration::from_secs(60);

/// Linux counts a process's time for programs in hundredths of a second (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A server; killed when dropped.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts a server, and waits for the line on standard output from which `address` reads where it listens.
    pub(crate) fn start(
        command: &mut Command,
        address: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Result<(Self, String), Failure> {
        let line = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process =
            Self { child: command.spawn().map_err(|error| format!("cannot run {line}: {error}"))? };
        let stdout = process.child.stdout.take().ok_or("the server has no standard output")?;
        let (found, addresses) = mpsc::channel();
        // A thread of its own, since a server whose pipe is full stands still.
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            while stdout.read_line(&mut line).is_ok_and(|read| read > 0) {
                if let Some(address) = address(line.trim()) {
                    // Nobody waits any more when the start took too long.
                    let _ = found.send(address);
                    break;
                }
                line.clear();
            }
            let _ = stdout.read_to_end(&mut Vec::new());
        });
        let address = addresses
            .recv_timeout(START_MAX)
            .map_err(|_| format!("{line} did not say where it listens; see above what it says instead"))?;
        Ok((process, address))
    }

    /// User and system time so far, of all its threads.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        cpu_of(&text).ok_or_else(|| format!("no times in {text:?}").into())
    }

    /// Bytes of anonymous memory that are resident: what the machine cannot drop and read again.
    pub(crate) fn anonymous_bytes(&self) -> Result<f64, Failure> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = text
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        kib.map(|kib| kib * 1024.0).ok_or_else(|| "the kernel shows no RssAnon".into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The name of the program, in parentheses, may hold anything.
fn cpu_of(stat: &str) -> Option<Duration> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u32>().ok()? + fields.next()?.parse::<u32>().ok()?;
    Some(TICK * ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_an_odd_name() {
        let stat = "7 (a) b c) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 4 0 12345 1 1";
        assert_eq!(cpu_of(stat), Some(Duration::from_secs(3)));
        assert_eq!(cpu_of("nonsense"), None);
    }

    #[test]
    fn this_process_uses_memory_and_can_be_asked() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo first; echo listening on http://127.0.0.1:1; exec sleep 60"]);
        let (process, address) =
            Process::start(&mut command, |line| Some(line.strip_prefix("listening on http://")?.to_owned()))
                .unwrap();
        assert_eq!(address, "127.0.0.1:1");
        assert!(process.anonymous_bytes().unwrap() > 0.0);
        process.cpu().unwrap();
    }
}
