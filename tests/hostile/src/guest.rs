//! What hostile guests are made of, besides their text: apps in JavaScript, and what the host offers to components.

use wit_parser::{
    WorldItem,
    abi::{AbiVariant, WasmType},
};

use crate::Failure;

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
    let (resolve, package) = test_guests::wit()?;
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
