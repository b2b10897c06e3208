//! Runs other programs from the root of the checkout, and says what it ran when one fails.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    // xtask's own manifest lies one folder below the root.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// A line on standard output.
#[expect(clippy::print_stdout, reason = "a command's answer goes to standard output")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// A line on standard error: progress and problems.
#[expect(clippy::print_stderr, reason = "progress goes to standard error")]
pub(crate) fn note(line: &str) {
    eprintln!("{line}");
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
