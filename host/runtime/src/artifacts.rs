//! Compiled code on disk, by the hash of what it was compiled from: an app that is loaded again is mapped
//! into memory instead of compiled.
//!
//! A `.cwasm` is machine code, so only files that this host wrote are ever loaded: the [`folder`] is this user's
//! alone, names are hashes, and no upload path leads here. A cache that cannot be written is no error: the code is
//! then kept in memory.

mod folder;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use atoll_model::{Artifact, ContentHash};
use wasmtime::{Engine, Module, component::Component};

use self::folder::{Folder, Lasts};
use crate::{RuntimeError, compiler::fingerprint};

/// The compiler and its cache.
pub(crate) struct Artifacts {
    engine: Engine,
    /// A hash of the engine's settings, in every name.
    settings: u64,
    folder: Option<Arc<Folder>>,
}

/// What can be compiled.
#[expect(unsafe_code, reason = "passes wasmtime's own requirement on to the one caller below")]
pub(crate) trait Compiled: Sized {
    const KIND: &'static str;
    /// How long it is worth keeping.
    const LASTS: Lasts;
    fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>>;
    /// # Safety
    /// The bytes must be what [`Compiled::compile`] answered.
    unsafe fn from_bytes(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Self>;
    /// # Safety
    /// The file must hold what [`Compiled::compile`] answered, and must not change.
    unsafe fn from_file(engine: &Engine, path: &Path) -> wasmtime::Result<Self>;
}

macro_rules! compiled {
    ($type:ty, $kind:literal, $lasts:ident, $compile:ident) => {
        #[expect(unsafe_code, reason = "passes wasmtime's own requirement on to the one caller below")]
        impl Compiled for $type {
            const KIND: &'static str = $kind;
            const LASTS: Lasts = Lasts::$lasts;
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
compiled!(Module, "image", UntilTheMachineStarts, precompile_module);
compiled!(Component, "component", ForGood, precompile_component);

impl Artifacts {
    pub(crate) fn new(engine: &Engine, dir: Option<PathBuf>, files_max: usize) -> Self {
        let folder = dir.and_then(|dir| match Folder::open(&dir, files_max) {
            Ok(folder) => Some(Arc::new(folder)),
            Err(error) => {
                tracing::warn!(dir = %dir.display(), %error, "compiled code is not kept on disk");
                None
            }
        });
        Self { engine: engine.clone(), settings: fingerprint(engine), folder }
    }

    /// The same folder, for what another engine compiles.
    pub(crate) fn for_engine(&self, engine: &Engine) -> Self {
        Self { engine: engine.clone(), settings: fingerprint(engine), folder: self.folder.clone() }
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
        let path = self.folder.as_ref()?.path(&self.name::<T>(code), T::LASTS);
        if !path.exists() {
            return None;
        }
        // SAFETY: only `keep` puts files of this name into a folder that only this user can write.
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
        let Some(folder) = &self.folder else {
            // SAFETY: the caller's promise.
            return unsafe { self.adopt(compiled) };
        };
        let name = self.name::<T>(code);
        match folder.write(&name, T::LASTS, compiled) {
            // SAFETY: written one line above. From the file, so that the image's pages are the page cache's.
            Ok(path) => unsafe { T::from_file(&self.engine, &path) }.map_err(invalid),
            Err(error) => {
                tracing::warn!(name, %error, "compiled code is not kept on disk");
                // SAFETY: the caller's promise.
                unsafe { self.adopt(compiled) }
            }
        }
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
        self.folder.as_ref()?.empty_dir().ok()
    }

    /// The hash of the code and of all that its compilation depends on.
    fn name<T: Compiled>(&self, code: ContentHash) -> String {
        format!("{}-{code}-{:016x}", T::KIND, self.settings)
    }
}

fn invalid(error: wasmtime::Error) -> RuntimeError {
    RuntimeError::Invalid(format!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

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

    fn path(artifacts: &Artifacts, code: &Artifact) -> PathBuf {
        let name = artifacts.name::<Module>(code.hash());
        artifacts.folder.as_ref().unwrap().path(&name, Module::LASTS)
    }

    #[test]
    fn what_was_compiled_is_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = artifacts(dir.path(), 10);
        compile(&artifacts, module(1)).unwrap();
        let path = path(&artifacts, &module(1));
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        compile(&artifacts, module(1)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
    }

    #[test]
    fn a_damaged_file_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = artifacts(dir.path(), 10);
        compile(&artifacts, module(1)).unwrap();
        let path = path(&artifacts, &module(1));
        fs::write(&path, b"not code").unwrap();
        compile(&artifacts, module(1)).unwrap();
        assert!(fs::metadata(&path).unwrap().len() > 100);
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
