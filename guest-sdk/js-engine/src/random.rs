//! `Math.random`: a fast generator (xoshiro256++) that is seeded from the host at every call, since an image
//! would otherwise give every request the same numbers. Secrets come from `crypto`, which asks the host.

use std::cell::Cell;

use crate::bindings::atoll::app::random;

thread_local! {
    static STATE: Cell<Option<[u64; 4]>> = const { Cell::new(None) };
}

/// Forgets the state; the next number takes a seed from the host. A call that needs none asks for none.
pub(crate) fn reseed() {
    STATE.set(None);
}

/// 64 random bits, not for secrets.
pub(crate) fn next_u64() -> u64 {
    let mut state = STATE.get().unwrap_or_else(|| expand(random::get_u64()));
    // xoshiro256++ 1.0 by David Blackman and Sebastiano Vigna (public domain).
    let result = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
    let t = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = state[3].rotate_left(45);
    STATE.set(Some(state));
    result
}

/// SplitMix64, as the generator's authors advise for seeding.
fn expand(mut seed: u64) -> [u64; 4] {
    std::array::from_fn(|_| {
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

/// A number from 0 (inclusive) to 1 (exclusive) with 53 random bits.
pub(crate) fn next_f64() -> f64 {
    (next_u64() >> 11) as f64 / (1u64 << 53) as f64
}
