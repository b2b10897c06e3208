//! Compiling strangers' components, in a process that can be killed.
//!
//! Cranelift's time and memory depend on what it is given, and there is no way to stop it from inside: a
//! component of ten KiB can keep a core busy for minutes, or ask for gigabytes. So a program (most
//! often the host's own, started again) is handed the component, sets limits for itself, compiles, and hands the
//! machine code back. The host gives it a wall-clock deadline, reads no more than it expects, and kills it when
//! either is passed or nobody waits any more.
//!
//! In: the bytes of a component. Out: what [`wasmtime::Engine::precompile_component`] makes of them, or a
//! [`RuntimeError`](crate::RuntimeError) that names the limit. Heap images are data, and compile in
//! milliseconds in the host itself, as does the JavaScript engine, which is ours.
//!
//! Deliberately absent: a sandbox around the compiler. What it answers is run as machine code, so it is
//! trusted as much as the host; see `docs/decisions/0018-compiler-process.md`.

mod child;
mod conversation;
mod process;
mod program;
mod protocol;

pub use child::run_compiler;
pub use program::CompilerProgram;

pub(crate) use process::Compiler;
pub(crate) use protocol::fingerprint;
