//! Sources made to overflow a stack or to keep the parser busy: each ends in an error, soon, and the process
//! lives.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as tests do")]

use std::time::{Duration, Instant};

use atoll_model::{Limits, SourcePath, SourceTree};

/// Far above what any of them takes, and far below what an unguarded parser would.
const SOON: Duration = Duration::from_secs(20);

fn check(name: &str, text: String) -> Vec<atoll_model::Diagnostic> {
    let limits = Limits::default();
    let mut tree = SourceTree::new();
    let manifest = format!("name = \"a\"\n[frontend]\nentry = \"{name}\"\n");
    tree.insert(SourcePath::parse("atoll.toml").unwrap(), manifest, &limits).unwrap();
    tree.insert(SourcePath::parse(name).unwrap(), text, &limits).unwrap();
    atoll_build::check(&tree, &limits)
}

#[test]
fn the_deepest_sources_that_fit_are_refused() {
    let bytes = Limits::default().script_bytes_max;
    for (name, unit, end) in [
        ("a.ts", "[", ""),
        ("a.ts", "(", ""),
        ("a.ts", "!", "1"),
        ("a.ts", "- ", "1"),
        ("a.ts", "a=>", "1"),
        ("a.ts", "a?b:", "1"),
        ("a.ts", "a=", "1"),
        ("a.ts", "a+", "1"),
        ("a.ts", "a.", "b"),
        ("a.ts", "a**", "1"),
        ("a.ts", "a<", "1"),
        ("a.ts", "(a=", ""),
        ("a.ts", "({a=", ""),
        ("a.ts", "`${", ""),
        ("a.ts", "if(a)", "1"),
        ("a.ts", "if(a);else ", "1"),
        ("a.ts", "l:", "1"),
        ("a.ts", "{", ""),
        ("a.ts", "new ", "a"),
        ("a.ts", "await ", "a"),
        ("a.ts", "f(", ""),
        ("a.ts", "class a{b=", ""),
        ("a.ts", "type A=[", ""),
        ("a.ts", "type A={a:", ""),
        ("a.tsx", "<a>", ""),
        ("a.tsx", "<a b={", ""),
        ("a.tsx", "<>", ""),
        // In strings and comments the quick look before the parser sees nothing of it.
        ("a.ts", "'('+", "1"),
        ("a.ts", "[/*]*/", ""),
        ("a.ts", "(/[)]/,", ""),
    ] {
        let count = (bytes - 100) / unit.len();
        let text = if unit.starts_with("type") {
            format!("type A={}", unit.trim_start_matches("type A=").repeat(count / 2))
        } else {
            format!("{}{end}", unit.repeat(count))
        };
        let start = Instant::now();
        let found = check(name, text);
        assert!(start.elapsed() < SOON, "{unit:?} took {:?}", start.elapsed());
        assert!(found.iter().any(|d| d.is_error()), "{unit:?}: {found:?}");
        assert!(found.iter().all(|d| d.rule != "build"), "{unit:?} broke the build itself: {found:?}");
    }
}

#[test]
fn an_app_that_imports_nothing_but_ghosts_is_refused_soon() {
    let limits = Limits::default();
    let mut tree = SourceTree::new();
    let manifest = "name = \"a\"\n[backend]\nentry = \"f0.ts\"\n";
    tree.insert(SourcePath::parse("atoll.toml").unwrap(), manifest, &limits).unwrap();
    let ghosts: String =
        (0..1_500).map(|i| format!("import {{a as x{i}}} from './{}{i}';x{i};", "g".repeat(40))).collect();
    for i in 0..60 {
        let text = format!("import './f{}';{ghosts}", i + 1);
        tree.insert(SourcePath::parse(&format!("f{i}.ts")).unwrap(), text, &limits).unwrap();
    }
    for i in 0..400 {
        let name = format!("{}{i}.ts", "d".repeat(200));
        tree.insert(SourcePath::parse(&name).unwrap(), "", &limits).unwrap();
    }
    let start = Instant::now();
    let found = atoll_build::check(&tree, &limits);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert_eq!(found.len(), limits.diagnostics_max + 1);
}

#[test]
fn an_apostrophe_in_markup_hides_no_nesting() {
    let bytes = Limits::default().script_bytes_max - 100;
    for unit in ["(a=", "({a=", "a<", "["] {
        for start in ["export default () => <p>don't {", "export default () => <p>/* {"] {
            let began = Instant::now();
            let found = check("a.tsx", format!("{start}{}", unit.repeat(bytes / unit.len())));
            assert!(found.iter().any(atoll_model::Diagnostic::is_error), "{unit}: {found:?}");
            assert!(began.elapsed() < SOON, "{start}{unit}: {:?}", began.elapsed());
        }
    }
}
