//! What the rules' tests share: a scan of a few lines, and what one rule said about them.

use atoll_model::{Diagnostic, Limits, Manifest, SourcePath, SourceTree};

use crate::{project, report::Report, scan};

const MANIFEST: &str =
    "name = \"a\"\n[backend]\nentry = \"backend/index.ts\"\n[frontend]\nentry = \"frontend/App.tsx\"\n";

/// What a rule says about a backend's entry file, as `line:column message`.
pub(super) fn in_backend(rule: &str, text: &str) -> Vec<String> {
    in_files(rule, "", &[("backend/index.ts", text)])
}

/// What a rule says about a frontend's entry file.
pub(super) fn in_frontend(rule: &str, text: &str) -> Vec<String> {
    in_files(rule, "", &[("frontend/App.tsx", text)])
}

/// What a rule says about several files, with more lines of the manifest.
pub(super) fn in_files(rule: &str, manifest: &str, files: &[(&str, &str)]) -> Vec<String> {
    let limits = Limits::default();
    let mut source = SourceTree::new();
    for (path, text) in files {
        source.insert(SourcePath::parse(path).unwrap(), (*text).to_owned(), &limits).unwrap();
    }
    let manifest = Manifest::parse(&format!("{MANIFEST}{manifest}")).unwrap();
    let mut report = Report::new(100);
    project::with_project(&source, Some(&manifest), &limits, &mut report, |project, report| {
        scan::scan(project, &manifest, report);
    });
    let found = report.finish(&source);
    assert!(found.iter().all(|d| d.rule != "parse"), "the test's own text is wrong: {found:?}");
    assert!(found.iter().all(|d| d.hint.is_some()), "a finding without a remedy: {found:?}");
    found.iter().filter(|d| d.rule == rule).map(shown).collect()
}

fn shown(diagnostic: &Diagnostic) -> String {
    let location = diagnostic.location.as_ref().unwrap();
    format!(
        "{}:{} {} ({})",
        location.line,
        location.column,
        diagnostic.message,
        diagnostic.hint.as_ref().unwrap()
    )
}

/// Every text must be found once by the rule.
pub(super) fn finds(rule: &str, side: fn(&str, &str) -> Vec<String>, texts: &[&str]) {
    for text in texts {
        let found = side(rule, text);
        assert_eq!(found.len(), 1, "{rule} on {text:?}: {found:#?}");
    }
}

/// No text may be found by the rule.
pub(super) fn spares(rule: &str, side: fn(&str, &str) -> Vec<String>, texts: &[&str]) {
    for text in texts {
        let found = side(rule, text);
        assert!(found.is_empty(), "{rule} on {text:?}: {found:#?}");
    }
}
