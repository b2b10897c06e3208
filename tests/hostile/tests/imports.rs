//! Every function that the host offers, called with arguments that make no sense: pointers outside of memory, lengths
//! beyond it, handles that nobody gave out. Each call is answered, and nothing in the host panics.

use std::fmt::Write as _;

use hostile_tests::{Failure, Import, Random, Server, ServerOptions, http_guest, imports, javascript};
use tokio::time::timeout;

/// Calls of each function, with other arguments each.
const VARIANTS: usize = 26;

const MANIFEST: &str = r#"
name = "fuzz"
[backend]
component = "a.wasm"
[backend.limits]
wall_ms = 300
memory_mib = 4
[grants]
kv = true
sql = true
http = ["https://granted.example"]
[[events.publishes]]
type = "fuzz.said"
"#;

/// Arguments, the same in every run.
struct Arguments(Random);

impl Arguments {
    /// Mostly numbers at edges: of memory (which has 64 KiB), of types, of limits.
    fn i32(&mut self) -> i32 {
        const EDGES: &[i32] = &[
            0,
            1,
            2,
            4,
            8,
            200,
            512,
            600,
            1_024,
            8_192,
            65_528,
            65_535,
            65_536,
            65_537,
            1 << 20,
            0x7fff_ffff,
            -1,
            -4,
            -16,
            -65_536,
            i32::MIN,
        ];
        let number = self.0.next_u64();
        let any = i32::from_le_bytes(number.to_le_bytes()[..4].try_into().unwrap_or_default());
        if number >> 60 == 0 { any } else { EDGES[usize::try_from(number % EDGES.len() as u64).unwrap_or(0)] }
    }

    fn argument(&mut self, kind: &str) -> String {
        match kind {
            "i64" => {
                let wide = [0, 1, i64::MAX, i64::MIN, i64::from(self.i32()), i64::from(self.i32()) << 20];
                format!("(i64.const {})", wide[usize::try_from(self.0.next_u64() % 6).unwrap_or(0)])
            }
            "f64" | "f32" => {
                let odd = ["0", "-0", "inf", "-inf", "nan", "1e308", "-1.5"];
                let odd = if kind == "f32" { &odd[..5] } else { &odd[..] };
                format!(
                    "({kind}.const {})",
                    odd[usize::try_from(self.0.next_u64() % odd.len() as u64).unwrap_or(0)]
                )
            }
            _ => format!("(i32.const {})", self.i32()),
        }
    }
}

/// A guest that makes one of its calls, by the last letter of the URL, and answers 200 when that returned.
fn guest(import: &Import, arguments: &mut Arguments) -> Result<Vec<u8>, Failure> {
    let result = import.result.map(|kind| format!("(result {kind})")).unwrap_or_default();
    let mut parts = format!(
        "(import \"{}\" \"{}\" (func $import (param {}) {result}))\n",
        import.module,
        import.name,
        import.parameters.join(" ")
    );
    // What pointers may point at: texts, and numbers that are pointers again.
    write!(
        parts,
        "(data (i32.const 200) \"SELECT 1; -- \\ff\\fe GET https://granted.example/ fuzz.said {{}}\")
         (data (i32.const 512) \"\\00\\00\\01\\00\\ff\\ff\\ff\\7f\\00\\02\\00\\00\\ff\\ff\\ff\\ff\\c8\\00\\00\\00\\20\\00\\00\\00\")
         (data (i32.const 600) \"\\c8\\00\\00\\00\\08\\00\\00\\00\\c8\\00\\00\\00\\08\\00\\00\\00\\01\\00\\00\\00\\00\\ff\")"
    )?;
    let mut body =
        "(local.set $n (i32.load8_u (i32.sub (i32.add (local.get $url) (local.get $url_len)) (i32.const 1))))\n"
            .to_owned();
    for variant in 0..VARIANTS {
        let values: Vec<String> = import.parameters.iter().map(|kind| arguments.argument(kind)).collect();
        let call = format!("(call $import {})", values.join(" "));
        let call = if import.result.is_some() { format!("(drop {call})") } else { call };
        writeln!(
            body,
            "(if (i32.eq (local.get $n) (i32.const {})) (then {call}))",
            usize::from(b'a') + variant
        )?;
    }
    body.push_str("(call $respond (i32.const 200) (i32.const 200) (i32.const 8))");
    http_guest(&parts, &body)
}

#[tokio::test]
async fn no_argument_of_any_import_harms_the_host() -> Result<(), Failure> {
    let server = Server::start(ServerOptions::default())?;
    let quiet = javascript("quiet", "", "export default { fetch() { return new Response('quiet'); } };");
    assert_eq!(server.deploy("quiet", &quiet).await?.status, 201);
    let imports = imports()?;
    assert!(imports.len() >= 20, "the WIT has lost functions: {}", imports.len());
    let mut arguments = Arguments(Random(0x00a7_0110));
    let (mut returned, mut stopped) = (0, 0);
    for import in &imports {
        let files = [
            ("atoll.toml".to_owned(), MANIFEST.as_bytes().to_vec()),
            ("a.wasm".to_owned(), guest(import, &mut arguments)?),
        ];
        let deployed = server.deploy("fuzz", &files).await?;
        assert!(deployed.status < 300, "{import:?}: {deployed:?}");
        let calls = ('a'..='z').map(|letter| {
            let path = format!("/apps/fuzz/api/{letter}");
            let server = &server;
            async move { timeout(hostile_tests::PATIENCE, server.get(&path)).await }
        });
        for answer in futures::future::join_all(calls).await {
            let answer = answer.map_err(|_| format!("{import:?}: no answer"))??;
            match answer.status {
                200 => returned += 1,
                500 | 504 => stopped += 1,
                _ => return Err(format!("{import:?}: {answer:?}").into()),
            }
            assert!(!answer.text.contains("/host/"), "an inside was told: {answer:?}");
        }
        assert_eq!(server.get("/apps/quiet/api/").await?.text, "quiet", "after {import:?}");
    }
    // Neither is the test that every call traps, nor that none does.
    assert!(returned > 20 && stopped > 20, "{returned} returned, {stopped} were stopped");
    server.has_not_panicked()
}
