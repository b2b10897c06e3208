//! The compiler's side: limits for itself first, then one component.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use atoll_model::Limits;
use rustix::process::{Resource, Rlimit, nice, setrlimit};

use super::protocol::{
    COMPILED, INVALID, MESSAGE_BYTES_MAX, Order, TOO_LARGE, fingerprint, read_component, write_hello,
    write_verdict,
};

/// Files that may be open: the three standard ones, and what the standard library reads for a moment.
const OPEN_FILES_MAX: u64 = 16;

/// A little behind what serves requests; the deadline is on the wall's clock, so not far.
const NICENESS: i32 = 2;

/// Compiles the component on standard input, and writes the machine code to standard output: what a program
/// does that was started as a [`CompilerProgram`](crate::CompilerProgram). To be called before the program
/// starts threads or opens anything; when it returns, the program is to end with the status that it answers.
#[must_use]
pub fn run_compiler() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The host reads this and puts it in its log. Nobody else is there to be told.
            let _ = writeln!(io::stderr(), "the compiler failed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let Order { engine: wanted, limits } = Order::read(&mut input)?;
    confine(&limits)?;
    let engines = crate::engine::compiling(&limits).map_err(io::Error::other)?;
    let Some(engine) = engines.iter().find(|engine| fingerprint(engine) == wanted) else {
        // The host sees from it that this is another build.
        return write_hello(&mut output, engines.first().map_or(0, fingerprint));
    };
    write_hello(&mut output, wanted)?;
    let component = read_component(&mut input, limits.component_bytes_max)?;
    match engine.precompile_component(&component) {
        Ok(code) if code.len() > limits.compiled_bytes_max => write_verdict(&mut output, TOO_LARGE, &[]),
        Ok(code) => write_verdict(&mut output, COMPILED, &code),
        Err(error) => {
            let mut message = format!("{error:#}").into_bytes();
            message.truncate(MESSAGE_BYTES_MAX);
            write_verdict(&mut output, INVALID, &message)
        }
    }
}

/// What the kernel sees to from here on. It cannot be undone: the hard limits sink as well.
fn confine(limits: &Limits) -> io::Result<()> {
    // Whole seconds are all there is; one more until the signal that cannot be caught.
    let cpu_s = limits.compile_cpu_ms.div_ceil(1_000).max(1);
    let both = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    for (resource, limit) in [
        (Resource::As, both(limits.compile_memory_mib << 20)),
        (Resource::Cpu, Rlimit { current: Some(cpu_s), maximum: Some(cpu_s + 1) }),
        (Resource::Core, both(0)),
        (Resource::Nofile, both(OPEN_FILES_MAX)),
        // Pipes are no files: it can answer, and write nothing else.
        (Resource::Fsize, both(0)),
    ] {
        setrlimit(resource, limit)?;
    }
    // Only politeness.
    let _ = nice(NICENESS);
    Ok(())
}
