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
        /// The module's bytes.
        image: Bytes,
        /// Which engine the image belongs to; with any other it must not run.
        engine: ContentHash,
    },
    /// A WebAssembly component.
    Component {
        /// The component's bytes.
        wasm: Bytes,
    },
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
