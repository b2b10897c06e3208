//! Rust's allocations come from the same heap as QuickJS's: two heaps would dirty twice the pages, and dirty
//! pages are what a fresh instance pays for.

use std::alloc::{GlobalAlloc, Layout};

use crate::heap;

/// What the C library guarantees on this target.
const MALLOC_ALIGN: usize = 16;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut u8;
    fn calloc(count: usize, size: usize) -> *mut u8;
    fn realloc(pointer: *mut u8, size: usize) -> *mut u8;
    fn aligned_alloc(align: usize, size: usize) -> *mut u8;
    fn free(pointer: *mut u8);
}

struct CHeap;

#[global_allocator]
static HEAP: CHeap = CHeap;

// SAFETY: the C library's allocator keeps the contract of `GlobalAlloc` for alignments up to `MALLOC_ALIGN`;
// larger ones go through `aligned_alloc`, whose result `free` accepts too.
unsafe impl GlobalAlloc for CHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= MALLOC_ALIGN {
            unsafe { malloc(layout.size()) }
        } else {
            unsafe { aligned_alloc(layout.align(), layout.size().next_multiple_of(layout.align())) }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= MALLOC_ALIGN {
            return unsafe { calloc(1, layout.size()) };
        }
        let pointer = unsafe { self.alloc(layout) };
        if !pointer.is_null() {
            unsafe { pointer.write_bytes(0, layout.size()) };
        }
        pointer
    }

    unsafe fn dealloc(&self, pointer: *mut u8, _layout: Layout) {
        if !heap::is_reserved(pointer) {
            unsafe { free(pointer) }
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if layout.align() <= MALLOC_ALIGN && !heap::is_reserved(pointer) {
            return unsafe { realloc(pointer, new_size) };
        }
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        let new = unsafe { self.alloc(new_layout) };
        if !new.is_null() {
            unsafe { new.copy_from_nonoverlapping(pointer, layout.size().min(new_size)) };
            unsafe { self.dealloc(pointer, layout) };
        }
        new
    }
}
