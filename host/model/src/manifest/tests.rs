use super::*;
use crate::{PlaceholderGrant, SecretGrant};

/// The manifest of the contract, to the letter.
const CONTRACT: &str = r#"
name = "todo"                       # [a-z][a-z0-9-]{0,62}
title = "Todo list"
description = "Tasks with categories, due dates and priorities"

[backend]
entry = "backend/index.ts"
[backend.limits]                    # every one optional; the host's maximum wins
memory_mib = 64
cpu_ms = 50
wall_ms = 10000

[frontend]
entry = "frontend/App.tsx"
width = 380
height = 520

[grants]                            # absent means no
kv = true
sql = true
http = ["https://api.example.com"]
secrets = ["API_KEY"]

[[events.publishes]]
type = "todo.created"
schema = "schemas/todo-created.json"
[[events.subscribes]]
type = "calendar.*"

[[schedule]]
cron = "0 9 * * *"
"#;

fn error(text: &str) -> String {
    Manifest::parse(text).unwrap_err().to_string()
}

#[test]
fn the_contracts_manifest_parses() {
    let manifest = Manifest::parse(CONTRACT).unwrap();
    assert_eq!(manifest.name.as_str(), "todo");
    assert!(manifest.grants_capability(Capability::Kv) && manifest.grants_capability(Capability::Bus));
    assert!(manifest.may_publish(&EventType::parse("todo.created").unwrap()));
    assert!(!manifest.may_publish(&EventType::parse("calendar.created").unwrap()));
    assert!(manifest.subscribes_to(&EventType::parse("calendar.created").unwrap()));
    assert_eq!(manifest.limits(&Limits::default()).memory_mib, 64);
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_key() {
    let text = error("name = \"a\"\n[backend]\nentry = \"b.ts\"\n[grants]\nsqll = true\n");
    assert_eq!(text, "atoll.toml:5:1: unknown key \"sqll\" in [grants]; did you mean \"sql\"?");
}

#[test]
fn a_bad_name_and_a_bad_origin_say_what_and_where() {
    let text = error("name = \"Todo List\"\n[backend]\nentry = \"b.ts\"\n");
    assert!(text.starts_with("atoll.toml:1:8:") && text.contains("todo-list"), "{text}");
    let text = error("name = \"a\"\n[backend]\nentry = \"b.ts\"\n[grants]\nhttp = [\"api.example.com\"]\n");
    assert!(text.starts_with("atoll.toml:5:") && text.contains("web origin"), "{text}");
}

#[test]
fn nonsense_is_refused() {
    assert!(error("name = \"a\"").contains("neither a backend nor a frontend"));
    assert!(error("name = \"a\"\n[backend]\nentry=\"x.ts\"\ncomponent=\"x.wasm\"").contains("both"));
    assert!(error("name = \"a\"\n[backend]\nentry=\"../x.ts\"").contains("'..'"));
    assert!(
        error("name = \"a\"\n[backend]\nentry=\"x.ts\"\n[grants]\nsecrets=[\"DB\"]").contains("own binding")
    );
    assert!(error("name = \"a\"\n[[backend]]\nentry=\"x.ts\"").contains("atoll.toml:2"));
    assert!(error("name = ").contains("atoll.toml:1"));
}

#[test]
fn no_grant_is_given_by_silence() {
    let manifest = Manifest::parse("name = \"a\"\n[backend]\nentry = \"b.ts\"\n").unwrap();
    for capability in [Capability::Kv, Capability::Sql, Capability::Bus, Capability::Http, Capability::Secret]
    {
        assert!(!manifest.grants_capability(capability), "{capability}");
    }
}

#[test]
fn a_manifest_survives_json() {
    let manifest = Manifest::parse(CONTRACT).unwrap();
    let json = serde_json::to_string(&manifest).unwrap();
    assert_eq!(serde_json::from_str::<Manifest>(&json).unwrap(), manifest);
}

fn with_grants(grants: &str) -> Result<Manifest, String> {
    let text = format!("name = \"a\"\n[backend]\nentry = \"b.ts\"\n[grants]\n{grants}");
    Manifest::parse(&text).map_err(|error| error.to_string())
}

#[test]
fn a_secret_is_a_value_or_a_placeholder() {
    let manifest = with_grants(
        "http = [\"https://*.example.com\"]\nsecrets = [\"PLAIN\", { name = \"EVERYWHERE\", placeholder = true },\n\
         { name = \"ONE\", placeholder = true, origins = [\"https://a.example.com\"], query = true }, { name = \"READ\" }]",
    )
    .unwrap();
    let [plain, everywhere, one, read] = &manifest.grants.secrets[..] else { panic!("four") };
    assert_eq!((plain, read), (&SecretGrant::readable("PLAIN"), &SecretGrant::readable("READ")));
    assert_eq!(everywhere.placeholder, Some(PlaceholderGrant::default()));
    let granted = one.placeholder.as_ref().unwrap();
    assert!(granted.query && granted.origins[0].as_str() == "https://a.example.com");
    let json = serde_json::to_string(&manifest).unwrap();
    assert_eq!(serde_json::from_str::<Manifest>(&json).unwrap(), manifest);
}

#[test]
fn a_secret_that_makes_no_sense_says_why() {
    let http = "http = [\"https://a.example.com\"]\n";
    let cases = [
        ("secrets = [{ name = \"A\", placeholder = true }]", "names no origin"),
        (
            "secrets = [{ name = \"A\", placeholder = true, origins = [\"https://b.example.com\"] }]",
            "does not grant",
        ),
        ("secrets = [{ name = \"A\", placeholder = true, origins = [] }]", "has no origin"),
        ("secrets = [{ name = \"A\", origins = [\"https://a.example.com\"] }]", "add placeholder = true"),
        ("secrets = [{ name = \"A\", placeholders = true }]", "did you mean \"placeholder\"?"),
        ("secrets = [{ name = \"a\" }]", "is not a name for a secret"),
        ("secrets = [\"A\", { name = \"A\" }]", "granted twice"),
        ("secrets = [7]", "a secret's name"),
    ];
    for (index, (secrets, reason)) in cases.into_iter().enumerate() {
        let grants = if index == 0 { secrets.to_owned() } else { format!("{http}{secrets}") };
        let error = with_grants(&grants).unwrap_err();
        assert!(error.contains(reason), "{secrets}: {error}");
    }
}

#[test]
fn renaming_touches_the_name_only() {
    let name = AppName::parse("other").unwrap();
    for (text, renamed) in [
        (
            "title = \"name = x\"\nname = \"todo\"\n[backend.vars]\nname = \"y\"\n",
            "title = \"name = x\"\nname = \"other\"\n[backend.vars]\nname = \"y\"\n",
        ),
        ("name = 'todo'  # its name\r\ntitle = 'x'\r\n", "name = \"other\"  # its name\r\ntitle = 'x'\r\n"),
        (
            "description = \"\"\"\nname = x\n\"\"\"\n\"name\" = \"todo\"",
            "description = \"\"\"\nname = x\n\"\"\"\n\"name\" = \"other\"",
        ),
        ("[grants]\nname = 'x'\n", "[grants]\nname = 'x'\n"),
        ("name = ", "name = "),
    ] {
        assert_eq!(rename(text, &name), renamed);
    }
}

#[test]
fn every_list_and_text_has_an_end() {
    let app = "name = \"a\"\n[backend]\nentry = \"b.ts\"\n";
    let many = "[[events.subscribes]]\ntype = \"a.b\"\n";
    assert!(Manifest::parse(&format!("{app}{}", many.repeat(ENTRIES_MAX))).is_ok());
    assert!(
        error(&format!("{app}{}", many.repeat(ENTRIES_MAX + 1))).contains("[[events.subscribes]] has 257")
    );
    let text = error(&format!("title = \"{}\"\n{app}", "ä".repeat(TITLE_CHARS_MAX + 1)));
    assert!(text.contains("the title has 201 characters; 200"), "{text}");
    let text = error(&format!("{} = 1\n{app}", "k".repeat(500_000)));
    assert!(text.contains("unknown key") && text.len() < 400, "{text}");
}

#[test]
fn a_binding_has_one_meaning() {
    let app = "name = \"a\"\n[backend]\nentry = \"b.ts\"\n[backend.vars]\nAPI_KEY = \"x\"\n[grants]\n";
    assert!(
        error(&format!("{app}secrets = [\"API_KEY\"]")).contains("API_KEY is both a secret and a variable")
    );
    assert!(Manifest::parse(&format!("{app}secrets = [\"OTHER\"]")).is_ok());
}
