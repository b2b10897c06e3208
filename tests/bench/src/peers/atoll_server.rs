//! `atoll serve` over a data directory that was filled through the library.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use atoll::{AppName, DeployOptions, Host, Limits, SourceTree};

use super::{ATOLL, Peer, listening};
use crate::{Failure, process::Process, report::Report};

/// The server, and what it serves.
pub(crate) struct AtollServer {
    pub(crate) process: Process,
    pub(crate) authority: String,
}

impl AtollServer {
    /// Serves a data directory as it is. `limits` are lines of the configuration's table.
    pub(crate) fn start(data: &Path, limits: &str, report: &mut Report) -> Result<Self, Failure> {
        let binary = binary()?;
        if let Some(version) = crate::machine::first_line(&binary, &["--version"]) {
            report.versions.insert("Atoll", version);
        }
        let config = data.with_extension("toml");
        std::fs::write(&config, format!("[limits]\n{limits}\n"))?;
        let mut command = start_binary(&binary);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).arg("--config").arg(&config);
        let (process, authority) = Process::start(&mut command, listening)?;
        Ok(Self { process, authority })
    }

    /// The same as a peer whose one app is asked.
    pub(crate) fn peer(self, app: &AppName, path: &str) -> Peer {
        let path = format!("/apps/{app}/api{path}");
        Peer { name: ATOLL, process: self.process, authority: self.authority, path }
    }

    /// Deploys an app into a new data directory and serves it.
    pub(crate) fn with_app(
        data: &Path,
        source: SourceTree,
        path: &str,
        report: &mut Report,
    ) -> Result<Peer, Failure> {
        let runtime = tokio::runtime::Runtime::new()?;
        let app = runtime.block_on(async {
            let host = Host::builder().data_dir(data).limits(Limits::default()).build().await?;
            let options = DeployOptions { run_tests: false, ..DeployOptions::default() };
            let deployed = host.deploy(source, options).await?;
            host.shutdown().await;
            Ok::<_, Failure>(deployed.app)
        })?;
        Ok(Self::start(data, "", report)?.peer(&app, path))
    }
}

/// A program without the settings that a person may have in the environment for their own server.
fn start_binary(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    let own =
        std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("ATOLL_"));
    own.for_each(|name| {
        command.env_remove(name);
    });
    command
}

fn binary() -> Result<PathBuf, Failure> {
    let binary = std::env::current_exe()?.with_file_name("atoll");
    if !binary.is_file() {
        return Err(format!("{} is not there: `cargo xtask bench` builds it", binary.display()).into());
    }
    Ok(binary)
}
