//! Guests for tests: WebAssembly text against the real WIT, made into components as any tool would. What the guests do is
//! the tests' own.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{PackageId, Resolve};

/// Why a guest cannot be made.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Worlds of guests that export less, or import more, than those of `wit/`.
const WORLDS: &str = "
    package test:worlds;
    interface secrets { steal: func(); }
    world event-app { include atoll:app/imports@0.1.0; export atoll:app/event-handler@0.1.0; }
    world thief { import secrets; export atoll:app/http-handler@0.1.0; }
    world mute { include atoll:app/imports@0.1.0; }
    world wasi-app {
        import wasi:cli/stdout@0.2.12;
        import wasi:clocks/monotonic-clock@0.2.12;
        import wasi:http/types@0.2.12;
        export wasi:http/incoming-handler@0.2.12;
    }
    world wasi-command {
        import wasi:cli/environment@0.2.12;
        import wasi:cli/exit@0.2.12;
        import wasi:cli/stdout@0.2.12;
        export wasi:cli/run@0.2.12;
    }
";

/// What every guest here has: a memory, a bump allocator that grows it, and places for answers.
/// `$respond status body length` answers; the answer is a `result<reply, failure>` at 1024.
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

/// The contract between host and guests, parsed.
///
/// # Errors
/// When it does not parse.
pub fn wit() -> Result<(Resolve, PackageId), Failure> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"))?;
    Ok((resolve, package))
}

/// Encodes a core module, given as text without its `(module …)`, as a component of a world: one of the contract's, or
/// of `test:worlds` above.
///
/// # Errors
/// When the text is none, or does not fit the world.
pub fn component(world: &str, text: &str) -> Result<Vec<u8>, Failure> {
    let (mut resolve, package) = wit()?;
    let worlds = resolve.push_source("worlds.wit", WORLDS)?;
    let world = resolve.select_world(&[package, worlds], Some(world))?;
    let mut module = wat::parse_str(format!("(module {text})"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().validate(true).module(&module)?.encode()?)
}

/// An HTTP guest of `parts` and what its handler does; see [`handler`].
///
/// # Errors
/// When the text is none.
pub fn http_guest(parts: &str, body: &str) -> Result<Vec<u8>, Failure> {
    component("atoll:app/http-app", &handler(parts, body))
}

/// The text of an HTTP guest. Imports must come first in a module, so `parts` starts with them. `body` is what the
/// handler does; `$n` and `$m` are locals, and the parameters are `$method`, `$url`, `$headers` and `$body` with
/// their lengths.
#[must_use]
pub fn handler(parts: &str, body: &str) -> String {
    format!(
        r#"{parts} {PRELUDE}
        (func (export "atoll:app/http-handler@0.1.0#handle")
            (param $method i32) (param $method_len i32) (param $url i32) (param $url_len i32)
            (param $headers i32) (param $headers_len i32) (param $body_kind i32) (param $body i32) (param $body_len i32)
            (result i32)
            (local $n i32) (local $m i32) {body})"#
    )
}

/// An event guest; the answer is an `outcome` at 1024.
///
/// # Errors
/// When the text is none.
pub fn event_guest(parts: &str, body: &str) -> Result<Vec<u8>, Failure> {
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

/// A command of WASI 0.2. `body` answers 0, or 1 for a failure; `$n` is a local.
///
/// # Errors
/// When the text is none.
pub fn command_guest(body: &str) -> Result<Vec<u8>, Failure> {
    let text = format!(
        r#"(import "wasi:cli/environment@0.2.12" "get-arguments" (func $arguments (param i32)))
        (import "wasi:cli/exit@0.2.12" "exit-with-code" (func $exit (param i32)))
        (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
        (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
            (func $print (param i32 i32 i32 i32)))
        {PRELUDE}
        (func (export "wasi:cli/run@0.2.12#run") (result i32) (local $n i32) {body})"#
    );
    component("test:worlds/wasi-command", &text)
}
