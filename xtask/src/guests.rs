//! Builds the Rust guests: a core module for `wasm32-unknown-unknown`, then a component of it.

use std::{fs, path::PathBuf};

use wit_component::ComponentEncoder;

use crate::{
    setup,
    shell::{self, Shell, command, root},
};

const TARGET: &str = "wasm32-unknown-unknown";

/// The example whose code this builds.
const FOLDER: &str = "examples/hello-rust";

/// What the component is made from.
const INPUTS: &[&str] = &[
    "examples/hello-rust/src",
    "examples/hello-rust/Cargo.toml",
    "examples/hello-rust/Cargo.lock",
    "guest-sdk/rust/src",
    "guest-sdk/rust/Cargo.toml",
    "wit",
];

/// Builds `examples/hello-rust/hello-rust.wasm`, unless it is there and nothing that it is made from has
/// changed. Answers its path.
pub(crate) fn build_rust_guests() -> Result<PathBuf, String> {
    let folder = root().join(FOLDER);
    let component = folder.join("hello-rust.wasm");
    let stamp = folder.join("target/.stamp");
    let inputs = setup::hash_of(INPUTS)?;
    if component.is_file() && fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == inputs) {
        return Ok(component);
    }
    setup::guest_toolchain()?;
    shell::note("building examples/hello-rust");
    cargo_build()?.args(&["--release", "--target", TARGET, "--target-dir", "target"]).within(FOLDER).run()?;
    let module = folder.join("target").join(TARGET).join("release/hello_rust.wasm");
    let bytes = encode(&fs::read(&module).map_err(|e| format!("cannot read {}: {e}", module.display()))?)?;
    fs::write(&component, bytes).map_err(|e| format!("cannot write {}: {e}", component.display()))?;
    fs::write(&stamp, inputs).map_err(|e| format!("cannot write {}: {e}", stamp.display()))?;
    Ok(component)
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
