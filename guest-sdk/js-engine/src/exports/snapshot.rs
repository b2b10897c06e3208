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
    engine,
};

impl snapshot::Guest for Guest {
    fn bootstrap() {
        std::panic::set_hook(Box::new(|info| {
            log::write(Level::Error, &format!("the engine panicked: {info}"))
        }));
        if let Err(failure) = engine::bootstrap() {
            log::write(Level::Error, &format!("bootstrap: {}\n{}", failure.message, failure.stack));
            // The engine's own modules are part of it: without them there is nothing to go on with.
            std::process::abort();
        }
    }

    fn add_module(name: String, source: String) {
        engine::add_module(&name, source);
    }

    fn evaluate(entry: String, tests: Vec<String>) -> Result<Exports, Failure> {
        engine::evaluate_app(&entry, &tests).map(Exports::from_bits_truncate)
    }
}
