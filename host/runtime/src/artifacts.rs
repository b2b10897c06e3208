//! Compiled code on disk, by the hash of what it was compiled from: an app that is loaded again is mapped
//! into memory instead of compiled.
//!
//! A `.cwasm` is machine code, so only files that this host wrote are ever loaded: the folder is made
//! readable and writable for its user alone, names are hashes, and no upload path leads here. A file is
//! whole before it gets its name. A cache that cannot be written is no error: the code is then kept in memory.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use atoll_model::{Artifact, ContentHash};
use wasmtime::{Engine, Module, component::Component};

use crate::{RuntimeError, compiler::fingerprint};

/// Other files in the folder (the JavaScript engine's) are not ours to remove.
const PREFIX: &str = "app-";

/// A folder among them in which nothing is.
const EMPTY: &str = "empty";

/// When the folder is full, so much of it goes at once.
const PRUNE_PERCENT: usize = 10;

/// The compiler and its cache.
pub(crate) struct Artifacts {
    engine: Engine,
    dir: Option<PathBuf>,
    /// In the names of files that are valid only until the machine is started again.
    boot: Option<String>,
    /// A hash of the engine's settings, in every name.
    settings: u64,
    files_max: usize,
    /// Files in the folder, counted once; `None` before the first write.
    files: Arc<Mutex<Option<usize>>>,
    temporary: AtomicU64,
}

/// What can be compiled.
#[expect(unsafe_code, reason = "passes wasmtime's own requirement on to the one caller below")]
pub(crate) trait Compiled: Sized {
    const KIND: &'static str;
    /// Whether compiling takes so long that the result should outlive the machine's next start.
    const IS_SLOW: bool;
    fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>>;
    /// # Safety
    /// The bytes must be what [`Compiled::compile`] answered.
    unsafe fn from_bytes(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Self>;
    /// # Safety
    /// The file must hold what [`Compiled::compile`] answered, and must not change.
    unsafe fn from_file(engine: &Engine, path: &Path) -> wasmtime::Result<Self>;
}

macro_rules! compiled {
    ($type:ty, $kind:literal, slow: $slow:literal, $compile:ident) => {
        #[expect(unsafe_code, reason = "passes wasmtime's own requirement on to the one caller below")]
        impl Compiled for $type {
            const KIND: &'static str = $kind;
            const IS_SLOW: bool = $slow;
            fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
                engine.$compile(wasm)
            }
            unsafe fn from_bytes(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Self> {
                // SAFETY: the caller's promise.
                unsafe { Self::deserialize(engine, compiled) }
            }
            unsafe fn from_file(engine: &Engine, path: &Path) -> wasmtime::Result<Self> {
                // SAFETY: the caller's promise.
                unsafe { Self::deserialize_file(engine, path) }
            }
        }
    };
}
// A module is a heap image: data, and no code to compile.
compiled!(Module, "image", slow: false, precompile_module);
compiled!(Component, "component", slow: true, precompile_component);

impl Artifacts {
    pub(crate) fn new(engine: &Engine, dir: Option<PathBuf>, files_max: usize) -> Self {
        let dir = dir.and_then(|dir| match make_private(&dir) {
            Ok(()) => Some(dir),
            Err(error) => {
                tracing::warn!(dir = %dir.display(), %error, "compiled code is not kept on disk");
                None
            }
        });
        let boot = boot_id();
        let (settings, files) = (fingerprint(engine), Arc::default());
        Self { engine: engine.clone(), dir, boot, settings, files_max, files, temporary: AtomicU64::new(0) }
    }

    /// The same folder, for what another engine compiles.
    pub(crate) fn for_engine(&self, engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            dir: self.dir.clone(),
            boot: self.boot.clone(),
            settings: fingerprint(engine),
            files_max: self.files_max,
            files: Arc::clone(&self.files),
            temporary: AtomicU64::new(0),
        }
    }

    /// Compiles code, and keeps nothing.
    #[expect(unsafe_code, reason = "wasmtime cannot check machine code")]
    pub(crate) fn compile<T: Compiled>(&self, code: &Artifact) -> Result<T, RuntimeError> {
        let compiled = T::compile(&self.engine, code.bytes()).map_err(invalid)?;
        // SAFETY: compiled one line above.
        unsafe { T::from_bytes(&self.engine, &compiled) }.map_err(invalid)
    }

