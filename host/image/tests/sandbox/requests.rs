//! A snapshotted app answers requests in fresh instances.

use crate::host::{
    App, Body, bindings::exports::atoll::app::event_handler::Outcome, event, get, snapshot_with_tests,
};

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
fn the_headers_of_a_request_stay_as_they_are() {
    let entry = (
        "index.js",
        "export default { fetch(request) {
            const seen = [];
            for (const own of [request, request.clone()]) {
                for (const change of ['set', 'append', 'delete']) {
                    try { own.headers[change]('x-one', '2'); seen.push('changed'); } catch (e) { seen.push(e.name); }
                }
            }
            const copy = new Request(request, { headers: request.headers });
            const again = new Request(request);
            for (const { headers } of [copy, again]) headers.append('x-one', '2');
            return Response.json([new Set(seen).size, seen[0], request.headers.get('x-one'), copy.headers.get('x-one'), again.headers.get('x-one')]);
        } }",
    );
    let expected = r#"[1,"TypeError","1","1, 2","1, 2"]"#;
    let test = format!(
        "import {{ app, expect, test }} from '@atoll/sdk/test';
         test('as from the host', async () => {{
            const response = await app.fetch('/', {{ headers: {{ 'x-one': '1' }} }});
            expect(await response.text()).toBe('{expected}'); }});"
    );
    let made = snapshot_with_tests(&[entry, ("a.test.js", &test)], &["a.test.js".to_owned()]).unwrap();
    let app = App::of(&made);
    let mut request = get("/");
    request.headers = vec![("x-one".into(), "1".into())];
    assert_eq!(String::from_utf8(app.send(request).unwrap().body).unwrap(), expected);
    app.run_test("as from the host").unwrap();
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
fn a_thenable_is_awaited_like_a_promise() {
    let app = App::new(&[(
        "index.js",
        "import { HttpError } from '@atoll/sdk';
        const later = (settle) => ({ then(resolve, reject) { setTimeout(() => settle(resolve, reject), 10); } });
        export default {
            fetch(request, env, ctx) {
                const { pathname } = new URL(request.url);
                if (pathname === '/work') {
                    ctx.waitUntil(later((resolve) => { console.log('worked'); resolve(); }));
                    return new Response('at once');
                }
                if (pathname === '/refused') return later((_, reject) => reject(new HttpError(409, 'taken')));
                if (pathname === '/failed') return later((_, reject) => reject(new Error('no luck')));
                if (pathname === '/broken') return { get then() { throw new Error('no then'); } };
                return later((resolve) => resolve(later((resolve) => resolve(new Response('in the end')))));
            },
            event: (event) => later((resolve) => { event.reject('too late'); resolve(); }),
        };",
    )]);
    assert_eq!(app.get("/"), "in the end");
    assert_eq!(app.get("/work"), "at once");
    assert!(app.logged().join("\n").contains("worked"), "{:?}", app.logged());
    assert_eq!(app.send(get("/refused")).unwrap().status, 409);
    for (path, message) in [("/failed", "no luck"), ("/broken", "no then")] {
        assert!(app.send(get(path)).unwrap_err().message.contains(message), "{path}");
    }
    let outcome = app.deliver(event("a.b", "null"));
    assert!(matches!(&outcome, Outcome::Reject(reason) if reason == "too late"), "{outcome:?}");
}
