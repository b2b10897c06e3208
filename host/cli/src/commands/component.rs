//! `atoll component`: one file, served; or run once, when it is a command.

use std::{collections::BTreeMap, future::Future, io::Write as _, path::PathBuf, sync::Arc};

use atoll::{
    AppName, Bytes, CommandLine, ComponentHost, ComponentOptions, Limits, LogLine, LogSink, is_command,
    model::{AppLimits, Origin},
    outbound::{IpNet, OutboundConfig},
    run_command,
};
use tokio::net::TcpListener;

use super::serve::{raise_open_files, shutdown_signal};
use crate::error::CliError;

/// Arguments of `atoll component`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A component that exports wasi:http/handler@0.3, wasi:http/incoming-handler@0.2 or atoll:app/http-handler is \
served; what it prints is shown when the request is over. One that exports wasi:cli/run (0.2 or 0.3) and none of \
these is a command: it runs once, listens nowhere, prints to standard output and standard error, and the exit \
status is its own, or 1 when it was stopped. Either gets no folders, no sockets and no standard input. Its \
key-value store (wasi:keyvalue) is in memory and ends with the process.")]
pub(crate) struct ComponentArgs {
    /// The component (.wasm).
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The address to listen on; port 0 chooses one. Only this machine reaches the default. A command has no use
    /// for it.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: String,
    /// A variable of its environment, and of wasi:config; may be given several times.
    #[arg(long = "env", value_name = "K=V", value_parser = pair)]
    env: Vec<(String, String)>,
    /// An origin that it may reach, such as https://api.example.com or https://*.example.com; may be given
    /// several times. One whose host is an address or localhost may be on this machine or in a private network.
    #[arg(long = "allow-http", value_name = "ORIGIN")]
    allow_http: Vec<String>,
    /// A range of addresses to which the names of allowed origins may lead although it is private, such as
    /// 10.0.0.0/8; may be given several times.
    #[arg(long = "allow-private", value_name = "CIDR")]
    allow_private: Vec<IpNet>,
    /// What its key-value store holds at the start; may be given several times.
    #[arg(long = "kv", value_name = "K=V", value_parser = pair)]
    kv: Vec<(String, String)>,
    /// A limit of one request, or of a command: memory_mib, cpu_ms, wall_ms, fuel or body_mib; may be given several
    /// times [default: the most that an app may ask for].
    #[arg(long = "limit", value_name = "NAME=N", value_parser = pair)]
    limits: Vec<(String, String)>,
    /// Where compiled code is kept, so that the next start need not compile [default: nowhere]. It is run as
    /// machine code: only this user may be able to write there.
    #[arg(long, env = "ATOLL_CACHE", value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Arguments of a command, after `--`; its own name comes before them by itself.
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".into()),
    }
}

pub(crate) async fn run(args: ComponentArgs) -> Result<(), CliError> {
    let options = options(&args)?;
    let shutdown = shutdown_signal()?;
    if is_command(&options.wasm) {
        return run_once(&args, options, shutdown).await;
    }
    if !args.args.is_empty() {
        let text = "arguments are for commands (wasi:cli/run), and this component is none";
        return Err(CliError::Usage(text.into()));
    }
    serve(&args.listen, options, shutdown).await
}

async fn serve(
    listen: &str,
    options: ComponentOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), CliError> {
    raise_open_files();
    // The port first: that it is taken is said at once, not after the component was compiled.
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        CliError::Failed(format!("cannot listen on {listen}: {error}; choose another address with --listen"))
    })?;
    let address = listener.local_addr().map_err(|error| CliError::Failed(error.to_string()))?;
    let mut shutdown = Box::pin(shutdown);
    let component = tokio::select! {
        component = ComponentHost::load(options) => component?,
        () = &mut shutdown => return Ok(()),
    };
    // Whether anybody reads it is not a reason to stop.
    let _ = writeln!(std::io::stderr(), "Serving HTTP on http://{address}/");
    atoll_server::run_component(listener, component, shutdown).await;
    Ok(())
}

