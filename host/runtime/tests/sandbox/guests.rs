//! Small hostile and friendly guests for the tests: WebAssembly text against the real WIT, made into
//! components as any tool would.

use bytes::Bytes;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Worlds of guests that export less, or import more, than those of `wit/`.
const WORLDS: &str = "
    package test:worlds;
    interface secrets { steal: func(); }
    world event-app { include atoll:app/imports@0.1.0; export atoll:app/event-handler@0.1.0; }
    world thief { import secrets; export atoll:app/http-handler@0.1.0; }
    world mute { include atoll:app/imports@0.1.0; }
    world command {
        import wasi:cli/environment@0.2.12;
        import wasi:cli/exit@0.2.12;
        import wasi:cli/stdout@0.2.12;
        export wasi:cli/run@0.2.12;
    }
";

/// What every guest here has: a memory, a bump allocator that grows it, and places for answers.
/// `$respond` answers status and body; the answer is a `result<reply, failure>` at 1024.
const PRELUDE: &str = r#"
    (memory (export "memory") 1)
    (global $free (mut i32) (i32.const 8192))
    (func $realloc (export "cabi_realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
        (global.set $free (i32.add (local.get $at) (local.get $new)))
        (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
            (then (if (i32.eq (i32.const -1) (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $new) (i32.const 16)))))
                (then unreachable))))
        (if (local.get $size) (then (memory.copy (local.get $at) (local.get $old) (local.get $size))))
        (local.get $at))
    (func $respond (param $status i32) (param $body i32) (param $length i32) (result i32)
        (i64.store (i32.const 1024) (i64.const 0))
        (i32.store16 (i32.const 1032) (local.get $status))
        (i64.store (i32.const 1036) (i64.const 0))
        (i32.store (i32.const 1044) (local.get $body))
        (i32.store (i32.const 1048) (local.get $length))
        (i32.const 1024))
"#;

/// Encodes a core module, given as text without its `(module …)`, as a component of a world.
pub(crate) fn component(world: &str, text: &str) -> Bytes {
    let mut resolve = Resolve::default();
    let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
    let (package, _) = resolve.push_dir(wit).expect("the WIT parses");
    let worlds = resolve.push_source("worlds.wit", WORLDS).expect("the worlds parse");
    let world = resolve.select_world(&[package, worlds], Some(world)).expect("the world exists");
    let mut module = wat::parse_str(format!("(module {text})")).expect("the text parses");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
    let encoder = ComponentEncoder::default().validate(true).module(&module);
    encoder.expect("a module").encode().expect("a component").into()
}

/// An HTTP guest. `parts` are imports and functions, `body` is what the handler does.
pub(crate) fn http_guest(parts: &str, body: &str) -> Bytes {
    component("atoll:app/http-app", &handler(parts, body))
}

/// The text of an HTTP guest. Imports must come first in a module, so `parts` starts with them.
pub(crate) fn handler(parts: &str, body: &str) -> String {
    format!(
        r#"{parts} {PRELUDE}
        (func (export "atoll:app/http-handler@0.1.0#handle")
            (param $method i32) (param $method_len i32) (param $url i32) (param $url_len i32)
            (param $headers i32) (param $headers_len i32) (param $body_kind i32) (param $body i32) (param $body_len i32)
            (result i32)
            (local $n i32) {body})"#
    )
}

/// An event guest; the answer is an `outcome` at 1024.
pub(crate) fn event_guest(parts: &str, body: &str) -> Bytes {
    let text = format!(
        r#"{parts} {PRELUDE}
        (func (export "atoll:app/event-handler@0.1.0#handle")
            (param $id i32) (param $id_len i32) (param $source i32) (param $source_len i32)
            (param $type i32) (param $type_len i32) (param $time i32) (param $time_len i32)
            (param $has_subject i32) (param $subject i32) (param $subject_len i32)
            (param $data i32) (param $data_len i32) (param $hops i32) (param $attempt i32)
            (result i32)
            {body})"#
    );
    component("test:worlds/event-app", &text)
}

/// Answers 200 and the URL.
pub(crate) const ECHO: &str = "(call $respond (i32.const 200) (local.get $url) (local.get $url_len))";

