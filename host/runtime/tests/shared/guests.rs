//! Small hostile and friendly guests for the tests.

use bytes::Bytes;

/// A core module, given as text without its `(module …)`, as a component of a world.
pub(crate) fn component(world: &str, text: &str) -> Bytes {
    test_guests::component(world, text).expect("a guest of this world").into()
}

/// An HTTP guest. `parts` are imports and functions, `body` is what the handler does.
pub(crate) fn http_guest(parts: &str, body: &str) -> Bytes {
    test_guests::http_guest(parts, body).expect("an HTTP guest").into()
}

/// An event guest; the answer is an `outcome` at 1024.
pub(crate) fn event_guest(parts: &str, body: &str) -> Bytes {
    test_guests::event_guest(parts, body).expect("an event guest").into()
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
