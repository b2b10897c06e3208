//! A small host for the tests: the shell with stub capabilities, set up as `runtime` sets it up (asynchronous
//! calls, pooling, fuel, epochs).

#[path = "network.rs"]
pub(crate) mod network;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use atoll_image::{ENGINE_IMPORT, IMAGE_IMPORT, ImageError, JsEngine, Module, Snapshot, SnapshotInput};
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store,
    component::{HasSelf, Linker},
};

pub(crate) mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package atoll:host;
            world guest {
                include atoll:app/imports@0.1.0;
                export atoll:app/http-handler@0.1.0;
                export atoll:app/event-handler@0.1.0;
                export atoll:app/test-suite@0.1.0;
            }
        ",
        world: "atoll:host/guest",
        imports: { "atoll:app/operations.wait": async | trappable, default: trappable },
        exports: { default: async },
    });
}
pub(crate) use bindings::atoll::app::types::Failure;
pub(crate) use bindings::exports::atoll::app::http_handler::{Body, Reply, Request};
use bindings::{
    GuestPre,
    atoll::app::{bus, clock, config, kv, log, random, sql, types},
    exports::atoll::app::{
        event_handler::{Event, Outcome},
        http_handler::Response,
    },
};
use network::Network;

pub(crate) const MEMORY_BYTES: usize = 64 << 20;

/// Settings of a host, as in `atoll_runtime::engine`.
pub(crate) fn engine_with_stack(stack_bytes: usize) -> Engine {
    Engine::new(&config(stack_bytes)).unwrap()
}

pub(crate) fn config(stack_bytes: usize) -> Config {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_core_instances(400);
    pool.total_component_instances(100);
    pool.total_memories(100);
    pool.total_tables(200);
    pool.total_stacks(100);
    pool.max_core_instances_per_component(20);
    pool.max_memory_size(128 << 20);
    pool.linear_memory_keep_resident(2 << 20);
    pool.table_keep_resident(64 << 10);
    pool.pagemap_scan(wasmtime::Enabled::Auto);
    let mut config = Config::new();
    config.consume_fuel(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(stack_bytes);
    config.async_stack_size(stack_bytes + (1536 << 10));
    config.memory_guaranteed_dense_image_size(16 << 20);
    config.concurrency_support(false);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// One engine for all tests of a file, with a ticker.
pub(crate) static JS: LazyLock<(Engine, JsEngine)> = LazyLock::new(|| {
    let engine = engine_with_stack(atoll_model::Limits::default().stack_bytes_max);
    let ticking = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = ticking.upgrade() {
            engine.increment_epoch();
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    // The cache is shared by test processes, so that not every one of them compiles the engine.
    let folder = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, Into::into);
    let cache = folder.join("atoll-js-engine");
    let js = JsEngine::load(&engine, Some(&cache)).unwrap();
    (engine, js)
});

pub(crate) fn modules(list: &[(&str, &str)]) -> Vec<Module> {
    list.iter().map(|(name, source)| Module { name: (*name).into(), source: (*source).into() }).collect()
}

/// A snapshot of modules, the first of which is the entry.
pub(crate) fn snapshot(list: &[(&str, &str)]) -> Result<Snapshot, ImageError> {
    snapshot_with_tests(list, &[])
}

pub(crate) fn snapshot_with_tests(list: &[(&str, &str)], tests: &[String]) -> Result<Snapshot, ImageError> {
    let modules = modules(list);
    let input = SnapshotInput {
        modules: &modules,
        entry: &modules[0].name,
        tests,
        memory_max_bytes: MEMORY_BYTES,
        cpu_ms: 1_000,
    };
    JS.1.snapshot(&input)
}

/// An app that was snapshotted and linked.
pub(crate) struct App {
    pre: GuestPre<Host>,
    pub(crate) host: Host,
}

impl App {
    pub(crate) fn new(list: &[(&str, &str)]) -> Self {
        Self::of(&snapshot(list).unwrap_or_else(|error| panic!("{error}\n{error:?}")))
    }

    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let (engine, js) = &*JS;
        let image = wasmtime::Module::new(engine, &snapshot.image).unwrap();
        let mut linker = Linker::<Host>::new(engine);
        bindings::Guest::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host).unwrap();
        linker.root().module(ENGINE_IMPORT, js.module()).unwrap();
        linker.root().module(IMAGE_IMPORT, &image).unwrap();
        let pre = GuestPre::new(linker.instantiate_pre(js.shell()).unwrap()).unwrap();
        Self { pre, host: Host { granted: config::Capabilities::all(), ..Host::default() } }
    }

    /// A store with plenty of fuel; the epoch never ends it.
    pub(crate) fn store(&self) -> Store<Host> {
        let mut store = Store::new(&JS.0, self.host.clone());
        store.set_fuel(20_000_000_000).unwrap();
        store.set_epoch_deadline(2_000);
        store
    }

    pub(crate) async fn instance(&self, store: &mut Store<Host>) -> bindings::Guest {
        self.pre.instantiate_async(store).await.unwrap()
    }

    /// The response, wherever it went.
    pub(crate) async fn call(&self, request: Request) -> wasmtime::Result<Result<Response, Failure>> {
        let mut store = self.store();
        let guest = self.instance(&mut store).await;
        let reply = guest.atoll_app_http_handler().call_handle(&mut store, &request).await?;
        Ok(reply.map(|reply| match reply {
            Reply::Response(response) => response,
            Reply::Sent => {
                let network = self.host.network.lock().unwrap();
                let network::Head { status, headers, .. } = network.head.clone().unwrap();
                Response { status, headers, body: network.response_body().writes.concat() }
            }
        }))
    }

    /// The body of a GET, or the failure as text.
    pub(crate) fn get(&self, path: &str) -> String {
        self.send(get(path)).map_or_else(
            |failure| format!("FAILED {}\n{}", failure.message, failure.stack),
            |response| String::from_utf8(response.body).unwrap(),
        )
    }

    pub(crate) fn send(&self, request: Request) -> Result<Response, Failure> {
        block_on(self.call(request)).unwrap_or_else(|trap| panic!("{trap:?}"))
    }

    pub(crate) fn deliver(&self, event: Event) -> Outcome {
        block_on(async {
            let mut store = self.store();
            let guest = self.instance(&mut store).await;
            guest.atoll_app_event_handler().call_handle(&mut store, &event).await.unwrap()
        })
    }

    pub(crate) fn test_names(&self) -> Vec<String> {
        block_on(async {
            let mut store = self.store();
            let guest = self.instance(&mut store).await;
            guest.atoll_app_test_suite().call_names(&mut store).await.unwrap()
        })
    }

    pub(crate) fn run_test(&self, name: &str) -> Result<(), Failure> {
        block_on(async {
            let mut store = self.store();
            let guest = self.instance(&mut store).await;
            guest.atoll_app_test_suite().call_run(&mut store, name).await.unwrap()
        })
    }

    pub(crate) fn logged(&self) -> Vec<String> {
        self.host.log.lock().unwrap().clone()
    }
}

