//! The web's interfaces, by tables of assertions: every file of `js/` is a module of tests that runs in
//! the sandbox, each test in a fresh instance.

use crate::host::{App, snapshot_with_tests};

fn run(file: &str) {
    let path = format!("{}/tests/sandbox/js/{file}", env!("CARGO_MANIFEST_DIR"));
    let source = std::fs::read_to_string(&path).unwrap();
    let entry = ("index.js", "export default { fetch: () => new Response('') }");
    let made = snapshot_with_tests(&[entry, (file, &source)], &[file.to_owned()])
        .unwrap_or_else(|e| panic!("{e:?}"));
    let app = App::of(&made);
    let names = app.test_names();
    assert!(names.len() >= 3, "{file} defines only {names:?}");
    let failures: Vec<_> = names
        .iter()
        .filter_map(|name| app.run_test(name).err().map(|f| format!("{name}: {}\n{}", f.message, f.stack)))
        .collect();
    assert!(failures.is_empty(), "{file}:\n{}", failures.join("\n"));
}

macro_rules! files {
    ($($name:ident)*) => { $(#[test] fn $name() { run(concat!(stringify!($name), ".js")); })* };
}

files! {
    abort bodies compression console crypto encoding events globals headers interfaces json language streams structured_clone timers
    url url_pattern
}
