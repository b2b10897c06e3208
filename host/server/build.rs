//! Has cargo watch the built canvas, which this crate embeds.

fn main() {
    // An absent folder cannot be watched: cargo would run this, and compile the crate, each time.
    // When it cannot be made, the canvas is simply not embedded.
    let _ = std::fs::create_dir_all("../../canvas/dist");
    println!("cargo:rerun-if-changed=../../canvas/dist");
    println!("cargo:rerun-if-changed=build.rs");
}