pub(crate) fn get(path: &str) -> Request {
    let url = format!("http://app.localhost{path}");
    Request { method: "GET".into(), url, headers: vec![], body: Body::None }
}

pub(crate) fn event(event_type: &str, data: &str) -> Event {
    Event {
        id: "e1".into(),
        source: "/apps/other".into(),
        type_: event_type.into(),
        time: "2026-01-02T03:04:05Z".into(),
        subject: None,
        data: data.into(),
        hops: 1,
        attempt: 1,
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Stub capabilities: a map for KV, an echo for SQL, a list for the bus.
#[derive(Clone, Default)]
pub(crate) struct Host {
    pub(crate) granted: config::Capabilities,
    pub(crate) log: Arc<Mutex<Vec<String>>>,
    pub(crate) kv: Arc<Mutex<BTreeMap<String, kv::Entry>>>,
    pub(crate) published: Arc<Mutex<Vec<(String, String)>>>,
    pub(crate) network: Arc<Mutex<Network>>,
}

impl Host {
    fn check(&self, flag: config::Capabilities, what: &str) -> Result<(), types::Error> {
        if self.granted.contains(flag) { Ok(()) } else { Err(types::Error::NotGranted(what.into())) }
    }
}

impl types::Host for Host {}

impl config::Host for Host {
    fn granted(&mut self) -> wasmtime::Result<config::Capabilities> {
        Ok(self.granted)
    }
    fn variables(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        Ok(vec![("GREETING".into(), "moin".into())])
    }
}

impl log::Host for Host {
    fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Debug => "Debug",
            log::Level::Info => "Info",
            log::Level::Warn => "Warn",
            log::Level::Error => "Error",
        };
        self.log.lock().unwrap().push(format!("{level} {message}"));
        Ok(())
    }
}

