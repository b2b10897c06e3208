//! What a deploy and a request cost, to compare with the figures of the design: a small JSON router (and what is
//! given on the command line), every request in a fresh instance, with fuel and epochs on.
//!
//! `cargo run -p atoll-image --example timing [-- MODULE.js]`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example prints, and ends at the first error"
)]

#[expect(dead_code, clippy::panic, reason = "the tests' host, of which this uses a part")]
#[path = "../tests/sandbox/host.rs"]
mod host;

use std::time::Instant;

use atoll_image::JsEngine;
use host::{App, JS, Reply, block_on, engine_with_stack, get};

const ROUTER: &str = r"
const routes = [];
class Router { constructor() { this.r = []; } add(m, p, h) { this.r.push([m, new RegExp('^' + p + '$'), h]); }
    match(m, p) { for (const [mm, re, h] of this.r) { if (mm === m) { const x = re.exec(p); if (x) return [h, x]; } } return null; } }
const app = new Router();
const todos = [];
for (let i = 0; i < 50; i++) todos.push({ id: i, title: 'todo ' + i, done: i % 2 === 0 });
app.add('GET', '/todos', () => todos.slice(0, 10));
app.add('GET', '/todos/(\\d+)', (request, m) => todos[+m[1]]);
export default { fetch(request) {
    const hit = app.match(request.method, new URL(request.url).pathname);
    return hit ? Response.json(hit[0](request, hit[1])) : new Response('', { status: 404 });
} };";

const REQUESTS: usize = 5_000;

const HELLO: &str = "export default { fetch: () => new Response('hello') }";

fn main() {
    let engine = engine_with_stack(2 << 20);
    let start = Instant::now();
    JsEngine::load(&engine, None).unwrap();
    println!("engine: compile, start and base image {:.0?} (once for a host)", start.elapsed());

    measure("hello", HELLO, "/");
    measure("JSON router", ROUTER, "/todos");
    for path in std::env::args().skip(1) {
        measure(&path, &std::fs::read_to_string(&path).unwrap(), "/todos");
    }
}

fn measure(name: &str, source: &str, path: &str) {
    println!("\n{name}");
    let modules = [("index.js", source)];
    let mut times: Vec<f64> = (0..50)
        .map(|_| {
            let start = Instant::now();
            host::snapshot(&modules).unwrap();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    print_times("snapshot", &mut times);
    let snapshot = host::snapshot(&modules).unwrap();
    println!("  image {} KiB", snapshot.image.len() >> 10);
    let mut times: Vec<f64> = (0..20)
        .map(|_| {
            let start = Instant::now();
            wasmtime::Module::new(&JS.0, &snapshot.image).unwrap();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    print_times("compile the image", &mut times);
    block_on(requests(&App::of(&snapshot), path));
}

async fn requests(app: &App, path: &str) {
    let mut request = get(path);
    request.headers = [("host", "app.localhost"), ("user-agent", "timing"), ("accept", "*/*")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let (mut instantiate, mut call, mut drops, mut total) = (vec![], vec![], vec![], vec![]);
    let mut fuel = 0;
    let faults = minor_faults();
    for _ in 0..REQUESTS {
        let start = Instant::now();
        let mut store = app.store();
        let guest = app.instance(&mut store).await;
        let made = start.elapsed();
        let response =
            guest.atoll_app_http_handler().call_handle(&mut store, &request).await.unwrap().unwrap();
        let answered = start.elapsed();
        assert!(matches!(response, Reply::Response(response) if response.status == 200));
        fuel = 20_000_000_000 - store.get_fuel().unwrap();
        drop(store);
        let end = start.elapsed();
        for (list, time) in [
            (&mut instantiate, made),
            (&mut call, answered - made),
            (&mut drops, end - answered),
            (&mut total, end),
        ] {
            list.push(time.as_secs_f64() * 1e6);
        }
    }
    print_times("instantiate", &mut instantiate);
    print_times("call", &mut call);
    print_times("drop", &mut drops);
    print_times("a request in a fresh instance", &mut total);
    println!("  fuel {fuel}, page faults {:.1}", (minor_faults() - faults) as f64 / REQUESTS as f64);
}

fn print_times(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("  {what}: p50 {:.1} µs, p99 {:.1} µs", at(50), at(99));
}

/// Page faults of this process so far that needed no disk (Linux: field 10 of `stat`).
fn minor_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(7)?.parse().ok()).unwrap_or_default()
}
