//! `env`, events and tests, over stub capabilities.

use crate::host::{
    App,
    bindings::{atoll::app::config::Capabilities, exports::atoll::app::event_handler::Outcome},
    event, get, snapshot_with_tests,
};

#[test]
fn a_binding_is_there_only_when_granted() {
    let mut app = App::new(&[(
        "index.js",
        "export default { async fetch(request, env) {
        if (request.url.endsWith('/use')) await env.KV.get('a');
        return new Response(Object.keys(env).join()); } }",
    )]);
    assert_eq!(app.get("/"), "KV,DB,BUS,GREETING");
    app.host.granted = Capabilities::SQL;
    assert_eq!(app.get("/"), "DB,GREETING");
    let failure = app.send(get("/use")).unwrap_err();
    assert!(failure.message.contains("env.KV is not granted: write kv = true under [grants]"), "{failure:?}");
}

#[test]
fn kv_has_the_workers_shape() {
    let app = App::new(&[("index.js", "export default { async fetch(request, { KV }) {
        await KV.put('a', 'text'); await KV.put('b/1', JSON.stringify({ n: 1 }), { metadata: { m: 2 }, expirationTtl: 60 });
        await KV.put('b/2', new Uint8Array([1, 2, 3])); await KV.put('gone', 'x'); await KV.delete('gone');
        const page = await KV.list({ prefix: 'b/', limit: 1 });
        const rest = await KV.list({ prefix: 'b/', cursor: page.cursor });
        let refused; try { await KV.put('c', 'x', { expirationTtl: 5 }); } catch (e) { refused = [e.message, e.code]; }
        let typed; try { await KV.put('c', { an: 'object' }); } catch (e) { typed = e.name; }
        return Response.json([await KV.get('a'), await KV.get('b/1', 'json'), await KV.getWithMetadata('b/1', { type: 'json' }),
            [...new Uint8Array(await KV.get('b/2', 'arrayBuffer'))], await KV.get('gone'), page, rest, refused, typed]);
    } }")]);
    let body: serde_json::Value = serde_json::from_str(&app.get("/")).unwrap();
    let expected = serde_json::json!(["text", {"n": 1}, {"value": {"n": 1}, "metadata": {"m": 2}, "cacheStatus": null}, [1, 2, 3], null,
        {"keys": [{"name": "b/1", "metadata": {"m": 2}}], "list_complete": false, "cursor": "b/1", "cacheStatus": null},
        {"keys": [{"name": "b/2"}], "list_complete": true, "cacheStatus": null},
        ["KV.put: expirationTtl must be at least 60 seconds", "invalid"], "TypeError"]);
    assert_eq!(body, expected);
}

#[test]
fn sql_has_the_d1_shape() {
    let app = App::new(&[("index.js", "export default { async fetch(request, { DB }) {
        const all = await DB.prepare('SELECT ?, ?, ?, ?, ?').bind(1, 1.5, 'x', null, true).all();
        const blob = await DB.prepare('SELECT ?').bind(new Uint8Array([9, 8])).first('p1');
        const big = await DB.prepare('SELECT ?').bind(2 ** 40).first('p1');
        const raw = await DB.prepare('SELECT ?').bind('y').raw({ columnNames: true });
        const none = await DB.prepare('SELECT none').first();
        const run = await DB.prepare('INSERT').run();
        const batch = await DB.batch([DB.prepare('A'), DB.prepare('B').bind(2)]);
        const exec = await DB.exec('CREATE x; CREATE y;');
        const errors = [];
        for (const f of [() => DB.prepare('SELECT * FROM no_such_table').all(), () => DB.prepare('x').bind(undefined), () => DB.prepare('x').bind(new Date(0))])
            try { await f(); errors.push('none'); } catch (e) { errors.push(e.message); }
        return Response.json({ all, blob, big, raw, none, run: run.meta, batch: batch.map((r) => r.results), exec: exec.count, errors });
    } }")]);
    let body: serde_json::Value = serde_json::from_str(&app.get("/")).unwrap();
    let expected = serde_json::json!({
        "all": {"success": true, "results": [{"sql": "SELECT ?, ?, ?, ?, ?", "p1": 1, "p2": 1.5, "p3": "x", "p4": null, "p5": 1}],
            "meta": {"duration": 1.5, "changes": 0, "last_row_id": 7, "changed_db": false}},
        "blob": [9, 8], "big": 1_099_511_627_776_u64, "raw": [["sql", "p1"], ["SELECT ?", "y"]], "none": null,
        "run": {"duration": 1.5, "changes": 1, "last_row_id": 7, "changed_db": true},
        "batch": [[{"sql": "A"}], [{"sql": "B", "p1": 2}]], "exec": 2,
        "errors": ["D1_ERROR: no such table: no_such_table", "D1_TYPE_ERROR: parameter 1 is undefined; SQL takes text, numbers, booleans, null and bytes",
            "D1_TYPE_ERROR: parameter 1 is a Date (use toISOString()); SQL takes text, numbers, booleans, null and bytes"],
    });
    assert_eq!(body, expected);
}

#[test]
fn events_come_in_and_go_out() {
    let app = App::new(&[("index.js", "export default { async event(event, env, ctx) {
        if (event.data.what === 'reject') event.reject('not for me');
        else if (event.data.what === 'retry') event.retry();
        else if (event.data.what === 'throw') throw new Error('later');
        else console.log(event.specversion, event.id, event.source, event.type, event.time, event.hops, event.attempt,
            await env.BUS.publish('todo.done', { ...event.data, more: 1 }), await env.BUS.publish('todo.done', 2, { id: 'mine' }));
        try { await env.BUS.publish('undeclared', 1); } catch (e) { console.log(e.code, e.message); }
    } }")]);
    assert!(matches!(app.deliver(event("todo.created", r#"{"what":"ok"}"#)), Outcome::Done));
    let log = app.logged();
    assert_eq!(log[0], "Info 1.0 e1 /apps/other todo.created 2026-01-02T03:04:05Z 1 1 host-made mine");
    assert!(log[1].contains("not-granted") && log[1].contains("[[events.publishes]]"), "{log:?}");
    let published = app.host.published.lock().unwrap()[0].clone();
    assert_eq!(published, ("todo.done".into(), r#"{"what":"ok","more":1}"#.into()));
    assert!(
        matches!(app.deliver(event("a", r#"{"what":"reject"}"#)), Outcome::Reject(reason) if reason == "not for me")
    );
    assert!(matches!(app.deliver(event("a", r#"{"what":"retry"}"#)), Outcome::Retry(_)));
    assert!(
        matches!(app.deliver(event("a", r#"{"what":"throw"}"#)), Outcome::Retry(f) if f.message == "Error: later" && f.stack.contains("index.js:4"))
    );
}

#[test]
fn an_apps_tests_run_in_fresh_instances() {
    let made = snapshot_with_tests(
        &[
            ("backend/index.ts", "let calls = 0; export default {
                async fetch(request, env) { calls += 1; await env.BUS.publish('seen', { calls }); return Response.json({ calls, method: request.method }); },
                event(event) { if (event.type === 'bad') throw new Error('cannot'); if (event.type === 'no') event.reject('never'); } }"),
            ("tests/a.test.ts", "import { test, expect, app, published } from '@atoll/sdk/test'; import entry from 'backend/index.ts';
                test('fetches', async () => { const r = await app.fetch('/x', { method: 'POST', body: 'y' }); expect(r.status).toBe(200);
                    expect(await r.json()).toEqual({ calls: 1, method: 'POST' }); expect(published('seen')).toHaveLength(1); expect(published()[0].data).toEqual({ calls: 1 }); expect(typeof entry.fetch).toBe('function'); });
                test('is fresh', async () => { expect(published()).toEqual([]); expect((await (await app.fetch('/')).json()).calls).toBe(1); });
                test('events', async () => { expect(await app.event('ok', 1)).toEqual({ outcome: 'done' }); expect((await app.event('bad')).outcome).toBe('retry'); expect(await app.event('no')).toEqual({ outcome: 'reject', reason: 'never' }); });
                test('fails', () => { expect([1, 2]).toEqual([1, 3]); });
                test('rejects', async () => { await expect(Promise.reject(new TypeError('boo'))).rejects.toThrow('boo'); await expect(Promise.resolve(2)).resolves.toBe(3); });"),
        ],
        &["tests/a.test.ts".to_owned()],
    )
    .unwrap();
    let app = App::of(&made);
    assert_eq!(app.test_names(), ["fetches", "is fresh", "events", "fails", "rejects"]);
    for name in ["fetches", "is fresh", "events"] {
        app.run_test(name).unwrap();
    }
    let failure = app.run_test("fails").unwrap_err();
    assert!(
        failure.message.contains("expected [1, 2] to equal [1, 3]")
            && failure.stack.contains("tests/a.test.ts:6"),
        "{failure:?}"
    );
    assert!(app.run_test("rejects").unwrap_err().message.contains("expected 2 to be 3"));
    assert!(app.run_test("unknown").unwrap_err().message.contains("there is no test with the name"));
}
