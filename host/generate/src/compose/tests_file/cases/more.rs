//! Tests of what only some apps have: rules between entries, lists inside an entry, closing days, repeats, other
//! apps' events.

use super::{lines, test};
use crate::{
    Child, ChildKind, Field, FieldKind, GenerateError, Rule, View,
    compose::{names::Names, plan::Plan, tests_file::sample},
};

pub(super) fn rules(plan: &Plan<'_>) -> Result<Vec<String>, GenerateError> {
    let path = &plan.names.path;
    let mut tests = Vec::new();
    for rule in &plan.spec.rules {
        let (name, body) = match rule {
            Rule::UniqueTogether { fields, open_only } => {
                let same: Vec<String> =
                    fields.iter().map(|field| format!("{field}: sample().{field}")).collect();
                let close = match (&plan.spec.features.done, open_only) {
                    (Some(done), true) => format!(
                        "\nawait send(\"PATCH\", `/{path}/${{first.id}}`, {{ {}: true }});\nawait create(2, {{ {} }});",
                        done.field,
                        same.join(", ")
                    ),
                    _ => String::new(),
                };
                let first =
                    if close.is_empty() { "await create(1);" } else { "const first = await create(1);" };
                let name = format!("no two have the same {}", fields.join(" and "));
                (
                    name,
                    format!(
                        "{first}\nawait problems(await send(\"POST\", \"/{path}\", sample(2, {{ {} }})));{close}",
                        same.join(", ")
                    ),
                )
            }
            Rule::AtMost { count, field, .. } => {
                let Some(same) = same_for_many(plan, field) else { continue };
                (
                    format!("at most {count} have the same {field}"),
                    format!(
                        "for (let number = 1; number <= {count}; number += 1) await create(number, {{ {same} }});\n\
                         await problems(await send(\"POST\", \"/{path}\", sample({}, {{ {same} }})));",
                        count + 1
                    ),
                )
            }
            Rule::After { first, second, .. } => (
                format!("{second} comes after {first}"),
                format!(
                    "const wrong = sample(1, {{ {first}: sample().{second}, {second}: sample().{first} }});\n\
                     expect(Object.keys(await problems(await send(\"POST\", \"/{path}\", wrong)))).toContain(\"{second}\");"
                ),
            ),
            Rule::NoOverlap { date, start, end, within } => {
                let mut same: Vec<String> = vec![format!("{date}: sample().{date}")];
                same.extend(within.iter().map(|field| format!("{field}: sample().{field}")));
                (
                    "two may not overlap, but back to back is fine".to_owned(),
                    format!(
                        "await create(1);\n\
                         await problems(await send(\"POST\", \"/{path}\", sample(2, {{ {same}, {start}: sample().{start}, {end}: sample().{end} }})));\n\
                         await create(2, {{ {same} }});",
                        same = same.join(", ")
                    ),
                )
            }
            Rule::RequiredWhen { field, when } => (
                format!("{field} is needed when {when} is ticked"),
                format!(
                    "const wrong = sample(1, {{ {when}: true, {field}: {} }});\n\
                     expect(Object.keys(await problems(await send(\"POST\", \"/{path}\", wrong)))).toContain(\"{field}\");\n\
                     await create(1, {{ {when}: false, {field}: {} }});",
                    empty(plan.field(field)?),
                    empty(plan.field(field)?),
                ),
            ),
        };
        tests.push(test(&name, &lines(&body)));
    }
    Ok(tests)
}

/// What many entries with the same value of a field share in a test; nothing when their samples would offend
/// against another rule.
fn same_for_many(plan: &Plan<'_>, field: &str) -> Option<String> {
    let fields = &plan.spec.entity.fields;
    let differs =
        |name: &String| name != field && plan.spec.entity.field(name).is_some_and(sample::all_differ);
    let offends =
        fields.iter().any(|one| one.unique && !sample::all_differ(one))
            || plan.spec.rules.iter().any(
                |rule| matches!(rule, Rule::UniqueTogether { fields, .. } if !fields.iter().any(differs)),
            );
    // Times and durations have no room for many different ones.
    let clock = |one: &&Field| matches!(one.kind, FieldKind::Time | FieldKind::Duration);
    let names = std::iter::once(field).chain(fields.iter().filter(clock).map(|one| one.name.as_str()));
    let same: Vec<String> = names.map(|name| format!("{name}: sample().{name}")).collect();
    (!offends).then(|| same.join(", "))
}

fn empty(field: &Field) -> &'static str {
    if field.kind.is_text() { "\"\"" } else { "null" }
}

