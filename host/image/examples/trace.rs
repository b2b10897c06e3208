#![allow(warnings)]
// temporary: which functions write to which pages
use std::collections::{BTreeMap, HashMap};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::*;
use wasmtime::{Config, Engine, ExternType, Func, Instance, Linker, Store, Val};
struct P { pages: u64 , local: u32 }
impl Reencode for P {
    type Error = std::convert::Infallible;
    fn function_index(&mut self, f: u32) -> Result<u32, Error<Self::Error>> { Ok(if f >= self.pages as u32 { f + 1 } else { f }) }
    fn parse_type_section(&mut self, t: &mut TypeSection, s: wasmparser::TypeSectionReader<'_>) -> Result<(), Error<Self::Error>> {
        utils::parse_type_section(self, t, s)?; self.local = t.len(); t.ty().function([ValType::I32], []); Ok(())
    }
    fn parse_import_section(&mut self, i: &mut ImportSection, s: wasmparser::ImportSectionReader<'_>) -> Result<(), Error<Self::Error>> {
        let mut n = 0; 
        for im in s.into_imports() { let im = im?; if matches!(im.ty, wasmparser::TypeRef::Func(_)) { n += 1; } i.import(im.module, im.name, self.entity_type(im.ty)?); }
        self.pages = n; i.import("trace", "t", EntityType::Function(self.local)); Ok(())
    }
    fn parse_function_body(&mut self, code: &mut CodeSection, body: wasmparser::FunctionBody<'_>) -> Result<(), Error<Self::Error>> {
        let mut locals = vec![]; let mut count = 0;
        for l in body.get_locals_reader()? { let (n, t) = l?; count += n; locals.push((n, self.val_type(t)?)); }
        // parameter count unknown here: use a big trick: pass via map
        let params = PARAMS.with(|p| { let mut p = p.borrow_mut(); p.remove(0) });
        let base = params + count;
        locals.push((1, ValType::I32)); locals.push((1, ValType::I32)); locals.push((1, ValType::I64)); locals.push((1, ValType::F64));
        let mut f = Function::new(locals);
        for op in body.get_operators_reader()? {
            let op = op?;
            use wasmparser::Operator as O;
            let (m, l) = match &op { O::I32Store { memarg } | O::I32Store8 { memarg } | O::I32Store16 { memarg } => (Some(*memarg), base + 1), O::I64Store { memarg } | O::I64Store8 { memarg } | O::I64Store16 { memarg } | O::I64Store32 { memarg } => (Some(*memarg), base + 2), O::F64Store { memarg } => (Some(*memarg), base + 3), _ => (None, 0) };
            if let Some(m) = m {
                f.instruction(&Instruction::LocalSet(l)); f.instruction(&Instruction::LocalTee(base));
                f.instruction(&Instruction::LocalGet(base)); f.instruction(&Instruction::I32Const(m.offset as i32)); f.instruction(&Instruction::I32Add); f.instruction(&Instruction::Call(self.pages as u32));
                f.instruction(&Instruction::LocalGet(l));
            }
            f.instruction(&self.instruction(op)?);
        }
        code.function(&f); Ok(())
    }
    fn parse_custom_section(&mut self, _m: &mut wasm_encoder::Module, _s: wasmparser::CustomSectionReader<'_>) -> Result<(), Error<Self::Error>> { Ok(()) }
}
thread_local!{ static PARAMS: std::cell::RefCell<Vec<u32>> = Default::default(); }
fn main() {
    let engine_names = std::fs::read("/tmp/engine.names.wasm").unwrap();
    let mut names = HashMap::new();
    for p in wasmparser::Parser::new(0).parse_all(&engine_names) { if let Ok(wasmparser::Payload::CustomSection(c)) = p { if let wasmparser::KnownCustom::Name(r) = c.as_known() { for s in r { if let Ok(wasmparser::Name::Function(f)) = s { for n in f { let n = n.unwrap(); names.insert(n.index, n.name.to_string()); } } } } } }
    let mut config = Config::new(); config.consume_fuel(true).epoch_interruption(true);
    let engine = Engine::new(&config).unwrap();
    let js = atoll_image::JsEngine::load(&engine, None).unwrap();
    let source = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let modules = [atoll_image::Module { name: "index.js".into(), source }];
    let image = js.snapshot(&atoll_image::SnapshotInput { modules: &modules, entry: "index.js", tests: &[], memory_max_bytes: 64 << 20, cpu_ms: 5_000 }).unwrap().image;
    // split by hand: reuse env.memory import. The names build has identical code.
    let code = std::fs::read("/tmp/engine.code.wasm").unwrap();
    // params per function body
    let mut types = vec![]; let mut fns = vec![];
    for p in wasmparser::Parser::new(0).parse_all(&code) { match p.unwrap() { wasmparser::Payload::TypeSection(s) => for t in s.into_iter_err_on_gc_types() { types.push(t.unwrap().params().len() as u32); }, wasmparser::Payload::FunctionSection(s) => for t in s { fns.push(types[t.unwrap() as usize]); }, _ => {} } }
    PARAMS.with(|p| *p.borrow_mut() = fns);
    let mut m = wasm_encoder::Module::new();
    P { pages: 0, local: 0 }.parse_core_module(&mut m, wasmparser::Parser::new(0), &code).unwrap();
    let module = wasmtime::Module::new(&engine, m.finish()).unwrap();
    let mut store: Store<BTreeMap<u32, BTreeMap<u32, HashMap<String, u32>>>> = Store::new(&engine, BTreeMap::new());
    store.set_fuel(u64::MAX).unwrap(); store.set_epoch_deadline(u64::MAX / 2);
    let image = wasmtime::Module::new(&engine, image).unwrap();
    let untouched = Instance::new(&mut store, &image, &[]).unwrap().get_memory(&mut store, "memory").unwrap();
    let image = Instance::new(&mut store, &image, &[]).unwrap();
    let memory = image.get_memory(&mut store, "memory").unwrap();
    let mut linker = Linker::new(&engine);
    linker.define(&mut store, "env", "memory", memory).unwrap();
    let names = std::sync::Arc::new(names);
    let nn = names.clone();
    linker.func_wrap("trace", "t", move |mut c: wasmtime::Caller<'_, BTreeMap<u32, BTreeMap<u32, HashMap<String, u32>>>>, a: i32| {
        let a = a as u32; if a < 1 << 20 { return; }
        let bt = wasmtime::WasmBacktrace::force_capture(&c);
        let name: Vec<String> = bt.frames().iter().take(3).map(|f| { let ix = f.func_index(); let ix = if ix > 16 { ix - 1 } else { ix }; nn.get(&ix).cloned().unwrap_or_default() }).collect();
        *c.data_mut().entry(a / 4096).or_default().entry(a).or_default().entry(name.join("<")).or_default() += 1;
    }).unwrap();
    for import in module.imports() {
        if import.module() == "trace" { continue; }
        let ExternType::Func(ty) = import.ty() else { continue };
        let zero = Func::new(&mut store, ty.clone(), move |_, _, results| { for (r, t) in results.iter_mut().zip(ty.results()) { *r = Val::default_for_ty(&t).unwrap(); } Ok(()) });
        linker.define(&mut store, import.module(), import.name(), zero).unwrap();
    }
    let guest = linker.instantiate(&mut store, &module).unwrap();
    let realloc = guest.get_typed_func::<(u32, u32, u32, u32), u32>(&mut store, "cabi_realloc").unwrap();
    let mut put = |text: &[u8]| { let p = realloc.call(&mut store, (0, 0, 4, text.len() as u32)).unwrap(); memory.write(&mut store, p as usize, text).unwrap(); (p, text.len() as u32) };
    let (method, url) = (put(b"GET"), put(b"http://app.localhost/todos"));
    let headers = put(b"aaaaaaaaaaaaaaaa");
    let handle = guest.get_func(&mut store, "atoll:app/http-handler@0.1.0#handle").unwrap();
    let words: Vec<Val> = [method.0, method.1, url.0, url.1, headers.0, 0, 0, 0, 0].iter().map(|w| Val::I32(*w as i32)).collect();
    let mut r = [Val::I32(0)]; handle.call(&mut store, &words, &mut r).unwrap();
    let data = untouched.data(&store).to_vec();
    let u32at = |a: u32| u32::from_le_bytes(data[a as usize..a as usize + 4].try_into().unwrap());
    let map = store.into_data();
    for (page, addrs) in &map {
        println!("page {page}: {} words", addrs.len());
        for (a, fns) in addrs.iter().take(12) {
            let f = fns.iter().next().unwrap();
            // is it a refcount? header 4 bytes before user data at a+4
            let gc = data[*a as usize - 1] & 0x7f; let rc = u32at(*a);
            let ud = a + 4;
            let text: String = data[ud as usize + 16..ud as usize + 56].iter().map(|c| if (32..127).contains(c) { *c as char } else { '.' }).collect();
            let class = u32at(ud + 8) >> 16;
            println!("   {a:#x} gc {gc} rc {rc} class {class} x{} {} |{text}|", fns.values().sum::<u32>(), f.0.chars().take(90).collect::<String>());
        }
    }
}
