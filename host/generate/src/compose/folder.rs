//! `atoll.toml`, the migration and the schemas of events.

use serde_json::{Value, json};

use super::{backend::File, backend_field as part, children, plan::Plan, rules};
use crate::{GenerateError, View};

/// A TOML basic string: JSON's escapes are a subset of TOML's, apart from DEL.
fn toml(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    Value::String(clean).to_string()
}

pub(super) fn manifest(plan: &Plan<'_>) -> String {
    let spec = plan.spec;
    let (width, height) = match spec.view {
        View::Calendar => (560, 640),
        View::Cards => (520, 560),
        View::List if spec.features.figures.len() + spec.features.groups.len() > 1 => (480, 620),
        _ => (420, 560),
    };
    let mut text = format!(
        "name = {}\ntitle = {}\ndescription = {}\n\n[backend]\nentry = \"backend/index.ts\"\n\n[frontend]\nentry = \"frontend/App.tsx\"\n\
         width = {width}\nheight = {height}\n\n[grants]\nsql = true\n",
        toml(spec.name.as_str()),
        toml(&spec.title),
        toml(&spec.description),
    );
    for event in spec.publishes() {
        text.push_str(&format!(
            "\n[[events.publishes]]\ntype = \"{event}\"\nschema = \"{}\"\n",
            schema_path(&event)
        ));
    }
    for pattern in spec.sync.iter().flat_map(|sync| &sync.patterns) {
        text.push_str(&format!("\n[[events.subscribes]]\ntype = \"{pattern}\"\nfrom = \"start\"\n"));
    }
    text
}

fn schema_path(event: &str) -> String {
    format!("schemas/{}.json", event.replace('.', "-"))
}

pub(super) fn migration(plan: &Plan<'_>) -> Result<File, GenerateError> {
    let spec = plan.spec;
    let table = &plan.names.table;
    let mut columns = vec!["id TEXT PRIMARY KEY".to_owned()];
    columns.extend(spec.entity.fields.iter().map(part::column_definition));
    if spec.features.pin {
        columns.push("pinned INTEGER NOT NULL DEFAULT 0".into());
    }
    columns.extend(["created_at TEXT NOT NULL".to_owned(), "updated_at TEXT NOT NULL".to_owned()]);
    if spec.features.bin_days.is_some() {
        columns.push("deleted_at TEXT".into());
    }
    let mut parts = vec![format!("CREATE TABLE {table} (\n  {}\n);", columns.join(",\n  "))];
    parts.extend(rules::indexes(plan)?);
    parts.extend(children::tables(plan));
    if spec.features.streak {
        let var = &plan.names.var;
        parts.push(format!(
            "CREATE TABLE ticks (\n  {var}_id TEXT NOT NULL REFERENCES {table} (id) ON DELETE CASCADE,\n  day TEXT NOT NULL,\n  PRIMARY KEY ({var}_id, day)\n);"
        ));
    }
    if spec.features.closing.is_some() {
        parts.push(
            "CREATE TABLE settings (\n  id INTEGER PRIMARY KEY CHECK (id = 1),\n  closes_on TEXT\n);".into(),
        );
    }
    if spec.sync.is_some() {
        parts.push(
            "-- What other apps' events told; `at` is the time of the newest event about it.\nCREATE TABLE synced (\n  \
             source TEXT NOT NULL,\n  kind TEXT NOT NULL,\n  id TEXT NOT NULL,\n  title TEXT NOT NULL,\n  date TEXT,\n  time TEXT,\n  \
             done INTEGER NOT NULL,\n  deleted INTEGER NOT NULL,\n  at TEXT NOT NULL,\n  PRIMARY KEY (source, kind, id)\n);\n\
             CREATE INDEX synced_date ON synced (date);"
                .into(),
        );
    }
    Ok(("migrations/0001_create.sql".to_owned(), parts.join("\n\n") + "\n"))
}

pub(super) fn schemas(plan: &Plan<'_>) -> Vec<File> {
    let spec = plan.spec;
    let mut files = Vec::new();
    for event in spec.publishes() {
        let schema = if event.ends_with(".changed") { changed() } else { entity(plan) };
        files.push((schema_path(&event), format!("{schema:#}\n")));
    }
    files
}

fn entity(plan: &Plan<'_>) -> Value {
    let spec = plan.spec;
    let mut properties = serde_json::Map::new();
    properties.insert("id".into(), json!({ "type": "string" }));
    for field in &spec.entity.fields {
        properties.insert(field.name.clone(), part::schema(field));
    }
    if spec.features.pin {
        properties.insert("pinned".into(), json!({ "type": "boolean" }));
    }
    if spec.features.streak {
        properties.insert("streak".into(), json!({ "type": "integer" }));
        properties.insert(
            "days".into(),
            json!({ "type": "array", "items": { "type": "string", "format": "date" } }),
        );
    }
    for (name, _) in children::counts(plan) {
        properties.insert(name, json!({ "type": "number" }));
    }
    for name in ["created_at", "updated_at"] {
        properties.insert(name.into(), json!({ "type": "string", "format": "date-time" }));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": spec.entity.label,
        "type": "object",
        "properties": properties,
        "required": ["id"],
    })
}

fn changed() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "source": { "type": "string" },
            "kind": { "type": "string" },
            "title": { "type": "string" },
            "date": { "type": ["string", "null"] },
            "time": { "type": ["string", "null"] },
            "done": { "type": "boolean" },
        },
        "required": ["id", "source"],
    })
}
