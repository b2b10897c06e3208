//! Which components need the engine with concurrency: those that use the component model's own asynchrony,
//! anywhere inside. Looked up in the bytes, since an engine must be chosen before it can be asked.
//!
//! It is only a choice of engine: a component that fits neither is refused by the compiler.

use wasmparser::{CanonicalFunction, CanonicalOption, Parser, Payload};

/// Whether a component lifts, lowers or builds anything asynchronously, or names an interface of WASI 0.3.
pub(crate) fn is_concurrent(component: &[u8]) -> bool {
    // A malformed component is for the compiler to refuse.
    Parser::new(0).parse_all(component).map_while(Result::ok).any(|payload| match payload {
        Payload::ComponentCanonicalSection(functions) => {
            functions.into_iter().map_while(Result::ok).any(|function| is_asynchronous(&function))
        }
        Payload::ComponentImportSection(imports) => {
            imports.into_iter().map_while(Result::ok).any(|import| is_wasi_0_3(import.name.name))
        }
        Payload::ComponentExportSection(exports) => {
            exports.into_iter().map_while(Result::ok).any(|export| is_wasi_0_3(export.name.name))
        }
        _ => false,
    })
}

fn is_wasi_0_3(name: &str) -> bool {
    name.starts_with("wasi:") && name.contains("@0.3.")
}

fn is_asynchronous(function: &CanonicalFunction) -> bool {
    match function {
        CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => {
            options.iter().any(|option| matches!(option, CanonicalOption::Async))
        }
        CanonicalFunction::ResourceNew { .. }
        | CanonicalFunction::ResourceDrop { .. }
        | CanonicalFunction::ResourceRep { .. } => false,
        // Tasks, streams, futures, waitables.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(component: &str) -> bool {
        is_concurrent(&wat::parse_str(component).unwrap())
    }

    #[test]
    fn asynchrony_is_found_wherever_it_is() {
        assert!(!needs("(component (core module))"));
        assert!(!needs("(component (import \"wasi:http/types@0.2.3\" (instance)))"));
        assert!(needs("(component (import \"wasi:http/types@0.3.0\" (instance)))"));
        assert!(needs("(component (core func (canon backpressure.inc)))"));
        assert!(needs("(component (component (core func (canon task.cancel))))"));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let whole = wat::parse_str("(component (component (core func (canon task.cancel))))").unwrap();
        for end in 0..whole.len() {
            is_concurrent(&whole[..end]);
        }
        assert!(!is_concurrent(b"#!/bin/sh"));
    }
}
