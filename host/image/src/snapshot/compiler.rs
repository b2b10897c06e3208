//! Modules to bytecode, in instances that do nothing else. A module is compiled by itself, so that those of a large app
//! are shared among two threads.

use std::{cmp::Reverse, thread};

use wasmtime::Module as WasmModule;

use super::{BOOTSTRAP_CPU_MS, BOOTSTRAP_MEMORY_BYTES, budget::Budget, instance::Running, own};
use crate::{ImageError, audit::Layout, image};

/// Instances that one snapshot has at the same time, at most: its compilers.
pub const PLACES_PER_SNAPSHOT: usize = 2;

/// Less source than this is compiled in the time that a second instance takes to start.
const SECOND_THREAD_BYTES: usize = 32 << 10;

/// A module's name and its JavaScript.
type Source<'a> = (&'a str, &'a str);

/// A module's place among all of them, and its bytecode; or the first that does not compile, and why.
type Part = Result<Vec<(usize, Vec<u8>)>, (usize, ImageError)>;

/// Turns modules into bytecode.
pub(crate) struct Compiler {
    /// The code-only engine.
    pub(crate) code: WasmModule,
    /// The memory of an instance that is a compiler.
    pub(crate) image: WasmModule,
}

impl Compiler {
    /// Makes the image of a compiler from the engine's initial memory.
    pub(crate) fn make(
        code: &WasmModule,
        initial: &WasmModule,
        layout: Layout,
    ) -> Result<Vec<u8>, ImageError> {
        let mut running =
            Running::start(code, initial, BOOTSTRAP_MEMORY_BYTES, &Budget::new(BOOTSTRAP_CPU_MS))?;
        let started = running.start_compiler();
        own(&running, started)?;
        Ok(image::encode(running.memory(layout.stack_top), None))
    }

    /// Compiles modules, and answers them in their order. Of several that do not compile the first is told of.
    pub(super) fn compile<'a>(
        &self,
        modules: &[Source<'a>],
        memory_max_bytes: usize,
        budget: &mut Budget,
    ) -> Result<Vec<(&'a str, Vec<u8>)>, ImageError> {
        let [mine, beside] = shares(modules);
        let part = |share: &[usize], budget: &mut Budget| self.part(modules, share, memory_max_bytes, budget);
        let given = budget.rest();
        let parts = thread::scope(|scope| {
            let spawned = (!beside.is_empty()).then(|| {
                thread::Builder::new().name("atoll-compile".into()).spawn_scoped(scope, || {
                    let mut budget = Budget::of(given);
                    (part(&beside, &mut budget), budget.rest())
                })
            });
            let first = part(&mine, budget);
            let second = match spawned {
                None => Ok(Vec::new()),
                Some(Ok(thread)) => {
                    let (part, left) =
                        thread.join().map_err(|_| ImageError::engine("a thread that compiled panicked"))?;
                    budget.take_off(given, left);
                    part
                }
                // A machine without another thread has this one.
                Some(Err(_)) => part(&beside, budget),
            };
            Ok([first, second])
        })?;
        in_order(modules, parts)
    }

    /// Compiles some of the modules, on this thread.
    fn part(
        &self,
        modules: &[Source<'_>],
        share: &[usize],
        memory_max_bytes: usize,
        budget: &mut Budget,
    ) -> Part {
        let Some(&start) = share.first() else { return Ok(Vec::new()) };
        let mut running =
            Running::start(&self.code, &self.image, memory_max_bytes, budget).map_err(|e| (start, e))?;
        let mut compiled = Vec::with_capacity(share.len());
        for &at in share {
            let Some((name, source)) = modules.get(at) else { continue };
            compiled.push((at, running.compile(name, source).map_err(|error| (at, error))?));
        }
        running.end(budget).map_err(|error| (start, error))?;
        Ok(compiled)
    }
}

/// Which modules each of two threads compiles, in their order: about as much for both, or all for one.
fn shares(modules: &[Source<'_>]) -> [Vec<usize>; 2] {
    let size = |at: &usize| modules.get(*at).map_or(0, |(_, source)| source.len());
    let mut by_size: Vec<usize> = (0..modules.len()).collect();
    by_size.sort_by_key(|at| Reverse(size(at)));
    let (mut shares, mut sizes) = ([Vec::new(), Vec::new()], [0, 0]);
    for at in by_size {
        let lighter = usize::from(sizes[1] < sizes[0]);
        sizes[lighter] += size(&at);
        shares[lighter].push(at);
    }
    if sizes[1] < SECOND_THREAD_BYTES {
        return [(0..modules.len()).collect(), Vec::new()];
    }
    shares.iter_mut().for_each(|share| share.sort_unstable());
    shares
}

fn in_order<'a>(modules: &[Source<'a>], parts: [Part; 2]) -> Result<Vec<(&'a str, Vec<u8>)>, ImageError> {
    let mut compiled = Vec::with_capacity(modules.len());
    let mut failed: Option<(usize, ImageError)> = None;
    for part in parts {
        match part {
            Ok(part) => compiled.extend(part),
            Err((at, error)) if failed.as_ref().is_none_or(|(first, _)| at < *first) => {
                failed = Some((at, error))
            }
            Err(_) => {}
        }
    }
    if let Some((_, error)) = failed {
        return Err(error);
    }
    compiled.sort_unstable_by_key(|(at, _)| *at);
    let name = |at: usize| modules.get(at).map_or("", |(name, _)| *name);
    Ok(compiled.into_iter().map(|(at, bytecode)| (name(at), bytecode)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_app_is_compiled_on_one_thread() {
        assert_eq!(shares(&[("a", "1"), ("b", "2")]), [vec![0, 1], Vec::new()]);
        assert_eq!(shares(&[]), [Vec::<usize>::new(), Vec::new()]);
        let one = "x".repeat(4 * SECOND_THREAD_BYTES);
        assert_eq!(shares(&[("a", "1"), ("b", &one)]), [vec![0, 1], Vec::new()]);
    }

    #[test]
    fn a_large_one_on_two_with_about_as_much_for_each() {
        let text = "x".repeat(SECOND_THREAD_BYTES);
        let half = "y".repeat(SECOND_THREAD_BYTES / 2);
        assert_eq!(
            shares(&[("a", &half), ("b", &text), ("c", &half), ("d", &text)]),
            [vec![0, 1], vec![2, 3]]
        );
    }

    #[test]
    fn the_first_failure_is_told_whichever_thread_had_it() {
        let failed = |at, text: &str| Err((at, ImageError::engine(text)));
        let error = in_order(&[], [failed(4, "later"), failed(1, "first")]).unwrap_err();
        assert!(error.to_string().contains("first"), "{error}");
    }
}