pub(super) fn child_test(plan: &Plan<'_>, child: &Child, names: &Names) -> String {
    let path = &plan.names.path;
    let mut properties: Vec<String> = Vec::new();
    let ledger = matches!(child.kind, ChildKind::Ledger { .. });
    for field in &child.entity.fields {
        let value = sample::value(plan, field);
        let value = value.replace("${word}", "one").replace("${number}", "1").replace("number === 1", "true");
        let value = if value.contains("day(") {
            value.replace("day(1)", "\"2024-05-07\"").replace("day(10)", "\"2024-05-17\"")
        } else {
            value
        };
        let value = match field.kind {
            FieldKind::DateTime => "\"2024-05-07T10:30\"".to_owned(),
            FieldKind::Time => "\"10:30\"".to_owned(),
            _ => value,
        };
        properties.push(format!("{}: {value}", field.name));
    }
    let line = format!("{{ {} }}", properties.join(", "));
    let at = format!("`/{path}/${{made.id}}/{}`", names.path);
    let name = format!("{} belong to one {}", child.entity.plural_label, plan.spec.entity.label);
    let ty = &names.ty;
    let body = match &child.kind {
        ChildKind::Plain => format!(
            "const made = await create();\nconst line = {line};\nexpect((await send(\"POST\", {at}, line)).status).toBe(201);\n\
             const all = (await (await app.fetch({at})).json()) as {ty}[];\nexpect(all.length).toBe(1);\n\
             expect((await send(\"DELETE\", `/{path}/${{made.id}}/{}/${{all[0]?.id}}`)).status).toBe(204);\n\
             expect(((await (await app.fetch({at})).json()) as {ty}[]).length).toBe(0);",
            names.path
        ),
        ChildKind::Places { capacity } => format!(
            "const made = await create(1, {{ {capacity}: 1 }});\nconst line = {line};\n\
             expect((await send(\"POST\", {at}, line)).status).toBe(201);\nexpect((await send(\"POST\", {at}, line)).status).toBe(422);\n\
             const all = (await (await app.fetch({at})).json()) as {ty}[];\nexpect(all.length).toBe(1);\n\
             await send(\"DELETE\", `/{path}/${{made.id}}/{}/${{all[0]?.id}}`);\n\
             expect((await send(\"POST\", {at}, line)).status).toBe(201);",
            names.path
        ),
        ChildKind::Ledger { quantity } => {
            let spread =
                if properties.is_empty() { String::new() } else { format!(", {}", properties.join(", ")) };
            format!(
                "const made = await create(1, {{ {quantity}: 4 }});\n\
                 const book = (direction: string, amount: number) => send(\"POST\", {at}, {{ direction, amount{spread} }});\n\
                 expect((await book(\"out\", 5)).status).toBe(422);\nexpect((await book(\"out\", 3)).status).toBe(201);\n\
                 expect((await book(\"in\", 2)).status).toBe(201);\n\
                 expect((await list())[0]?.{quantity}).toBe(3);\n\
                 expect(((await (await app.fetch({at})).json()) as {ty}[]).length).toBe(2);"
            )
        }
    };
    debug_assert!(!ledger || body.contains("book"));
    test(&name, &lines(&body))
}

pub(super) fn closing(plan: &Plan<'_>) -> Option<String> {
    plan.spec.features.closing.map(|_| {
        let body = format!(
            "await send(\"PUT\", \"/settings\", {{ closes_on: \"2020-01-01\" }});\n\
             expect((await send(\"POST\", \"/{0}\", sample())).status).toBe(422);\n\
             await send(\"PUT\", \"/settings\", {{ closes_on: \"2999-01-01\" }});\nawait create();",
            plan.names.path
        );
        test("after the closing day no answers are taken", &lines(&body))
    })
}

pub(super) fn repeat(plan: &Plan<'_>) -> Result<Option<String>, GenerateError> {
    let Some(repeat) = plan.spec.features.repeat else { return Ok(None) };
    let path = &plan.names.path;
    let date = &plan.date_field()?.name;
    let body = format!(
        "expect((await send(\"POST\", \"/{path}\", sample(1, {{ repeat_weeks: 3 }}))).status).toBe(201);\n\
         const days = (await list()).map((one) => Date.parse(one.{date}.slice(0, 10)) / 86_400_000).sort();\n\
         expect(days.map((day) => day - (days[0] ?? 0))).toEqual([0, 7, 14]);\n\
         expect((await send(\"POST\", \"/{path}\", sample(2, {{ repeat_weeks: {} }}))).status).toBe(422);\n\
         expect((await list()).length).toBe(3);",
        repeat.weeks_max + 1
    );
    Ok(Some(test("one can be repeated weekly", &lines(&body))))
}

pub(super) fn sync(plan: &Plan<'_>) -> Option<String> {
    let sync = plan.spec.sync.as_ref()?;
    let kind = sync.patterns.first()?.as_str().trim_end_matches(".*").to_owned();
    let kind = if kind == "*" { "thing".to_owned() } else { kind };
    let title = sync.title_properties.first()?;
    let date = sync.date_properties.first()?;
    let done = sync.done_properties.first().map(|name| format!(", {name}: true")).unwrap_or_default();
    let is_calendar = plan.spec.view == View::Calendar;
    let mut body = lines(&format!(
        "const synced = async () => (await (await app.fetch(\"/synced\")).json()) as Synced[];\n\
         const data = {{ id: \"a\", {title}: \"Dentist\", {date}: \"2024-05-07\" }};\n\
         await app.event(\"{kind}.created\", data);\nawait app.event(\"{kind}.created\", data);\n\
         expect((await synced()).length).toBe(1);\nexpect((await synced())[0]?.title).toBe(\"Dentist\");\n\
         expect((await synced())[0]?.date).toBe(\"2024-05-07\");\n\
         await app.event(\"{kind}.updated\", {{ ...data, {date}: \"2024-05-09\"{done} }});\n\
         expect((await synced())[0]?.date).toBe(\"2024-05-09\");"
    ));
    if !done.is_empty() {
        body.push("expect((await synced())[0]?.done).toBe(true);".into());
    }
    if is_calendar {
        body.push("expect(((await (await app.fetch(\"/synced?from=2024-06-01&to=2024-06-30\")).json()) as Synced[]).length).toBe(0);".into());
    }
    body.extend(lines(&format!(
        "await app.event(\"{kind}.deleted\", data);\nexpect((await synced()).length).toBe(0);\n\
         expect(published().at(-1)?.type).toBe(\"{}.changed\");",
        sync.name
    )));
    Some(test("what other apps tell shows up once, follows changes, and goes", &body))
}
