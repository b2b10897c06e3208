//! `fetch`: requests to elsewhere, side by side.

use crate::host::{App, get};

/// Runs the body of a handler that answers a JSON value.
fn run(body: &str) -> (App, serde_json::Value) {
    let app = App::new(&[(
        "backend/index.ts",
        &format!(
            "const origin = 'https://origin.example'; const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
             const caught = async (promise) => {{ try {{ await promise; return 'fine'; }} catch (e) {{ return [e.name, e.message, e.code ?? null]; }} }};
             export default {{ async fetch(request) {{ const answer = await (async () => {{ {body} }})(); return Response.json(answer ?? null); }} }}"
        ),
    )]);
    let text = app.get("/in");
    let value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
    (app, value)
}

#[test]
fn a_request_and_its_response() {
    let (app, value) = run(
        "const response = await fetch(new URL('/echo?q=1#part', origin), { method: 'post', body: 'text', headers: { 'X-One': '1' } });
         const { method, url, headers, body, redirect } = await response.json();
         return [response.status, response.ok, response.url, response.type, response.redirected, response.headers.get('x-from'),
            response.bodyUsed, method, url, headers, body, redirect];",
    );
    assert_eq!(
        value,
        serde_json::json!([
            200,
            true,
            "https://origin.example/echo?q=1",
            "basic",
            false,
            "origin",
            true,
            "POST",
            "https://origin.example/echo?q=1",
            [["x-one", "1"], ["content-type", "text/plain;charset=UTF-8"]],
            "text",
            "Follow"
        ])
    );
    assert_eq!(app.host.network.lock().unwrap().sent.len(), 1);
}

