//! Apps in JavaScript: heap images joined with the engine, under the same limits as any component.

use std::sync::Arc;

use atoll_image::{JsEngine, Module, SnapshotInput};
use atoll_model::{Artifact, Backend, ContentHash};
use atoll_runtime::{
    CallError, Capabilities, DeliveryOutcome, LoadedApp, NoNetwork, RecordingPublisher, RuntimeError,
};

use crate::support::{Memory, NoSql, TestHost, event, get, text};

fn image(js: &JsEngine, source: &str, tests: Option<&str>) -> Artifact {
    let module = |name: &str, source: &str| Module { name: name.into(), source: source.into() };
    let mut modules = vec![module("backend/index.js", source)];
    modules.extend(tests.map(|tests| module("tests/a.test.js", tests)));
    let tests: Vec<String> = modules.iter().skip(1).map(|module| module.name.clone()).collect();
    let input = SnapshotInput {
        modules: &modules,
        entry: "backend/index.js",
        tests: &tests,
        memory_max_bytes: 64 << 20,
        cpu_ms: 5_000,
    };
    Artifact::new(js.snapshot(&input).unwrap().image)
}

fn load(manifest: &str, source: &str) -> (TestHost, Arc<LoadedApp>) {
    let (host, js) = TestHost::javascript();
    let backend = Backend::JavaScript { image: image(&js, source, None), engine: js.hash() };
    let app = host.try_load_backend("app", manifest, backend).unwrap();
    (host, app)
}

#[tokio::test]
async fn a_handler_answers_with_fresh_state_each_time() {
    let source = "let count = 0;
        export default { async fetch(request) {
            count += 1;
            const url = new URL(request.url);
            return Response.json({ count, path: url.pathname, random: Math.random() }, { status: 201 });
        } }";
    let (host, app) = load("", source);
    let mut randoms = Vec::new();
    for _ in 0..3 {
        let answer = host.runtime.fetch(&app, get("/a?b=1")).await.unwrap();
        assert_eq!(answer.value.status(), 201);
        let body: serde_json::Value = serde_json::from_str(text(answer.value.body())).unwrap();
        assert_eq!((&body["count"], &body["path"]), (&1.into(), &"/a".into()));
        randoms.push(body["random"].to_string());
    }
    randoms.dedup();
    assert_eq!(randoms.len(), 3, "Math.random repeats itself");
}

#[tokio::test]
async fn an_exception_is_a_failure_with_its_place() {
    let (host, app) = load("", "export default { fetch() {\n  throw new RangeError('too far');\n} }");
    let error = host.runtime.fetch(&app, get("/")).await.unwrap_err();
    let CallError::Failed { message, stack } = &error else { panic!("{error:?}") };
    assert_eq!(message, "RangeError: too far");
    assert!(stack.contains("backend/index.js:2"), "{stack}");
    assert!(host.log().contains("backend/index.js:2"), "{}", host.log());
}

#[tokio::test]
async fn an_endless_loop_runs_out_of_cpu_and_the_next_request_is_served() {
    let source = "export default { fetch(request) {
        while (request.url.endsWith('/loop')) {}
        return new Response('ok');
    } }";
    let manifest = "limits = { cpu_ms = 30, fuel = 10_000_000_000 }";
    let (host, app) = load(manifest, source);
    assert_eq!(
        host.runtime.fetch(&app, get("/loop")).await.unwrap_err(),
        CallError::OutOfCpu { limit_ms: 30 }
    );
    let answer = host.runtime.fetch(&app, get("/")).await.unwrap();
    assert_eq!(text(answer.value.body()), "ok");
}

#[tokio::test]
async fn endless_recursion_is_an_exception_or_stopped() {
    let source = "function deep(n) { return deep(n + 1) + 1; }
        export default { fetch(request) {
            try { if (request.url.endsWith('/deep')) deep(0); } catch (error) { return new Response(error.name); }
            return new Response('ok');
        } }";
    let (host, app) = load("limits = { cpu_ms = 1000 }", source);
    match host.runtime.fetch(&app, get("/deep")).await {
        Ok(answer) => assert!(["RangeError", "InternalError"].contains(&text(answer.value.body()))),
        Err(error) => assert!(matches!(error, CallError::OutOfStack { .. }), "{error:?}"),
    }
    let answer = host.runtime.fetch(&app, get("/")).await.unwrap();
    assert_eq!(text(answer.value.body()), "ok");
}

#[tokio::test]
async fn a_memory_bomb_is_stopped() {
    let source =
        "export default { fetch() { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); } }";
    let (host, app) = load("limits = { memory_mib = 16, cpu_ms = 1000, fuel = 10_000_000_000 }", source);
    assert_eq!(
        host.runtime.fetch(&app, get("/")).await.unwrap_err(),
        CallError::OutOfMemory { limit_mib: 16 }
    );
}

