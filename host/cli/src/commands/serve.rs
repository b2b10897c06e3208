//! `atoll serve`.

use std::path::PathBuf;

use atoll_server::ServerConfig;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{config::Config, error::CliError, output::Output};

const LISTEN_DEFAULT: &str = "127.0.0.1:8787";
const DATA_DEFAULT: &str = ".atoll";

/// Arguments of `atoll serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The address to listen on; port 0 chooses one [default: 127.0.0.1:8787].
    #[arg(long, env = "ATOLL_LISTEN", value_name = "ADDR")]
    listen: Option<String>,
    /// Where everything is kept [default: .atoll].
    #[arg(long, env = "ATOLL_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where compiled code is kept [default: `cache` below the data]. It is run as machine code: only this
    /// user may be able to write there. Several servers may share it.
    #[arg(long, env = "ATOLL_CACHE", value_name = "DIR")]
    cache: Option<PathBuf>,
    /// A configuration file (TOML: listen, data, allowed_hosts and a table `limits`); arguments win over it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A host name under which the server is reached, besides loopback names; may be given several times.
    #[arg(long = "allow-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
    #[arg(long, hide = true, value_name = "URL")]
    nats: Option<String>,
    #[arg(long, hide = true, value_name = "URL")]
    postgres: Option<String>,
}

pub(crate) async fn run(args: ServeArgs, output: &Output) -> Result<(), CliError> {
    for (flag, value) in [("--nats", &args.nats), ("--postgres", &args.postgres)] {
        if value.is_some() {
            return Err(CliError::Usage(format!(
                "{flag} is not in this version: it runs on one machine, and keeps everything under --data"
            )));
        }
    }
    let config = match &args.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    let listen = args.listen.or(config.listen).unwrap_or_else(|| LISTEN_DEFAULT.into());
    let data = args.data.or(config.data).unwrap_or_else(|| DATA_DEFAULT.into());
    let mut allowed_hosts = config.allowed_hosts;
    allowed_hosts.extend(args.allowed_hosts);
    allowed_hosts.iter().try_for_each(|name| check_host(name))?;

    raise_open_files();
    let shutdown = shutdown_signal()?;
    tokio::pin!(shutdown);
    // The port first: that it is taken is said at once, not after the engine was compiled.
    let listener = TcpListener::bind(&listen).await.map_err(|error| {
        CliError::Failed(format!("cannot listen on {listen}: {error}; choose another address with --listen"))
    })?;
    let address = listener.local_addr().map_err(|error| CliError::Failed(error.to_string()))?;
    let mut builder = super::host_builder()?.data_dir(data).limits(config.limits);
    if let Some(cache) = args.cache {
        builder = builder.cache_dir(cache);
    }
    // The first start compiles the engine, which takes its time: a person may think better of it.
    let host = tokio::select! {
        host = builder.build() => host?,
        () = &mut shutdown => return Ok(()),
    };

    output.line(format!("listening on http://{address}"))?;
    let config = ServerConfig { allowed_hosts, ..ServerConfig::default() };
    atoll_server::run(listener, host, config, shutdown)
        .await
        .map_err(|error| CliError::Failed(error.to_string()))
}

/// A name that no `Host` header can ever have would silently open nothing.
fn check_host(name: &str) -> Result<(), CliError> {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if name.trim_end_matches('.').split('.').all(is_label) {
        return Ok(());
    }
    Err(CliError::Usage(format!(
        "the allowed host {name:?} is no host name; write it without scheme, port and path, and other scripts in \
         their xn-- form: atoll.example.com"
    )))
}

/// Done at the first SIGINT or SIGTERM. A second one ends the process at once, as it does by default.
fn shutdown_signal() -> Result<impl Future<Output = ()>, CliError> {
    let watch =
        |kind| signal(kind).map_err(|error| CliError::Failed(format!("cannot watch for signals: {error}")));
    let (mut interrupt, mut terminate) = (watch(SignalKind::interrupt())?, watch(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::warn!("a second signal: ending without draining");
            std::process::exit(1);
        });
    })
}

/// Each connection and each loaded app holds a file descriptor, and the usual soft limit is 1024.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_names_are_allowed_hosts() {
        for good in ["atoll.example.com", "atoll", "xn--mnchen-3ya.example", "192.0.2.7", "a.example."] {
            assert!(check_host(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "http://atoll.example.com",
            "a.example:80",
            "a.example/",
            "*.example",
            "münchen.example",
            "a..b",
        ] {
            assert_eq!(check_host(bad).unwrap_err().exit_status(), 2, "{bad}");
        }
    }
}
