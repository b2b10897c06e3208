//! Wires the rooms.

use std::{path::PathBuf, sync::Arc};

use atoll_bus::{Bus, EmbeddedLog};
use atoll_image::JsEngine;
use atoll_model::Limits;
use atoll_outbound::{OutboundClient, OutboundConfig};
use atoll_runtime::{AppCache, CallObserver, Capabilities, CompilerProgram, Runtime};
use atoll_store::{SecretKey, Store, StoreOptions};
use opentelemetry::global::BoxedTracer;
use tokio::sync::broadcast;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Host, HostError,
    adapters::{Deliveries, Outbound, PublishToBus, Secrets, StoreKv, StoreSource, StoreSql},
    event_schemas::EventSchemas,
    generation::Generations,
    host::Inner,
    logs::LogBook,
    metering::Metering,
    schedules::Schedules,
    spans::Spans,
    stack_traces::StackTraces,
};

/// Changes a reader may be behind before it misses some.
const CHANGES_LAG_MAX: usize = 256;

/// Describes a host. See [`Host::builder`].
#[derive(Clone)]
pub struct HostBuilder {
    data_dir: PathBuf,
    cache_dir: Option<PathBuf>,
    limits: Limits,
    observer: Option<Arc<dyn CallObserver>>,
    outbound: OutboundConfig,
    tracer: Option<Arc<BoxedTracer>>,
    compiler: Option<CompilerProgram>,
    secret_key: Option<SecretKey>,
}

impl HostBuilder {
    pub(crate) fn new() -> Self {
        Self {
            data_dir: ".atoll".into(),
            cache_dir: None,
            limits: Limits::default(),
            observer: None,
            outbound: OutboundConfig::default(),
            tracer: None,
            compiler: None,
            secret_key: None,
        }
    }

