//! Small hostile guests: WebAssembly text against the real WIT, made into components as any tool would.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{
    Resolve, WorldItem,
    abi::{AbiVariant, WasmType},
};

use crate::Failure;

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

/// The text of an HTTP guest. Imports must come first in a module, so `parts` starts with them. `body` is what the
/// handler does; `$n` and `$m` are locals, and the parameters are `$method`, `$url`, `$headers` and `$body` with
/// their lengths.
pub(crate) fn handler(parts: &str, body: &str) -> String {
    format!(
        r#"{parts} {PRELUDE}
        (func (export "atoll:app/http-handler@0.1.0#handle")
            (param $method i32) (param $method_len i32) (param $url i32) (param $url_len i32)
            (param $headers i32) (param $headers_len i32) (param $body_kind i32) (param $body i32) (param $body_len i32)
            (result i32)
            (local $n i32) (local $m i32) {body})"#
    )
}

fn wit() -> Result<(Resolve, wit_parser::PackageId), Failure> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"))?;
    Ok((resolve, package))
}

/// Encodes a core module, given as text without its `(module …)`, as a component of a world.
///
/// # Errors
/// When the text is none, or does not fit the world.
pub fn component(world: &str, text: &str) -> Result<Vec<u8>, Failure> {
    let (mut resolve, package) = wit()?;
    let source = "package test:worlds;
        world event-app { include atoll:app/imports@0.1.0; export atoll:app/event-handler@0.1.0; }
        world wasi-app {
            import wasi:cli/stdout@0.2.12;
            import wasi:clocks/monotonic-clock@0.2.12;
            import wasi:http/types@0.2.12;
            export wasi:http/incoming-handler@0.2.12;
        }";
    let worlds = resolve.push_source("worlds.wit", source)?;
    let world = resolve.select_world(&[package, worlds], Some(world))?;
    let mut module = wat::parse_str(format!("(module {text})"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().validate(true).module(&module)?.encode()?)
}

/// An HTTP guest of `parts` and what its handler does.
///
/// # Errors
/// When the text is none.
pub fn http_guest(parts: &str, body: &str) -> Result<Vec<u8>, Failure> {
    component("atoll:app/http-app", &handler(parts, body))
}

/// The files of an app in JavaScript.
#[must_use]
pub fn javascript(name: &str, manifest: &str, backend: &str) -> Vec<(String, Vec<u8>)> {
    let manifest = format!("name = \"{name}\"\n[backend]\nentry = \"backend/index.ts\"\n{manifest}");
    vec![("atoll.toml".into(), manifest.into_bytes()), ("backend/index.ts".into(), backend.into())]
}

/// A function that the host offers to guests.
#[derive(Clone, Debug)]
pub struct Import {
    /// As a core module names it, e.g. `atoll:app/kv@0.1.0`.
    pub module: String,
    /// e.g. `get`.
    pub name: String,
    /// Its flat parameters, as the text format names them.
    pub parameters: Vec<&'static str>,
    /// Its flat result.
    pub result: Option<&'static str>,
}

/// Every function that the host offers, read off the WIT: a new one is in here by itself.
///
/// # Errors
/// When the WIT does not parse.
pub fn imports() -> Result<Vec<Import>, Failure> {
    let (resolve, package) = wit()?;
    let world = resolve.select_world(&[package], Some("atoll:app/http-app"))?;
    let mut found = Vec::new();
    for (key, item) in &resolve.worlds[world].imports {
        let WorldItem::Interface { id, .. } = item else { continue };
        for function in resolve.interfaces[*id].functions.values() {
            let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
            found.push(Import {
                module: resolve.name_world_key(key),
                name: function.name.clone(),
                parameters: signature.params.iter().map(flat).collect(),
                result: signature.results.first().map(flat),
            });
        }
    }
    Ok(found)
}

fn flat(kind: &WasmType) -> &'static str {
    match kind {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
    }
}

/// A module or component of its text.
///
/// # Errors
/// When the text is none.
pub fn text_to_binary(text: &str) -> Result<Vec<u8>, Failure> {
    Ok(wat::parse_str(text)?)
}
