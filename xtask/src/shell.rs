//! Runs other programs from the root of the checkout, and says what it ran when one fails.

use std::{
    env,
    io::{self, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The root of the checkout that cargo runs this for.
///
/// `cargo run` says it at run time. What was compiled in is where this was built: with a target directory that
/// several checkouts share, that may be another checkout.
pub(crate) fn root() -> PathBuf {
    let told = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    root_of(told, Path::new(env!("CARGO_MANIFEST_DIR")))
}

/// The folder above xtask's own. A variable that names another package's folder is not about this program: it
/// was inherited from another `cargo run`.
fn root_of(told: Option<PathBuf>, built: &Path) -> PathBuf {
    let told = told.filter(|folder| folder.file_name() == built.file_name());
    told.as_deref().unwrap_or(built).parent().unwrap_or(Path::new(".")).to_owned()
}

/// An error when the checkout is not where it should be: then every program would seem to be missing.
pub(crate) fn check_root() -> Result<(), String> {
    let root = root();
    if root.join("xtask/Cargo.toml").is_file() {
        return Ok(());
    }
    Err(format!("the checkout is not at {}; run this as `cargo xtask` inside of it", root.display()))
}

/// Where cargo puts what it builds for this checkout.
pub(crate) fn target_dir() -> Result<PathBuf, String> {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps"]).output()?;
    let metadata: serde_json::Value =
        serde_json::from_str(&text).map_err(|e| format!("cargo metadata wrote no JSON: {e}"))?;
    let folder = metadata["target_directory"].as_str().ok_or("cargo metadata names no target directory")?;
    Ok(PathBuf::from(folder))
}

/// The command `atoll` as `cargo build` makes it.
pub(crate) fn atoll_binary() -> Result<String, String> {
    Ok(target_dir()?.join("debug/atoll").display().to_string())
}

/// A line on standard output. A reader that is gone (`| head`) ends nothing.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// A line on standard error: progress and problems.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// A program to run.
pub(crate) struct Shell {
    command: Command,
    line: String,
}

/// A program with the root as its folder.
pub(crate) fn command(program: &str) -> Shell {
    let mut command = Command::new(program);
    command.current_dir(root());
    Shell { command, line: program.to_owned() }
}

/// The cargo that runs this.
pub(crate) fn cargo(arguments: &[&str]) -> Shell {
    command(&env::var("CARGO").unwrap_or_else(|_| "cargo".into())).args(arguments)
}

impl Shell {
    pub(crate) fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self.line.push(' ');
        self.line.push_str(argument);
        self
    }

    pub(crate) fn args(self, arguments: &[impl AsRef<str>]) -> Self {
        arguments.iter().fold(self, |shell, argument| shell.arg(argument.as_ref()))
    }

    /// A folder below the root.
    pub(crate) fn within(mut self, folder: &str) -> Self {
        self.command.current_dir(root().join(folder));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it with this terminal's input and output.
    pub(crate) fn run(mut self) -> Result<(), String> {
        let status = self.command.status().map_err(|e| format!("cannot run `{}`: {e}", self.line))?;
        if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", self.line)) }
    }

    /// Becomes it: signals for this process are the program's own then. Answers only when it cannot.
    pub(crate) fn become_it(mut self) -> Result<(), String> {
        let error = self.command.exec();
        Err(format!("cannot run `{}`: {error}", self.line))
    }

    /// Runs it and answers its standard output; standard error goes to this terminal.
    pub(crate) fn output(mut self) -> Result<String, String> {
        let output = self
            .command
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|e| format!("cannot run `{}`: {e}", self.line))?;
        if !output.status.success() {
            return Err(format!("`{}` ended with {}", self.line, output.status));
        }
        String::from_utf8(output.stdout).map_err(|_| format!("`{}` wrote no UTF-8", self.line))
    }
}

/// Where a program is, by `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_that_cargo_runs_is_the_root_and_not_the_one_it_was_built_in() {
        let built = Path::new("/first/xtask");
        assert_eq!(root_of(Some("/second/xtask".into()), built), Path::new("/second"));
        assert_eq!(root_of(None, built), Path::new("/first"));
        assert_eq!(root_of(Some("/second/host/cli".into()), built), Path::new("/first"), "inherited");
    }
}
