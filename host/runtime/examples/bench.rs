//! What a call costs: a fresh instance for each request, one instance for all of them (for comparison), and
//! waking an app that is not loaded.
//!
//! `cargo run --release -p atoll-runtime --example bench [COMPONENT.wasm…]`
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

#[path = "../tests/shared/nothing.rs"]
mod nothing;

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use atoll_image::{JsEngine, Module, SnapshotInput};
use atoll_model::{AppName, Artifact, Backend, Limits, Manifest, Revision};
use atoll_runtime::{AppCode, Runtime};
use bytes::Bytes;

const REQUESTS: usize = 5_000;
const WAKES: usize = 300;

/// A router over JSON, as in the prototype whose figures are the bar.
const SOURCE: &str = r"
const routes = [];
const add = (method, path, handler) => routes.push([method, new RegExp('^' + path + '$'), handler]);
const todos = Array.from({ length: 50 }, (_, id) => ({ id, title: 'todo ' + id, done: id % 2 === 0 }));
add('GET', '/todos', () => todos.slice(0, 10));
add('GET', '/todos/(\\d+)', (match) => todos[+match[1]]);
export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    for (const [method, pattern, handler] of routes) {
      const match = method === request.method && pattern.exec(pathname);
      if (match) return Response.json(handler(match));
    }
    return new Response('not found', { status: 404 });
  },
};";

fn main() -> Result<(), Box<dyn Error>> {
    // One thread, so that what is measured is the call and not the machine's scheduler.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let limits = Limits::default();
    let cache = std::env::temp_dir().join(format!("atoll-bench-{}", std::process::id()));
    let engine = atoll_runtime::engine(&limits)?;
    let started = Instant::now();
    let js = Arc::new(JsEngine::load(&engine, Some(&cache))?);
    println!("engine, compiled: {:?}", started.elapsed());
    let capabilities = nothing::capabilities();
    let runtime =
        Arc::new(Runtime::new(engine, Arc::clone(&js), &limits, Some(cache.clone()), capabilities)?);
    let modules = [Module { name: "backend/index.js".into(), source: SOURCE.into() }];
    let started = Instant::now();
    let snapshot = js.snapshot(&SnapshotInput {
        modules: &modules,
        entry: "backend/index.js",
        tests: &[],
        memory_max_bytes: limits.app_default.memory_bytes(),
        cpu_ms: limits.snapshot_cpu_ms,
    })?;
    println!("snapshot: {:?}, {} KiB", started.elapsed(), snapshot.image.len() >> 10);
    let code = AppCode {
        app: AppName::parse("bench")?,
        revision: Revision(1),
        manifest: Manifest::parse("name = \"bench\"\n[backend]\nentry = \"backend/index.js\"")?,
        backend: Backend::JavaScript { image: Artifact::new(snapshot.image), engine: js.hash() },
        variables: [].into(),
        secrets: [].into(),
    };
    let started = Instant::now();
    let app = runtime.load(code.clone()).await?;
    println!("load, compiled: {:?}", started.elapsed());

    let request = || http::Request::get("http://bench.example/todos").body(Bytes::new());
    let mut fresh = Vec::with_capacity(REQUESTS);
    let (mut cpu, mut fuel) = (Duration::ZERO, 0);
    for _ in 0..REQUESTS {
        let request = request()?;
        let started = Instant::now();
        let handled = runtime.fetch(&app, request).await?;
        fresh.push(started.elapsed());
        (cpu, fuel) = (cpu + handled.usage.cpu, handled.usage.fuel);
        if !handled.value.body().as_bytes().is_some_and(|body| body.starts_with(b"[{\"id\":0")) {
            return Err("a wrong answer".into());
        }
    }
    report("request, fresh instance", fresh);
    println!("  CPU measured: {:?} a request; fuel: {fuel}", cpu / u32::try_from(REQUESTS)?);
    report(
        "request, one instance for all",
        runtime.fetch_in_one_instance(&app, &request()?, REQUESTS).await?,
    );

    let (mut loads, mut wakes) = (Vec::with_capacity(WAKES), Vec::with_capacity(WAKES));
    drop(app);
    for _ in 0..WAKES {
        let (code, request) = (code.clone(), request()?);
        let started = Instant::now();
        let app = runtime.load(code).await?;
        loads.push(started.elapsed());
        runtime.fetch(&app, request).await?;
        wakes.push(started.elapsed());
    }
    report("load of an evicted app", loads);
    report("wake: load and first request", wakes);
    for file in std::env::args().skip(1) {
        component(&runtime, &file).await?;
    }
    std::fs::remove_dir_all(&cache)?;
    Ok(())
}

/// `GET /` of a component, each in a fresh instance.
async fn component(runtime: &Arc<Runtime>, file: &str) -> Result<(), Box<dyn Error>> {
    let manifest = "name = \"bench\"\n[backend]\ncomponent = \"a.wasm\"\n[grants]\nkv = true\n\
        [[events.publishes]]\ntype = \"guest.signed\"";
    let app = runtime.load(AppCode {
        app: AppName::parse("bench")?,
        revision: Revision(2),
        manifest: Manifest::parse(manifest)?,
        backend: Backend::Component { wasm: Artifact::new(std::fs::read(file)?) },
        variables: [].into(),
        secrets: [].into(),
    });
    let app = app.await?;
    let mut took = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let request = http::Request::get("http://bench.example/").body(Bytes::new())?;
        let started = Instant::now();
        let handled = runtime.fetch(&app, request).await?;
        handled.value.into_body().collect(1 << 20).await?;
        took.push(started.elapsed());
    }
    report(file, took);
    Ok(())
}

fn report(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    println!("{what}: p50 {:?}, p90 {:?}, p99 {:?}", at(50), at(90), at(99));
}
