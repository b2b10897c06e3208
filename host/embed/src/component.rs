//! One component by itself: a file that takes HTTP requests, or a command that runs once, in the same sandbox as
//! any app, with no registry, no data directory and no events. What `atoll component` serves or runs.
//!
//! Its KV store is in memory and ends with the process. Lines of its log go to whoever asked for them.

use std::{collections::BTreeMap, io, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use atoll_model::{
    AppName, Artifact, Backend, Capability, CapabilityError, EventDraft, Grants, KvPut, Limits, Manifest,
    Origin, Revision,
};
use atoll_outbound::{IpNet, OutboundClient, OutboundConfig, Resolve};
use atoll_runtime::{
    AppCode, Body, CallError, Capabilities, CommandLine, CompilerProgram, LoadedApp, LogSink, Publisher,
    Runtime,
};
use atoll_store::Ephemeral;
use bytes::Bytes;

use crate::{
    HostError,
    adapters::{EphemeralState, Outbound},
    spans::Spans,
};

/// Under which name the component is an app.
const NAME: &str = "component";

/// Describes a component to serve or to run.
#[derive(Clone)]
pub struct ComponentOptions {
    /// The component.
    pub wasm: Bytes,
    /// Its environment and configuration.
    pub variables: BTreeMap<String, String>,
    /// Origins that it may reach. One whose host is an address or `localhost` may be on this machine or in a
    /// private network, since it was named here.
    pub http: Vec<Origin>,
    /// What is in its KV store at the start.
    pub kv: Vec<(String, Bytes)>,
    /// The limits. What the component itself may use is `app_default`.
    pub limits: Limits,
    /// Where its compiled code is kept; nowhere when absent. What lies there is run as machine code: only this
    /// user may be able to write it.
    pub cache_dir: Option<PathBuf>,
    /// The program that compiles it, under limits; see [`HostBuilder::compiler`](crate::HostBuilder::compiler).
    pub compiler: Option<CompilerProgram>,
    /// Takes the lines of its log.
    pub logs: Arc<dyn LogSink>,
    /// How requests to the world are sent. The limits in it are not used.
    pub outbound: OutboundConfig,
}

/// Compiles, links and runs a command (a component that exports `wasi:cli/run`), once. Answers its exit code.
/// Dropping the future stops it.
///
/// # Errors
/// As [`ComponentHost::load`]; [`HostError::Runtime`] when it is no command, [`HostError::Call`] when it trapped or
/// was stopped at a limit.
pub async fn run_command(options: ComponentOptions, line: CommandLine) -> Result<u8, HostError> {
    let (runtime, code) = prepare(options).await?;
    let app = runtime.load_command(code).await?;
    Ok(runtime.run_command(&app, line).await?.value)
}

/// A component that is ready to answer requests. Cheap to clone.
#[derive(Clone)]
pub struct ComponentHost {
    runtime: Arc<Runtime>,
    app: Arc<LoadedApp>,
    limits: Limits,
}

impl ComponentHost {
    /// Compiles and links a component.
    ///
    /// # Errors
    /// [`HostError::Rejected`] when the file is no component; [`HostError::Runtime`] when it cannot run, imports what
    /// is not offered, or exports no handler.
    pub async fn load(options: ComponentOptions) -> Result<Self, HostError> {
        let limits = options.limits.clone();
        let (runtime, code) = prepare(options).await?;
        let app = runtime.load(code).await?;
        Ok(Self { runtime, app, limits })
    }

    /// Passes a request to the component. The body of the answer may still be coming; dropping it stops the
    /// handler.
    ///
    /// # Errors
    /// [`CallError`], when there is no response.
    pub async fn handle(&self, request: http::Request<Body>) -> Result<http::Response<Body>, CallError> {
        self.runtime.fetch(&self.app, request).await.map(|handled| handled.value)
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Waits for what goes on after its response, for at most `drain_ms`.
    pub async fn shutdown(&self) {
        self.runtime.drain(Duration::from_millis(self.limits.drain_ms)).await;
    }
}

/// A sandbox for one component, and the component as an app of it.
async fn prepare(options: ComponentOptions) -> Result<(Arc<Runtime>, AppCode), HostError> {
    let internal = |error: &dyn std::fmt::Display| HostError::Internal(error.to_string());
    let name = AppName::parse(NAME).map_err(|error| internal(&error))?;
    let limits = options.limits;
    atoll_build::check_component(&options.wasm, &limits)
        .map_err(|failure| HostError::Rejected { diagnostics: failure.diagnostics })?;
    let state = Arc::new(EphemeralState(Arc::new(Ephemeral::open(&name, &[], &limits).await?)));
    for (key, value) in options.kv {
        state.0.kv_put(&name, &key, KvPut { value, metadata: None, expiration_ttl_s: None }).await?;
    }
    let outbound = outbound(options.outbound, &options.http, &limits);
    let client = OutboundClient::new(outbound).map_err(|error| internal(&error))?;
    let capabilities = Capabilities {
        kv: Arc::clone(&state) as _,
        sql: state,
        bus: Arc::new(NoEvents),
        http: Arc::new(Outbound { client, spans: Spans::new(None) }),
        logs: options.logs,
    };
    let mut manifest = Manifest::named(name);
    manifest.grants = Grants { kv: true, http: options.http, ..Grants::default() };
    let code = AppCode {
        app: manifest.name.clone(),
        revision: Revision(1),
        manifest,
        backend: Backend::Component { wasm: Artifact::new(options.wasm) },
        variables: options.variables,
        secrets: BTreeMap::new(),
    };
    let engine = atoll_runtime::engine(&limits)?;
    let runtime = Runtime::new(engine, None, &limits, options.cache_dir, capabilities)?;
    let runtime = Arc::new(match options.compiler {
        Some(compiler) => runtime.with_compiler(compiler),
        None => runtime,
    });
    Ok((runtime, code))
}

impl std::fmt::Debug for ComponentHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ComponentHost").field("app", &self.app).finish_non_exhaustive()
    }
}

