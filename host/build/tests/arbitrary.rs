//! Whatever the text, a check ends and says something sensible.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as tests do")]

use atoll_model::{Limits, SourcePath, SourceTree};
use proptest::prelude::*;

fn check(files: &[(&str, &[u8])]) -> Vec<atoll_model::Diagnostic> {
    let limits = Limits::default();
    let mut tree = SourceTree::new();
    for (path, content) in files {
        tree.insert(SourcePath::parse(path).unwrap(), content.to_vec(), &limits).unwrap();
    }
    atoll_build::check(&tree, &limits)
}

const MANIFEST: &[u8] = b"name = \"a\"\n[backend]\nentry = \"b.ts\"\n[frontend]\nentry = \"App.tsx\"\n";

/// Pieces that rules look for, so that random programs reach them.
fn program() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "eval",
        "window",
        "globalThis",
        "['ev' + 'al']",
        ".constructor",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ";",
        "\n",
        "=",
        "=>",
        "const ",
        "let ",
        "a",
        "b",
        "env",
        ".KV",
        ".BUS.publish('a.b')",
        "fetch('https://x.y')",
        "import ",
        "export default ",
        "from './b'",
        "\"",
        "'",
        "`",
        "${",
        "/",
        "/*",
        "*/",
        "//",
        "<p>",
        "</p>",
        "<script/>",
        "__proto__",
        ".push(1)",
        "++",
        "while(true)",
        "for(;;)",
        "async ",
        "await ",
        "function ",
        "class ",
        "return ",
        "import('x')",
        "process.env.A",
        "💥",
        "\u{2028}",
        "\0",
        "type A = ",
        ": number",
        "...",
        "?.",
        "!",
        "as any",
        "delete ",
        "with ",
        "static ",
        "#x",
        "@d ",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_program_of_known_pieces_is_checked(backend in program(), page in program()) {
        let found = check(&[("atoll.toml", MANIFEST), ("b.ts", backend.as_bytes()), ("App.tsx", page.as_bytes())]);
        for diagnostic in found {
            prop_assert_ne!(&diagnostic.rule, "build", "{}", diagnostic.message);
            prop_assert!(diagnostic.hint.is_some());
        }
    }

    #[test]
    fn any_text_is_checked(text in "\\PC{0,300}") {
        let found = check(&[("atoll.toml", MANIFEST), ("b.ts", text.as_bytes()), ("App.tsx", text.as_bytes())]);
        prop_assert!(found.iter().all(|d| d.rule != "build"), "{:?}", found);
    }

    #[test]
    fn any_bytes_in_any_file_are_checked(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let found = check(&[("atoll.toml", &bytes[..])]);
        prop_assert!(found.iter().any(|d| d.is_error()));
        let found = check(&[("atoll.toml", MANIFEST), ("b.ts", &bytes[..]), ("App.tsx", &bytes[..]), ("x.json", &bytes[..])]);
        prop_assert!(found.iter().all(|d| d.rule != "build"), "{:?}", found);
    }
}
