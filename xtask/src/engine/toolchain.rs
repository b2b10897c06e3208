//! What builds the engine: a Rust that has `wasm32-unknown-unknown`, and a clang that targets it for QuickJS.
//!
//! rustup's target is preferred. Where its servers cannot be reached, Debian's packages do: their Rust builds the
//! standard library itself, from `rust-web-src`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::quickjs;
use crate::{setup, shell};

const TARGET: &str = "wasm32-unknown-unknown";
const BINARY: &str = "atoll_js_engine.wasm";

/// Versions of clang that are looked for, the newest first; 15 is the oldest that QuickJS-ng's C builds with.
const CLANG_VERSIONS: std::ops::RangeInclusive<u32> = 15..=30;

const WHAT_TO_INSTALL: &str = "the JavaScript engine cannot be built here. Install\n  \
    a Rust target:   rustup target add wasm32-unknown-unknown\n  \
    and a clang:     any version from 15 on, with lld and llvm-ar\n\
    or, on Debian:   apt-get install rustc-web cargo-web rust-web-src clang-22 lld-22 llvm-22 libclang-rt-22-dev-wasm32";

/// Tools that fit together.
pub(super) struct Toolchain {
    rust: Rust,
    clang: String,
    archiver: String,
}

enum Rust {
    /// The toolchain that runs this, with the target installed.
    Rustup,
    /// Debian's, with this linker.
    Debian { linker: String },
}

/// Looks for tools.
///
/// # Errors
/// What to install.
pub(super) fn find() -> Result<Toolchain, String> {
    let missing = || WHAT_TO_INSTALL.to_owned();
    let clang = find_clang().ok_or_else(missing)?;
    let archiver = versioned("llvm-ar").ok_or_else(missing)?;
    let rust = if setup::has_wasm_target() {
        Rust::Rustup
    } else {
        let sources = ["/usr/lib/rustlib/src/rust/library", "/usr/lib/rust-web/lib/rustlib/src/rust/library"];
        let sources = sources.iter().any(|path| Path::new(path).exists()) || debian_sources().is_some();
        let linker = versioned("wasm-ld").ok_or_else(missing)?;
        if !Path::new("/usr/bin/cargo").exists() || !Path::new("/usr/bin/rustc").exists() || !sources {
            return Err(missing());
        }
        Rust::Debian { linker }
    };
    Ok(Toolchain { rust, clang, archiver })
}

impl Toolchain {
    /// What it is, for people.
    pub(super) fn name(&self) -> String {
        let rust = match self.rust {
            Rust::Rustup => "rustup's target",
            Rust::Debian { .. } => "Debian's Rust",
        };
        format!("{rust} and {}", self.clang)
    }

    /// The versions, for the record.
    pub(super) fn versions(&self) -> Result<Value, String> {
        let rustc = match self.rust {
            Rust::Rustup => "rustc",
            Rust::Debian { .. } => "/usr/bin/rustc",
        };
        Ok(
            json!({ "rustc": first_line(rustc, "--version")?, "clang": first_line(&self.clang, "--version")? }),
        )
    }

    /// The cargo of these tools.
    fn cargo(&self) -> Command {
        let mut cargo = match &self.rust {
            Rust::Rustup => Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into())),
            Rust::Debian { .. } => Command::new("/usr/bin/cargo"),
        };
        if let Rust::Debian { .. } = &self.rust {
            cargo.env("RUSTC", "/usr/bin/rustc").env_remove("RUSTUP_TOOLCHAIN");
        }
        // The flags and folders of the cargo that runs this are not for the guest.
        for name in
            ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "CFLAGS"]
        {
            cargo.env_remove(name);
        }
        cargo
    }

    /// Builds the guest in its folder. Answers where the module is.
    pub(super) fn build(&self, folder: &Path) -> Result<PathBuf, String> {
        let quickjs = quickjs::patched(self.cargo(), folder)?;
        let mut cargo = self.cargo();
        let joined = |before: &str, after: &str, between: &str| {
            let flags = remapped(folder).into_iter().map(|(from, to)| format!("{before}{from}={to}{after}"));
            flags.collect::<Vec<_>>().join(between)
        };
        let flags = joined("\"--remap-path-prefix=", "\"", ", ");
        let c_flags = joined("-ffile-prefix-map=", "", " ");
        cargo
            .current_dir(folder)
            .args(["build", "--release", "--locked", "--target", TARGET, "--target-dir", "target"])
            .args(["--config", &format!("target.{TARGET}.rustflags=[{flags}]")])
            .args(["--config", &format!("paths=[{:?}]", quickjs.display().to_string())])
            .env("CC_wasm32_unknown_unknown", &self.clang)
            .env("AR_wasm32_unknown_unknown", &self.archiver)
            .env("CFLAGS_wasm32_unknown_unknown", c_flags);
        if let Rust::Debian { linker } = &self.rust {
            cargo
                .args([
                    "-Zbuild-std=std,panic_abort",
                    "--config",
                    &format!("target.{TARGET}.linker={linker:?}"),
                ])
                .env("RUSTC_BOOTSTRAP", "1");
        }
        let status = cargo.status().map_err(|e| format!("cannot run cargo for the engine: {e}"))?;
        if !status.success() {
            return Err(format!("the build of the engine ended with {status}"));
        }
        Ok(folder.join("target").join(TARGET).join("release").join(BINARY))
    }
}

/// Paths of this machine and what stands for them in the binary. The last match wins: the registry's folders
/// lie below the home.
fn remapped(folder: &Path) -> Vec<(String, &'static str)> {
    let home = env::var("HOME").unwrap_or_else(|_| "/nonexistent".into());
    let cargo_home = env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    let mut pairs = vec![
        (home, "/home"),
        ("/usr/lib/rustlib/src/rust".into(), "/rust"),
        (shell::root().display().to_string(), "/atoll"),
        (folder.display().to_string(), "/engine"),
    ];
    // One folder for each registry that was ever used, with its name in it.
    let registries = fs::read_dir(format!("{cargo_home}/registry/src")).into_iter().flatten().flatten();
    pairs.extend(registries.map(|registry| (registry.path().display().to_string(), "/registry")));
    pairs
}

/// The sources of Debian's Rust, wherever its packages put them.
fn debian_sources() -> Option<PathBuf> {
    let output = Command::new("/usr/bin/rustc").args(["--print", "sysroot"]).output().ok()?;
    let sysroot = String::from_utf8(output.stdout).ok()?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library");
    library.exists().then_some(library)
}

/// A clang that is new enough and can make WebAssembly.
fn find_clang() -> Option<String> {
    let fits = |program: &String| {
        let targets = Command::new(program).arg("--print-targets").output();
        let wasm = targets.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("wasm32"));
        wasm && major_version(program).is_some_and(|version| CLANG_VERSIONS.contains(&version))
    };
    candidates("clang").find(fits)
}

/// A tool of LLVM, by its plain name or with a version.
fn versioned(tool: &str) -> Option<String> {
    candidates(tool).find(|program| shell::find(program).is_some())
}

fn candidates(tool: &str) -> impl Iterator<Item = String> {
    CLANG_VERSIONS.rev().map(move |version| format!("{tool}-{version}")).chain([tool.to_owned()])
}

/// The 22 of "Debian clang version 22.1.0 …".
fn major_version(program: &str) -> Option<u32> {
    let line = first_line(program, "--version").ok()?;
    line.split("version ").nth(1)?.split('.').next()?.trim().parse().ok()
}

fn first_line(program: &str, argument: &str) -> Result<String, String> {
    let output =
        Command::new(program).arg(argument).output().map_err(|e| format!("cannot run {program}: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}
