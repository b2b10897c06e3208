//! A built app: what `build` makes of a source folder, `store` keeps, and `runtime` and `server` load.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::{ContentHash, Diagnostic, Manifest, SourceTree};

/// A built app. Its source is kept whole, so that it can be shown, edited, exported, and built again when
/// the engine changes.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The parsed `atoll.toml`.
    pub manifest: Manifest,
    /// Every file of the folder.
    pub source: SourceTree,
    /// The code that runs in the sandbox, if the app has any.
    pub backend: Option<Backend>,
    /// The modules of the page, if the app has one.
    pub frontend: Option<Frontend>,
    /// A second backend that holds the app's modules and its `tests/*.test.ts`; `None` without tests. Not
    /// kept: it runs once, before the deploy.
    pub tests: Option<Backend>,
    /// Warnings and notes: a bundle exists only when there was no error.
    pub diagnostics: Vec<Diagnostic>,
}

/// Code for the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A heap image for the JavaScript engine: a core WebAssembly module with a memory and no code.
    JavaScript {
        /// The module.
        image: Artifact,
        /// Which engine the image belongs to; with any other it must not run.
        engine: ContentHash,
    },
    /// A WebAssembly component.
    Component {
        /// The component.
        wasm: Artifact,
    },
}

impl Backend {
    /// The code itself.
    #[must_use]
    pub fn code(&self) -> &Artifact {
        match self {
            Self::JavaScript { image, .. } => image,
            Self::Component { wasm } => wasm,
        }
    }

    /// Which code it is.
    #[must_use]
    pub fn id(&self) -> BackendId {
        let engine = match self {
            Self::JavaScript { engine, .. } => Some(*engine),
            Self::Component { .. } => None,
        };
        BackendId { code: self.code().hash(), engine }
    }
}

/// Names a backend without holding it: enough to find what was compiled from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackendId {
    /// The hash of the code.
    pub code: ContentHash,
    /// For a heap image, the engine that it belongs to; `None` for a component.
    pub engine: Option<ContentHash>,
}

impl BackendId {
    /// The backend of this name.
    #[must_use]
    pub fn with_code(self, code: Artifact) -> Backend {
        match self.engine {
            Some(engine) => Backend::JavaScript { image: code, engine },
            None => Backend::Component { wasm: code },
        }
    }
}

/// Bytes together with their hash, which is computed once.
#[derive(Clone, PartialEq, Eq)]
pub struct Artifact {
    hash: ContentHash,
    bytes: Bytes,
}

impl Artifact {
    /// Hashes the bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { hash: ContentHash::of(&bytes), bytes }
    }

    /// The SHA-256 of the bytes.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl std::fmt::Debug for Artifact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Artifact({}, {} bytes)", self.hash, self.bytes.len())
    }
}

/// The page of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontend {
    /// The module whose default export is the app's React component, a key of `modules`.
    pub entry: String,
    /// JavaScript modules by their path below `/apps/{app}/assets/`. Their imports of one another are
    /// relative; bare names (`react`, `@atoll/sdk`) are left to the page's import map.
    pub modules: BTreeMap<String, FrontendModule>,
}

/// One module of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontendModule {
    /// The JavaScript.
    pub code: String,
    /// Its source map (version 3, JSON), where there is one.
    pub source_map: Option<String>,
}