/// Runs a command. What it prints is its own, byte for byte.
async fn run_once(
    args: &ComponentArgs,
    options: ComponentOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), CliError> {
    let name = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy().into_owned();
    let line = CommandLine {
        args: [name].into_iter().chain(args.args.iter().cloned()).collect(),
        stdout: Box::new(tokio::io::stdout()),
        stderr: Box::new(tokio::io::stderr()),
    };
    let code = tokio::select! {
        code = run_command(options, line) => code?,
        () = shutdown => return Err(CliError::Failed("the command was stopped by a signal".into())),
    };
    if code == 0 { Ok(()) } else { Err(CliError::Exited(code)) }
}

fn options(args: &ComponentArgs) -> Result<ComponentOptions, CliError> {
    let file = &args.file;
    let wasm = std::fs::read(file)
        .map_err(|error| CliError::Failed(format!("cannot read {}: {error}", file.display())))?;
    let mut http = Vec::new();
    for text in &args.allow_http {
        let origin =
            Origin::parse(text).map_err(|error| CliError::Usage(format!("--allow-http {text}: {error}")))?;
        http.push(origin);
    }
    let outbound = OutboundConfig { allowed_ranges: args.allow_private.clone(), ..OutboundConfig::default() };
    Ok(ComponentOptions {
        wasm: wasm.into(),
        variables: args.env.iter().cloned().collect::<BTreeMap<_, _>>(),
        http,
        kv: args.kv.iter().map(|(key, value)| (key.clone(), Bytes::from(value.clone()))).collect(),
        limits: limits(&args.limits)?,
        cache_dir: args.cache.clone(),
        compiler: Some(super::compiler()?),
        logs: Arc::new(Print),
        outbound,
    })
}

/// The file is this person's own choice, so it gets what an app may ask for at most, unless told otherwise.
fn limits(given: &[(String, String)]) -> Result<Limits, CliError> {
    let defaults = Limits::default();
    let mut table = toml::Table::try_from(defaults.app_max).unwrap_or_default();
    for (name, value) in given {
        let value: i64 = value.parse().ok().filter(|value| *value > 0).ok_or_else(|| {
            CliError::Usage(format!("--limit {name}={value}: the value is no whole number above 0"))
        })?;
        if table.insert(name.clone(), value.into()).is_none() {
            let names: Vec<&str> = table.keys().map(String::as_str).filter(|key| key != name).collect();
            let names = names.join(", ");
            return Err(CliError::Usage(format!(
                "--limit {name}: there is no such limit; there are {names}"
            )));
        }
    }
    let of_request: AppLimits =
        table.try_into().map_err(|error| CliError::Usage(format!("--limit: {error}")))?;
    Ok(Limits { app_default: of_request, app_max: of_request, ..defaults })
}

/// Shows the component's log on standard error.
struct Print;

impl LogSink for Print {
    fn write(&self, _: &AppName, lines: Vec<LogLine>) {
        let mut all = String::new();
        for line in lines {
            let level = format!("{:?}", line.level).to_lowercase();
            all.push_str(&format!("{} {level:<5} {}: {}\n", line.time, line.call, line.message));
        }
        // Nobody reads it.
        let _ = std::io::stderr().write_all(all.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[&str]) -> Result<AppLimits, CliError> {
        let pairs: Vec<_> = pairs.iter().map(|text| pair(text).unwrap()).collect();
        limits(&pairs).map(|limits| limits.app_default)
    }

    #[test]
    fn a_limit_that_is_given_wins_and_others_are_the_most() {
        let most = Limits::default().app_max;
        assert_eq!(given(&[]).unwrap(), most);
        assert_eq!(given(&["memory_mib=1024"]).unwrap(), AppLimits { memory_mib: 1_024, ..most });
        let unknown = given(&["memory=1"]).unwrap_err();
        assert_eq!(unknown.exit_status(), 2);
        assert!(unknown.to_string().ends_with("there are body_mib, cpu_ms, fuel, memory_mib, wall_ms"));
        assert!(given(&["cpu_ms=0"]).is_err() && given(&["cpu_ms=4294967296"]).is_err());
    }
}
