//! Uploads that are not what they should be: each is refused with a word about it, and nothing is kept of it.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use hostile_tests::{Answer, Failure, Server, ServerOptions, http_guest, pack, text_to_binary};

const MANIFEST: &str = "name = \"bad\"\n[backend]\ncomponent = \"a.wasm\"\n";

fn app(wasm: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    vec![("atoll.toml".into(), MANIFEST.into()), ("a.wasm".into(), wasm)]
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// A tar entry whose header says anything.
fn entry(name: &str, kind: tar::EntryType, link: &str, content: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut header = tar::Header::new_old();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    Ok(bytes)
}

fn refused(what: &str, answer: &Answer) {
    assert!(matches!(answer.status, 400 | 413 | 415 | 422), "{what}: {} {}", answer.status, answer.text);
    assert!(!answer.text.contains("/host/") && !answer.text.contains("panicked"), "{what}: {}", answer.text);
}

/// Nothing was deployed, written outside, or left beside the registry.
async fn nothing_is_kept(server: &Server) -> Result<(), Failure> {
    assert_eq!(server.get("/api/v1/apps/bad").await?.status, 404);
    assert_eq!(server.get("/healthz").await?.status, 200);
    let folder = server.data().parent().ok_or("the data has a parent")?;
    for name in ["evil", "evil.txt", "etc", "backend"] {
        assert!(!folder.join(name).exists() && !server.data().join(name).exists(), "{name} was written");
    }
    server.has_not_panicked()
}

#[tokio::test]
async fn what_is_no_component_is_refused() -> Result<(), Failure> {
    let server = Server::start(ServerOptions::default())?;
    let good = http_guest("", "(call $respond (i32.const 200) (local.get $url) (local.get $url_len))")?;
    let core = text_to_binary("(module (func (export \"_start\") (loop (br 0))))")?;
    let mut flipped = good.clone();
    if let Some(byte) = flipped.get_mut(good.len() / 2) {
        *byte ^= 0xff;
    }
    for (what, wasm) in [
        ("nothing", Vec::new()),
        ("a script", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        ("a program", std::fs::read("/proc/self/exe")?.into_iter().take(100_000).collect()),
        ("a .cwasm", [b"\x7fELF\x02\x01\x01\xc8".as_slice(), &[0; 500]].concat()),
        ("a core module", core),
        ("a header alone", good[..8].to_vec()),
        ("half of it", good[..good.len() / 2].to_vec()),
        ("all but the last byte", good[..good.len() - 1].to_vec()),
        ("one byte more", [good.as_slice(), b"\xff"].concat()),
        ("a byte turned around", flipped),
        ("zeros", vec![0; 500_000]),
        ("many instances", text_to_binary(&format!("(component {})", "(core module)".repeat(20_000)))?),
        ("a large memory", text_to_binary(LARGE_MEMORY)?),
        ("imports of another host", text_to_binary("(component (import \"steal:secrets/all\" (func)))")?),
    ] {
        let answer = server.deploy("bad", &app(wasm)).await?;
        refused(what, &answer);
    }
    nothing_is_kept(&server).await
}

const LARGE_MEMORY: &str = "(component (core module $m (memory 65536)) (core instance (instantiate $m)))";

/// Every one of them is a component, as a byte stream, up to some place.
#[tokio::test]
async fn a_component_that_was_changed_anywhere_is_refused_or_runs_in_its_sandbox() -> Result<(), Failure> {
    let server = Server::start(ServerOptions::default())?;
    let good = http_guest("", "(call $respond (i32.const 200) (local.get $url) (local.get $url_len))")?;
    let step = good.len() / 40;
    for number in 0..40_usize {
        let mut bad = good.clone();
        let place = number * step + number % 7;
        if let Some(byte) = bad.get_mut(place) {
            *byte = byte.wrapping_add(u8::try_from(number * 37 % 255).unwrap_or(0) + 1);
        }
        let answer = server.deploy("bad", &app(bad)).await?;
        if answer.status >= 300 {
            refused(&format!("changed at {place}"), &answer);
        } else {
            let called = server.get("/apps/bad/api/").await?;
            assert!(matches!(called.status, 200 | 500 | 504), "{called:?}");
        }
    }
    assert_eq!(server.get("/healthz").await?.status, 200);
    server.has_not_panicked()
}

#[tokio::test]
async fn archives_that_lead_outside_or_lie_are_refused() -> Result<(), Failure> {
    let server = Server::start(ServerOptions::default())?;
    let (file, end) = (tar::EntryType::Regular, vec![0; 1_024]);
    let manifest = entry("atoll.toml", file, "", b"name = \"bad\"\n")?;
    for (what, second) in [
        ("..", entry("../evil.txt", file, "", b"x")?),
        (".. in the middle", entry("a/../../evil.txt", file, "", b"x")?),
        ("an absolute path", entry("/etc/evil.txt", file, "", b"x")?),
        ("a backslash", entry("..\\evil.txt", file, "", b"x")?),
        ("a drive", entry("C:\\evil.txt", file, "", b"x")?),
        ("a link", entry("evil", tar::EntryType::Symlink, "/etc/passwd", b"")?),
        ("a hard link", entry("evil", tar::EntryType::Link, "atoll.toml", b"")?),
        ("a device", entry("evil", tar::EntryType::Char, "", b"")?),
        ("a pipe", entry("evil", tar::EntryType::Fifo, "", b"")?),
        ("a file twice", manifest.clone()),
        ("a folder under a file", entry("atoll.toml/evil.txt", file, "", b"x")?),
        ("an empty name", entry("", file, "", b"x")?),
        ("a name with a line break", entry("a\nb", file, "", b"x")?),
    ] {
        let archive = gzip(&[manifest.clone(), second, end.clone()].concat())?;
        refused(what, &server.upload("bad", archive).await?);
    }
    let good = gzip(&[manifest, end].concat())?;
    for (what, archive) in [
        ("nothing", Vec::new()),
        ("no archive", b"<html>".to_vec()),
        ("half an archive", good[..good.len() / 2].to_vec()),
        ("a gzip of nothing", gzip(b"")?),
        ("a gzip in a gzip", gzip(&good)?),
        ("a broken zip", b"PK\x03\x04 and then nothing".to_vec()),
    ] {
        refused(what, &server.upload("bad", archive).await?);
    }
    nothing_is_kept(&server).await
}

#[tokio::test]
async fn bombs_and_giants_are_refused_and_cost_little() -> Result<(), Failure> {
    let server = Server::start(ServerOptions::default())?;
    let file = tar::EntryType::Regular;
    // 600 MiB of zeros in less than a megabyte.
    let zeros = vec![0; 600 << 20];
    let bomb = gzip(&entry("zeros", file, "", &zeros)?)?;
    drop(zeros);
    let noise: Vec<u8> = (0..11_u32 << 20).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let many: Vec<u8> =
        (0..5_000).flat_map(|n| entry(&format!("f{n}"), file, "", b"").unwrap_or_default()).collect();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("zeros", zip::write::SimpleFileOptions::default())?;
    for _ in 0..100 {
        zip.write_all(&[0; 1 << 20])?;
    }
    let zip = zip.finish()?.into_inner();
    for (what, archive, status) in [
        ("a bomb", bomb, 413),
        ("a zip bomb", zip, 413),
        ("eleven megabytes", noise.clone(), 413),
        ("too many entries", gzip(&many)?, 413),
        ("a component of eleven megabytes", pack(&app(noise))?, 413),
    ] {
        let answer = server.upload("bad", archive).await?;
        assert_eq!(answer.status, status, "{what}: {}", answer.text);
    }
    let resident_mib = server.resident_bytes_max()? >> 20;
    assert!(resident_mib < 600, "{resident_mib} MiB");
    nothing_is_kept(&server).await
}
