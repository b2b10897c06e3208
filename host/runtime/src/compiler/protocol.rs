//! What the host and the compiler say to each other, over the compiler's standard input and output.
//!
//! ```text
//! host → compiler   u32 length, JSON of [`Order`]; u64 length, the component
//! compiler → host   MAGIC, u64 engine; u8 verdict, u64 length, machine code or a message
//! ```
//! All numbers are little-endian. The compiler names its engine before it has read a byte of the component, so
//! that one of another build is found out at once.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Read, Write},
};

use atoll_model::Limits;
use serde::{Deserialize, Serialize};
use wasmtime::Engine;

/// The first bytes of an answer, with the version of this protocol.
pub(super) const MAGIC: [u8; 8] = *b"atollcc1";

/// The compiler speaks this first: [`MAGIC`] and its engine.
pub(super) const HELLO_BYTES: usize = MAGIC.len() + size_of::<u64>();

/// The verdict and the length of what follows.
pub(super) const VERDICT_BYTES: usize = 1 + size_of::<u64>();

/// Of an order's JSON.
const ORDER_BYTES_MAX: u32 = 256 << 10;

/// A message about a component: what is wrong, in a sentence or a few.
pub(super) const MESSAGE_BYTES_MAX: usize = 4 << 10;

/// Compiled; the machine code follows.
pub(super) const COMPILED: u8 = 0;
/// Not a component that can be compiled; the reason follows.
pub(super) const INVALID: u8 = 1;
/// Compiled, and larger than `compiled_bytes_max`; nothing follows.
pub(super) const TOO_LARGE: u8 = 2;

/// What is to be done, and under which limits.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    /// The [`fingerprint`] of the engine that the code is for.
    pub(super) engine: u64,
    pub(super) limits: Limits,
}

/// A hash of all that compilation depends on besides the code: two engines of the same one can run each
/// other's code.
pub(crate) fn fingerprint(engine: &Engine) -> u64 {
    let mut settings = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut settings);
    settings.finish()
}

impl Order {
    /// The order with its length in front.
    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let json = serde_json::to_vec(self)?;
        let length = u32::try_from(json.len()).map_err(io::Error::other)?;
        Ok([length.to_le_bytes().as_slice(), &json].concat())
    }

    pub(super) fn read(input: &mut impl Read) -> io::Result<Self> {
        let mut length = [0; size_of::<u32>()];
        input.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length > ORDER_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the order is no order"));
        }
        let mut json = Vec::new();
        input.take(length.into()).read_to_end(&mut json)?;
        Ok(serde_json::from_slice(&json)?)
    }
}

/// Reads what has its length in front.
pub(super) fn read_component(input: &mut impl Read, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; size_of::<u64>()];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > bytes_max {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the component is over component_bytes_max"));
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn write_hello(output: &mut impl Write, engine: u64) -> io::Result<()> {
    output.write_all(&MAGIC)?;
    output.write_all(&engine.to_le_bytes())?;
    output.flush()
}

pub(super) fn write_verdict(output: &mut impl Write, verdict: u8, what: &[u8]) -> io::Result<()> {
    output.write_all(&[verdict])?;
    output.write_all(&(what.len() as u64).to_le_bytes())?;
    output.write_all(what)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_arrives_as_it_was_sent() {
        let limits = Limits { compile_memory_mib: 77, ..Limits::default() };
        let sent = Order { engine: u64::MAX - 1, limits: limits.clone() }.to_bytes().unwrap();
        let read = Order::read(&mut sent.as_slice()).unwrap();
        assert_eq!((read.engine, read.limits), (u64::MAX - 1, limits));
        assert!(Order::read(&mut &sent[..sent.len() - 1]).is_err());
        assert!(Order::read(&mut [0xff; 64].as_slice()).is_err());
    }

    #[test]
    fn a_component_over_the_limit_is_not_read() {
        let mut sent = 5_u64.to_le_bytes().to_vec();
        sent.extend(b"wasm!");
        assert_eq!(read_component(&mut sent.as_slice(), 5).unwrap(), b"wasm!");
        assert!(read_component(&mut sent.as_slice(), 4).is_err());
        assert!(read_component(&mut &sent[..10], 5).is_err());
    }

    /// The compiler's engine has no pool of instances, and the host's has: that must not matter to the code.
    #[test]
    fn the_compilers_engine_makes_code_for_the_hosts() {
        let limits = Limits { instances_max: 1, ..Limits::default() };
        let of_host = crate::engine(&limits).unwrap();
        let of_compiler = crate::engine::compiling(&limits).unwrap();
        assert!(of_compiler.iter().any(|engine| fingerprint(engine) == fingerprint(&of_host)));
    }
}
