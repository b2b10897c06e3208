//! What an app's top level may do, and how it fails.

use crate::host::{JS, MEMORY_BYTES, modules, snapshot};
use atoll_image::{HandlerExports, ImageError, SnapshotInput};

fn evaluate_error(list: &[(&str, &str)]) -> (String, String) {
    match snapshot(list) {
        Err(ImageError::Evaluate { message, stack }) => (message, stack),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_exports_say_which_handlers_there_are() {
    let none = "export default {}";
    let (message, _) = evaluate_error(&[("index.js", none)]);
    assert!(message.contains("none of the functions fetch, event and scheduled"), "{message}");
    let (message, _) = evaluate_error(&[("index.js", "export const fetch = () => 1;")]);
    assert!(message.contains("index.js has no default export"), "{message}");
    let made = snapshot(&[(
        "index.js",
        "console.log('hello from the top', { a: 1 });
        export default { fetch() {}, async event() {} }",
    )])
    .unwrap();
    assert_eq!(made.exports, HandlerExports { fetch: true, event: true, scheduled: false });
    assert_eq!(made.log, ["hello from the top { a: 1 }"]);
}

#[test]
fn io_at_top_level_fails_with_its_place() {
    for (source, what) in [
        ("\n\nawait fetch('https://example.com/');", "fetch()"),
        ("\n\nsetTimeout(() => {}, 1);", "setTimeout()"),
        ("\n\nsetInterval(() => {}, 1);", "setInterval()"),
        ("\n\nconst id = crypto.randomUUID();", "crypto.randomUUID()"),
        ("\n\ncrypto.getRandomValues(new Uint8Array(1));", "crypto.getRandomValues()"),
        ("\n\nAbortSignal.timeout(10);", "setTimeout()"),
    ] {
        let (message, stack) =
            evaluate_error(&[("backend/index.ts", &format!("{source} export default {{ fetch() {{}} }}"))]);
        assert!(
            message.contains(&format!("{what} is not available at top level: call it inside a handler")),
            "{message}"
        );
        assert!(stack.contains("backend/index.ts:3"), "{what}: {stack}");
    }
}

#[test]
fn mistakes_have_a_place() {
    for (source, message, place) in [
        ("export default {\n  fetch( { return 1 }\n}", "SyntaxError", "index.js:2"),
        (
            "\nimport x from './nowhere.js'; export default { fetch() {} }",
            "cannot find the module './nowhere.js'",
            "",
        ),
        ("\nimport { y } from '@atoll/sdk'; export default { fetch() {} }", "'y'", ""),
        (
            "\nimport native from 'internal:native'; export default { fetch() {} }",
            "cannot find the module 'internal:native'",
            "",
        ),
        (
            "\n\nundefinedName(); export default { fetch() {} }",
            "ReferenceError: undefinedName is not defined",
            "index.js:3",
        ),
        (
            "await new Promise(() => {}); export default { fetch() {} }",
            "the top level of index.js never finishes",
            "",
        ),
        ("throw { not: 'an error' };", "{ not: \"an error\" } was thrown", ""),
        (
            "Promise.reject(new Error('lost')); export default { fetch() {} }",
            "unhandled rejection: Error: lost",
            "index.js:1",
        ),
    ] {
        let (found, stack) = evaluate_error(&[("index.js", source)]);
        assert!(found.contains(message), "{source}: {found}");
        assert!(stack.contains(place), "{source}: {found}\n{stack}");
    }
}

#[test]
fn a_loop_at_top_level_is_cut() {
    for source in [
        "for (;;);",
        "await null; while (true) await null;",
        "export default { get fetch() { for (;;); } }",
        "/(a+)+$/.test('a'.repeat(40) + 'b')",
    ] {
        let modules = modules(&[("index.js", source)]);
        let input = SnapshotInput {
            modules: &modules,
            entry: "index.js",
            tests: &[],
            memory_max_bytes: MEMORY_BYTES,
            cpu_ms: 100,
        };
        let start = std::time::Instant::now();
        match JS.1.snapshot(&input) {
            Err(ImageError::Timeout { limit_ms: 100 }) => {}
            other => panic!("{source}: {other:?}"),
        }
        assert!(start.elapsed().as_secs() < 20, "{source}");
    }
}

#[test]
fn memory_at_top_level_is_bounded() {
    let modules =
        modules(&[("index.js", "const hoard = []; for (;;) hoard.push(new Uint8Array(1 << 20).fill(1));")]);
    let input = SnapshotInput {
        modules: &modules,
        entry: "index.js",
        tests: &[],
        memory_max_bytes: 16 << 20,
        cpu_ms: 5_000,
    };
    match JS.1.snapshot(&input) {
        Err(ImageError::Evaluate { message, .. }) => assert!(message.contains("out of memory"), "{message}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn code_from_text_does_not_run() {
    let made = snapshot(&[("index.js", r#"
        const tries = [
            () => eval('1'), () => (0, eval)('1'), () => new Function('return 1')(), () => Function('return 1')(),
            () => (() => {}).constructor('return 1')(), () => (async () => {}).constructor('return 1'),
            () => (function* () {}).constructor('return 1'), () => (async function* () {}).constructor('yield 1'),
            () => [].map.constructor('return 1'), () => Reflect.construct(Function, ['return 1']),
            () => Object.getPrototypeOf((async () => {}).constructor)('return 1'),
            () => Reflect.getPrototypeOf(class extends Function {})('1'),
            () => new (class extends Function {})('return 1'), () => new WebAssembly.Module(new Uint8Array(8)),
            () => globalThis['ev' + 'al']('1'), () => setTimeout('1'),
        ];
        for (const [i, attempt] of tries.entries()) {
            let result;
            try { result = `returned ${attempt()}`; } catch (e) { result = e.name; }
            console.log(i, result);
        }
        export default { fetch() {} }"#)]).unwrap();
    for line in &made.log {
        let refused = line.ends_with("EvalError") || line.ends_with("TypeError") || line == "15 Error";
        assert!(refused, "{:#?}", made.log);
    }
    assert_eq!(made.log.len(), 16);
}

#[test]
fn an_image_is_data_alone_and_small() {
    let made = snapshot(&[("index.js", "export default { fetch: () => new Response('hello') }")]).unwrap();
    let mut memory = None;
    for payload in wasmparser::Parser::new(0).parse_all(&made.image) {
        match payload.unwrap() {
            wasmparser::Payload::CodeSectionStart { .. } => panic!("an image has no code"),
            wasmparser::Payload::MemorySection(section) => memory = section.into_iter().next(),
            _ => {}
        }
    }
    assert_eq!(memory.unwrap().unwrap().maximum, Some(MEMORY_BYTES as u64 / 65_536));
    assert!(made.image.len() < 3 << 20, "{} bytes", made.image.len());
}