#[test]
fn the_headers_of_an_answer_stay_as_they_are_and_a_copys_do_not() {
    let (_, value) = run("const response = await fetch(origin + '/pieces'); const seen = [];
         for (const headers of [response.headers, response.clone().headers]) {
             for (const change of ['set', 'append', 'delete']) seen.push((await caught((async () => headers[change]('x-from', 'me'))()))[0]);
         }
         const copy = new Response(response.body, response); copy.headers.set('x-from', 'me');
         const headers = new Headers(response.headers); headers.delete('x-from');
         return [new Set(seen).size, seen[0], response.headers.get('x-from'), copy.headers.get('x-from'), headers.has('x-from'), await copy.text()];");
    assert_eq!(value, serde_json::json!([1, "TypeError", "origin", "me", false, "one two three"]));
}

#[test]
fn what_is_given_decides_what_is_sent() {
    let (_, value) = run(
        "const seen = [];
         for (const init of [undefined, { redirect: 'manual' }, { method: 'PUT', body: new Uint8Array([97, 98]) }, { method: 'DELETE' },
             { method: 'POST', body: new URLSearchParams({ a: 'b c' }) }, { method: 'POST', body: new Blob(['blob'], { type: 'a/b' }) }]) {
             const { method, headers, body, redirect } = await (await fetch(origin, init)).json();
             seen.push([method, Object.fromEntries(headers)['content-type'] ?? null, body, redirect]);
         }
         return seen;",
    );
    assert_eq!(
        value,
        serde_json::json!([
            ["GET", null, null, "Follow"],
            ["GET", null, null, "Manual"],
            ["PUT", null, "ab", "Follow"],
            ["DELETE", null, null, "Follow"],
            ["POST", "application/x-www-form-urlencoded;charset=UTF-8", "a=b+c", "Follow"],
            ["POST", "a/b", "blob", "Follow"]
        ])
    );
}

#[test]
fn requests_overlap() {
    let (app, value) = run("const start = performance.now();
         await Promise.all([1, 2, 3, 4].map(() => fetch(origin + '/?ms=100')));
         return performance.now() - start;");
    assert!((100.0..190.0).contains(&value.as_f64().unwrap()), "{value}");
    assert_eq!(app.host.network.lock().unwrap().waits, [(4, None)], "one wait for all of them");
}

#[test]
fn timers_and_requests_wait_together() {
    let (app, value) = run(
        "const seen = []; const busy = setInterval(() => seen.push('tick'), 40);
         await fetch(origin + '/?ms=100'); seen.push('response'); await sleep(25); clearInterval(busy); return seen;",
    );
    assert_eq!(value, serde_json::json!(["tick", "tick", "response", "tick"]));
    let network = app.host.network.lock().unwrap();
    assert!(network.waits.iter().any(|wait| matches!(wait, (1, Some(1..)))), "{:?}", network.waits);
    let (_, value) = run("let on = true; (async () => { while (on) await sleep(0); })();
         const response = await fetch(origin + '/?ms=0'); on = false; return response.status;");
    assert_eq!(value, 200, "timers that are always due do not keep a response away");
}

#[test]
fn failures_are_type_errors_with_the_hosts_words() {
    let (_, value) = run(
        "return [await caught(fetch(origin + '/refused')), await caught(fetch('https://other.example/')), await caught(fetch('/relative')),
            await caught(fetch('https://name:word@origin.example/')), await caught(fetch(origin, { redirect: 'maybe' })),
            await caught(fetch(origin, { method: 'GET', body: 'x' })),
            await caught((await fetch(origin + '/breaks')).text())];",
    );
    let expected = serde_json::json!([
        [
            "TypeError",
            "fetch(\"https://origin.example/refused\"): the origin refused the connection",
            "unavailable"
        ],
        [
            "TypeError",
            "fetch(\"https://other.example/\"): add the origin under [grants] in atoll.toml: http = [\"https://other.example\"]",
            "not-granted"
        ],
    ]);
    assert_eq!([&value[0], &value[1]], [&expected[0], &expected[1]]);
    for (place, words) in
        [(2, "/relative"), (3, "authorization"), (4, "redirect"), (5, "GET"), (6, "broke off")]
    {
        assert_eq!(value[place][0], "TypeError", "{value}");
        assert!(value[place][1].as_str().unwrap().contains(words), "{value}");
    }
}

#[test]
fn a_failure_has_the_place_of_its_call() {
    let app = App::new(&[(
        "backend/index.ts",
        "export default { async fetch(request) {
            return await call(new URL(request.url).pathname); } };
         async function call(path) {
            return await fetch('https://origin.example' + path); }",
    )]);
    let failure = app.send(get("/refused")).unwrap_err();
    assert!(failure.message.contains("refused the connection"), "{failure:?}");
    assert!(failure.stack.starts_with("    at call (backend/index.ts:4"), "{failure:?}");
}

#[test]
fn bodies_come_bit_by_bit() {
    let (_, value) = run(
        "const seen = []; for await (const chunk of (await fetch(origin + '/pieces')).body) seen.push(new TextDecoder().decode(chunk));
         const empty = await fetch(origin + '/nothing');
         const copied = await fetch(origin + '/pieces'); const twin = copied.clone();
         return [seen, await (await fetch(origin + '/pieces')).text(), empty.status, empty.body, await empty.text(), await copied.text(), await twin.text()];",
    );
    assert_eq!(
        value,
        serde_json::json!([
            ["one ", "two ", "three"],
            "one two three",
            204,
            null,
            "",
            "one two three",
            "one two three"
        ])
    );
}

#[test]
fn bodies_go_bit_by_bit() {
    let (_, value) = run(
        "const parts = async function* () { for (const part of ['a', 'b', 'c']) { await sleep(5); yield new TextEncoder().encode(part); } };
         const response = await fetch(origin + '/upload?ms=500', { method: 'POST', body: ReadableStream.from(parts()), duplex: 'half' });
         const failing = new ReadableStream({ pull() { throw new RangeError('no more'); } });
         return [await response.text(), await caught(fetch(origin + '/upload?ms=500', { method: 'POST', body: failing, duplex: 'half' }))];",
    );
    assert_eq!(value, serde_json::json!(["3 writes: abc true", ["RangeError", "no more", null]]));
}