    /// What was compiled from the code of this hash, if it was and is kept.
    #[expect(
        unsafe_code,
        reason = "wasmtime cannot check machine code; this module is where it may come from"
    )]
    pub(crate) fn get<T: Compiled>(&self, code: ContentHash) -> Option<T> {
        let path = self.path::<T>(code)?;
        if !path.exists() {
            return None;
        }
        // SAFETY: only `write` puts files of this name into a folder that only this user can write.
        match unsafe { T::from_file(&self.engine, &path) } {
            Ok(compiled) => Some(compiled),
            // Another version of wasmtime, or a damaged disk.
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "compiled code is made again");
                None
            }
        }
    }

    /// Compiles code, unless that has been done before.
    #[expect(
        unsafe_code,
        reason = "wasmtime cannot check machine code; this module is where it may come from"
    )]
    pub(crate) fn get_or_compile<T: Compiled>(&self, code: &Artifact) -> Result<T, RuntimeError> {
        if let Some(kept) = self.get(code.hash()) {
            return Ok(kept);
        }
        let compiled = T::compile(&self.engine, code.bytes()).map_err(invalid)?;
        // SAFETY: compiled one line above.
        unsafe { self.keep(code.hash(), &compiled) }
    }

    /// Loads what was compiled from the code of this hash, and keeps it.
    ///
    /// # Safety
    /// The bytes must be what a compiler with this engine's settings answered.
    #[expect(
        unsafe_code,
        reason = "wasmtime cannot check machine code; this module is where it may come from"
    )]
    pub(crate) unsafe fn keep<T: Compiled>(
        &self,
        code: ContentHash,
        compiled: &[u8],
    ) -> Result<T, RuntimeError> {
        let Some(path) = self.path::<T>(code) else {
            // SAFETY: the caller's promise.
            return unsafe { self.adopt(compiled) };
        };
        if let Err(error) = self.write(&path, compiled, self.is_synced::<T>()) {
            tracing::warn!(path = %path.display(), %error, "compiled code is not kept on disk");
            // SAFETY: the caller's promise.
            return unsafe { self.adopt(compiled) };
        }
        // SAFETY: written one line above. From the file, so that the image's pages are the page cache's.
        unsafe { T::from_file(&self.engine, &path) }.map_err(invalid)
    }

    /// Loads compiled code, and keeps nothing.
    ///
    /// # Safety
    /// As [`Artifacts::keep`].
    #[expect(unsafe_code, reason = "wasmtime cannot check machine code")]
    pub(crate) unsafe fn adopt<T: Compiled>(&self, compiled: &[u8]) -> Result<T, RuntimeError> {
        // SAFETY: the caller's promise.
        unsafe { T::from_bytes(&self.engine, compiled) }.map_err(invalid)
    }

    /// What code must be compiled for to be kept here; see [`fingerprint`].
    pub(crate) fn fingerprint(&self) -> u64 {
        self.settings
    }

    /// An empty folder for programs that have no business with files, where there is a place for it.
    pub(crate) fn empty_dir(&self) -> Option<PathBuf> {
        let dir = self.dir.as_ref()?.join(EMPTY);
        make_private(&dir).ok()?;
        Some(dir)
    }

    /// Whether a file must be on the disk before it has its name. Waiting for the disk is slower than making
    /// an image's file again: such a file carries the machine's boot in its name, and what a power cut left
    /// half written is never looked for.
    fn is_synced<T: Compiled>(&self) -> bool {
        T::IS_SLOW || self.boot.is_none()
    }

    /// The name is the hash of the code and of all that its compilation depends on.
    fn path<T: Compiled>(&self, code: ContentHash) -> Option<PathBuf> {
        let boot = if self.is_synced::<T>() { "" } else { self.boot.as_deref().unwrap_or_default() };
        let name = format!("{PREFIX}{}-{code}-{:016x}{boot}.cwasm", T::KIND, self.settings);
        Some(self.dir.as_ref()?.join(name))
    }

    fn write(&self, path: &Path, compiled: &[u8], is_synced: bool) -> io::Result<()> {
        self.make_room(path)?;
        let number = self.temporary.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("tmp-{}-{number}", process::id()));
        let written = (|| {
            fs::write(&temporary, compiled)?;
            if is_synced {
                // A name must not be on disk before what it names: half a file of machine code would run.
                fs::File::open(&temporary)?.sync_data()?;
            }
            fs::rename(&temporary, path)
        })();
        if written.is_err() {
            // The first error is the one to tell.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn make_room(&self, path: &Path) -> io::Result<()> {
        let Some(dir) = path.parent() else { return Ok(()) };
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let count = match *files {
            Some(count) => count,
            None => ours(dir)?.len(),
        };
        if count < self.files_max {
            *files = Some(count + 1);
            return Ok(());
        }
        let mut all = ours(dir)?;
        all.sort();
        let keep = self.files_max - (self.files_max * PRUNE_PERCENT / 100).clamp(1, self.files_max);
        let gone = all.len().saturating_sub(keep);
        for (_, path) in all.iter().take(gone) {
            // An app that is loaded keeps its mapping.
            fs::remove_file(path)?;
        }
        *files = Some(all.len() - gone + 1);
        Ok(())
    }
}

