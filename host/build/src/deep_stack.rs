//! Runs the recursive stages on a stack that the deepest possible source cannot overflow.
//!
//! oxc's parser and visitors recurse, and a stack overflow ends the whole host. A level of nesting costs at
//! least one byte of source, so the length of the longest script bounds the depth of any tree, and this
//! reserves stack for it. The memory is only touched by a source that really is that deep; such a source is
//! then refused by `syntax_depth_max`.

use std::{io, thread};

use atoll_model::{Limits, SourceTree};

use crate::parse;

/// Stack for each byte of source. Measured over 65 shapes of nesting: the hungriest, a tuple type of tuple
/// types, takes 1.8 KiB for its one byte with the compiler's settings for dependencies in this workspace.
const STACK_PER_SOURCE_BYTE: usize = 4 << 10;

/// Stack for everything else.
const STACK_BASE: usize = 8 << 20;

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StackError {
    /// The machine gave no thread.
    #[error("there is no thread for the build: {0}")]
    NoThread(#[from] io::Error),
    /// A bug of ours or of the parser's; the source is to blame for finding it, not for having it.
    #[error("the build failed by an internal error: {0}")]
    Panicked(String),
}

/// Runs two pieces of work to their ends, side by side, each on a thread of its own with a stack for the longest script
/// of `source`.
pub(crate) fn join<A: Send, B: Send>(
    source: &SourceTree,
    limits: &Limits,
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> Result<(A, B), StackError> {
    let scripts = source.iter().filter(|(path, _)| parse::source_type(path).is_some());
    let longest = scripts.map(|(_, bytes)| bytes.len()).max().unwrap_or(0).min(limits.script_bytes_max);
    let stack = STACK_BASE + longest.saturating_mul(STACK_PER_SOURCE_BYTE);
    let thread = || thread::Builder::new().name("atoll-build".into()).stack_size(stack);
    thread::scope(|scope| {
        let (a, b) = (thread().spawn_scoped(scope, a)?, thread().spawn_scoped(scope, b));
        let panicked = |panic: Box<dyn std::any::Any + Send>| StackError::Panicked(text_of(&*panic));
        // Whatever becomes of the other, each is waited for here: a panic that nobody took would go on in this thread.
        let a = a.join().map_err(panicked);
        let b = b?.join().map_err(panicked);
        Ok((a?, b?))
    })
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "no message".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_not_the_hosts_end() {
        let result = join(&SourceTree::new(), &Limits::default(), || 1, || -> u8 { panic!("boom") });
        assert!(matches!(result, Err(StackError::Panicked(text)) if text == "boom"));
    }
}