#[tokio::test]
async fn what_is_granted_is_there_and_what_is_not_is_said() {
    let source = "export default { async fetch(request, env) {
        await env.KV.put('a', 'b');
        return new Response(await env.KV.get('a'));
    } }";
    let (host, app) = load("[grants]\nkv = true", source);
    let answer = host.runtime.fetch(&app, get("/")).await.unwrap();
    assert_eq!(text(answer.value.body()), "b");
    assert!(answer.usage.host_calls >= 2);
    let (host, app) = load("", source);
    assert!(matches!(host.runtime.fetch(&app, get("/")).await, Err(CallError::Failed { .. })));
}

#[tokio::test]
async fn events_reach_the_event_handler() {
    let source = "export default { async event(event, env) {
        console.log(event.type, event.data.title, event.hops);
        await env.BUS.publish('note.added', { from: event.id });
    } }";
    let (host, app) = load("[[events.publishes]]\ntype = \"note.added\"", source);
    let outcome = host.runtime.deliver(&app, &event(2), 1).await.unwrap().value;
    assert_eq!(outcome, DeliveryOutcome::Done);
    let published = host.published.published();
    assert_eq!((published[0].hops, &published[0].data["from"]), (3, &"e1".into()));
    assert!(host.log().contains("todo.created milk 2"), "{}", host.log());
    let error = host.runtime.fetch(&app, get("/")).await.unwrap_err();
    assert!(matches!(error, CallError::NoHandler { handler: "fetch", .. }), "{error:?}");
}

#[tokio::test]
async fn a_missing_event_handler_is_no_failure_to_repeat() {
    let (host, app) = load("", "export default { fetch() { return new Response('ok'); } }");
    let error = host.runtime.deliver(&app, &event(0), 1).await.unwrap_err();
    assert!(matches!(error, CallError::NoHandler { handler: "event", .. }), "{error:?}");
}

#[tokio::test]
async fn tests_run_with_state_of_their_own() {
    let (host, js) = TestHost::javascript();
    let source = "export default { async fetch(request, env) {
        await env.KV.put('seen', 'yes');
        return new Response('ok');
    } }";
    let tests = "import { test, expect, app } from '@atoll/sdk/test';
        test('answers', async () => { const r = await app.fetch('/'); expect(await r.text()).toBe('ok'); });
        test('fails', () => { expect(1).toBe(2); });";
    let backend = Backend::JavaScript { image: image(&js, source, Some(tests)), engine: js.hash() };
    let app =
        host.try_load_backend("app", "limits = { cpu_ms = 500 }\n[grants]\nkv = true", backend).unwrap();
    let names = host.runtime.test_names(&app).await.unwrap().value;
    assert_eq!(names, ["answers", "fails"]);
    let ephemeral = Arc::new(Memory::default());
    let capabilities = Capabilities {
        http: Arc::new(NoNetwork("there is no network in a test")),
        kv: Arc::clone(&ephemeral) as _,
        sql: Arc::new(NoSql),
        bus: Arc::new(RecordingPublisher::default()),
        logs: Arc::clone(&ephemeral) as _,
    };
    assert_eq!(host.runtime.run_test(&app, "answers", &capabilities).await.unwrap().value, Ok(()));
    assert!(host.runtime.run_test(&app, "fails", &capabilities).await.unwrap().value.is_err());
    assert_eq!(ephemeral.values.lock().unwrap().len(), 1);
    assert!(host.memory.values.lock().unwrap().is_empty());
}

#[test]
fn an_image_of_another_engine_must_be_built_again() {
    let (host, js) = TestHost::javascript();
    let image = image(&js, "export default { fetch() {} }", None);
    let other = ContentHash::of(b"another");
    let error = host.try_load_backend("app", "", Backend::JavaScript { image: image.clone(), engine: other });
    assert_eq!(error.unwrap_err(), RuntimeError::EngineMismatch { image: other, engine: js.hash() });
    let without = TestHost::new();
    let error = without.try_load_backend("app", "", Backend::JavaScript { image, engine: js.hash() });
    assert_eq!(error.unwrap_err(), RuntimeError::NoJsEngine);
}

#[test]
fn a_module_that_is_no_image_does_not_load() {
    let (host, js) = TestHost::javascript();
    for text in ["(module)", "(module (memory (export \"memory\") 1))", "(module (func (export \"memory\")))"]
    {
        let image = Artifact::new(wat::parse_str(text).unwrap());
        let loaded = host.try_load_backend("app", "", Backend::JavaScript { image, engine: js.hash() });
        assert!(matches!(loaded, Err(RuntimeError::WrongType(_))), "{text}: {loaded:?}");
    }
}
