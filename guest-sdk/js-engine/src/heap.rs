//! The heap as the image keeps it.
//!
//! A request writes to the pages of what it allocates and of the reference counts it moves, and each page it
//! wrote costs: a fault the first time, a copy when the instance is dropped, and more than that when the pages
//! lie in many stretches (wasmtime looks at 32 of them; what is behind the last is given back to the kernel,
//! and faults again). After the snapshot the heap has small holes, and allocations would go into one here and
//! one there. So the holes are plugged, and everything that a request allocates lies together. And what the image
//! holds is made immortal (`quickjs.patch`): without that, looking at an object writes to its reference count.

use std::{alloc::Layout, cell::Cell};

use rquickjs::{Ctx, qjs};

/// Free heap that the image brings along, so that a usual request does not grow the memory.
const REQUEST_BYTES: usize = 512 << 10;

/// To find where the heap ends.
const PROBE_BYTES: usize = 64 << 10;

/// Sizes of blocks in QuickJS's arenas, header included (`arena_block_sizes` in quickjs.c).
const ARENA_SIZES: [usize; 31] = [
    16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 144, 160, 176, 192, 208, 224, 240, 256,
    288, 320, 352, 384, 416, 448, 480, 512,
];
const ARENA_HEADER_BYTES: usize = 8;

/// Opening an arena writes to all of its blocks: for small blocks that costs more than the page.
const ARENA_SIZE_COMMON: usize = 128;

/// Sizes of holes that are filled. A small allocation takes a hole of its very size, in steps of 8 bytes, or
/// else of free memory in one piece.
fn hole_sizes() -> impl Iterator<Item = usize> {
    const LARGE: [usize; 6] = [65_536, 16_384, 8_192, 4_096, 2_048, 1_024];
    LARGE.into_iter().chain((1..=64).rev().map(|step| step * 8))
}

unsafe extern "C" {
    /// Of `quickjs.patch`.
    fn JS_MakeImmortal(runtime: *mut qjs::JSRuntime);
    fn malloc(size: usize) -> *mut u8;
    fn free(pointer: *mut u8);
}

/// Room for what requests allocate, at the low end of the heap: low, because what is written behind the 32nd stretch
/// is what faults again. It is taken before anything else is. While the image is made it holds what the host hands
/// over (names, bytecode), which nothing needs afterwards; when the image is ready it is zeroed and given back.
#[derive(Clone, Copy)]
struct Reserve {
    start: usize,
    /// Where the next thing goes.
    next: usize,
    end: usize,
}

thread_local! {
    static RESERVE: Cell<Option<Reserve>> = const { Cell::new(None) };
    /// Whether the image is ready.
    static OPEN: Cell<bool> = const { Cell::new(false) };
}

/// Whether something lies in the reserve, so that it is not freed by itself.
pub(crate) fn is_reserved(pointer: *mut u8) -> bool {
    RESERVE.get().is_some_and(|reserve| (reserve.start..reserve.end).contains(&(pointer as usize)))
}

/// Allocates what the host hands over. As long as the image is made that is in the reserve, if it has room.
fn allocate_incoming(size: usize, align: usize) -> *mut u8 {
    if !OPEN.get() {
        let mut reserve = RESERVE.get().unwrap_or_else(|| {
            // SAFETY: a plain allocation.
            let start = unsafe { malloc(REQUEST_BYTES) } as usize;
            Reserve { start, next: start, end: start + if start == 0 { 0 } else { REQUEST_BYTES } }
        });
        let start = reserve.next.next_multiple_of(align);
        let fits = reserve.end.checked_sub(start).is_some_and(|room| size <= room);
        if fits {
            reserve.next = start + size;
        }
        RESERVE.set(Some(reserve));
        if fits {
            return start as *mut u8;
        }
    }
    // SAFETY: the size is not zero, and the alignment is the canonical ABI's.
    unsafe { std::alloc::alloc(Layout::from_size_align_unchecked(size, align)) }
}

