//! A snapshotted app answers requests in fresh instances.

use crate::host::{App, Body, get};

#[test]
fn several_modules_make_one_app() {
    let app = App::new(&[
        (
            "backend/index.ts",
            "import { greet } from 'backend/greet.ts'; import table from 'lib';
            export default { fetch: (request, env) => new Response(`${greet(env.GREETING)} ${table.size}`) }",
        ),
        ("backend/greet.ts", "export const greet = (name) => `hello ${name}`;"),
        ("lib", "const table = await Promise.resolve(new Map([[1, 2]])); export default table;"),
    ]);
    assert_eq!(app.get("/"), "hello moin 1");
}

#[test]
fn a_request_crosses_whole() {
    let app = App::new(&[("index.js", "export default { async fetch(request, env, ctx) {
        const { pathname, searchParams } = new URL(request.url);
        const seen = { method: request.method, pathname, q: searchParams.get('q'), header: request.headers.get('X-One'),
            type: request.headers.get('content-type'), body: await request.json(), used: request.bodyUsed };
        return Response.json(seen, { status: 201, headers: { 'X-Answer': 'y\u{e9}s' } });
    } }")]);
    let mut request = get("/a%20b?q=%C3%BC");
    request.method = "POST".into();
    request.headers = [("x-one", "1"), ("content-type", "application/json"), ("x-one", "2")]
        .map(|(a, b)| (a.into(), b.into()))
        .into();
    request.body = Body::Bytes(br#"{"deep":[1,{"a":"\u00fc"}]}"#.to_vec());
    let response = app.send(request).unwrap();
    assert_eq!(response.status, 201);
    assert!(response.headers.contains(&("x-answer".into(), "yés".into())), "{:?}", response.headers);
    assert!(response.headers.contains(&("content-type".into(), "application/json".into())));
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    let expected = serde_json::json!({"method": "POST", "pathname": "/a%20b", "q": "ü", "header": "1, 2",
        "type": "application/json", "body": {"deep": [1, {"a": "ü"}]}, "used": true});
    assert_eq!(body, expected);
}

#[test]
fn nothing_survives_from_one_request_to_the_next() {
    let app = App::new(&[("index.js", "let count = 0; globalThis.seen = [];
        export default { fetch() { seen.push(++count); Object.prototype.leak = 1; return new Response(seen.join()); } }")]);
    for _ in 0..3 {
        assert_eq!(app.get("/"), "1");
    }
}

#[test]
fn random_numbers_are_not_frozen_into_the_image() {
    let app = App::new(&[("index.js", "Math.random(); export default { fetch: () =>
        new Response([Math.random(), Math.random(), crypto.randomUUID(), crypto.getRandomValues(new Uint8Array(8))].join(' ')) }")]);
    let (first, second) = (app.get("/"), app.get("/"));
    for (a, b) in first.split(' ').zip(second.split(' ')) {
        assert_ne!(a, b);
    }
    let uuid = first.split(' ').nth(2).unwrap();
    assert!(
        uuid.len() == 36 && uuid.as_bytes()[14] == b'4' && b"89ab".contains(&uuid.as_bytes()[19]),
        "{uuid}"
    );
}

#[test]
fn the_clock_runs_and_timers_wait() {
    let app = App::new(&[("index.js", "const frozen = Date.now(); export default { async fetch() {
        const order = []; const start = performance.now();
        setTimeout(() => order.push('late'), 2000);
        setTimeout((word) => order.push(word), 1000, 'early');
        const id = setTimeout(() => order.push('never'), 500); clearTimeout(id);
        let ticks = 0; await new Promise((done) => { const id = setInterval(() => { if (++ticks === 3) { clearInterval(id); done(); } }, 1000); });
        return Response.json({ order, ticks, waited: performance.now() - start, later: Date.now() >= frozen });
    } }")]);
    let body: serde_json::Value = serde_json::from_str(&app.get("/")).unwrap();
    assert_eq!(body["order"], serde_json::json!(["early", "late"]));
    assert!(body["waited"].as_f64().unwrap() >= 3000.0 && body["later"] == true, "{body}");
    assert!(app.host.network.lock().unwrap().slept.as_secs_f64() >= 2.9);
}

#[test]
fn a_failing_handler_names_message_and_place() {
    let app = App::new(&[("backend/index.ts", "export default { async fetch(request, env) {
      const { pathname } = new URL(request.url);
      if (pathname === '/throw') deeper();
      if (pathname === '/reject') { Promise.reject(new RangeError('nobody listens')); return new Response('x'); }
      if (pathname === '/nothing') return;
      if (pathname === '/hang') await new Promise(() => {});
      if (pathname === '/timer') { setTimeout(() => { throw new Error('in a timer'); }, 1); await new Promise((done) => setTimeout(done, 5)); }
      if (pathname === '/micro') { queueMicrotask(() => { throw new Error('in a microtask'); }); await null; return new Response('x'); }
      if (pathname === '/string') throw 'just text';
      if (pathname === '/fetch') await fetch('https://example.com/');
      throw new Error('outer', { cause: new TypeError('inner') });
    } };
    function deeper() { null.x; }")]);
    for (path, message, place) in [
        ("/throw", "TypeError: cannot read property 'x' of null", "deeper (backend/index.ts:13"),
        ("/reject", "unhandled rejection: RangeError: nobody listens", "backend/index.ts:4"),
        ("/nothing", "must return a Response; it returned nothing", ""),
        ("/hang", "the fetch handler never finishes", ""),
        ("/timer", "in a timer", "backend/index.ts:7"),
        ("/micro", "in a microtask", "backend/index.ts:8"),
        ("/string", "\"just text\" was thrown", ""),
        ("/fetch", "add the origin under [grants] in atoll.toml", "backend/index.ts:10"),
        ("/cause", "Error: outer; caused by TypeError: inner", "backend/index.ts:11"),
    ] {
        let failure = app.send(get(path)).unwrap_err();
        assert!(failure.message.contains(message), "{path}: {failure:?}");
        assert!(failure.stack.contains(place), "{path}: {failure:?}");
        assert!(!failure.stack.contains("internal:"), "{path}: {failure:?}");
    }
}

#[test]
fn an_app_without_a_fetch_handler_says_so() {
    let app = App::new(&[("index.js", "export default { event() {} }")]);
    let failure = app.send(get("/")).unwrap_err();
    assert_eq!(failure.message, "TypeError: the app has no fetch handler");
}

#[test]
fn an_http_error_is_an_answer() {
    let app = App::new(&[("index.js", "import { HttpError, json, defineApp } from '@atoll/sdk';
        export default defineApp({ fetch(request) { if (request.url.endsWith('/ok')) return json({ ok: 1 }, 202);
            throw new HttpError(422, 'title is required', { field: 'title' }); } })")]);
    let response = app.send(get("/")).unwrap();
    assert_eq!(
        (response.status, response.body.as_slice()),
        (422, &br#"{"error":"title is required","details":{"field":"title"}}"#[..])
    );
    assert_eq!(app.send(get("/ok")).unwrap().status, 202);
}

#[test]
fn wait_until_is_awaited_and_its_failure_is_logged() {
    let app = App::new(&[(
        "index.js",
        "export default { fetch(request, env, ctx) {
        ctx.waitUntil(new Promise((done) => setTimeout(() => { console.log('done later'); done(); }, 100)));
        ctx.waitUntil(Promise.reject(new Error('in the background')));
        ctx.passThroughOnException();
        return new Response('ok'); } }",
    )]);
    assert_eq!(app.get("/"), "ok");
    let log = app.logged().join("\n");
    assert!(log.contains("done later") && log.contains("Error waitUntil: Error: in the background"), "{log}");
}

#[test]
fn deep_recursion_is_a_range_error_and_the_instance_lives() {
    // Each way of recursing spends stack of the machine and of QuickJS in another proportion.
    let app = App::new(&[(
        "index.js",
        r#"
        const ways = {
            deep_but_fine() { const f = (n) => n === 0 ? 0 : 1 + f(n - 1); if (f(1500) === 1500) throw new RangeError('fine'); },
            nested_but_fine() { const t = '['.repeat(2000) + ']'.repeat(2000); if (JSON.stringify(JSON.parse(t)) === t) throw new RangeError('fine'); },
            plain() { const f = () => f() + 1; f(); },
            args() { const f = (...a) => f(...a, 1); f(1, 2, 3); },
            method() { class A { get x() { return this.x; } } new A().x; },
            construct() { class A { constructor() { new A(); } } new A(); },
            map() { const f = () => [1].map(f); f(); },
            sort() { const f = () => [2, 1].sort(f); f(); },
            replace() { const f = () => 'a'.replace(/a/, f); f(); },
            reviver() { const f = () => JSON.parse('[1]', f); f(); },
            toJSON() { const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o); },
            proxy() { let p = {}; for (let i = 0; i < 20000; i++) p = new Proxy(p, {}); p.x; },
            getter() { const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x; },
            bound() { let f = () => 1; for (let i = 0; i < 50000; i++) f = f.bind(null); f(); },
            generator() { function* g() { yield* g(); } [...g()]; },
            apply() { const f = () => Reflect.apply(f, null, []); f(); },
            toString() { const o = { toString() { return `${o}`; } }; `${o}`; },
            parse() { JSON.parse('['.repeat(200000)); },
            stringify() { let a = []; for (let i = 0; i < 100000; i++) a = [a]; JSON.stringify(a); },
            regexp() { new RegExp('('.repeat(100000) + ')'.repeat(100000)); },
            clone() { let a = []; for (let i = 0; i < 100000; i++) a = [a]; structuredClone(a); },
            native() { const f = () => new URL({ toString: f }); f(); },
            flat() { let a = []; for (let i = 0; i < 100000; i++) a = [a]; a.flat(Infinity); },
            host() { const o = { toString() { new Headers({ a: o }); return ''; } }; new Headers({ a: o }); },
            event() { const t = new EventTarget(); t.addEventListener('a', () => t.dispatchEvent(new Event('a'))); t.dispatchEvent(new Event('a')); const f = () => { Array.from([1], f) }; f(); },
        };
        export default { async fetch(request) {
            const name = new URL(request.url).pathname.slice(1);
            let result;
            try { ways[name](); result = 'ran to its end'; } catch (e) { result = e.name; }
            return new Response(`${result}, and ${[1, 2, 3].map((x) => x * 2)}`);
        } }"#,
    )]);
    let ways = [
        "deep_but_fine",
        "nested_but_fine",
        "plain",
        "args",
        "method",
        "construct",
        "map",
        "sort",
        "replace",
        "reviver",
        "toJSON",
        "proxy",
        "getter",
        "bound",
        "generator",
        "apply",
        "toString",
        "parse",
        "stringify",
        "clone",
        "native",
        "flat",
        "host",
        "event",
        "regexp",
    ];
    for way in ways {
        let body = crate::host::block_on(app.call(get(&format!("/{way}"))));
        let body = match body {
            // These recurse in C, with next to no stack of QuickJS's own: the sandbox may have to stop them.
            Err(trap) if ["parse", "stringify", "flat"].contains(&way) => {
                assert_eq!(trap.downcast_ref(), Some(&wasmtime::Trap::StackOverflow), "{way}");
                continue;
            }
            Ok(Ok(response)) => String::from_utf8(response.body).unwrap(),
            Ok(Err(failure)) => format!("{failure:?}"),
            Err(trap) => panic!("{way} trapped: {trap:?}"),
        };
        assert!(
            body.starts_with("RangeError")
                || body.starts_with("SyntaxError")
                || body.starts_with("InternalError"),
            "{way}: {body}"
        );
        assert!(body.ends_with("and 2,4,6"), "{way}: {body}");
    }
}

#[test]
fn what_a_request_leaves_behind_is_collected_and_what_the_image_holds_stays() {
    // Some 300 MB in cycles, in an instance that may have 64 MiB; the image's own objects take part in them.
    let app = App::new(&[(
        "index.js",
        "class Node { constructor(next) { this.next = next; this.data = new Array(100).fill('x' + next); } }
         const table = new Map([['a', { list: [1, 2, 3] }]]); let text = 'start'; const list = [1]; const home = {};
         export default { fetch() {
            let kept;
            for (let i = 0; i < 200000; i++) {
                const node = new Node(i); node.self = node; node.home = home; home.last = node; kept = node;
            }
            table.get('a').list.push(4); text += ' more'; list.extra = list; home.own = Symbol.for('s'); delete home.last;
            table.set('b', kept); Object.defineProperty(home, 'x', { get: () => text });
            return Response.json([table.get('a').list, home.x, table.get('b').self === kept, list.extra === list, Object.keys(home)]);
         } }",
    )]);
    for _ in 0..2 {
        assert_eq!(app.get("/"), r#"[[1,2,3,4],"start more",true,true,["own"]]"#);
    }
}