fn invalid(error: wasmtime::Error) -> RuntimeError {
    RuntimeError::Invalid(format!("{error:#}"))
}

/// Which start of the machine this is, where the system tells, as the end of a file's name.
fn boot_id() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id: String = id.chars().filter(char::is_ascii_hexdigit).collect();
    (!id.is_empty()).then(|| format!("-boot-{id}"))
}

/// Our files, with the time of their writing.
fn ours(dir: &Path) -> io::Result<Vec<(SystemTime, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    Ok(files)
}

#[cfg(unix)]
fn make_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

#[cfg(test)]
mod tests {
    use atoll_model::Limits;

    use super::*;

    fn module(n: u32) -> Artifact {
        let text = format!("(module (func (export \"f\") (result i32) i32.const {n}))");
        Artifact::new(wat::parse_str(text).unwrap())
    }

    fn compile(artifacts: &Artifacts, code: Artifact) -> Result<Module, RuntimeError> {
        artifacts.get_or_compile(&code)
    }

    fn artifacts(dir: &Path, files_max: usize) -> Artifacts {
        let engine = crate::engine(&Limits { instances_max: 1, ..Limits::default() }).unwrap();
        Artifacts::new(&engine, Some(dir.to_owned()), files_max)
    }

    #[test]
    fn what_was_compiled_is_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = artifacts(dir.path(), 10);
        compile(&artifacts, module(1)).unwrap();
        let path = artifacts.path::<Module>(module(1).hash()).unwrap();
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        compile(&artifacts, module(1)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
    }

    #[test]
    fn a_damaged_file_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = artifacts(dir.path(), 10);
        compile(&artifacts, module(1)).unwrap();
        let path = artifacts.path::<Module>(module(1).hash()).unwrap();
        fs::write(&path, b"not code").unwrap();
        compile(&artifacts, module(1)).unwrap();
        assert!(fs::metadata(&path).unwrap().len() > 100);
    }

    #[test]
    fn the_folder_has_a_largest_size() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("engine.cwasm"), b"another's").unwrap();
        let artifacts = artifacts(dir.path(), 5);
        for n in 0..20 {
            compile(&artifacts, module(n)).unwrap();
            assert!(ours(dir.path()).unwrap().len() <= 5);
        }
        assert!(dir.path().join("engine.cwasm").exists());
    }

    #[test]
    fn without_a_folder_it_compiles_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, b"").unwrap();
        let artifacts = artifacts(&file, 5);
        compile(&artifacts, module(1)).unwrap();
        assert!(artifacts.get::<Module>(module(1).hash()).is_none());
    }

    #[test]
    fn compiled_code_is_not_taken_from_outside() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = artifacts(dir.path(), 5);
        let code = artifacts.engine.precompile_module(module(1).bytes()).unwrap();
        assert!(matches!(compile(&artifacts, Artifact::new(code)), Err(RuntimeError::Invalid(_))));
        let text = Artifact::new("(component)");
        assert!(matches!(artifacts.get_or_compile::<Component>(&text), Err(RuntimeError::Invalid(_))));
    }
}