impl clock::Host for Host {
    fn now_us(&mut self) -> wasmtime::Result<f64> {
        Ok(std::time::SystemTime::UNIX_EPOCH.elapsed()?.as_secs_f64() * 1e6)
    }
    fn monotonic_ns(&mut self) -> wasmtime::Result<u64> {
        static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
        // Sleeping moves this clock on without a wait.
        Ok((START.elapsed() + self.network.lock().unwrap().slept).as_nanos() as u64)
    }
}

impl random::Host for Host {
    fn get_bytes(&mut self, count: u32) -> wasmtime::Result<Vec<u8>> {
        (0..count).map(|_| self.get_u64().map(|n| n as u8)).collect()
    }
    fn get_u64(&mut self) -> wasmtime::Result<u64> {
        use std::hash::{BuildHasher as _, Hasher as _, RandomState};
        Ok(RandomState::new().build_hasher().finish())
    }
}

impl kv::Host for Host {
    fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<kv::Entry>, types::Error>> {
        Ok(self.check(config::Capabilities::KV, "kv").map(|()| self.kv.lock().unwrap().get(&key).cloned()))
    }
    fn put(
        &mut self,
        key: String,
        value: Vec<u8>,
        options: kv::PutOptions,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        if options.expiration_ttl_s.is_some_and(|ttl| ttl < 60) {
            return Ok(Err(types::Error::Invalid("expirationTtl must be at least 60 seconds".into())));
        }
        self.kv.lock().unwrap().insert(key, kv::Entry { value, metadata: options.metadata });
        Ok(Ok(()))
    }
    fn compare_and_set(
        &mut self,
        key: String,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
        options: kv::PutOptions,
    ) -> wasmtime::Result<Result<bool, types::Error>> {
        if self.kv.lock().unwrap().get(&key).map(|entry| &entry.value) != expected.as_ref() {
            return Ok(Ok(false));
        }
        Ok(self.put(key, value, options)?.map(|()| true))
    }
    fn delete(&mut self, key: String) -> wasmtime::Result<Result<(), types::Error>> {
        self.kv.lock().unwrap().remove(&key);
        Ok(Ok(()))
    }
    fn list(
        &mut self,
        prefix: String,
        cursor: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Result<kv::Page, types::Error>> {
        let map = self.kv.lock().unwrap();
        let after = cursor.unwrap_or_default();
        let mut names = map.iter().filter(|(name, _)| name.starts_with(&prefix) && **name > after);
        let keys: Vec<_> = names
            .by_ref()
            .take(limit as usize)
            .map(|(name, entry)| kv::Key {
                name: name.clone(),
                expiration_s: None,
                metadata: entry.metadata.clone(),
            })
            .collect();
        let cursor = names.next().and_then(|_| keys.last().map(|key| key.name.clone()));
        Ok(Ok(kv::Page { keys, cursor }))
    }
}

impl sql::Host for Host {
    /// Answers one row: the statement, and each parameter as it came.
    fn query(&mut self, statement: sql::Statement) -> wasmtime::Result<Result<sql::Rows, types::Error>> {
        if statement.sql.contains("no_such_table") {
            return Ok(Err(types::Error::Invalid("no such table: no_such_table".into())));
        }
        let mut columns = vec!["sql".to_owned()];
        columns.extend((1..=statement.parameters.len()).map(|i| format!("p{i}")));
        let mut row = vec![sql::Value::Text(statement.sql.clone())];
        row.extend(statement.parameters);
        let rows = if statement.sql.starts_with("SELECT none") { vec![] } else { vec![row] };
        let changes = u64::from(statement.sql.starts_with("INSERT"));
        Ok(Ok(sql::Rows { columns, rows, changes, last_row_id: 7, duration_us: 1_500 }))
    }
    fn batch(
        &mut self,
        statements: Vec<sql::Statement>,
    ) -> wasmtime::Result<Result<Vec<sql::Rows>, types::Error>> {
        statements.into_iter().map(|statement| self.query(statement)).collect()
    }
    fn exec(&mut self, script: String) -> wasmtime::Result<Result<u32, types::Error>> {
        Ok(Ok(script.matches(';').count() as u32))
    }
}

impl bus::Host for Host {
    fn publish(
        &mut self,
        event_type: String,
        data: String,
        id: Option<String>,
    ) -> wasmtime::Result<Result<String, types::Error>> {
        if event_type == "undeclared" {
            let hint = "undeclared is not declared; add it under [[events.publishes]]";
            return Ok(Err(types::Error::NotGranted(hint.into())));
        }
        self.published.lock().unwrap().push((event_type, data));
        Ok(Ok(id.unwrap_or_else(|| "host-made".into())))
    }
}
