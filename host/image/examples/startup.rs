//! How long a host's JavaScript engine takes to be ready, without and with compiled files.
//!
//! `cargo run -p atoll-image --example startup`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example prints, and ends at the first error"
)]

use std::time::Instant;

use atoll_image::JsEngine;
use wasmtime::{Config, Engine};

fn main() {
    let folder = std::env::temp_dir().join(format!("atoll-startup-{}", std::process::id()));
    let mut config = Config::new();
    config.consume_fuel(true).epoch_interruption(true);
    for round in ["first start", "second start", "third start"] {
        let engine = Engine::new(&config).unwrap();
        let start = Instant::now();
        JsEngine::load(&engine, Some(&folder)).unwrap();
        println!("{round}: {:?}", start.elapsed());
    }
    std::fs::remove_dir_all(folder).unwrap();
}
