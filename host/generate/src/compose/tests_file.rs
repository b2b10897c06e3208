//! `tests/app.test.ts`: what the specification promises, as tests that run in the sandbox before each deploy.

mod cases;
mod sample;

use super::{plan::Plan, template::template};
use crate::{FieldKind, GenerateError};

pub(super) fn render(plan: &Plan<'_>) -> Result<String, GenerateError> {
    let mut values = plan.values();
    let entity = &plan.spec.entity;
    let lines: Vec<String> = entity
        .fields
        .iter()
        .map(|field| format!("{}: {},", field.name, sample::value(plan, field)))
        .collect();
    values.lines("sample", &lines);
    let joined = lines.join("\n");
    let mut lets = Vec::new();
    if joined.contains("${word}") {
        lets.push("const word = [\"zero\", \"one\", \"two\", \"three\", \"four\", \"five\"][number] ?? String(number);".to_owned());
    }
    if joined.contains("day(") {
        lets.push("const day = (base: number) => new Date(Date.UTC(2024, 4, base + number)).toISOString().slice(0, 10);".to_owned());
    }
    values.lines("sample_lets", &lets);
    let expects: Vec<String> = entity
        .fields
        .iter()
        .map(|field| match field.kind {
            FieldKind::Tags => format!("expect(found.{0}).toEqual(sample().{0});", field.name),
            _ => format!("expect(found.{0}).toBe(sample().{0});", field.name),
        })
        .collect();
    values.lines("created_expects", &expects);
    let (field, change) = sample::change(plan);
    values.text("change", change).text("change_field", &field.name);
    let expect = match field.kind {
        FieldKind::Tags => format!("toEqual(sample(2).{})", field.name),
        _ => format!("toBe(sample(2).{})", field.name),
    };
    values.text("change_expect", expect);
    let mut types = vec!["Summary".to_owned(), plan.names.ty.clone()];
    types.extend(plan.children.iter().map(|(_, names)| names.ty.clone()));
    let tests = cases::all(plan)?;
    let all = tests.join("\n");
    values.flag("problems", all.contains("problems("));
    types.retain(|ty| *ty == plan.names.ty || all.contains(&format!("as {ty}")));
    if plan.spec.sync.is_some() {
        types.push("Synced".into());
    }
    types.sort();
    values.text("test_type_imports", types.join(", "));
    values.text(
        "more_tests",
        if tests.is_empty() { String::new() } else { format!("\n{}", tests.join("\n\n")) },
    );
    values.render(template!("tests/app.test.ts"))
}
