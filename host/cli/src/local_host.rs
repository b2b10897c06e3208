//! A host for one command, in a temporary data directory: for tests and checks without a server.

use std::path::PathBuf;

use atoll::Host;
use tempfile::TempDir;

use crate::{commands::host_builder, error::CliError};

/// The host and the directory that goes with it.
pub(crate) struct LocalHost {
    pub(crate) host: Host,
    _data: TempDir,
}

impl LocalHost {
    /// Starts it. The compiled engine is kept in the user's cache directory, so that only the first start
    /// on a machine takes long.
    pub(crate) async fn start() -> Result<Self, CliError> {
        let data = tempfile::Builder::new()
            .prefix("atoll-")
            .tempdir()
            .map_err(|error| CliError::Failed(format!("cannot make a temporary folder: {error}")))?;
        let mut builder = host_builder()?.data_dir(data.path());
        if let Some(cache) = cache_dir() {
            builder = builder.cache_dir(cache);
        }
        Ok(Self { host: builder.build().await?, _data: data })
    }

    pub(crate) async fn stop(self) {
        self.host.shutdown().await;
    }
}

/// `$ATOLL_CACHE`, `$XDG_CACHE_HOME/atoll` or `~/.cache/atoll`.
fn cache_dir() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("ATOLL_CACHE")
        .or_else(|| Some(variable("XDG_CACHE_HOME")?.join("atoll")))
        .or_else(|| Some(variable("HOME")?.join(".cache/atoll")))
}
