//! Compiled files: written once, loaded later, and replaced when they are damaged.

use std::{collections::BTreeMap, fs, path::Path};

use atoll_image::JsEngine;

use crate::host::engine_with_stack;

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn damaged_files_are_ignored_and_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine_with_stack(2 << 20);
    JsEngine::load(&engine, Some(folder.path())).unwrap();
    let first = files(folder.path());
    let names: Vec<_> = first.keys().map(|name| name.split('-').next().unwrap()).collect();
    assert_eq!(names, ["base", "compiler", "engine", "shell"], "and no temporary file is left");

    JsEngine::load(&engine, Some(folder.path())).unwrap();
    assert_eq!(files(folder.path()), first, "what is there is used");

    let mut damage = first.iter();
    let (flipped, content) = damage.next().unwrap();
    let mut content = content.clone();
    content[100_000] ^= 1;
    fs::write(folder.path().join(flipped), content).unwrap();
    let (cut, content) = damage.next().unwrap();
    fs::write(folder.path().join(cut), &content[..content.len() / 2]).unwrap();
    let (empty, _) = damage.next().unwrap();
    fs::write(folder.path().join(empty), "").unwrap();
    let (gone, _) = damage.next().unwrap();
    fs::remove_file(folder.path().join(gone)).unwrap();
    JsEngine::load(&engine, Some(folder.path())).unwrap();
    let mended = files(folder.path());
    assert_eq!(mended.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>());
    for name in [cut, empty, gone] {
        assert_eq!(mended[name].len(), first[name].len(), "{name}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file, not a folder");
    fs::write(&file, "").unwrap();
    JsEngine::load(&engine_with_stack(2 << 20), Some(&file)).unwrap();
}
