//! Writes `modules.pack` and `components.pack` beside this package: each one's length in four bytes (little endian),
//! and then it, one after the other.

use std::{error::Error, fs, path::Path};

use arbitrary::Unstructured;
use wasm_smith::{Component, Config, Module};

/// Of each kind.
const COUNT: usize = 40;

/// Random bytes that one is made of, at most: the more, the larger it is.
const BYTES_MAX: usize = 4 << 10;

/// SplitMix64, from the seed.
struct Random(u64);

impl Random {
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        std::iter::repeat_with(|| self.next().to_le_bytes()).flatten().take(count).collect()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

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
