//! Small hostile guests that know only WASI 0.2, as WebAssembly text.

use test_guests::component;

use crate::Failure;

/// What every such guest has: the imports below, a memory of one page, `$begin`, which sends the head of a response
/// with these fields and answers the stream of its body, and `$method`, the number of the request's method among those
/// of `wasi:http` (GET is 0, POST is 2, PUT is 3).
const PRELUDE: &str = r#"
    (import "wasi:http/types@0.2.12" "[constructor]fields" (func $fields (result i32)))
    (import "wasi:http/types@0.2.12" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
    (import "wasi:http/types@0.2.12" "[method]incoming-request.method" (func $method_of (param i32 i32)))
    (import "wasi:http/types@0.2.12" "[constructor]outgoing-response" (func $response (param i32) (result i32)))
    (import "wasi:http/types@0.2.12" "[method]outgoing-response.body" (func $body_of (param i32 i32)))
    (import "wasi:http/types@0.2.12" "[method]outgoing-body.write" (func $stream_of (param i32 i32)))
    (import "wasi:http/types@0.2.12" "[static]response-outparam.set"
        (func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.check-write" (func $check_write (param i32 i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.write" (func $write (param i32 i32 i32 i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.subscribe" (func $when_writable (param i32) (result i32)))
    (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))
    (import "wasi:clocks/monotonic-clock@0.2.12" "subscribe-duration" (func $after (param i64) (result i32)))
    (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func $begin (param $out i32) (param $fields i32) (result i32)
        (local $response i32)
        (local.set $response (call $response (local.get $fields)))
        (call $body_of (local.get $response) (i32.const 16))
        (call $set (local.get $out) (i32.const 0) (local.get $response)
            (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
        (call $stream_of (i32.load (i32.const 20)) (i32.const 32))
        (i32.load (i32.const 36)))
    (func $method (param $request i32) (result i32)
        (call $method_of (local.get $request) (i32.const 48))
        (i32.load8_u (i32.const 48)))
"#;

/// A guest of `wasi:http/incoming-handler@0.2`. Its handler has the parameters `$request` and `$out`, and the locals
/// `$n` and `$stream`.
///
/// # Errors
/// When the text is none.
pub fn wasi_guest(body: &str) -> Result<Vec<u8>, Failure> {
    let handler = format!(
        r#"{PRELUDE}
        (func (export "wasi:http/incoming-handler@0.2.12#handle") (param $request i32) (param $out i32)
            (local $n i32) (local $stream i32) {body})"#
    );
    component("test:worlds/wasi-app", &handler)
}
