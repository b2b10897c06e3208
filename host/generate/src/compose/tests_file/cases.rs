//! The tests beyond create, read, update and delete: one function for each thing that can be promised.

mod more;

use super::sample;
use crate::{
    Field, FieldKind, GenerateError, InitialValue,
    compose::{
        plan::Plan,
        text::{js, number},
    },
};

/// A test with its name and the lines of its body.
fn test(name: &str, body: &[String]) -> String {
    format!("test({}, async () => {{\n  {}\n}});", js(name), body.join("\n").replace('\n', "\n  "))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

pub(super) fn all(plan: &Plan<'_>) -> Result<Vec<String>, GenerateError> {
    let mut tests = Vec::new();
    tests.extend(wrong_values(plan));
    tests.extend(unique(plan));
    tests.extend(search(plan));
    tests.extend(filters(plan)?);
    tests.extend(done(plan));
    tests.extend(pinned(plan));
    tests.extend(bin(plan));
    tests.extend(bin_and_unique(plan));
    tests.extend(streak(plan));
    tests.extend(month(plan));
    tests.extend(figures(plan)?);
    tests.extend(more::rules(plan)?);
    tests.extend(plan.children.iter().map(|(child, names)| more::child_test(plan, child, names)));
    tests.extend(more::closing(plan));
    tests.extend(more::repeat(plan)?);
    tests.extend(more::sync(plan));
    Ok(tests)
}

/// Values that a field refuses.
fn refused(field: &Field) -> Vec<String> {
    let mut values = Vec::new();
    if field.must_be_yes {
        values.push("false".to_owned());
    } else if field.required && !matches!(field.kind, FieldKind::YesNo | FieldKind::Tags) {
        let falls_back = match &field.initial {
            Some(InitialValue::Today) => field.kind == FieldKind::Date,
            Some(InitialValue::Text(_)) => true,
            _ => false,
        };
        if !falls_back {
            values.push(if field.kind.is_text() { "\"  \"".into() } else { "null".into() });
        }
    }
    if let Some(pattern) = &field.pattern {
        values.push(js(&pattern.counterexample));
    }
    match &field.kind {
        FieldKind::Email => values.push("\"foo@\"".into()),
        FieldKind::Phone => values.push("\"call me\"".into()),
        FieldKind::Url => values.push("\"no address\"".into()),
        FieldKind::Number | FieldKind::Integer | FieldKind::Money => {
            values.extend(["\"abc\"".to_owned(), "\"1,000\"".to_owned()]);
            values.extend(
                field.minimum.map(|least| number(if field.above_minimum { least } else { least - 1.0 })),
            );
            values.extend(field.maximum.map(|most| number(most + 1.0)));
        }
        FieldKind::Date => {
            values.push("\"2026-02-30\"".into());
            if field.past {
                values.push("\"2999-01-01\"".into());
            }
        }
        FieldKind::DateTime => values.push("\"soon\"".into()),
        FieldKind::Time => values.push("\"25:00\"".into()),
        FieldKind::Duration => values.push("\"0:75:10\"".into()),
        FieldKind::Choice { .. } | FieldKind::Priority | FieldKind::Colour => {
            values.push("\"nonsense\"".into())
        }
        _ => {}
    }
    if field.kind.is_text()
        && let Some(most) = field.maximum
    {
        values.push(format!("\"x\".repeat({})", number(most + 1.0)));
    }
    values
}

fn wrong_values(plan: &Plan<'_>) -> Option<String> {
    let mut body: Vec<String> = Vec::new();
    for field in &plan.spec.entity.fields {
        for value in refused(field) {
            let name = &field.name;
            body.push(format!(
                "expect(Object.keys(await problems(await send(\"POST\", \"/{}\", sample(1, {{ {name}: {value} }}))))).toContain(\"{name}\");",
                plan.names.path
            ));
        }
    }
    if body.is_empty() {
        return None;
    }
    body.push("expect((await list()).length).toBe(0);".into());
    Some(test("what is missing or wrong is refused, with a message at its field", &body))
}

fn unique(plan: &Plan<'_>) -> Vec<String> {
    plan.spec
        .entity
        .fields
        .iter()
        .filter(|field| field.unique)
        .map(|field| {
            let name = &field.name;
            let body = format!(
                "await create();\nconst again = await send(\"POST\", \"/{}\", sample(2, {{ {name}: sample().{name} }}));\n\
                 expect(Object.keys(await problems(again))).toContain(\"{name}\");\nexpect((await list()).length).toBe(1);",
                plan.names.path
            );
            test(&format!("no two have the same {}", field.label), &lines(&body))
        })
        .collect()
}

fn search(plan: &Plan<'_>) -> Vec<String> {
    let fields = plan.spec.features.search.iter().filter_map(|name| plan.spec.entity.field(name));
    fields
        .filter(|field| !field.unique && field.pattern.is_none() && matches!(field.kind, FieldKind::Text | FieldKind::LongText))
        .filter(|field| field.maximum.is_none_or(|most| most > 30.0))
        .map(|field| {
            let body = format!(
                "await create(1, {{ {0}: \"a needle in a haystack\" }});\nawait create(2);\n\
                 expect((await list(\"search=needle\")).length).toBe(1);\nexpect((await list(\"search=nowhere\")).length).toBe(0);",
                field.name
            );
            test(&format!("the search looks in {}", field.label), &lines(&body))
        })
        .collect()
}

fn filters(plan: &Plan<'_>) -> Result<Vec<String>, GenerateError> {
    let mut tests = Vec::new();
    for name in &plan.spec.features.filters {
        let field = plan.field(name)?;
        let value = match field.kind {
            FieldKind::Tags => "\"tag1\"".to_owned(),
            FieldKind::YesNo => "\"1\"".to_owned(),
            _ => format!("String(sample().{name})"),
        };
        let always_same = field.must_be_yes
            || matches!(&field.kind, FieldKind::Choice { options } if options.len() < 2)
            || plan.spec.features.done.as_ref().is_some_and(|done| done.field == *name);
        if always_same {
            continue;
        }
        let body = format!(
            "const first = await create(1);\nawait create(2);\n\
             const found = await list(new URLSearchParams({{ {name}: {value} }}).toString());\n\
             expect(found.map(({{ id }}) => id)).toEqual([first.id]);\nexpect((await list()).length).toBe(2);"
        );
        tests.push(test(&format!("the filter for {} shows only what matches", field.label), &lines(&body)));
    }
    Ok(tests)
}

fn done(plan: &Plan<'_>) -> Option<String> {
    let done = plan.spec.features.done.as_ref()?;
    let (field, path) = (&done.field, &plan.names.path);
    let body = format!(
        "const first = await create(1);\nawait create(2);\n\
         const open = async () => ((await (await app.fetch(\"/{path}/summary\")).json()) as Summary).open;\n\
         expect(await open()).toBe(2);\n\
         await send(\"PATCH\", `/{path}/${{first.id}}`, {{ {field}: true }});\n\
         expect((await list(\"{field}=1\")).map(({{ id }}) => id)).toEqual([first.id]);\n\
         expect((await list(\"{field}=0\")).length).toBe(1);\nexpect(await open()).toBe(1);"
    );
    Some(test("what is ticked is kept, and can be told from what is open", &lines(&body)))
}

fn pinned(plan: &Plan<'_>) -> Option<String> {
    let path = &plan.names.path;
    plan.spec.features.pin.then(|| {
        let (_, change) = sample::change(plan);
        let body = format!(
            "const first = await create(1);\nconst second = await create(2);\n\
             await send(\"PATCH\", `/{path}/${{first.id}}`, {{ pinned: true }});\n\
             await send(\"PATCH\", `/{path}/${{second.id}}`, {{ {change} }});\nexpect((await list())[0]?.id).toBe(first.id);\n\
             await send(\"PATCH\", `/{path}/${{first.id}}`, {{ pinned: false }});\nexpect((await list())[0]?.pinned).toBe(false);"
        );
        test("what is pinned comes first", &lines(&body))
    })
}

fn bin(plan: &Plan<'_>) -> Option<String> {
    let path = &plan.names.path;
    plan.spec.features.bin_days.map(|_| {
        let body = format!(
            "const made = await create();\nawait create(2);\nawait send(\"DELETE\", `/{path}/${{made.id}}`);\n\
             expect((await list()).length).toBe(1);\n\
             expect((await list(\"bin=1\")).map(({{ id }}) => id)).toEqual([made.id]);\n\
             await send(\"POST\", `/{path}/${{made.id}}/restore`);\nexpect((await list()).length).toBe(2);"
        );
        test("what was deleted waits in the bin and can be restored", &lines(&body))
    })
}

/// What is in the bin does not count, so what it had may be taken when it is to come back.
fn bin_and_unique(plan: &Plan<'_>) -> Option<String> {
    let path = &plan.names.path;
    plan.spec.features.bin_days?;
    let unique = &plan.spec.entity.fields.iter().find(|field| field.unique)?.name;
    let body = format!(
        "const made = await create();\nawait send(\"DELETE\", `/{path}/${{made.id}}`);\n\
         await create(2, {{ {unique}: sample().{unique} }});\n\
         expect((await send(\"POST\", `/{path}/${{made.id}}/restore`)).status).toBe(422);"
    );
    Some(test("what has been taken meanwhile keeps the bin's from coming back", &lines(&body)))
}

fn streak(plan: &Plan<'_>) -> Option<String> {
    let path = &plan.names.path;
    plan.spec.features.streak.then(|| {
        let body = format!(
            "const made = await create();\nconst tick = (day: string) => send(\"PUT\", `/{path}/${{made.id}}/ticks/${{day}}`);\n\
             const streak = async (today: string) => (await list(`today=${{today}}`))[0]?.streak;\n\
             await tick(\"2024-05-06\");\nawait tick(\"2024-05-07\");\nawait tick(\"2024-05-07\");\n\
             expect(await streak(\"2024-05-07\")).toBe(2);\n// Today is not over yet.\nexpect(await streak(\"2024-05-08\")).toBe(2);\n\
             expect(await streak(\"2024-05-09\")).toBe(0);\nawait send(\"DELETE\", `/{path}/${{made.id}}/ticks/2024-05-07`);\n\
             expect(await streak(\"2024-05-07\")).toBe(1);\nexpect((await tick(\"no day\")).status).toBe(422);\nexpect((await list(\"today=nonsense\")).length).toBe(1);"
        );
        test("ticked days in a row make a streak", &lines(&body))
    })
}

fn month(plan: &Plan<'_>) -> Option<String> {
    let field = plan.spec.features.month.as_ref()?;
    let later = if plan.spec.entity.field(field)?.kind == FieldKind::DateTime {
        "2023-12-24T10:30"
    } else {
        "2023-12-24"
    };
    let body = format!(
        "await create(1);\nconst other = await create(2, {{ {field}: \"{later}\" }});\n\
         expect((await list(\"month=2023-12\")).map(({{ id }}) => id)).toEqual([other.id]);"
    );
    Some(test("one month can be seen by itself", &lines(&body)))
}

fn figures(plan: &Plan<'_>) -> Result<Option<String>, GenerateError> {
    let features = &plan.spec.features;
    let path = &plan.names.path;
    let mut body = lines("await create(1);\nawait create(2);");
    body.push(format!("const summary = (await (await app.fetch(\"/{path}/summary\")).json()) as Summary;"));
    body.push("expect(summary.count).toBe(2);".into());
    for (index, figure) in features.figures.iter().enumerate() {
        if plan.spec.entity.field(&figure.field).is_none() {
            continue;
        }
        let of = |name: &str, n: u8| format!("(sample({n}).{name} ?? 0)");
        let term = |n: u8| match &figure.times {
            Some(times) => format!("{} * {}", of(&figure.field, n), of(times, n)),
            None => of(&figure.field, n),
        };
        body.push(format!(
            "expect(Math.round(summary.figure_{} * 100)).toBe(Math.round(({} + {}) * 100));",
            index + 1,
            term(1),
            term(2)
        ));
    }
    for (index, group) in features.groups.iter().enumerate() {
        let field = plan.field(&group.by)?;
        let different = !matches!(&field.kind, FieldKind::Choice { options } if options.len() < 2)
            && !matches!(field.kind, FieldKind::YesNo);
        if different {
            body.push(format!("expect(summary.groups_{}.length).toBe(2);", index + 1));
        }
    }
    let any = !features.figures.is_empty() || !features.groups.is_empty();
    Ok(any.then(|| test("the sums agree with what is listed", &body)))
}
