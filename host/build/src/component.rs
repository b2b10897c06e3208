//! A backend that comes as WebAssembly: is it a component, and one that may be compiled?
//!
//! Only its outermost form is checked, in time linear in its bytes. Whether it is valid is found out where it is
//! compiled, in a process that can be stopped: a few KiB of nested types can keep a validator busy for long. Whether
//! it exports a handler and imports only what is granted is the runtime's to say, which links it.

use atoll_model::{Diagnostic, Limits};
use wasmparser::{Encoding, Parser, Payload};

use crate::BuildFailure;

/// Why bytes are no backend, with the remedy.
pub(crate) struct NotAComponent {
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

const BUILD: &str = "build a component: cargo build --target wasm32-wasip2, or wasm-tools component new";

/// Checks whether bytes look like a component that may be compiled, before anything is spent on it.
///
/// # Errors
/// [`BuildFailure`] with what it is instead, and the remedy.
pub fn check_component(bytes: &[u8], limits: &Limits) -> Result<(), BuildFailure> {
    check(bytes, limits).map_err(|error| BuildFailure {
        diagnostics: vec![Diagnostic::error("component", error.message).with_hint(error.hint)],
    })
}

/// Checks the bytes of a component.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), NotAComponent> {
    if bytes.len() > limits.component_bytes_max {
        return Err(NotAComponent {
            message: format!(
                "the component has {} bytes; {} are allowed (limit component_bytes_max)",
                bytes.len(),
                limits.component_bytes_max
            ),
            hint: "build it with opt-level = \"s\", lto = true and strip = true",
        });
    }
    if bytes.starts_with(b"\x7fELF") {
        return Err(NotAComponent {
            message:
                "this is machine code (a .cwasm, or a native program), which is never loaded from an app"
                    .into(),
            hint: "give the component before its compilation: the host compiles it itself",
        });
    }
    let mut payloads = Parser::new(0).parse_all(bytes);
    match payloads.next() {
        Some(Ok(Payload::Version { encoding: Encoding::Component, .. })) => {}
        Some(Ok(Payload::Version { encoding: Encoding::Module, .. })) => {
            return Err(NotAComponent {
                message: "this is a core WebAssembly module, not a component".into(),
                hint: BUILD,
            });
        }
        _ => {
            return Err(NotAComponent { message: "this is no WebAssembly".into(), hint: BUILD });
        }
    }
    // The sections, and those of what is nested in it, fit into one another; what is in them is not looked at.
    payloads.try_for_each(|payload| payload.map(drop)).map_err(|error| NotAComponent {
        message: format!("the component is not valid: {} (at byte {})", error.message(), error.offset()),
        hint: "build it again, with tools of this year",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        check(bytes, &Limits::default()).err().map(|e| e.message).unwrap_or_default()
    }

    #[test]
    fn each_wrong_thing_is_named() {
        let component = wat::parse_str("(component (core module))").unwrap();
        assert!(check(&component, &Limits::default()).is_ok());
        assert!(message(&wat::parse_str("(module)").unwrap()).contains("core WebAssembly module"));
        assert!(message(b"\x7fELF\x02\x01\x01").contains("machine code"));
        assert!(message(b"#!/bin/sh").contains("no WebAssembly"));
        assert!(message(b"").contains("no WebAssembly"));
        assert!(message(&component[..component.len() - 1]).contains("not valid"));
        let small = Limits { component_bytes_max: 4, ..Limits::default() };
        assert!(check(&component, &small).err().unwrap().message.contains("component_bytes_max"));
    }
}
