//! QuickJS with the engine's patch: a copy of `rquickjs-sys` as cargo fetched it, with `quickjs.patch` applied to its C.
//! Cargo takes the copy in the place of the original through a `paths` override, so that the manifest and the lock
//! file are those of an ordinary build.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

const CRATE: &str = "rquickjs-sys";
const PATCH: &str = "quickjs.patch";

/// Makes the copy below the guest's target folder, or finds it there. Answers where it is.
pub(super) fn patched(mut cargo: Command, guest: &Path) -> Result<PathBuf, String> {
    let original = find(&mut cargo, guest)?;
    let patch = guest.join(PATCH);
    let text = fs::read(&patch).map_err(|e| format!("cannot read {}: {e}", patch.display()))?;
    let stamp = super::hex(&Sha256::digest([original.as_os_str().as_encoded_bytes(), &text].concat()));

    let folder = guest.join("target").join("patched");
    let (copy, stamp_file) = (folder.join(CRATE), folder.join("stamp"));
    if fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp) {
        return Ok(copy);
    }
    let failed = |e: std::io::Error| format!("cannot copy {CRATE} to {}: {e}", copy.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    copy_folder(&original, &copy).map_err(failed)?;
    let applied = Command::new("git").arg("apply").arg(&patch).current_dir(&copy).output();
    match applied {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            return Err(format!("{PATCH} does not apply: {}", String::from_utf8_lossy(&output.stderr)));
        }
        Err(e) => return Err(format!("cannot run git to apply {PATCH}: {e}")),
    }
    fs::write(&stamp_file, stamp).map_err(failed)?;
    Ok(copy)
}

/// Where cargo has put the crate.
fn find(cargo: &mut Command, guest: &Path) -> Result<PathBuf, String> {
    let output = cargo
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(guest)
        .output()
        .map_err(|e| format!("cannot run cargo for the engine: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = metadata.get("packages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let manifest = packages
        .iter()
        .find(|package| package.get("name").and_then(Value::as_str) == Some(CRATE))
        .and_then(|package| package.get("manifest_path")?.as_str());
    let folder = manifest.and_then(|path| Path::new(path).parent());
    folder.map(Path::to_owned).ok_or_else(|| format!("the engine does not depend on {CRATE}"))
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or(OsStr::new("")));
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
