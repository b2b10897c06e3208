//! `check` over whole folders. Each case is a file under `cases/`: a line about it, the app's files after
//! `-- path --`, and after `-- expected --` one line a diagnostic: severity, rule, place (`-` for none), a part
//! of the message and, after ` | `, a part of the hint.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of a test fail by panicking, as tests do"
)]

use std::{fs, path::PathBuf};

use atoll_model::{Diagnostic, Limits, Severity, SourcePath, SourceTree};

/// The files of a case, and the lines it expects.
fn read(text: &str) -> (SourceTree, Vec<String>) {
    let mut tree = SourceTree::new();
    let mut sections = Vec::<(String, String)>::new();
    for line in text.lines() {
        match line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            Some(name) => sections.push((name.to_owned(), String::new())),
            None => {
                if let Some((_, content)) = sections.last_mut() {
                    content.push_str(line);
                    content.push('\n');
                }
            }
        }
    }
    let mut expected = None;
    for (name, content) in sections {
        if name == "expected" {
            expected = Some(content.lines().map(str::to_owned).collect());
        } else {
            tree.insert(SourcePath::parse(&name).unwrap(), content, &Limits::default()).unwrap();
        }
    }
    (tree, expected.expect("a case says what it expects"))
}

fn shown(diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let place = diagnostic.location.as_ref();
    let place = place.map_or("-".to_owned(), |l| format!("{}:{}:{}", l.file, l.line, l.column));
    let hint = diagnostic.hint.as_deref().unwrap_or("");
    format!("{severity} {} {place} {} | {hint}", diagnostic.rule, diagnostic.message)
}

/// Whether what was said is what was expected: the first three words equal, the rest contained.
fn matches(said: &str, expected: &str) -> bool {
    let (head, hint) = expected.split_once(" | ").unwrap_or((expected, ""));
    let mut words = head.splitn(4, ' ');
    let start: Vec<&str> = words.by_ref().take(3).collect();
    let (said_head, said_hint) = said.split_once(" | ").unwrap_or((said, ""));
    said_head.starts_with(&format!("{} ", start.join(" ")))
        && said_head.contains(words.next().unwrap_or(""))
        && said_hint.contains(hint)
}

#[test]
fn every_case_says_exactly_what_it_should() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut failed = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (tree, expected) = read(&fs::read_to_string(&path).unwrap());
        let found = atoll_build::check(&tree, &Limits::default());
        for diagnostic in &found {
            assert!(diagnostic.hint.is_some(), "{path:?}: no remedy in {diagnostic:?}");
            assert_eq!(diagnostic.location.is_some(), diagnostic.frame.is_some(), "{path:?}: {diagnostic:?}");
        }
        let said: Vec<String> = found.iter().map(shown).collect();
        let fits = said.len() == expected.len() && said.iter().zip(&expected).all(|(s, e)| matches(s, e));
        if !fits {
            failed.push(format!(
                "{}\n  said:\n    {}\n  expected:\n    {}",
                path.display(),
                said.join("\n    "),
                expected.join("\n    ")
            ));
        }
        cases += 1;
    }
    assert!(failed.is_empty(), "{} of {cases} cases differ:\n{}", failed.len(), failed.join("\n"));
    assert!(cases >= 14, "only {cases} cases were found");
}

fn app(files: &[(&str, Vec<u8>)]) -> SourceTree {
    let mut tree = SourceTree::new();
    let manifest = b"name = \"a\"\n[backend]\nentry = \"backend/index.ts\"\n".to_vec();
    let limits = Limits::default();
    tree.insert(SourcePath::parse("atoll.toml").unwrap(), manifest, &limits).unwrap();
    for (path, content) in files {
        tree.insert(SourcePath::parse(path).unwrap(), content.clone(), &limits).unwrap();
    }
    tree
}

#[test]
fn an_oversized_script_and_another_encoding_are_named() {
    let found = atoll_build::check(
        &app(&[
            ("backend/index.ts", b"export default { fetch: () => new Response('\xff') };".to_vec()),
            ("backend/large.ts", vec![b'\n'; 200 << 10]),
        ]),
        &Limits::default(),
    );
    let said: Vec<String> = found.iter().map(shown).collect();
    assert!(matches(&said[0], "error source backend/index.ts:1:45 is not UTF-8 | UTF-8"), "{said:#?}");
    assert!(matches(&said[1], "error source backend/large.ts:1:1 script_bytes_max | split"), "{said:#?}");
    assert_eq!(said.len(), 2);
}

#[test]
fn a_flood_of_findings_is_capped_and_counted() {
    let text = "eval('1');\n".repeat(5_000);
    let limits = Limits::default();
    let found = atoll_build::check(&app(&[("backend/index.ts", text.into_bytes())]), &limits);
    assert_eq!(found.len(), limits.diagnostics_max + 1);
    assert!(found.last().unwrap().message.starts_with("4900 more findings"), "{:?}", found.last());
}
