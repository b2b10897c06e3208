//! Whole builds, with the JavaScript engine: what comes out, and what a top level that fails looks like.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as tests do")]

use std::{
    path::Path,
    sync::{Arc, OnceLock},
    time::Instant,
};

use atoll_build::{BuildFailure, Builder};
use atoll_image::JsEngine;
use atoll_model::{Artifact, Backend, Bundle, Limits, SourcePath, SourceTree};

/// One builder for all tests; the compiled engine is kept between runs.
fn builder() -> &'static Builder {
    static BUILDER: OnceLock<Builder> = OnceLock::new();
    BUILDER.get_or_init(|| {
        let mut config = wasmtime::Config::new();
        config.wasm_component_model(true).consume_fuel(true).epoch_interruption(true);
        let engine = wasmtime::Engine::new(&config).unwrap();
        let ticker = engine.weak();
        std::thread::spawn(move || {
            while let Some(engine) = ticker.upgrade() {
                engine.increment_epoch();
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        });
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-engine");
        std::fs::create_dir_all(&cache).unwrap();
        let js = JsEngine::load(&engine, Some(&cache)).unwrap();
        Builder::new(Arc::new(js), Limits::default())
    })
}

fn tree(files: &[(&str, &str)]) -> SourceTree {
    let mut tree = SourceTree::new();
    for (path, text) in files {
        tree.insert(SourcePath::parse(path).unwrap(), (*text).to_owned(), &Limits::default()).unwrap();
    }
    tree
}

const MANIFEST: &str = "name = \"a\"\n[backend]\nentry = \"backend/index.ts\"\n";

fn build(files: &[(&str, &str)]) -> Result<Bundle, BuildFailure> {
    let mut all = vec![("atoll.toml", MANIFEST)];
    all.retain(|(path, _)| files.iter().all(|(own, _)| own != path));
    all.extend_from_slice(files);
    builder().build(tree(&all))
}

fn first_error(files: &[(&str, &str)]) -> (String, String) {
    let failure = build(files).unwrap_err();
    let error = failure.diagnostics.iter().find(|d| d.is_error()).unwrap();
    let at =
        error.location.as_ref().map(|l| format!("{}:{}:{}", l.file, l.line, l.column)).unwrap_or_default();
    (format!("{} {at}", error.rule), format!("{} | {}", error.message, error.hint.as_deref().unwrap()))
}

#[test]
fn a_backend_becomes_an_image_without_code() {
    let bundle = build(&[(
        "backend/index.ts",
        "export default { fetch: (r: Request): Response => new Response(r.url) };",
    )])
    .unwrap();
    let Some(Backend::JavaScript { image, .. }) = &bundle.backend else { panic!("{:?}", bundle.backend) };
    let payloads = wasmparser::Parser::new(0).parse_all(image.bytes()).map(Result::unwrap);
    assert!(payloads.into_iter().all(|p| !matches!(p, wasmparser::Payload::CodeSectionStart { .. })));
    assert!(bundle.frontend.is_none() && bundle.tests.is_none());
}

#[test]
fn tests_get_an_image_of_their_own() {
    let bundle = build(&[
        ("backend/index.ts", "export default { fetch: () => new Response('x') };"),
        ("tests/helper.ts", "export const wanted = 200;"),
        ("tests/a.test.ts", "import { app, expect, test } from '@atoll/sdk/test';\nimport { wanted } from './helper';\ntest('a', async () => { expect((await app.fetch('/')).status).toBe(wanted); });"),
    ])
    .unwrap();
    assert!(bundle.tests.is_some() && bundle.tests != bundle.backend);
}

#[test]
fn every_vendored_module_loads() {
    for (number, name) in include_str!("../vendor/table.rs")
        .lines()
        .filter_map(|line| line.trim().strip_prefix("name: \"")?.strip_suffix("\","))
        .filter(|name| !name.contains("/_chunk/"))
        .enumerate()
    {
        let text = format!(
            "import * as m{number} from '{name}';\nexport default {{ fetch: () => Response.json(Object.keys(m{number})) }};"
        );
        let built = build(&[("backend/index.ts", &text)]);
        assert!(built.is_ok(), "{name}: {:?}", built.err());
    }
}

