//! Which pages of its image a request writes: the drop of an instance has to reset them, and it stays cheap only
//! while they lie in at most 32 stretches (wasmtime's limit for one scan).
//!
//! `cargo run -p atoll-image --example dirty [-- MODULE.js]`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example prints, and ends at the first error"
)]

use atoll_image::{JsEngine, Module, SnapshotInput};
use wasmtime::{Config, Engine, ExternType, Func, Instance, Linker, Store, Val};

const PAGE: usize = 4096;

const APPS: &[(&str, &str)] = &[
    ("hello", "export default { fetch: () => new Response('hello') }"),
    (
        "JSON router",
        r"const todos = []; for (let i = 0; i < 50; i++) todos.push({ id: i, title: 'todo ' + i, done: i % 2 === 0 });
          const route = new RegExp('^/todos$'); export default { fetch(request) {
          return route.exec(new URL(request.url).pathname) ? Response.json(todos.slice(0, 10)) : new Response('', { status: 404 }); } }",
    ),
    (
        "async, headers, body",
        r"export default { async fetch(request) { const data = await request.json(); data.type = request.headers.get('content-type');
          return Response.json(data, { headers: { 'x-a': 'b' } }); } }",
    ),
];

fn main() {
    let mut config = Config::new();
    config.consume_fuel(true).epoch_interruption(true);
    let engine = Engine::new(&config).unwrap();
    let js = JsEngine::load(&engine, Some(&std::env::temp_dir().join("atoll-js-engine"))).unwrap();
    let mut apps: Vec<(String, String)> =
        APPS.iter().map(|(name, source)| ((*name).into(), (*source).into())).collect();
    for path in std::env::args().skip(1) {
        let source = std::fs::read_to_string(&path).unwrap();
        apps.push((path, source));
    }
    for (name, source) in apps {
        let modules = [Module { name: "index.js".into(), source }];
        let input = SnapshotInput {
            modules: &modules,
            entry: "index.js",
            tests: &[],
            memory_max_bytes: 64 << 20,
            cpu_ms: 1_000,
        };
        let image = js.snapshot(&input).unwrap().image;
        println!("{name}: image {} KiB", image.len() >> 10);
        request(&engine, &js, &image);
    }
}

fn request(engine: &Engine, js: &JsEngine, image: &[u8]) {
    let mut store = Store::new(engine, ());
    store.set_fuel(u64::MAX).unwrap();
    store.set_epoch_deadline(u64::MAX / 2);
    let image = wasmtime::Module::new(engine, image).unwrap();
    // A second instance to compare with: looking at the pages of the first would touch them.
    let untouched = Instance::new(&mut store, &image, &[]).unwrap().get_memory(&mut store, "memory").unwrap();
    let image = Instance::new(&mut store, &image, &[]).unwrap();
    let memory = image.get_memory(&mut store, "memory").unwrap();
    let mut linker = Linker::new(engine);
    linker.define(&mut store, "env", "memory", memory).unwrap();
    for import in js.module().imports() {
        let ExternType::Func(ty) = import.ty() else { continue };
        let zero = Func::new(&mut store, ty.clone(), move |_, _, results| {
            for (result, ty) in results.iter_mut().zip(ty.results()) {
                *result = Val::default_for_ty(&ty).unwrap();
            }
            Ok(())
        });
        linker.define(&mut store, import.module(), import.name(), zero).unwrap();
    }
    let guest = linker.instantiate(&mut store, js.module()).unwrap();

    let realloc = guest.get_typed_func::<(u32, u32, u32, u32), u32>(&mut store, "cabi_realloc").unwrap();
    let mut put = |text: &[u8]| {
        let pointer = realloc.call(&mut store, (0, 0, 4, text.len() as u32)).unwrap();
        memory.write(&mut store, pointer as usize, text).unwrap();
        (pointer, text.len() as u32)
    };
    let (method, url) = (put(b"POST"), put(b"http://app.localhost/todos"));
    let (body, name, value) =
        (put(br#"{"a":[1,2,{"b":"c"}]}"#), put(b"content-type"), put(b"application/json"));
    let pair: Vec<u8> =
        [name.0, name.1, value.0, value.1].iter().flat_map(|word| word.to_le_bytes()).collect();
    let headers = put(&pair);
    let handle = guest.get_func(&mut store, "atoll:app/http-handler@0.1.0#handle").unwrap();
    let words = [method.0, method.1, url.0, url.1, headers.0, 1, 1, body.0, body.1];
    let mut result = [Val::I32(0)];
    let words: Vec<Val> = words.iter().map(|word| Val::I32(*word as i32)).collect();
    handle.call(&mut store, &words, &mut result).unwrap();
    let answer = result[0].unwrap_i32();
    assert_eq!(memory.data(&store)[answer as usize], 0, "the request failed");

    let written = written_pages(memory.data_ptr(&store) as usize, memory.data_size(&store) / PAGE);
    let (before, after) = (untouched.data(&store), memory.data(&store));
    let changed = |page: usize| {
        let range = page * PAGE..(page + 1) * PAGE;
        before.get(range.clone()) != Some(&after[range])
    };
    let dirty: Vec<usize> = (0..after.len() / PAGE)
        .filter(|page| written[*page] && after[page * PAGE..(page + 1) * PAGE].iter().any(|byte| *byte != 0))
        .collect();
    println!("  changed for good: {} pages", (0..after.len() / PAGE).filter(|page| changed(*page)).count());
    let regions: Vec<(usize, usize)> = dirty.iter().fold(Vec::new(), |mut list, &page| {
        match list.last_mut() {
            Some((start, length)) if *start + *length == page => *length += 1,
            _ => list.push((page, 1)),
        }
        list
    });
    println!(
        "  {} pages in {} stretches of {} pages: {regions:?}",
        dirty.len(),
        regions.len(),
        after.len() / PAGE
    );
}

/// Whether each page has a copy of its own (Linux: present, and neither of a file nor the page of zeros).
fn written_pages(address: usize, pages: usize) -> Vec<bool> {
    use std::os::unix::fs::FileExt as _;
    const PRESENT: u64 = 1 << 63;
    const FILE: u64 = 1 << 61;
    let mut entries = vec![0; pages * 8];
    std::fs::File::open("/proc/self/pagemap")
        .unwrap()
        .read_exact_at(&mut entries, (address / PAGE * 8) as u64)
        .unwrap();
    entries
        .chunks_exact(8)
        .map(|entry| u64::from_le_bytes(entry.try_into().unwrap()))
        .map(|entry| entry & PRESENT != 0 && entry & FILE == 0)
        .collect()
}
