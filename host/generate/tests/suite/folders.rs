//! What a composed folder always is.
use atoll_model::{Limits, Manifest};

#[test]
fn a_folder_has_all_that_an_app_needs_and_no_template_marks() {
    for (prompt, outcome) in crate::support::outcomes() {
        let Ok((_, tree)) = outcome else { continue };
        for path in [
            "atoll.toml",
            "backend/index.ts",
            "frontend/App.tsx",
            "migrations/0001_create.sql",
            "tests/app.test.ts",
        ] {
            assert!(tree.get(path).is_some(), "{} has no {path}", prompt.id);
        }
        for (path, bytes) in tree.iter() {
            let text = std::str::from_utf8(bytes).unwrap();
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{} {path}", prompt.id);
            for mark in ["%{", "%[", "// @if", "// @else", "// @end", "\t"] {
                assert!(!text.contains(mark), "{} {path} holds {mark:?}", prompt.id);
            }
            assert!(
                text.lines().all(|line| line.trim_end() == line),
                "{} {path} has spaces at a line's end",
                prompt.id
            );
        }
    }
}

#[test]
fn the_manifest_grants_no_more_than_is_used() {
    for (prompt, outcome) in crate::support::outcomes() {
        let Ok((analysis, tree)) = outcome else { continue };
        let manifest = Manifest::parse(tree.text("atoll.toml").unwrap()).unwrap();
        assert!(manifest.grants.sql && !manifest.grants.kv, "{}", prompt.id);
        assert!(manifest.grants.http.is_empty() && manifest.grants.secrets.is_empty(), "{}", prompt.id);
        let published: Vec<String> =
            manifest.events.publishes.iter().map(|one| one.event_type.to_string()).collect();
        assert_eq!(published, analysis.specification.publishes(), "{}", prompt.id);
        for publish in &manifest.events.publishes {
            let schema = tree.text(publish.schema.as_ref().unwrap().as_str()).unwrap();
            let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
            assert_eq!(schema["type"], "object", "{}", prompt.id);
        }
    }
}

#[test]
fn the_source_does_nothing_that_a_scan_refuses() {
    for (prompt, outcome) in crate::support::outcomes() {
        let Ok((_, tree)) = outcome else { continue };
        for (path, bytes) in tree.iter().filter(|(path, _)| !path.as_str().starts_with("schemas/")) {
            let text = String::from_utf8_lossy(bytes);
            for forbidden in [
                "dangerouslySetInnerHTML",
                "innerHTML",
                "eval(",
                "new Function",
                "window.",
                "document.",
                "localStorage",
                "require(",
                "import(",
            ] {
                assert!(!text.contains(forbidden), "{} {path} holds {forbidden:?}", prompt.id);
            }
        }
    }
}

#[test]
fn labels_of_any_kind_stay_text() {
    let prompt = "a list of things with name, \"quo\\ted\" `tick` price, <b>bold</b> note, ${x} {y} amount, 100% cotton */ yes/no";
    let (_, tree) = crate::support::made(prompt, &[]).unwrap();
    let form = tree.text("frontend/parts/Form.tsx").unwrap();
    assert!(!form.contains("<b>"), "{form}");
}

#[test]
fn a_specification_that_names_no_field_is_an_error_and_no_folder() {
    let mut specification = crate::support::understood("a todo list").specification;
    specification.features.filters.push("nothing".into());
    let error = atoll_generate::compose(&specification, &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("there is no field \"nothing\""), "{error}");
}
