//! Finds keys that mean nothing, before serde sees the text: with the place of the key and the nearest key
//! that would mean something.

use toml::de::{DeTable, DeValue};

use super::{ManifestError, line_and_column};

/// What may stand where. `Any` holds keys of the author's choosing.
enum Shape {
    Value,
    Any,
    Table(&'static [(&'static str, Shape)]),
    Tables(&'static [(&'static str, Shape)]),
}
use Shape::{Any, Table, Tables, Value};

const ROOT: &[(&str, Shape)] = &[
    ("name", Value),
    ("title", Value),
    ("description", Value),
    (
        "backend",
        Table(&[
            ("entry", Value),
            ("component", Value),
            (
                "limits",
                Table(&[
                    ("memory_mib", Value),
                    ("cpu_ms", Value),
                    ("wall_ms", Value),
                    ("fuel", Value),
                    ("body_mib", Value),
                ]),
            ),
            ("vars", Any),
        ]),
    ),
    ("frontend", Table(&[("entry", Value), ("width", Value), ("height", Value)])),
    (
        "grants",
        Table(&[
            ("kv", Value),
            ("sql", Value),
            ("http", Value),
            // A secret is a name or a table; a name is no table and passes.
            (
                "secrets",
                Tables(&[("name", Value), ("placeholder", Value), ("origins", Value), ("query", Value)]),
            ),
        ]),
    ),
    (
        "events",
        Table(&[
            ("publishes", Tables(&[("type", Value), ("schema", Value)])),
            ("subscribes", Tables(&[("type", Value), ("from", Value), ("schema", Value)])),
        ]),
    ),
    ("schedule", Tables(&[("cron", Value), ("timezone", Value), ("missed", Value), ("overlap", Value)])),
];

pub(super) fn check(text: &str) -> Result<(), ManifestError> {
    let table = DeTable::parse(text).map_err(|e| super::from_toml(text, &e))?;
    check_table(text, table.get_ref(), ROOT, "")
}

fn check_table(
    text: &str,
    table: &DeTable<'_>,
    known: &[(&str, Shape)],
    path: &str,
) -> Result<(), ManifestError> {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let Some((_, shape)) = known.iter().find(|(k, _)| *k == name) else {
            return Err(unknown(text, name, key.span().start, known, path));
        };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match (shape, value.get_ref()) {
            (Table(inner), DeValue::Table(table)) => check_table(text, table, inner, &path)?,
            (Tables(inner), DeValue::Array(items)) => {
                for item in items.iter() {
                    if let DeValue::Table(table) = item.get_ref() {
                        check_table(text, table, inner, &path)?;
                    }
                }
            }
            // A value of the wrong shape is serde's to report, with what it expected.
            _ => {}
        }
    }
    Ok(())
}

fn unknown(text: &str, name: &str, offset: usize, known: &[(&str, Shape)], path: &str) -> ManifestError {
    let within = if path.is_empty() { "at the top level".to_owned() } else { format!("in [{path}]") };
    // Cut before it is compared: a key may be as long as the file, and comparing takes memory by its length.
    let shown: String = name.chars().take(80).collect();
    let near = known
        .iter()
        .map(|(key, _)| (strsim::damerau_levenshtein(key, &shown), *key))
        .min()
        .filter(|(distance, key)| *distance <= key.len().max(3) / 2);
    let hint = match near {
        Some((_, key)) => format!("did you mean {key:?}?"),
        None => {
            format!("known keys are {}", known.iter().map(|(k, _)| *k).collect::<Vec<_>>().join(", "))
        }
    };
    ManifestError::new(
        format!("unknown key {shown:?} {within}"),
        Some(hint),
        Some(line_and_column(text, offset)),
    )
}
