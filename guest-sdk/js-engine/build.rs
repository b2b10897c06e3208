//! Linker settings of the guest.

fn main() {
    // The linear stack, below the data: an overflow traps at address zero instead of overwriting the heap.
    println!("cargo::rustc-link-arg-cdylib=-zstack-size=786432");
    println!("cargo::rustc-link-arg-cdylib=--stack-first");
    println!("cargo::rerun-if-changed=build.rs");
}