/// Imports, and functions around them, for guests that stream. A `result` of a host call lies at 1300 and
/// above.
///
/// - `$head status → stream` sends the head, `$put stream at length` writes and waits until there is room,
///   `$end stream` finishes, `$sent` is the answer of a handler that has sent its response.
/// - `$next stream max → length` reads and waits until there is something: -1 at the end, -2 when it failed; the
///   bytes are at `$chunk`. What was allocated before is overwritten.
/// - `$wait1 operation`, `$sleep ns`, `$answer number` (200 and the number, in four bytes), `$fail`.
pub(crate) const STREAMING: &str = r#"
    (import "atoll:app/operations@0.1.0" "wait" (func $wait (param i32 i32 i32 i64 i32)))
    (import "atoll:app/operations@0.1.0" "cancel" (func $cancel (param i32)))
    (import "atoll:app/streams@0.1.0" "read" (func $read (param i32 i32 i32)))
    (import "atoll:app/streams@0.1.0" "write" (func $write (param i32 i32 i32 i32)))
    (import "atoll:app/streams@0.1.0" "finish" (func $finish (param i32 i32)))
    (import "atoll:app/streams@0.1.0" "abort" (func $abort (param i32)))
    (import "atoll:app/http-responder@0.1.0" "start" (func $start (param i32 i32 i32 i32)))
    (global $chunk (mut i32) (i32.const 0))
    (data (i32.const 700) "no milk")
    (func $wait1 (param $operation i32)
        (i32.store (i32.const 1300) (local.get $operation))
        (call $wait (i32.const 1300) (i32.const 1) (i32.const 0) (i64.const 0) (i32.const 1304)))
    (func $sleep (param $ns i64)
        (call $wait (i32.const 0) (i32.const 0) (i32.const 1) (local.get $ns) (i32.const 1304)))
    (func $head (param $status i32) (result i32)
        (call $start (local.get $status) (i32.const 0) (i32.const 0) (i32.const 1320))
        (if (i32.load8_u (i32.const 1320)) (then unreachable))
        (i32.load (i32.const 1324)))
    (func $put (param $stream i32) (param $at i32) (param $length i32)
        (call $write (local.get $stream) (local.get $at) (local.get $length) (i32.const 1340))
        (if (i32.load8_u (i32.const 1340)) (then unreachable))
        (if (i32.load8_u (i32.const 1344)) (then (call $wait1 (i32.load (i32.const 1348))))))
    (func $end (param $stream i32)
        (call $finish (local.get $stream) (i32.const 1360))
        (if (i32.load8_u (i32.const 1360)) (then unreachable)))
    (func $next (param $stream i32) (param $max i32) (result i32)
        (loop $again
            (global.set $free (i32.const 8192))
            (call $read (local.get $stream) (local.get $max) (i32.const 1380))
            (if (i32.load8_u (i32.const 1380)) (then (return (i32.const -2))))
            (if (i32.eq (i32.load8_u (i32.const 1384)) (i32.const 2))
                (then (call $wait1 (i32.load (i32.const 1388))) (br $again))))
        (if (i32.load8_u (i32.const 1384)) (then (return (i32.const -1))))
        (global.set $chunk (i32.load (i32.const 1388)))
        (i32.load (i32.const 1392)))
    (func $sent (result i32)
        (i64.store (i32.const 1024) (i64.const 0))
        (i32.store8 (i32.const 1028) (i32.const 1))
        (i32.const 1024))
    (func $answer (param $number i32) (result i32)
        (i32.store (i32.const 512) (local.get $number))
        (call $respond (i32.const 200) (i32.const 512) (i32.const 4)))
    (func $fail (result i32)
        (i32.store8 (i32.const 1024) (i32.const 1))
        (i32.store (i32.const 1028) (i32.const 700)) (i32.store (i32.const 1032) (i32.const 7))
        (i64.store (i32.const 1036) (i64.const 0))
        (i32.const 1024))
"#;

/// A guest that streams; `$s` and `$t` are locals for numbers.
pub(crate) fn streaming_guest(body: &str) -> Bytes {
    streaming_guest_with("", "", body)
}

/// The same with more imports, and other parts.
pub(crate) fn streaming_guest_with(imports: &str, parts: &str, body: &str) -> Bytes {
    http_guest(&format!("{imports} {STREAMING} {parts}"), &format!("(local $s i32) (local $t i32) {body}"))
}

/// A command of WASI 0.2. `body` answers 0, or 1 for a failure; `$n` is a local.
pub(crate) fn command_guest(body: &str) -> Bytes {
    let text = format!(
        r#"(import "wasi:cli/environment@0.2.12" "get-arguments" (func $arguments (param i32)))
        (import "wasi:cli/exit@0.2.12" "exit-with-code" (func $exit (param i32)))
        (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
        (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
            (func $print (param i32 i32 i32 i32)))
        {PRELUDE}
        (func (export "wasi:cli/run@0.2.12#run") (result i32) (local $n i32) {body})"#
    );
    component("test:worlds/command", &text)
}
