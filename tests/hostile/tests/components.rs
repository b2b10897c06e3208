//! Components that are made to keep the compiler busy, or to get past it.

use hostile_tests::{Answer, Failure, Server, ServerOptions};

fn app(component: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let manifest = "name = \"hostile\"\n[backend]\ncomponent = \"app.wasm\"\n";
    vec![("atoll.toml".into(), manifest.as_bytes().to_vec()), ("app.wasm".into(), component)]
}

/// A function that reads very many locals within very many loops: a compiler keeps each of them apart in each loop. Ten
/// KiB take minutes, or a GiB.
fn bomb(locals: usize, loops: usize) -> Result<Vec<u8>, Failure> {
    let reads: String = (0..locals).map(|local| format!("(drop (local.get {local}))")).collect();
    let types = "i32 ".repeat(locals);
    let function = format!("(func (local {types}) {} {reads} {})", "(loop ".repeat(loops), ")".repeat(loops));
    Ok(wat::parse_str(format!("(component (core module {function}))"))?)
}

fn long_bomb() -> Result<Vec<u8>, Failure> {
    bomb(2_000, 1_000)
}

fn large_bomb() -> Result<Vec<u8>, Failure> {
    bomb(10_000, 2_000)
}

/// A component of types that each hold the one before twice: a validator that unfolds them never ends.
fn nested_types() -> Result<Vec<u8>, Failure> {
    let mut types = String::from("(type $t0 (tuple u32 u32))");
    for n in 1..2_000 {
        types.push_str(&format!("(type $t{n} (tuple $t{} $t{}))", n - 1, n - 1));
    }
    Ok(wat::parse_str(format!("(component {types})"))?)
}

async fn refused_and_well(config: &str, component: Vec<u8>) -> Result<Answer, Failure> {
    let options = ServerOptions { config: Some(config.to_owned()), ..ServerOptions::default() };
    let server = Server::start(options)?;
    let files = app(component);
    let (answer, meanwhile) = tokio::join!(server.deploy("hostile", &files), server.get("/healthz"));
    assert_eq!(meanwhile?.status, 200);
    let answer = answer?;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert_eq!(server.get("/healthz").await?.status, 200);
    assert_eq!(server.get("/apps/hostile/api/").await?.status, 404, "nothing was deployed");
    Ok(answer)
}

#[tokio::test]
async fn a_compile_bomb_is_stopped_by_its_cpu_time() -> Result<(), Failure> {
    // The machine may be busy: the clock on the wall is not what this is about.
    let config = "[limits]\ncompile_cpu_ms = 1000\ncompile_wall_ms = 600000\nhttp_total_ms = 700000\n";
    let answer = refused_and_well(config, long_bomb()?).await?;
    assert_eq!(answer.json()["limit"]["name"], "compile_cpu_ms", "{}", answer.text);
    assert_eq!(answer.json()["limit"]["value"], 1_000);
    Ok(())
}

#[tokio::test]
async fn a_compile_bomb_is_stopped_by_its_memory() -> Result<(), Failure> {
    let answer = refused_and_well("[limits]\ncompile_memory_mib = 512\n", large_bomb()?).await?;
    assert_eq!(answer.json()["limit"]["name"], "compile_memory_mib", "{}", answer.text);
    Ok(())
}

#[tokio::test]
async fn a_compile_bomb_is_stopped_by_the_clock() -> Result<(), Failure> {
    let answer = refused_and_well("[limits]\ncompile_wall_ms = 300\n", long_bomb()?).await?;
    assert_eq!(answer.json()["limit"]["name"], "compile_wall_ms", "{}", answer.text);
    Ok(())
}

#[tokio::test]
async fn types_nested_without_end_are_refused() -> Result<(), Failure> {
    let answer = refused_and_well("", nested_types()?).await?;
    assert!(answer.text.contains("not a component that can run here"), "{}", answer.text);
    Ok(())
}

#[tokio::test]
async fn machine_code_is_never_taken_from_an_app() -> Result<(), Failure> {
    let mut code = b"\x7fELF\x02\x01\x01".to_vec();
    code.resize(4_096, 0);
    let answer = refused_and_well("", code).await?;
    assert!(answer.text.contains("machine code"), "{}", answer.text);
    Ok(())
}
