//! Writes `modules.pack` and `components.pack` beside this package: each one's length in four bytes (little endian),
//! and then it, one after the other.

#[path = "../../src/random.rs"]
mod random;

use std::{error::Error, fs, path::Path};

use arbitrary::Unstructured;
use random::Random;
use wasm_smith::{Component, Config, Module};

/// Of each kind.
const COUNT: usize = 40;

/// Random bytes that one is made of, at most: the more, the larger it is.
const BYTES_MAX: usize = 4 << 10;

/// What the host's engine has switched on: the others would be refused at a glance.
fn shape() -> Config {
    Config {
        max_imports: 0,
        max_memories: 1,
        max_memory32_bytes: 1 << 20,
        max_tables: 1,
        max_table_elements: 1_000,
        max_instructions: 1_000,
        min_funcs: 1,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        // References to the host take the garbage collector, which is not compiled in.
        reference_types_enabled: false,
        gc_enabled: false,
        exceptions_enabled: false,
        threads_enabled: false,
        custom_page_sizes_enabled: false,
        custom_descriptors_enabled: false,
        wide_arithmetic_enabled: false,
        shared_everything_threads_enabled: false,
        ..Config::default()
    }
}

fn pack(mut make: impl FnMut(usize) -> arbitrary::Result<Vec<u8>>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut packed = Vec::new();
    for number in 0..COUNT {
        let one = make(number)?;
        packed.extend(u32::try_from(one.len())?.to_le_bytes());
        packed.extend(one);
    }
    Ok(packed)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut random = Random(0xa701);
    // From small ones to large ones.
    let mut bytes = |number: usize| random.bytes(BYTES_MAX * (number + 1) / COUNT);
    let modules =
        pack(|number| Ok(Module::new(shape(), &mut Unstructured::new(&bytes(number)))?.to_bytes()))?;
    let components = pack(|number| {
        Ok(Component::new(Config::default(), &mut Unstructured::new(&bytes(number)))?.to_bytes())
    })?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::write(here.join("modules.pack"), modules)?;
    fs::write(here.join("components.pack"), components)?;
    Ok(())
}
