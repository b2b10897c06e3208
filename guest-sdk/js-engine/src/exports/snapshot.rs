//! `snapshot`: building the heap image.

use crate::{
    Guest,
    bindings::{
        atoll::app::{
            log::{self, Level},
            types::Failure,
        },
        exports::atoll::app::snapshot::{self, Exports},
    },
    compiler, engine, failure,
};

impl snapshot::Guest for Guest {
    fn start_compiler() {
        tell_of_panics();
        or_abort(compiler::start().map_err(|error| failure::plain(error.to_string())));
    }

    fn compile(name: String, source: String) -> Result<Vec<u8>, Failure> {
        compiler::compile(&name, source)
    }

    fn add_module(name: String, bytecode: Vec<u8>) {
        engine::add_module(&name, bytecode);
    }

    fn bootstrap() {
        tell_of_panics();
        or_abort(engine::bootstrap());
    }

    fn evaluate(entry: String, tests: Vec<String>) -> Result<Exports, Failure> {
        // Copies: what the host handed over goes with the end of the evaluation (`heap.rs`).
        let (own_entry, own_tests) = (
            entry.as_str().to_owned(),
            tests.iter().map(|test| test.as_str().to_owned()).collect::<Vec<_>>(),
        );
        drop((entry, tests));
        engine::evaluate_app(&own_entry, &own_tests).map(Exports::from_bits_truncate)
    }
}

fn tell_of_panics() {
    std::panic::set_hook(Box::new(|info| log::write(Level::Error, &format!("the engine panicked: {info}"))));
}

/// The engine's own modules are part of it: without them there is nothing to go on with.
fn or_abort(started: Result<(), Failure>) {
    if let Err(failure) = started {
        log::write(Level::Error, &format!("{}\n{}", failure.message, failure.stack));
        std::process::abort();
    }
}
