//! `atoll serve`.

use std::{net::IpAddr, path::PathBuf};

use atoll::{Limits, SecretKey, outbound::OutboundConfig};
use atoll_otlp::{Otlp, OtlpConfig};
use atoll_server::ServerConfig;
use rustix::process::{Resource, Signal, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{config::Config, error::CliError, output::Output};

const LISTEN_DEFAULT: &str = "127.0.0.1:8787";
const DATA_DEFAULT: &str = ".atoll";
const SECRET_KEY: &str = "ATOLL_SECRET_KEY";

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
    /// A configuration file (TOML: listen, data, allowed_hosts, otlp and the tables `outbound` and `limits`);
    /// arguments win over it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A host name under which the server is reached, besides loopback names; may be given several times.
    #[arg(long = "allow-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
    /// A range of addresses that apps may reach with `fetch` although it is private, loopback or otherwise not the
    /// public internet: 10.1.0.0/16, 127.0.0.1, fd00::/8. An app needs a grant for the origin besides. May be given
    /// several times.
    #[arg(long = "allow-private", value_name = "CIDR")]
    allowed_ranges: Vec<String>,
    /// Send traces and metrics to this OpenTelemetry collector (OTLP over HTTP, as http://127.0.0.1:4318). The
    /// standard OTEL_* variables say more, and switch it on as well; off by default.
    #[arg(long, value_name = "URL")]
    otlp: Option<String>,
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
    let mut ranges = config.outbound.allow;
    ranges.extend(args.allowed_ranges);
    let outbound = outbound(&ranges)?;
    let otlp = OtlpConfig::from_env(args.otlp.or(config.otlp).as_deref())
        .map_err(|error| CliError::Usage(error.to_string()))?;

    let secret_key = secret_key()?;
    let limits = within(config.limits, raise_open_files());
    let shutdown = shutdown_signal()?;
    outlive_file_limit()?;
    tokio::pin!(shutdown);
    // The port first: that it is taken is said at once, not after the engine was compiled.
    let listener = TcpListener::bind(&listen).await.map_err(|error| {
        CliError::Failed(format!("cannot listen on {listen}: {error}; choose another address with --listen"))
    })?;
    let address = listener.local_addr().map_err(|error| CliError::Failed(error.to_string()))?;
    let mut builder = super::host_builder()?.data_dir(data).limits(limits.clone()).outbound(outbound);
    if let Some(key) = secret_key {
        builder = builder.secret_key(key);
    }
    if let Some(cache) = args.cache {
        builder = builder.cache_dir(cache);
    }
    let mut otlp = otlp
        .map(|otlp| Otlp::start(otlp, &limits))
        .transpose()
        .map_err(|error| CliError::Failed(error.to_string()))?;
    if let Some(tracer) = otlp.as_ref().and_then(Otlp::tracer) {
        builder = builder.tracer(tracer);
    }
    // The first start compiles the engine, which takes its time: a person may think better of it.
    let host = tokio::select! {
        host = builder.build() => host?,
        () = &mut shutdown => return Ok(()),
    };

    if let Some(otlp) = &mut otlp {
        otlp.export_metrics(&host);
    }
    output.line(format!("listening on http://{address}"))?;
    let config = ServerConfig { allowed_hosts, ..ServerConfig::default() };
    let served = atoll_server::run(listener, host, config, shutdown).await;
    if let Some(otlp) = otlp {
        otlp.shutdown().await;
    }
    served.map_err(|error| CliError::Failed(error.to_string()))
}

/// The key for apps' secrets, from the environment: an argument could be seen by others.
fn secret_key() -> Result<Option<SecretKey>, CliError> {
    let Some(text) = std::env::var_os(SECRET_KEY) else { return Ok(None) };
    let key = SecretKey::parse(&text.to_string_lossy());
    key.map(Some).map_err(|error| CliError::Usage(format!("{SECRET_KEY} cannot be used: {error}")))
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

/// What apps may reach besides the public internet: ranges in CIDR notation, and single addresses.
fn outbound(ranges: &[String]) -> Result<OutboundConfig, CliError> {
    let mut config = OutboundConfig::default();
    for text in ranges {
        let address = |_| text.parse::<IpAddr>().map(Into::into);
        config.allowed_ranges.push(text.parse().or_else(address).map_err(|_| {
            CliError::Usage(format!(
                "the allowed range {text:?} is no range of addresses; write it as 10.1.0.0/16, fd00::/8 or 127.0.0.1"
            ))
        })?);
    }
    Ok(config)
}

/// Done at the first SIGINT or SIGTERM. A second one ends the process at once, as it does by default.
pub(crate) fn shutdown_signal() -> Result<impl Future<Output = ()>, CliError> {
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

/// A write over the limit on the size of files (`ulimit -f`) fails, as on a full disk. By default it would end the
/// process besides.
fn outlive_file_limit() -> Result<(), CliError> {
    // Once it is watched for, it stays so.
    let watched = signal(SignalKind::from_raw(Signal::XFSZ.as_raw()));
    watched.map(drop).map_err(|error| CliError::Failed(format!("cannot watch for signals: {error}")))
}

/// Each connection and each loaded app holds a file descriptor, and the usual soft limit is 1024. Answers how many
/// this process may have open; `None` when there is no limit.
pub(crate) fn raise_open_files() -> Option<u64> {
    let before = getrlimit(Resource::Nofile);
    let mut limit = before;
    limit.current = limit.maximum;
    match setrlimit(Resource::Nofile, limit) {
        Ok(()) => limit.current,
        Err(error) => {
            tracing::debug!(%error, "the limit of open files stays as it is");
            before.current
        }
    }
}

/// Fits the connections into what the process may have open. A quarter stays for databases, apps and requests to
/// the world: clients who take every descriptor would end the service of all others.
fn within(mut limits: Limits, open_files_max: Option<u64>) -> Limits {
    let Some(open_files_max) = open_files_max else { return limits };
    let room = usize::try_from(open_files_max / 4 * 3).unwrap_or(usize::MAX).max(1);
    if limits.http_connections_max > room {
        tracing::warn!(
            http_connections_max = limits.http_connections_max,
            open_files_max,
            "so many connections do not fit the limit of open files (ulimit -Hn); at most {room} are served at a time"
        );
        limits.http_connections_max = room;
    }
    limits
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

    #[test]
    fn ranges_and_addresses_can_be_allowed() {
        let texts = ["10.1.0.0/16", "127.0.0.1", "fd00::/8", "::1"].map(String::from);
        let ranges = outbound(&texts).unwrap().allowed_ranges;
        let shown: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["10.1.0.0/16", "127.0.0.1/32", "fd00::/8", "::1/128"]);
        for bad in ["", "localhost", "10.1.0.0/33", "10.1", "127.0.0.1:80", "0x7f000001"] {
            let error = outbound(&[bad.into()]).map(drop).unwrap_err();
            assert!(error.exit_status() == 2 && error.to_string().contains("10.1.0.0/16"), "{bad}: {error}");
        }
    }

    #[test]
    fn connections_leave_room_for_other_files() {
        let limits = Limits { http_connections_max: 12_000, ..Limits::default() };
        assert_eq!(within(limits.clone(), Some(1_024)).http_connections_max, 768);
        assert_eq!(within(limits.clone(), Some(20_000)).http_connections_max, 12_000);
        assert_eq!(within(limits, None).http_connections_max, 12_000);
    }
}