/// There is no bus, and so no grant to publish.
struct NoEvents;

#[async_trait]
impl Publisher for NoEvents {
    async fn publish(&self, _: &AppName, _: EventDraft) -> Result<String, CapabilityError> {
        let hint = "deploy it as an app: `atoll component` has no bus".into();
        Err(CapabilityError::NotGranted { what: Capability::Bus.to_string(), hint })
    }
}

/// Allows the addresses of origins that name one, and only through those names.
fn outbound(config: OutboundConfig, origins: &[Origin], limits: &Limits) -> OutboundConfig {
    let mut named = Vec::new();
    for url in origins.iter().filter_map(|origin| origin.as_str().parse::<http::Uri>().ok()) {
        let host = url.host().unwrap_or_default();
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => named.push(address),
            Err(_) if is_localhost(host) => {
                named.extend([IpAddr::from([127, 0, 0, 1]), IpAddr::from(std::net::Ipv6Addr::LOCALHOST)]);
            }
            Err(_) => {}
        }
    }
    let mut allowed_ranges = config.allowed_ranges.clone();
    allowed_ranges.extend(named.iter().map(|address| IpNet::from(*address)));
    let outside = config.allowed_ranges;
    let inner = config.resolver;
    let resolver = Arc::new(NamesStayOutside { inner, named, allowed: outside });
    OutboundConfig { limits: limits.clone(), allowed_ranges, resolver, ..config }
}

fn is_localhost(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
}

/// A granted name must not lead to an address that is allowed only because another origin names it.
struct NamesStayOutside {
    inner: Arc<dyn Resolve>,
    named: Vec<IpAddr>,
    allowed: Vec<IpNet>,
}

#[async_trait]
impl Resolve for NamesStayOutside {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let mut addresses = self.inner.resolve(host).await?;
        if !is_localhost(host) {
            let is_allowed = |address: &IpAddr| self.allowed.iter().any(|range| range.contains(address));
            addresses.retain(|address| !self.named.contains(address) || is_allowed(address));
        }
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Everywhere;

    #[async_trait]
    impl Resolve for Everywhere {
        async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            Ok(["127.0.0.1", "192.0.2.1", "10.0.0.1"].map(|text| text.parse().unwrap()).to_vec())
        }
    }

    #[tokio::test]
    async fn an_address_is_allowed_by_its_own_name_only() {
        let origins = ["http://localhost:8080", "http://10.0.0.1", "https://api.example.com"];
        let origins = origins.map(|text| Origin::parse(text).unwrap());
        let config = OutboundConfig { resolver: Arc::new(Everywhere), ..OutboundConfig::default() };
        let config = outbound(config, &origins, &Limits::default());
        let allows = |text: &str| {
            let address: IpAddr = text.parse().unwrap();
            config.allowed_ranges.iter().any(|range| range.contains(&address))
        };
        assert!(allows("127.0.0.1") && allows("::1") && allows("10.0.0.1"));
        assert!(!allows("127.0.0.2") && !allows("10.0.0.2"));
        let of_name = config.resolver.resolve("api.example.com").await.unwrap();
        assert_eq!(of_name, ["192.0.2.1".parse::<IpAddr>().unwrap()]);
        assert_eq!(config.resolver.resolve("localhost").await.unwrap().len(), 3);
    }
}
