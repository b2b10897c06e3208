//! What changed in the host, for whoever shows it: the canvas, a CLI, an embedder.

use atoll_model::{AppName, Revision};
use serde::Serialize;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "lowercase")]
pub enum Change {
    /// A revision of an app answers from now on.
    Deployed {
        /// The app.
        app: AppName,
        /// The revision.
        revision: Revision,
    },
    /// An app is gone.
    Deleted {
        /// The app.
        app: AppName,
    },
    /// The layout of the canvas was saved.
    Layout,
}
