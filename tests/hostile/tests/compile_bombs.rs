//! Components of every shape that costs a compiler much, and random ones: each is refused with a reason, or deployed,
//! and then runs in its sandbox. The server and its other apps do not notice.
//!
//! Which limit of the compiler stops what, is in `components.rs`.

use std::{fs, iter::repeat_n, path::Path};

use hostile_tests::{Failure, Server, ServerOptions, http_guest, javascript, text_to_binary};

use wasmparser::{Parser, Payload};

const CONFIG: &str = "[limits]\ncompile_cpu_ms = 2000\ncompile_wall_ms = 600000\nhttp_total_ms = 700000\n";

const MANIFEST: &str = "name = \"bomb\"\n[backend]\ncomponent = \"a.wasm\"\n";

const QUIET: &str = "export default { fetch() { return new Response('quiet'); } };";

/// Of the server's own process: what compiles is another one.
const RESIDENT_MIB_MAX: u64 = 800;

async fn server() -> Result<Server, Failure> {
    let server = Server::start(ServerOptions { config: Some(CONFIG.into()), ..ServerOptions::default() })?;
    assert_eq!(server.deploy("quiet", &javascript("quiet", "", QUIET)).await?.status, 201);
    Ok(server)
}

/// What became of a component: the status of a call of it, or why it was refused.
type Fate = Result<u16, String>;

/// Deploys a component beside a quiet app, and calls it if it was taken.
async fn try_out(server: &Server, what: &str, component: Vec<u8>) -> Result<Fate, Failure> {
    let files = [("atoll.toml".to_owned(), MANIFEST.into()), ("a.wasm".to_owned(), component)];
    let (deployed, quiet) = tokio::join!(server.deploy("bomb", &files), server.get("/apps/quiet/api/"));
    let (deployed, quiet) = (deployed?, quiet?);
    assert_eq!(quiet.text, "quiet", "beside {what}");
    assert!(matches!(deployed.status, 200 | 201 | 422), "{what}: {} {}", deployed.status, deployed.text);
    let fate = match deployed.status {
        422 => Err(deployed.text),
        _ => Ok(server.get("/apps/bomb/api/").await?.status),
    };
    assert_eq!(server.get("/healthz").await?.status, 200, "after {what}");
    Ok(fate)
}

fn is_well(server: &Server) -> Result<(), Failure> {
    server.has_not_panicked()?;
    let resident_mib = server.resident_bytes_max()? >> 20;
    assert!(resident_mib < RESIDENT_MIB_MAX, "{resident_mib} MiB");
    Ok(())
}

/// A section of a component.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![id];
    let mut length = content.len();
    while length >= 0x80 {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(content);
    bytes
}

const CORE_MODULE: u8 = 1;
const CORE_INSTANCE: u8 = 2;
const COMPONENT: u8 = 4;

