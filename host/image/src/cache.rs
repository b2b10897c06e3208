//! Compiled code on disk, so that a host starts in milliseconds.
//!
//! A file is what wasmtime serialised, and then 32 bytes of SHA-256 over it. Its name holds everything that the
//! content depends on: the engine, the code of the passes (`build.rs`), and wasmtime's compatibility hash. A file
//! that does not fit its hash, or that wasmtime will not have, is compiled afresh and written anew.
//!
//! The folder must be one that only this host writes: compiled code is machine code.

use std::{
    hash::{Hash, Hasher},
    io::Write as _,
    path::Path,
};

use atoll_model::ContentHash;
use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, Module, component::Component};

use crate::ImageError;

const HASH_BYTES: usize = 32;

/// Fingerprint of the code that makes what is compiled.
const PASSES: &str = env!("ATOLL_IMAGE_PASSES");

/// The folder of compiled files; without one, everything is compiled at every start.
pub(crate) struct Cache<'a> {
    folder: Option<&'a Path>,
    engine: &'a Engine,
    /// Of everything that the content of the files depends on.
    key: ContentHash,
}

/// Something that wasmtime compiles and serialises.
pub(crate) trait Compiled: Sized {
    /// wasmtime's own loader.
    const DESERIALIZE: unsafe fn(&Engine, Vec<u8>) -> wasmtime::Result<Self>;
    fn serialized(&self) -> wasmtime::Result<Vec<u8>>;
}

impl Compiled for Module {
    const DESERIALIZE: unsafe fn(&Engine, Vec<u8>) -> wasmtime::Result<Self> = Self::deserialize;
    fn serialized(&self) -> wasmtime::Result<Vec<u8>> {
        self.serialize()
    }
}

impl Compiled for Component {
    const DESERIALIZE: unsafe fn(&Engine, Vec<u8>) -> wasmtime::Result<Self> = Self::deserialize;
    fn serialized(&self) -> wasmtime::Result<Vec<u8>> {
        self.serialize()
    }
}

impl<'a> Cache<'a> {
    /// A cache for what is made of one JavaScript engine and compiled in one wasmtime engine.
    pub(crate) fn new(folder: Option<&'a Path>, engine: &'a Engine, js_engine: ContentHash) -> Self {
        let mut compatibility = HashBytes(Vec::new());
        engine.precompile_compatibility_hash().hash(&mut compatibility);
        let js_engine = js_engine.to_string();
        let parts = [js_engine.as_bytes(), PASSES.as_bytes(), &compatibility.0];
        Self { folder, engine, key: ContentHash::of_parts(parts) }
    }

    /// Loads `name`, or makes and keeps it.
    pub(crate) fn get<T: Compiled>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<T, ImageError>,
    ) -> Result<T, ImageError> {
        let Some(folder) = self.folder else { return make() };
        let path = folder.join(format!("{name}-{}.cwasm", self.key));
        if let Some(loaded) = self.load(&path) {
            return Ok(loaded);
        }
        let made = make()?;
        // A cache that cannot be written costs time at the next start, nothing else.
        if let Err(error) = keep(folder, &path, &made) {
            tracing::warn!(path = %path.display(), %error, "cannot keep compiled code; the next start compiles again");
        }
        Ok(made)
    }

    fn load<T: Compiled>(&self, path: &Path) -> Option<T> {
        let mut file = std::fs::read(path).ok()?;
        let hash = file.split_off(file.len().checked_sub(HASH_BYTES)?);
        if Sha256::digest(&file)[..] != *hash {
            tracing::warn!(path = %path.display(), "compiled code is damaged; compiling again");
            return None;
        }
        #[expect(unsafe_code, reason = "compiled code is machine code: loading it trusts the file")]
        // SAFETY: the file is in the host's own cache folder, carries the hash of its content, and was written
        // by `keep` from wasmtime's `serialize` under a name that holds wasmtime's compatibility hash.
        let loaded = unsafe { T::DESERIALIZE(self.engine, file) };
        loaded
            .inspect_err(
                |error| tracing::warn!(path = %path.display(), %error, "compiled code does not load"),
            )
            .ok()
    }
}

/// Writes to a temporary file and renames it: another host that starts now sees all of it or nothing.
fn keep(folder: &Path, path: &Path, made: &impl Compiled) -> Result<(), Box<dyn std::error::Error>> {
    let bytes = made.serialized()?;
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&bytes)?;
    file.write_all(&Sha256::digest(&bytes))?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Collects what a `Hash` writes.
struct HashBytes(Vec<u8>);

impl Hasher for HashBytes {
    fn finish(&self) -> u64 {
        0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}
