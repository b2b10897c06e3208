//! Archives of every bad kind, as a table.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use tar::{EntryType, Header};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().into()
}

/// An entry with any name, which the library's own writer would refuse.
fn entry(tar: &mut Vec<u8>, kind: EntryType, name: &[u8], content: &[u8]) {
    let mut header = Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    if matches!(kind, EntryType::Symlink | EntryType::Link) {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_cksum();
    tar.extend_from_slice(header.as_bytes());
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

fn tar_gz(entries: &[(EntryType, &[u8], &[u8])]) -> Bytes {
    let mut tar = Vec::new();
    for (kind, name, content) in entries {
        entry(&mut tar, *kind, name, content);
    }
    tar.resize(tar.len() + 1024, 0);
    gzip(&tar)
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|&i| bytes[i..].starts_with(from)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
}

fn status(archive: impl Into<Bytes>) -> u16 {
    unpack(&archive.into(), &Limits::default()).map_or_else(|error| Problem::from(error).status(), |_| 200)
}

fn paths(archive: impl Into<Bytes>) -> Vec<String> {
    let tree = unpack(&archive.into(), &Limits::default()).unwrap();
    tree.iter().map(|(path, _)| path.to_string()).collect()
}

const FILE: EntryType = EntryType::Regular;

#[test]
fn a_folder_of_either_kind_is_unpacked_without_its_one_top_folder() {
    let names = ["atoll.toml", "backend/index.ts"];
    assert_eq!(paths(tar_gz(&[(FILE, b"./atoll.toml", b"x"), (FILE, b"backend/index.ts", b"y")])), names);
    let nested = tar_gz(&[
        (EntryType::Directory, b"app/", b""),
        (FILE, b"app/backend/index.ts", b"y"),
        (FILE, b"app/atoll.toml", b"x"),
    ]);
    assert_eq!(paths(nested), names);
    assert_eq!(paths(zip_of(&[("atoll.toml", b"x"), ("backend/index.ts", b"y")])), names);
    let from_a_mac =
        [("app/atoll.toml", b"x" as &[u8]), ("app/backend/index.ts", b"y"), ("__MACOSX/._x", b"")];
    assert_eq!(paths(zip_of(&from_a_mac)), names);
    assert_eq!(paths(zip_of(&[("app/atoll.toml", b"x"), ("app/.DS_Store", b"y")])), ["atoll.toml"]);
}

#[test]
fn tar_entries_that_could_leave_the_folder_or_are_no_files_are_refused() {
    let cases: &[(&str, EntryType, &[u8])] = &[
        ("parent", FILE, b"../evil"),
        ("inner parent", FILE, b"a/../../evil"),
        ("absolute", FILE, b"/etc/evil"),
        ("backslash", FILE, b"a\\..\\evil"),
        ("drive", FILE, b"C:evil"),
        ("not UTF-8", FILE, b"a\xff"),
        ("control character", FILE, b"a\x1bb"),
        ("empty segment", FILE, b"a//b"),
        ("parent folder", EntryType::Directory, b"../x/"),
        ("symbolic link", EntryType::Symlink, b"link"),
        ("hard link", EntryType::Link, b"link"),
        ("device", EntryType::Char, b"dev"),
        ("block device", EntryType::Block, b"dev"),
        ("pipe", EntryType::Fifo, b"fifo"),
        ("sparse file", EntryType::GNUSparse, b"sparse"),
        ("unknown", EntryType::new(b'Z'), b"z"),
    ];
    for (case, kind, name) in cases {
        assert_eq!(status(tar_gz(&[(*kind, name, b"")])), 422, "{case}");
    }
}

#[test]
fn duplicates_are_refused() {
    assert_eq!(status(tar_gz(&[(FILE, b"a", b"1"), (FILE, b"a", b"2")])), 422);
    assert_eq!(status(tar_gz(&[(FILE, b"a", b"1"), (FILE, b"./a", b"2")])), 422);
    assert_eq!(status(tar_gz(&[(FILE, b"a", b"1"), (FILE, b"a/b", b"2")])), 422);
    let mut twice = zip_of(&[("aaaa", b"1"), ("bbbb", b"2")]);
    replace(&mut twice, b"bbbb", b"aaaa");
    assert_eq!(status(twice), 422);
}

#[test]
fn zip_entries_of_bad_kinds_are_refused() {
    for name in ["../a", "/abs", "a\\b", "a/../b"] {
        let mut zip = zip_of(&[(&"x".repeat(name.len()), b"1")]);
        replace(&mut zip, "x".repeat(name.len()).as_bytes(), name.as_bytes());
        assert_eq!(status(zip), 422, "{name}");
    }
    let mut zip = zip_of(&[("xxxx", b"1")]);
    replace(&mut zip, b"xxxx", b"a\xff\xfeb");
    assert_eq!(status(zip), 422, "not UTF-8");

    let mut link = ZipWriter::new(io::Cursor::new(Vec::new()));
    link.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    assert_eq!(status(link.finish().unwrap().into_inner()), 422, "link");
}

#[test]
fn bombs_are_stopped_while_they_unpack() {
    let zeros = vec![0; 64 << 20];
    let mut tar = Vec::new();
    entry(&mut tar, FILE, b"zeros", &zeros);
    assert_eq!(status(gzip(&tar)), 413, "one large file");

    let many: Vec<(EntryType, Vec<u8>, Vec<u8>)> =
        (0..40).map(|i| (FILE, format!("zeros{i}").into_bytes(), vec![0; 1 << 20])).collect();
    let many: Vec<_> = many.iter().map(|(kind, name, content)| (*kind, &name[..], &content[..])).collect();
    assert_eq!(status(tar_gz(&many)), 413, "many files of the largest size");

    let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
    for i in 0..40 {
        zip.start_file(format!("zeros{i}"), SimpleFileOptions::default()).unwrap();
        zip.write_all(&zeros[..1 << 20]).unwrap();
    }
    assert_eq!(status(zip.finish().unwrap().into_inner()), 413, "zip");

    let names: Vec<String> = (0..2_500).map(|i| format!("d{i}/")).collect();
    let folders: Vec<_> =
        names.iter().map(|name| (EntryType::Directory, name.as_bytes(), b"" as &[u8])).collect();
    assert_eq!(status(tar_gz(&folders)), 413, "entries");
    let files: Vec<_> = names.iter().map(|name| (&name[..name.len() - 1], b"" as &[u8])).collect();
    assert_eq!(status(zip_of(&files)), 413, "zip entries");
    let files: Vec<_> =
        names[..600].iter().map(|name| (FILE, &name.as_bytes()[..name.len() - 1], b"" as &[u8])).collect();
    assert_eq!(status(tar_gz(&files)), 413, "files");
}

#[test]
fn damaged_and_foreign_bodies_are_refused() {
    assert_eq!(status("hello"), 415);
    assert_eq!(status(Bytes::new()), 415);
    assert_eq!(status(vec![0x1f, 0x8b, 8, 0]), 422);
    let good = tar_gz(&[(FILE, b"atoll.toml", &[7; 2_000])]);
    assert_eq!(status(good.slice(..good.len() / 2)), 422);
    assert_eq!(status(good.slice(..good.len() - 6)), 422, "without its checksum");
    let mut changed = good.to_vec();
    let checksum = changed.len() - 8;
    changed[checksum] ^= 1;
    assert_eq!(status(changed), 422, "another checksum");
    assert_eq!(status([&good[..], &good[..]].concat()), 422, "a second member");
    assert_eq!(status([&good[..], b"x"].concat()), 422, "something behind it");
    let zip = zip_of(&[("atoll.toml", &[7; 2_000])]);
    assert_eq!(status(zip[..zip.len() - 5].to_vec()), 422);
    let mut lying = zip.clone();
    let count = lying.len() - 12;
    lying[count] = 2;
    assert_eq!(status(lying), 422);
}