#[test]
fn what_the_top_level_throws_has_its_place_in_the_source() {
    let io = "interface Weather {\n  a: number;\n}\n\nconst weather: Weather = await (await fetch('/x')).json();\nexport default { fetch: () => Response.json(weather) };\n";
    let (place, said) = first_error(&[("backend/index.ts", io)]);
    assert!(place.starts_with("evaluate backend/index.ts:5:"), "{place}: {said}");
    assert!(said.contains("handler"), "{said}");
    let helper = "export type A = string;\n\nexport const n: A = (() => { throw new Error('boom'); })();\n";
    let (place, said) = first_error(&[
        (
            "backend/index.ts",
            "import { n } from './helper';\nexport default { fetch: () => new Response(n) };",
        ),
        ("backend/helper.ts", helper),
    ]);
    assert!(place.starts_with("evaluate backend/helper.ts:3:") && said.contains("boom"), "{place}: {said}");
}

#[test]
fn a_top_level_that_never_ends_is_stopped() {
    let (place, said) = first_error(&[(
        "backend/index.ts",
        "let n = 0;\nwhile (true) { n += 1; }\nexport default { fetch: () => new Response('x') };",
    )]);
    assert_eq!(place, "evaluate backend/index.ts:1:1");
    assert!(said.contains("snapshot_cpu_ms"), "{said}");
}

#[test]
fn a_backend_without_a_handler_says_so() {
    let (place, said) = first_error(&[("backend/index.ts", "export const a = 1;")]);
    assert_eq!(place, "evaluate backend/index.ts:1:1");
    assert!(said.contains("export default"), "{said}");
}

#[test]
fn an_error_before_the_snapshot_makes_nothing() {
    let failure = build(&[("backend/index.ts", "export default { fetch: () => new Response(eval('1')) };")])
        .unwrap_err();
    assert!(failure.to_string().starts_with("backend/index.ts:1:44: eval"), "{failure}");
}

#[test]
fn a_component_and_a_page_are_taken_over() {
    let wasm = wat::parse_str("(component)").unwrap();
    let limits = Limits::default();
    let mut source = tree(&[
        (
            "atoll.toml",
            "name = \"a\"\n[backend]\ncomponent = \"app.wasm\"\n[frontend]\nentry = \"frontend/App.tsx\"\n",
        ),
        ("frontend/App.tsx", "import './setup';\nexport default () => <p>x</p>;"),
        ("frontend/setup.ts", "export {};"),
    ]);
    source.insert(SourcePath::parse("app.wasm").unwrap(), wasm.clone(), &limits).unwrap();
    let bundle = builder().build(source).unwrap();
    assert_eq!(bundle.backend, Some(Backend::Component { wasm: Artifact::new(wasm) }));
    let frontend = bundle.frontend.unwrap();
    assert_eq!(frontend.entry, "frontend/App.js");
    assert_eq!(frontend.modules.keys().collect::<Vec<_>>(), ["frontend/App.js", "frontend/setup.js"]);
    assert!(frontend.modules["frontend/App.js"].source_map.is_some());
}

/// Not a test of time: it prints what a deploy of a usual app takes here.
#[test]
fn timing_of_a_usual_app() {
    let text = include_str!("cases/good-full-stack.txt").split("-- expected --").next().unwrap();
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            Some(name) => files.push((name.to_owned(), String::new())),
            None => {
                if let Some((_, content)) = files.last_mut() {
                    content.push_str(line);
                    content.push('\n');
                }
            }
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let source = tree(&files);
    assert!(builder().check(&source).iter().all(|d| !d.is_error()));
    let start = Instant::now();
    let _ = builder().check(&source);
    let checked = start.elapsed();
    let start = Instant::now();
    let built = builder().build(source.clone());
    let whole = start.elapsed();
    println!("check {checked:?}, build with two snapshots (hono and zod) {whole:?}");
    assert!(built.is_ok(), "{:?}", built.err());
    let hello = tree(&[
        ("atoll.toml", MANIFEST),
        ("backend/index.ts", "export default { fetch: () => new Response('x') };"),
    ]);
    let start = Instant::now();
    assert!(builder().build(hello).is_ok());
    println!("build of hello {:?}", start.elapsed());
}
