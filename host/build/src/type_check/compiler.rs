//! Finding and running `tsc`.

use std::{
    env,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use atoll_model::Limits;

/// How far up from a folder a `node_modules` is looked for.
const ANCESTORS_MAX: usize = 16;

/// How often it is asked whether the compiler ended.
const POLL: Duration = Duration::from_millis(5);

/// How a run ended.
pub(super) enum Ended {
    /// What the compiler wrote, cut to `type_check_output_bytes_max`.
    Output(String),
    /// It took too long and was stopped.
    Timeout,
}

/// The compiler: `$ATOLL_TSC`, else on the `PATH`, else in a `node_modules` at or above the working folder or
/// the host's own.
pub(super) fn find() -> Option<PathBuf> {
    let named = env::var_os("ATOLL_TSC").filter(|name| !name.is_empty()).map(PathBuf::from);
    if named.is_some() {
        return named;
    }
    let in_path =
        env::var_os("PATH").into_iter().flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    in_path
        .map(|folder| folder.join("tsc"))
        .chain(node_modules().map(|m| m.join(".bin/tsc")))
        .find(|file| file.is_file())
}

/// The `node_modules` folders that may hold a compiler or types.
pub(super) fn node_modules() -> impl Iterator<Item = PathBuf> {
    let starts = [env::current_dir().ok(), env::current_exe().ok()].into_iter().flatten();
    starts
        .flat_map(|start| {
            start
                .ancestors()
                .take(ANCESTORS_MAX)
                .map(|folder| folder.join("node_modules"))
                .collect::<Vec<_>>()
        })
        .filter(|folder| folder.is_dir())
}

/// Runs the compiler over one project file.
pub(super) fn run(compiler: &Path, folder: &Path, project: &str, limits: &Limits) -> io::Result<Ended> {
    let mut command = Command::new(compiler);
    command
        .args(["--project", project, "--pretty", "false"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    let output = child.stdout.take();
    let limit = limits.type_check_output_bytes_max as u64;
    let reader = thread::spawn(move || {
        let mut kept = Vec::new();
        if let Some(mut output) = output {
            let _ = output.by_ref().take(limit).read_to_end(&mut kept);
            // The rest is drained, so that the compiler does not wait for a reader.
            let _ = io::copy(&mut output, &mut io::sink());
        }
        kept
    });
    let ended = wait(&mut child, Duration::from_millis(limits.type_check_ms))?;
    let kept = reader.join().unwrap_or_default();
    Ok(if ended { Ended::Output(String::from_utf8_lossy(&kept).into_owned()) } else { Ended::Timeout })
}

/// Waits for the end, or makes one. Whether it ended by itself.
fn wait(child: &mut Child, limit: Duration) -> io::Result<bool> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        thread::sleep(POLL);
    }
    stop(child);
    child.wait()?;
    Ok(false)
}

/// Stops the compiler with all it started: npm's `tsc` is a script that starts the real one.
fn stop(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_compiler_that_never_ends_is_stopped_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("tsc");
        std::fs::write(&script, "#!/bin/sh\nsleep 600 &\nsleep 600\n").unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let limits = Limits { type_check_ms: 50, ..Limits::default() };
        assert!(matches!(run(&script, folder.path(), "x.json", &limits), Ok(Ended::Timeout)));
    }

    #[test]
    fn a_flood_of_output_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("tsc");
        std::fs::write(&script, "#!/bin/sh\nhead -c 1000000 /dev/zero | tr '\\0' x\n").unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let limits = Limits { type_check_output_bytes_max: 100, ..Limits::default() };
        let Ok(Ended::Output(text)) = run(&script, folder.path(), "x.json", &limits) else {
            panic!("no output")
        };
        assert_eq!(text.len(), 100);
    }
}
