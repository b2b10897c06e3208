//! What single operations of the web's interfaces cost, in fuel (about one for each WebAssembly instruction).
//!
//! `cargo run -p atoll-image --example fuel`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example prints, and ends at the first error"
)]

#[expect(dead_code, clippy::panic, reason = "the tests' host, of which this uses a part")]
#[path = "../tests/sandbox/host.rs"]
mod host;

use host::{App, block_on, get};

const OPERATIONS: &[(&str, &str)] = &[
    ("an empty loop", ""),
    ("a call", "f()"),
    ("await", "await 0"),
    ("new Set", "new Set()"),
    ("new Headers()", "new Headers()"),
    ("new Headers({1})", "new Headers({ 'content-type': 'a/b' })"),
    ("headers.get", "h.get('content-type')"),
    ("headers.get of another name", "h.get('x-other-name')"),
    ("new Response(text)", "new Response('text')"),
    ("new Response(null)", "new Response(null)"),
    ("Response.json", "Response.json({ a: 1 })"),
    ("JSON.stringify", "JSON.stringify({ a: 1 })"),
    ("new URL", "new URL('http://app.localhost/todos')"),
    ("url.pathname", "u.pathname"),
    ("url.searchParams.get", "u.searchParams.get('a')"),
    ("request.url", "request.url"),
    ("request.headers.get", "request.headers.get('host')"),
    ("'x'.isWellFormed()", "'xxxxxxxxxxx'.isWellFormed()"),
    ("regexp", "r.exec('/todos/5')"),
    ("Date.now", "Date.now()"),
    ("Math.random", "Math.random()"),
    ("performance.now", "performance.now()"),
    ("instanceof", "u instanceof Response"),
    ("getter", "u.href"),
    ("Object.defineProperty", "Object.defineProperty({}, 'a', { value: 1, enumerable: true })"),
];

fn main() {
    let fuel = |body: &str| {
        let source = format!(
            "const f = () => 1; const r = new RegExp('^/todos/(\\\\d+)$'); export default {{ async fetch(request) {{
             const h = new Headers({{ 'content-type': 'a', 'x-other-name': 'b' }}); const u = new URL('http://a/b/c?a=1');
             for (let i = 0; i < 200; i++) {{ {body} }} return new Response('x'); }} }}"
        );
        let app = App::new(&[("index.js", &source)]);
        block_on(async {
            let mut store = app.store();
            let guest = app.instance(&mut store).await;
            guest.atoll_app_http_handler().call_handle(&mut store, &get("/")).await.unwrap().unwrap();
            20_000_000_000 - store.get_fuel().unwrap()
        })
    };
    let base = fuel("");
    println!("a request, and what the operations are made of: {base}");
    for (name, body) in OPERATIONS {
        println!("{:>8}  {name}", fuel(body).saturating_sub(base) / 200);
    }
}