/// The canonical ABI's allocator. It takes the place of wit-bindgen's own.
///
/// # Safety
/// The host calls it, as the canonical ABI says.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    let pointer = match (old_size, size) {
        (0, 0) => return align as *mut u8,
        (0, _) => allocate_incoming(size, align),
        // SAFETY: the host's: the old allocation came from here, with this size and alignment.
        _ => unsafe { std::alloc::realloc(old, Layout::from_size_align_unchecked(old_size, align), size) },
    };
    if pointer.is_null() {
        core::arch::wasm32::unreachable();
    }
    pointer
}

/// Ends the snapshot: plugs all holes, makes immortal what lives, and frees the reserve. What a request allocates
/// starts there, with arenas of the sizes that every request needs, side by side. The others are opened when they are
/// needed.
pub(crate) fn open(ctx: &Ctx<'_>) {
    plug_holes(ctx);
    // SAFETY: the runtime is live, and nothing runs in it.
    unsafe { JS_MakeImmortal(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) };
    OPEN.set(true);
    if let Some(reserve) = RESERVE.take() {
        let start = reserve.start as *mut u8;
        // SAFETY: allocated above, and freed once; nothing that was handed over lives any more.
        unsafe {
            zero(start, reserve.next - reserve.start);
            free(start);
        }
    }
    for size in ARENA_SIZES.into_iter().filter(|size| *size <= ARENA_SIZE_COMMON) {
        // SAFETY: a plain allocation. It stays, or the arena that it opens would be given back.
        unsafe { qjs::js_malloc(ctx.as_raw().as_ptr(), (size - ARENA_HEADER_BYTES) as _) };
    }
}

/// Fills the holes below the top of the heap, QuickJS's too, so that what is allocated next lies together. What
/// fills them is zeroed, to keep it out of the image, and never freed: it is as lost as the holes were.
fn plug_holes(ctx: &Ctx<'_>) {
    let context = ctx.as_raw().as_ptr();
    let top = top();
    // SAFETY: plain allocations, zeroed in the size that they have.
    unsafe {
        // First these: no arena is opened in one of them then.
        for size in hole_sizes() {
            fill(top, size, || malloc(size), |pointer| free(pointer));
        }
        for size in ARENA_SIZES.map(|size| size - ARENA_HEADER_BYTES) {
            let give_back = |pointer: *mut u8| qjs::js_free(context, pointer.cast());
            fill(top, size, || qjs::js_malloc(context, size as _).cast(), give_back);
        }
    }
}

/// Where the last piece of free memory begins. What is allocated is found to be in it when it comes behind
/// everything before, without a gap, and in the end makes the memory grow.
fn top() -> *mut u8 {
    let mut probes: Vec<*mut u8> = Vec::with_capacity(64);
    let size = core::arch::wasm32::memory_size(0);
    while core::arch::wasm32::memory_size(0) == size && probes.len() < probes.capacity() {
        // SAFETY: a plain allocation, never written to.
        let probe = unsafe { malloc(PROBE_BYTES) };
        if probe.is_null() {
            break;
        }
        probes.push(probe);
    }
    let next_to = |a: *mut u8, b: *mut u8| (b as usize).wrapping_sub(a as usize) < PROBE_BYTES + 64;
    let run = probes.windows(2).rposition(|pair| !next_to(pair[0], pair[1])).map_or(0, |gap| gap + 1);
    let top = probes.get(run).copied().unwrap_or(core::ptr::null_mut());
    for probe in probes {
        // SAFETY: allocated above, and freed once.
        unsafe { free(probe) };
    }
    top
}

/// Allocates and zeroes until it comes from above.
unsafe fn fill(
    top: *mut u8,
    size: usize,
    mut allocate: impl FnMut() -> *mut u8,
    release: impl FnOnce(*mut u8),
) {
    loop {
        let pointer = allocate();
        if pointer.is_null() {
            return;
        }
        if pointer >= top {
            return release(pointer);
        }
        // SAFETY: the caller's: the allocation has this size.
        unsafe { zero(pointer, size) };
    }
}

/// Zeroes memory that nobody reads again. The optimiser must not know that.
unsafe fn zero(pointer: *mut u8, size: usize) {
    // SAFETY: the caller's.
    unsafe { pointer.write_bytes(0, size) };
    std::hint::black_box(pointer);
}