/// How many modules a component has, without those of its components.
fn modules_of(component: &[u8]) -> Result<u8, Failure> {
    let (mut depth, mut count) = (0_u32, 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } => {
                count += u8::from(depth == 0);
                depth += 1;
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(count)
}

/// An app that answers 200, with a module in it that does nothing for it.
fn with_module(module: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut component =
        http_guest("", "(call $respond (i32.const 200) (local.get $url) (local.get $url_len))")?;
    component.extend(section(CORE_MODULE, module));
    Ok(component)
}

/// The same, and the module is instantiated in each call.
fn with_instance(module: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut component = with_module(module)?;
    let last = modules_of(&component)? - 1;
    component.extend(section(CORE_INSTANCE, &[1, 0, last, 0]));
    Ok(component)
}

fn flat(text: &str, times: usize) -> String {
    repeat_n(text, times).collect::<Vec<_>>().join(" ")
}

/// Modules, as text without `(module …)`. Instructions are written flat, since the text's own parser recurses.
fn bombs() -> Vec<(&'static str, String)> {
    let numbered = |count: usize, of: &dyn Fn(usize) -> String| (0..count).map(of).collect::<String>();
    vec![
        ("many functions", flat("(func)", 100_000)),
        ("many functions that do something", {
            let body = flat("local.get 0 i32.const 3 i32.mul local.set 0", 20);
            flat(&format!("(func (param i32) {body})"), 4_000)
        }),
        ("many locals", flat(&format!("(func (local {}))", flat("i64", 49_000)), 20)),
        ("deep blocks", format!("(func {} {})", flat("block", 50_000), flat("end", 50_000))),
        ("deep loops that are left from inside", {
            let leave = numbered(2_000, &|n| format!("local.get 0 br_if {n} "));
            format!("(func (param i32) {} {leave} {})", flat("loop", 2_000), flat("end", 2_000))
        }),
        ("a deep stack", {
            format!("(func {} {} drop)", flat("i32.const 1", 100_000), flat("i32.add", 99_999))
        }),
        ("giant tables of branches", {
            let table = format!("block local.get 0 br_table {} end", flat("0", 65_000));
            format!("(func (param i32) {})", flat(&table, 30))
        }),
        ("tables of branches out of deep blocks", {
            let targets = numbered(3_000, &|n| format!("{n} "));
            let (begin, end) = (flat("block", 3_000), flat("end", 3_000));
            format!("(func (param i32) {begin} local.get 0 br_table {targets} {end})")
        }),
        ("many parameters and results", {
            let many = flat("i64", 990);
            let pass = numbered(990, &|n| format!("local.get {n} "));
            let calls = flat("call 0", 60);
            format!(
                "(func (param {many}) (result {many}) {pass}) (func (param {many}) (result {many}) {pass} {calls})"
            )
        }),
        ("many types", numbered(50_000, &|n| format!("(type (func (param {})))", flat("i32", n % 20)))),
        ("many globals", flat("(global (mut i64) (i64.const 1))", 100_000)),
        ("many exports", {
            format!("(func) {}", numbered(90_000, &|n| format!("(export \"{n}\" (func 0))")))
        }),
        ("many pieces of data", format!("(memory 1) {}", flat("(data (i32.const 0) \"x\")", 90_000))),
        ("data at both ends of a memory", {
            "(memory 2000) (data (i32.const 0) \"x\") (data (i32.const 131071999) \"x\")".into()
        }),
        (
            "many elements",
            format!("(table 10000000 funcref) (func) (elem (i32.const 0) {})", flat("0", 900_000)),
        ),
        ("calls through every type", {
            let types = numbered(900, &|n| format!("(type (func (param i32) (result {})))", flat("i64", n)));
            let calls = numbered(900, &|n| {
                format!("i32.const 0 i32.const 0 call_indirect (type {n}) {} ", flat("drop", n))
            });
            format!("{types} (table 1 funcref) (func {calls})")
        }),
    ]
}

#[tokio::test]
async fn whatever_costs_a_compiler_much_is_refused_or_runs_like_any_other() -> Result<(), Failure> {
    let server = server().await?;
    let mut refused = 0;
    for (what, text) in bombs() {
        let module =
            text_to_binary(&format!("(module {text})")).map_err(|error| format!("{what}: {error}"))?;
        match try_out(&server, what, with_module(&module)?).await? {
            Ok(status) => assert_eq!(status, 200, "{what}"),
            Err(_why) => refused += 1,
        }
    }
    assert!(refused > 0, "none of them was a bomb");
    is_well(&server)
}

/// Components in components, and types of types: what costs a validator much.
fn nests() -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let preamble = b"\0asm\x0d\0\x01\0";
    let deep = (0..3_000)
        .fold(preamble.to_vec(), |inside, _| [&preamble[..], &section(COMPONENT, &inside)].concat());
    let imports: String = (0..900).map(|n| format!("(import \"a\" \"{n}\" (func))")).collect();
    let functions: String = (0..900).map(|n| format!("(func (export \"{n}\"))")).collect();
    let instantiations = "(core instance (instantiate 0 (with \"a\" (instance 0))))".repeat(900);
    let checked = format!(
        "(component (core module {imports}) (core module {functions}) (core instance (instantiate 1)) {instantiations})"
    );
    let records: String = (0..900)
        .map(|n| {
            let inner = if n == 0 { "u8".to_owned() } else { format!("$t{}", n - 1) };
            format!("(type $t{n} (record (field \"a\" {inner}) (field \"b\" (list {inner}))))")
        })
        .collect();
    let cases: String = (0..20_000).map(|n| format!("(case \"c{n}\" u64)")).collect();
    Ok(vec![
        ("components in components", deep),
        ("many instantiations of a large module", text_to_binary(&checked)?),
        ("records of records", text_to_binary(&format!("(component {records})"))?),
        ("a variant of many cases", text_to_binary(&format!("(component (type (variant {cases})))"))?),
        ("many components", [&preamble[..], &section(COMPONENT, preamble).repeat(50_000)].concat()),
    ])
}

#[tokio::test]
async fn nests_of_components_and_types_are_refused() -> Result<(), Failure> {
    let server = server().await?;
    for (what, component) in nests()? {
        assert!(try_out(&server, what, component).await?.is_err(), "{what}");
    }
    is_well(&server)
}

/// Random modules or components, valid, and the same in every run: see `random/`.
fn random(pack: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("random").join(pack);
    let packed = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (mut packed, mut all) = (&packed[..], Vec::new());
    while let Some((length, rest)) = packed.split_first_chunk::<4>() {
        let (one, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        all.push(one.to_vec());
        packed = rest;
    }
    Ok(all)
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn random_modules_are_refused_or_run_in_their_sandbox() -> Result<(), Failure> {
    let (server, modules, mut refusals) = (server().await?, random("modules.pack")?, Vec::new());
    for (number, module) in modules.iter().enumerate() {
        let what = format!("random module {number}");
        match try_out(&server, &what, with_instance(module)?).await? {
            // It answers, unless what runs at its start traps or never ends.
            Ok(status) => assert!(matches!(status, 200 | 500 | 504), "{what}: {status}"),
            Err(why) => refusals.push(why),
        }
    }
    assert!(refusals.len() < modules.len() / 2, "hardly any was deployed: {refusals:#?}");
    is_well(&server)
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn random_components_are_refused_or_run_in_their_sandbox() -> Result<(), Failure> {
    let server = server().await?;
    for (number, component) in random("components.pack")?.into_iter().enumerate() {
        let what = format!("random component {number}");
        let fate = try_out(&server, &what, component).await?;
        assert!(fate.is_err(), "{what} has no handler, and was deployed");
    }
    is_well(&server)
}