    /// Where everything is kept; `.atoll` when not set. Made when absent. One host at a time.
    #[must_use]
    pub fn data_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.data_dir = dir.into();
        self
    }

    /// Where compiled code is kept; `cache` in the data directory when not set. What lies there is run as
    /// machine code: only this user may be able to write it. Several hosts may share it.
    #[must_use]
    pub fn cache_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.cache_dir = Some(dir.into());
        self
    }

    /// The limits; [`Limits::default`] when not set.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Who is told of every call of an app when it has ended, with what it used.
    #[must_use]
    pub fn call_observer(mut self, observer: Arc<dyn CallObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The key that apps' secrets are sealed with on disk; when not set, the one in the file `secret.key` of the
    /// data directory, which is made at the first start.
    #[must_use]
    pub fn secret_key(mut self, key: SecretKey) -> Self {
        self.secret_key = Some(key);
        self
    }

    /// How apps' requests to the world are sent: which ranges they may reach besides the public internet, who
    /// looks names up, whom TLS trusts besides Mozilla's authorities. Secrets that it knows win over those that are set in the
    /// host. The limits in it are not used: they are
    /// the host's.
    #[must_use]
    pub fn outbound(mut self, outbound: OutboundConfig) -> Self {
        self.outbound = outbound;
        self
    }

    /// Who makes spans of requests, events and what apps send: `BoxedTracer::new(Box::new(tracer))` of any
    /// OpenTelemetry tracer. Without one no spans are made, and trace contexts that come in are carried through.
    #[must_use]
    pub fn tracer(mut self, tracer: BoxedTracer) -> Self {
        self.tracer = Some(Arc::new(tracer));
        self
    }

    /// The program that compiles apps' WebAssembly components, in a process that is stopped when it takes too long
    /// or too much memory (`compile_wall_ms`, `compile_cpu_ms`, `compile_memory_mib`). Most often it is your own
    /// program, started again:
    ///
    /// ```no_run
    /// # use atoll::{CompilerProgram, Host};
    /// fn main() -> std::process::ExitCode {
    ///     // First thing, before anything starts threads.
    ///     if std::env::args().nth(1).as_deref() == Some("compile-component") {
    ///         return atoll::run_compiler();
    ///     }
    ///     let builder = match CompilerProgram::this_program(["compile-component"]) {
    ///         Ok(compiler) => Host::builder().compiler(compiler),
    ///         Err(_) => return std::process::ExitCode::FAILURE,
    ///     };
    ///     // … builder.build().await …
    /// #   drop(builder);
    ///     std::process::ExitCode::SUCCESS
    /// }
    /// ```
    ///
    /// When not set, the host compiles in its own process, where nothing can stop it: do so only when you know
    /// where every component comes from. Apps in TypeScript and JavaScript are not compiled, and need none.
    #[must_use]
    pub fn compiler(mut self, program: CompilerProgram) -> Self {
        self.compiler = Some(program);
        self
    }

    /// Opens the data directory, compiles the JavaScript engine (or loads it from the cache), and starts
    /// delivering events.
    ///
    /// # Errors
    /// [`HostError`] when the data directory cannot be opened or is in use, or the engine cannot be loaded.
    pub async fn build(self) -> Result<Host, HostError> {
        let Self { data_dir, cache_dir, limits, observer, outbound, tracer, compiler, secret_key } = self;
        let spans = Spans::new(tracer);
        let options = StoreOptions { secret_key, ..StoreOptions::default() };
        let store = Store::open_with(&data_dir, &limits, options).await?;
        let outside = Arc::clone(&outbound.secrets);
        let secrets = Arc::new(Secrets { outside, store: Arc::clone(&store) });
        let outbound =
            OutboundConfig { limits: limits.clone(), secrets: Arc::clone(&secrets) as _, ..outbound };
        let outbound =
            OutboundClient::new(outbound).map_err(|error| HostError::Internal(error.to_string()))?;
        let cache = cache_dir.unwrap_or_else(|| data_dir.join("cache"));
        let (js, engine) = {
            let (limits, cache) = (limits.clone(), cache.clone());
            tokio::task::spawn_blocking(move || -> Result<_, HostError> {
                let engine = atoll_runtime::engine(&limits)?;
                Ok((Arc::new(JsEngine::load(&engine, Some(&cache))?), engine))
            })
            .await
            .map_err(|error| HostError::Internal(error.to_string()))??
        };

        let logs = Arc::new(LogBook::new(limits.log_lines_per_app_max));
        let event_schemas = Arc::new(EventSchemas::new(Arc::clone(&store), &limits));
        let publisher = Arc::new(PublishToBus::new(spans.clone(), Arc::clone(&event_schemas)));
        let capabilities = Capabilities {
            kv: Arc::new(StoreKv(Arc::clone(&store))),
            sql: Arc::new(StoreSql(Arc::clone(&store))),
            bus: Arc::clone(&publisher) as _,
            http: Arc::new(Outbound { client: outbound.clone(), spans: spans.clone() }),
            logs: Arc::clone(&logs) as _,
        };
        let metering = Arc::new(Metering::new(&limits, observer));
        let runtime = Runtime::new(engine, Arc::clone(&js), &limits, Some(cache.clone()), capabilities)?
            .with_observer(Arc::clone(&metering) as _);
        let runtime = Arc::new(match compiler {
            Some(compiler) => runtime.with_compiler(compiler),
            None => runtime,
        });
        let hash = js.hash();
        let builder = Arc::new(atoll_build::Builder::new(js, limits.clone()));
        let placeholders = outbound.placeholders().clone();
        let source = StoreSource::new(
            Arc::clone(&store),
            Arc::clone(&runtime),
            Arc::clone(&builder),
            hash,
            placeholders,
            Arc::clone(&secrets),
        );
        let apps = Arc::new(AppCache::new(Arc::new(source), limits.loaded_apps_max));

        let log = EmbeddedLog::open_with_limits(data_dir.join("events.db"), &limits).await?;
        let deliveries =
            Deliveries { apps: Arc::clone(&apps), runtime: Arc::clone(&runtime), spans: spans.clone() };
        let bus = Arc::new(Bus::start(Arc::new(log), Arc::new(deliveries), &limits).await?);
        publisher.connect(&bus);

        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let scheduling = stopping.child_token();
        let schedules = Schedules::new(
            Arc::clone(&store),
            Arc::clone(&apps),
            Arc::clone(&runtime),
            &limits,
            scheduling.clone(),
            tasks.clone(),
        );
        let all = store.apps().await?;
        all.iter().for_each(|app| event_schemas.set(&app.name, Some(&app.manifest)));
        schedules.set_all(all).await?;
        tasks.spawn(Arc::clone(&schedules).run());

        let (changes, _) = broadcast::channel(CHANGES_LAG_MAX);
        let traces = Arc::new(StackTraces::new(Arc::clone(&store), &limits));
        Ok(Host {
            inner: Arc::new(Inner {
                limits,
                builder,
                runtime,
                apps,
                store,
                bus,
                logs,
                traces,
                metering,
                spans,
                schedules,
                secrets,
                event_schemas,
                _scheduling: scheduling.drop_guard(),
                cache_dir: cache,
                generations: Generations::default(),
                changes,
                switching: tokio::sync::Mutex::new(()),
                tasks,
                stopping,
            }),
        })
    }
}

impl std::fmt::Debug for HostBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostBuilder").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}
