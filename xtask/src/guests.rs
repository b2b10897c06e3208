//! Builds the Rust guests: a core module for `wasm32-unknown-unknown`, then a component of it. And tests them: natively,
//! since the SDK has a host of its own for that, and as components in the real host.

use std::{
    fs,
    path::{Path, PathBuf},
};

use wit_component::ComponentEncoder;

use crate::{
    setup,
    shell::{self, Shell, command, root},
};

const TARGET: &str = "wasm32-unknown-unknown";

/// The examples whose code is Rust.
const EXAMPLES: &[&str] = &["examples/hello-rust", "examples/rust-notes"];

/// Components that know only WASI, for the host's tests.
const WASI_GUESTS: &[&str] = &["tests/wasi/guest-p2", "tests/wasi/guest-p3", "tests/wasi/command-p3"];

/// Makes random guests of the hostile tests.
const RANDOM_GUESTS: &str = "tests/hostile/random";

/// What every component is made from, besides its own folder.
const SHARED_INPUTS: &[&str] = &[
    "guest-sdk/rust/src",
    "guest-sdk/rust/Cargo.toml",
    "guest-sdk/rust/macros/src",
    "guest-sdk/rust/macros/Cargo.toml",
    "wit",
];

/// Of an example's folder.
const OWN_INPUTS: &[&str] = &["src", "Cargo.toml", "Cargo.lock"];

/// Where cargo builds, for all of them together: the standard library takes longest, and is the same.
const TARGET_DIR: &str = "target/guests";
const TEST_TARGET_DIR: &str = "target/guests-native";

/// Builds `FOLDER/NAME.wasm` in the folder of every Rust guest, unless it is there and nothing that it is made from has
/// changed. Answers their paths.
pub(crate) fn build_rust_guests() -> Result<Vec<PathBuf>, String> {
    EXAMPLES.iter().chain(WASI_GUESTS).map(|folder| build(folder)).collect()
}

/// The same, random guests, and the plain `wasi:http` component that `cargo xtask bench` has `wasmtime serve` run.
pub(crate) fn build_all() -> Result<Vec<PathBuf>, String> {
    let mut components = build_rust_guests()?;
    make_random_guests()?;
    components.push(build_in("tests/bench/peers/wasi-hello", &[])?);
    Ok(components)
}

fn build(folder: &str) -> Result<PathBuf, String> {
    build_in(folder, SHARED_INPUTS)
}

/// Builds `FOLDER/NAME.wasm`, which is made from the folder and `shared`.
fn build_in(folder: &str, shared: &[&str]) -> Result<PathBuf, String> {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let component = root().join(folder).join(format!("{name}.wasm"));
    let stamp = root().join(TARGET_DIR).join(format!("{name}.stamp"));
    let own: Vec<String> = OWN_INPUTS.iter().map(|input| format!("{folder}/{input}")).collect();
    let inputs: Vec<&str> = own.iter().map(String::as_str).chain(shared.iter().copied()).collect();
    let inputs = setup::hash_of(&inputs)?;
    if component.is_file() && fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == inputs) {
        return Ok(component);
    }
    setup::guest_toolchain()?;
    shell::note(&format!("building {folder}"));
    let target_dir = root().join(TARGET_DIR);
    cargo_build()?
        .args(&["--release", "--locked", "--target", TARGET, "--target-dir"])
        .arg(&target_dir.display().to_string())
        .within(folder)
        .run()?;
    let module = target_dir.join(TARGET).join("release").join(format!("{}.wasm", name.replace('-', "_")));
    let bytes = encode(&fs::read(&module).map_err(|e| format!("cannot read {}: {e}", module.display()))?)?;
    write(&component, &bytes)?;
    write(&stamp, inputs.as_bytes())?;
    Ok(component)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|e| format!("cannot write {}: {e}", path.display()))
}

/// They are the same in every run, and made in a moment once the program is built.
fn make_random_guests() -> Result<(), String> {
    native("run", RANDOM_GUESTS).run()
}

/// Cargo in a workspace of its own, for this machine.
fn native(verb: &str, folder: &str) -> Shell {
    let target_dir = root().join(TEST_TARGET_DIR).display().to_string();
    shell::cargo(&[verb, "--quiet", "--locked", "--target-dir", &target_dir]).within(folder)
}

/// The lints and tests of the SDK and of the examples over it, which are no members of the workspace; and the host's
/// tests of those components, which are ignored where nothing has built them.
pub(crate) fn test_rust_guests() -> Result<(), String> {
    let sdk = ["--workspace", "--features", "testing-sql"];
    let lints = ["--all-targets", "--", "--deny", "warnings"];
    shell::cargo(&["fmt", "--all", "--check"]).within("guest-sdk/rust").run()?;
    native("clippy", "guest-sdk/rust").args(&sdk).args(&lints).run()?;
    native("test", "guest-sdk/rust").args(&sdk).run()?;
    for folder in EXAMPLES {
        shell::cargo(&["fmt", "--check"]).within(folder).run()?;
        native("clippy", folder).args(&lints).run()?;
        native("test", folder).run()?;
    }
    for folder in WASI_GUESTS.iter().chain([&RANDOM_GUESTS]) {
        shell::cargo(&["fmt", "--check"]).within(folder).run()?;
        native("clippy", folder).args(&lints).run()?;
    }
    make_random_guests()?;
    // The whole workspace, as the step before did: a package alone has other features, and wasmtime would be built again.
    let hosts = ["--test", "sandbox", "--test", "commands", "--test", "rust_apps", "--test", "compile_bombs"];
    shell::cargo(&["test", "--quiet", "--workspace"]).args(&hosts).args(&["--", "--ignored"]).run()
}

/// A component of a core module that wit-bindgen has left its types in.
fn encode(module: &[u8]) -> Result<Vec<u8>, String> {
    let encoder = ComponentEncoder::default().validate(true).module(module);
    encoder.and_then(|mut encoder| encoder.encode()).map_err(|e| format!("cannot make a component: {e:#}"))
}

/// The toolchain at hand when it has the target; else Debian's, which builds the standard library itself.
fn cargo_build() -> Result<Shell, String> {
    if setup::has_wasm_target() {
        return Ok(shell::cargo(&["build"]));
    }
    let linker = format!("target.{TARGET}.linker=\"wasm-ld-22\"");
    if !PathBuf::from("/usr/bin/cargo").exists() {
        return Err(format!("no toolchain for {TARGET} is here; run: rustup target add {TARGET}"));
    }
    Ok(command("/usr/bin/cargo")
        .args(&["build", "-Zbuild-std=std,panic_abort", "--config", &linker])
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1"))
}
