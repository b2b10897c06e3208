//! The examples `todo` and `calendar` are what the generator writes today.
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use atoll_generate::{Neighbour, analyze, compose};
use atoll_model::{AppName, Limits};

use crate::support::neighbour;

/// Name and prompt, in the order in which they are deployed: each sees those before it.
const EXAMPLES: [(&str, &str); 2] = [
    ("todo", "Create a todo list with categories, due dates, and priority levels"),
    ("calendar", "Create a calendar that syncs with the todo app events"),
];

/// Set to 1, the test writes the examples instead of comparing them.
const REFRESH: &str = "REFRESH_EXAMPLES";

type Folder = BTreeMap<String, Vec<u8>>;

#[test]
fn the_examples_are_what_the_generator_writes() {
    let limits = Limits::default();
    let mut canvas: Vec<Neighbour> = Vec::new();
    for (name, prompt) in EXAMPLES {
        let mut analysis = analyze(prompt, &canvas, &limits).unwrap();
        analysis.specification.name = AppName::parse(name).unwrap();
        let tree = compose(&analysis.specification, &limits).unwrap();
        canvas.push(neighbour(&analysis, &tree));
        let written: Folder = tree.iter().map(|(path, bytes)| (path.to_string(), bytes.to_vec())).collect();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
        if std::env::var_os(REFRESH).is_some_and(|value| value == "1") {
            replace(&folder, &written);
        }
        let committed = read(&folder);
        let different: Vec<&String> = written
            .keys()
            .chain(committed.keys())
            .filter(|path| written.get(*path) != committed.get(*path))
            .collect();
        assert!(
            different.is_empty(),
            "examples/{name} is not what the generator writes for {prompt:?}; these files differ: {different:?}.\n\
             Write both examples again with: {REFRESH}=1 cargo test -p atoll-generate --test suite examples"
        );
    }
}

fn read(folder: &Path) -> Folder {
    files(folder)
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            (path, fs::read(&file).unwrap())
        })
        .collect()
}

/// Every file under a folder; none when there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

fn replace(folder: &Path, written: &Folder) {
    for file in files(folder) {
        fs::remove_file(file).unwrap();
    }
    for (path, bytes) in written {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}
