//! What fuel and epoch checks cost: the same work in the JavaScript engine compiled without them, with either, and
//! with both, as every host compiles it. Prints the median call of each, in microseconds, as JSON.
//!
//! `cargo run --release -p atoll-image --example metering -- MODULE.js ROUNDS`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example prints, and ends at the first error"
)]

#[expect(dead_code, clippy::panic, reason = "the tests' host, of which this uses a part")]
#[path = "../tests/sandbox/host.rs"]
mod host;

use std::{
    collections::BTreeMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use atoll_image::{ENGINE_IMPORT, IMAGE_IMPORT, engine_parts};
use host::{Host, Reply, bindings, block_on, get};
use wasmtime::{
    Engine, Module, Store,
    component::{Component, HasSelf, Linker},
};

const STACK_BYTES: usize = 2 << 20;
const TICK: Duration = Duration::from_millis(5);

/// Of the work in one call.
const PATH: &str = "/?rounds=20";

/// Name, fuel, epochs.
const SETTINGS: &[(&str, bool, bool)] =
    &[("none", false, false), ("epoch", false, true), ("fuel", true, false), ("both", true, true)];

/// The engine with one of the settings, and an app in it.
struct Metered {
    name: &'static str,
    fuel: bool,
    engine: Engine,
    pre: bindings::GuestPre<Host>,
    took_us: Vec<f64>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, rounds] = &arguments[..] else {
        println!("usage: metering MODULE.js ROUNDS");
        return;
    };
    let source = std::fs::read_to_string(module).unwrap();
    let rounds: usize = rounds.parse().unwrap();

    // An image is data: the same one runs in every engine.
    let image = host::snapshot(&[("index.js", &source)]).unwrap().image;
    let (code, shell) = engine_parts().unwrap();
    let mut all: Vec<Metered> = SETTINGS
        .iter()
        .map(|&(name, fuel, epoch)| Metered::new(name, fuel, epoch, &code, &shell, &image))
        .collect();
    let engines: Arc<[Engine]> = all.iter().map(|metered| metered.engine.clone()).collect();
    // Ends with the process.
    thread::spawn(move || {
        loop {
            engines.iter().for_each(Engine::increment_epoch);
            thread::sleep(TICK);
        }
    });

    let answer = all.first_mut().unwrap().call();
    for round in 0..=rounds {
        for metered in &mut all {
            let start = Instant::now();
            assert_eq!(metered.call(), answer, "every engine gives the same answer");
            // Round 0 finds nothing warm.
            if round > 0 {
                metered.took_us.push(start.elapsed().as_secs_f64() * 1e6);
            }
        }
    }
    let medians: BTreeMap<_, _> = all.iter_mut().map(|metered| (metered.name, metered.median_us())).collect();
    println!("{}", serde_json::to_string(&medians).unwrap());
}

impl Metered {
    fn new(name: &'static str, fuel: bool, epoch: bool, code: &[u8], shell: &[u8], image: &[u8]) -> Self {
        let mut config = host::config(STACK_BYTES);
        config.consume_fuel(fuel);
        config.epoch_interruption(epoch);
        let engine = Engine::new(&config).unwrap();
        let mut linker = Linker::<Host>::new(&engine);
        bindings::Guest::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host).unwrap();
        linker.root().module(ENGINE_IMPORT, &Module::new(&engine, code).unwrap()).unwrap();
        linker.root().module(IMAGE_IMPORT, &Module::new(&engine, image).unwrap()).unwrap();
        let shell = Component::new(&engine, shell).unwrap();
        let pre = bindings::GuestPre::new(linker.instantiate_pre(&shell).unwrap()).unwrap();
        Self { name, fuel, engine, pre, took_us: Vec::new() }
    }

    /// One call in a fresh instance; answers its body.
    fn call(&mut self) -> Vec<u8> {
        block_on(async {
            let mut store = Store::new(&self.engine, Host::default());
            if self.fuel {
                store.set_fuel(u64::MAX).unwrap();
            }
            // As in a host: the guest comes back at every tick, and goes on.
            store.epoch_deadline_async_yield_and_update(1);
            store.set_epoch_deadline(1);
            let guest = self.pre.instantiate_async(&mut store).await.unwrap();
            let handler = guest.atoll_app_http_handler();
            match handler.call_handle(&mut store, &get(PATH)).await.unwrap().unwrap() {
                Reply::Response(response) => response.body,
                Reply::Sent => Vec::new(),
            }
        })
    }

    fn median_us(&mut self) -> f64 {
        self.took_us.sort_by(f64::total_cmp);
        self.took_us.get(self.took_us.len() / 2).copied().unwrap_or_default()
    }
}
