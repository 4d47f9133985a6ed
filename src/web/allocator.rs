//! Says when memory runs out. Rust ends a module whose allocation failed with an instruction that cannot be reached, as it does
//! after a panic, and whoever sees the trap cannot tell one from the other.

use std::alloc::{GlobalAlloc, Layout, System};

struct Spoken;

#[global_allocator]
static ALLOCATOR: Spoken = Spoken;

/// The pointer. Where there is none, an error is thrown through the module, which is at its end anyway.
fn given(pointer: *mut u8) -> *mut u8 {
    if pointer.is_null() {
        wasm_bindgen::throw_str("out of memory");
    }
    pointer
}

// SAFETY: every call is the system allocator's own.
unsafe impl GlobalAlloc for Spoken {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of the system allocator.
        given(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        given(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        given(unsafe { System.realloc(pointer, layout, size) })
    }
}
