//! Brings in what a command needs and the machine lacks: npm packages by lock file, Debian packages when
//! root. What cannot be installed without asking is named in one message, with the command that installs it.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::shell::{self, command, find, root};

/// The lowest Node.js that the page's tools run on.
const NODE_MAJOR_MIN: u32 = 20;

/// A program and the Debian packages that bring it.
struct Tool {
    program: &'static str,
    packages: &'static [&'static str],
}

const BROWSER: &[Tool] = &[Tool { program: "chromium", packages: &["chromium"] }];

/// For building guests where rustup has no wasm32 target: Debian's Rust with its own standard library source.
const GUEST_TOOLCHAIN: &[Tool] = &[
    Tool { program: "clang-22", packages: &["clang-22", "lld-22", "llvm-22", "libclang-rt-22-dev-wasm32"] },
    Tool { program: "wasm-ld-22", packages: &["lld-22"] },
];
const DEBIAN_RUST: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// The browser for the browser test.
pub(crate) fn browser() -> Result<(), String> {
    debian("the browser test", missing(BROWSER))
}

/// The toolchain for building Rust guests: nothing where rustup has the target, which brings its own linker.
pub(crate) fn guest_toolchain() -> Result<(), String> {
    if has_wasm_target() {
        return Ok(());
    }
    let mut packages = missing(GUEST_TOOLCHAIN);
    if !Path::new("/usr/bin/rustc").exists() {
        packages.extend(DEBIAN_RUST);
    }
    debian("building the guests (or `rustup target add wasm32-unknown-unknown`)", packages)
}

/// Whether the toolchain at hand has the standard library for `wasm32-unknown-unknown`.
pub(crate) fn has_wasm_target() -> bool {
    command("rustc")
        .args(&["--print", "target-libdir", "--target", "wasm32-unknown-unknown"])
        .output()
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

fn missing(tools: &[Tool]) -> Vec<&'static str> {
    tools.iter().filter(|tool| find(tool.program).is_none()).flat_map(|tool| tool.packages).copied().collect()
}

fn debian(purpose: &str, mut packages: Vec<&'static str>) -> Result<(), String> {
    packages.sort_unstable();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    let is_root = command("id").arg("-u").output().is_ok_and(|id| id.trim() == "0");
    if !is_root || find("apt-get").is_none() {
        return Err(format!("{purpose} needs packages that are not here; as root: {line}"));
    }
    shell::note(&format!("setting up: {line}"));
    let apt = || command("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
    apt().args(&["update", "--quiet"]).output()?;
    apt().args(&["install", "--quiet", "--yes", "--no-install-recommends"]).args(&packages).output()?;
    Ok(())
}

/// The canvas: packages by lock file, then the build, each only when something changed.
pub(crate) fn canvas() -> Result<(), String> {
    npm_packages("canvas")?;
    let inputs = ["canvas", "guest-sdk/js/frontend"];
    once("canvas/dist/.stamp", &inputs, || {
        command("npm").args(&["run", "--silent", "build"]).within("canvas").run()
    })
}

/// npm packages of a folder, exactly as its lock file says.
pub(crate) fn npm_packages(folder: &str) -> Result<(), String> {
    node()?;
    let lock = format!("{folder}/package-lock.json");
    once(&format!("{folder}/node_modules/.stamp"), &[&lock], || {
        shell::note(&format!("setting up: npm packages of {folder}"));
        command("npm").args(&["ci", "--no-audit", "--no-fund"]).within(folder).output().map(|_| ())
    })
}

fn node() -> Result<(), String> {
    let hint = format!(
        "Node.js {NODE_MAJOR_MIN} or newer is needed for the page; install it (Debian: apt-get install nodejs npm)"
    );
    for program in ["node", "npm"] {
        if find(program).is_none() {
            return Err(format!("{hint}; there is no `{program}` in the PATH"));
        }
    }
    let version = command("node").arg("--version").output()?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|m| m.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => Err(format!("{hint}; this is {}", version.trim())),
    }
}

/// Runs a step unless its stamp says that the inputs are the same as last time.
fn once(stamp: &str, inputs: &[&str], step: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let stamp = root().join(stamp);
    let hash = hash_of(inputs)?;
    if fs::read_to_string(&stamp).is_ok_and(|text| text == hash) {
        return Ok(());
    }
    step()?;
    fs::write(&stamp, hash).map_err(|e| format!("cannot write {}: {e}", stamp.display()))
}

/// One hash over files and folders, in path order, without what is installed or built.
pub(crate) fn hash_of(inputs: &[&str]) -> Result<String, String> {
    let mut files = Vec::new();
    for input in inputs {
        collect(&root().join(input), &mut files)?;
    }
    files.sort();
    let mut hasher = Sha256::new();
    for file in files {
        let bytes = fs::read(&file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        let name = file.strip_prefix(root()).unwrap_or(&file).display().to_string();
        hasher.update(format!("{name}\0{}\0", bytes.len()));
        hasher.update(bytes);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn collect(path: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<(), String> {
    let fail = |e| format!("cannot read {}: {e}", path.display());
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name();
        if !matches!(name.to_str(), Some("node_modules" | "dist" | "target" | ".vite")) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}