#[test]
fn a_body_that_is_too_large_for_one_call_goes_bit_by_bit() {
    let (app, value) = run(
        "const send = async (body) => (await fetch(origin + '/nothing', { method: 'POST', body })).status;
         return [await send(new Uint8Array(8 << 20)), await send(new Uint8Array((8 << 20) + 1)), await send('x'.repeat(3 << 20))];",
    );
    assert_eq!(value, serde_json::json!([204, 204, 204]));
    let network = app.host.network.lock().unwrap();
    let lengths: Vec<_> = network.sent.iter().map(|sent| sent.body.as_ref().map(Vec::len)).collect();
    assert_eq!(lengths, [Some(8 << 20), None, None]);
}

#[test]
fn signals_end_a_request_at_any_point() {
    let (app, value) = run(
        "const seen = [];
         seen.push((await caught(fetch(origin, { signal: AbortSignal.abort() })))[0]);
         seen.push((await caught(fetch(origin + '/?ms=10000', { signal: AbortSignal.timeout(50) })))[0]);
         const controller = new AbortController(); setTimeout(() => controller.abort(new Error('changed my mind')), 20);
         seen.push((await caught(fetch(new Request(origin + '/?ms=10000', { signal: AbortSignal.any([controller.signal, AbortSignal.timeout(9000)]) }))))[1]);
         const reading = new AbortController(); const response = await fetch(origin + '/endless', { signal: reading.signal });
         setTimeout(() => reading.abort(), 90);
         seen.push((await caught(response.text()))[0]);
         const other = new AbortController(); const body = (await fetch(origin + '/endless', { signal: other.signal })).body;
         const reader = body.getReader(); await reader.read(); other.abort('over'); seen.push(await reader.read().then(() => 'fine', (reason) => reason));
         const finished = new AbortController(); const text = await (await fetch(origin, { signal: finished.signal })).text(); finished.abort(); seen.push(typeof text);
         return seen;",
    );
    assert_eq!(
        value,
        serde_json::json!(["AbortError", "TimeoutError", "changed my mind", "AbortError", "over", "string"])
    );
    let network = app.host.network.lock().unwrap();
    assert_eq!((network.sent.len(), network.cancelled), (5, 3), "two requests and one read were given up");
}

#[test]
fn a_signal_that_ends_a_request_may_break_its_body_too() {
    let (app, value) = run("const controller = new AbortController();
         const body = new ReadableStream({ start(source) {
             controller.signal.addEventListener('abort', () => source.error(new RangeError('broken'))); } });
         setTimeout(() => controller.abort(new Error('changed my mind')), 20);
         const init = { method: 'POST', body, duplex: 'half', signal: controller.signal };
         const ended = await caught(fetch(origin + '/upload?ms=10000', init));
         await sleep(5);
         return ended;");
    assert_eq!(value[1], "changed my mind", "{value}");
    assert_eq!(app.host.network.lock().unwrap().cancelled, 1);
}

#[test]
fn a_handler_may_pass_an_answer_on() {
    let app = App::new(&[(
        "index.js",
        "export default { fetch: async (request) => new URL(request.url).pathname === '/same'
            ? fetch('https://origin.example/pieces')
            : new Response((await fetch('https://origin.example/pieces')).body.pipeThrough(new TransformStream({
                transform(chunk, controller) { controller.enqueue(chunk.map((byte) => (byte > 96 ? byte - 32 : byte))); } }))) }",
    )]);
    assert_eq!(app.get("/same"), "one two three");
    assert_eq!(app.host.network.lock().unwrap().response_body().writes.len(), 3);
    *app.host.network.lock().unwrap() = Default::default();
    assert_eq!(app.get("/changed"), "ONE TWO THREE");
}
