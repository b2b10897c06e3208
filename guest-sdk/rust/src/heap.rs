//! The guest's heap, on WebAssembly.
//!
//! The standard library's allocator for this target never uses memory that a module starts with: it asks for more at
//! once, which costs every call two system calls of the host and interrupts its other cores. This one begins with a
//! static area, which most calls do not use up, and asks for more then.

use std::{
    alloc::Layout,
    arch::wasm32::memory_grow,
    mem::MaybeUninit,
    ptr::{NonNull, without_provenance_mut},
};

use talc::{
    base::{Talc, binning::Binning},
    cell::TalcSyncCell,
    source::Source,
    wasm::WasmBinning,
};

/// Of WebAssembly's memory.
const PAGE_BYTES: usize = 64 << 10;

/// All zeros, so that it makes the module no larger.
const AREA_BYTES: usize = 128 << 10;

/// What is asked for at a time, where there is so much left.
const GROWTH_BYTES: usize = 256 << 10;

/// More than the allocator needs beside what is allocated: its own table, tags, alignment.
const OVERHEAD_BYTES: usize = 1 << 10;

static mut AREA: MaybeUninit<[u8; AREA_BYTES]> = MaybeUninit::zeroed();

#[global_allocator]
static HEAP: TalcSyncCell<LinearMemory, WasmBinning> =
    TalcSyncCell::new_wasm(LinearMemory { begun: false, end: None });

/// First the area, then what the memory is grown by.
#[derive(Debug)]
struct LinearMemory {
    begun: bool,
    /// Of what was grown last.
    end: Option<NonNull<u8>>,
}

// SAFETY: it allocates nothing itself. Each piece is handed over once, and nobody else uses it: the area is named here
// only, and what memory is grown by belongs to whoever asked.
unsafe impl Source for LinearMemory {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        if !talc.source.begun {
            talc.source.begun = true;
            return unsafe { talc.claim((&raw mut AREA).cast(), AREA_BYTES) }.map(drop).ok_or(());
        }
        let needed = layout.size().saturating_add(layout.align()).saturating_add(OVERHEAD_BYTES);
        let (begin, bytes) = grow(needed.max(GROWTH_BYTES)).or_else(|| grow(needed)).ok_or(())?;
        talc.source.end = match talc.source.end {
            Some(end) if end.as_ptr() == begin => {
                Some(unsafe { talc.extend(end, begin.wrapping_add(bytes)) })
            }
            _ => unsafe { talc.claim(begin, bytes) },
        };
        Ok(())
    }
}

/// Where so much more begins, and how much it is in whole pages.
fn grow(bytes: usize) -> Option<(*mut u8, usize)> {
    let pages = bytes.div_ceil(PAGE_BYTES);
    match memory_grow::<0>(pages) {
        usize::MAX => None,
        begin => Some((without_provenance_mut(begin * PAGE_BYTES), pages * PAGE_BYTES)),
    }
}
